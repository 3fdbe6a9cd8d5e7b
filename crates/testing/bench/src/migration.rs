//! How long a filled site of an earlier schema takes to come up to that of today, whether its orders stay as they are,
//! and whether it can be read meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    cli::Migration,
    cores::Cores,
    database::{Databases, Engine},
    document,
    error::BenchError,
    machine::{self, Machine},
    site::Site,
    sql,
    table::{cells, table},
    terminal::{command_line, print, say},
};

/// How long a migration may take, in either direction.
const LIMIT: Duration = Duration::from_secs(1800);
/// Between two reads.
const PAUSE: Duration = Duration::from_millis(20);

/// The columns of an order that every schema has.
const COLUMNS: [&str; 12] = [
    "id",
    "house_id",
    "landlord_id",
    "guest_id",
    "start_day",
    "end_day",
    "days",
    "price",
    "amount",
    "status",
    "comment",
    "created_at",
];

/// What a visitor and a guest read, in words that every schema knows.
const READ: &str = "SELECT h.id, h.title, h.price, u.name FROM houses h JOIN users u ON u.id = h.landlord_id \
     WHERE h.area_id = 4 ORDER BY h.created_at DESC, h.id DESC LIMIT 20; \
     SELECT id, house_id, start_day, end_day, status FROM orders WHERE id <= 1000 ORDER BY id DESC LIMIT 5";

/// The reads during a migration, in milliseconds.
#[derive(Debug, Default)]
struct Reads {
    waits: Vec<f64>,
    failed: usize,
}

/// Measures one engine, prints the report and writes it where that is wanted.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong; [`BenchError::Differs`] when orders were changed.
pub async fn run(options: &Migration) -> Result<(), BenchError> {
    let machine = Machine::ask()?;
    let folder = TempDir::with_prefix("minsu-bench-migration-").map_err(BenchError::io("make a temporary folder"))?;
    let databases = Databases::start(options.engine, folder.path()).await?;
    let url = databases.url("migrated").await?;
    let site = Site::new(&options.common, Cores::together()?)?.with("MINSU_DATABASE__URL", url.clone());
    say(&format!("filling: {} houses, {} orders", options.houses, options.orders));
    site.run(&["migrate", "up"], LIMIT).await?;
    let (houses, orders) = (options.houses.to_string(), options.orders.to_string());
    let mut seed = vec!["seed", "--seed", "1", "--houses", &houses, "--orders", &orders];
    // The schema of before had none of these.
    seed.extend(["--with-rules", "0", "--with-blocks", "0"]);
    site.run(&seed, LIMIT).await?;
    let steps = later_than(&site.run(&["migrate", "status"], LIMIT).await?, &options.before);
    say(&format!("taking {steps} migrations back"));
    site.run(&["migrate", "down", "--steps", &steps.to_string()], LIMIT).await?;
    let before = checksum(options.engine, &url).await?;

    say("migrating");
    let is_over = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(reading(options.engine, url.clone(), Arc::clone(&is_over)));
    let begin = Instant::now();
    let migrated = site.run(&["migrate", "up"], LIMIT).await;
    let took = begin.elapsed();
    is_over.store(true, Ordering::Relaxed);
    let reads = reader.await.map_err(|_| BenchError::Interrupted)?;
    migrated?;
    let after = checksum(options.engine, &url).await?;
    let described = databases.describe();
    databases.stop().await?;

    let head =
        machine.described(&command_line(), "reader, migration and database share all cores", &machine::load_average());
    let row = row(took, &before, &after, reads);
    let markdown = format!("{head}- {described}; {houses} houses, {orders} orders; {steps} migrations\n\n{row}");
    print(&markdown)?;
    if let Some(path) = &options.common.write {
        document::write(path, section(options.engine), &markdown)?;
    }
    if before == after { Ok(()) } else { Err(BenchError::Differs("orders before and after the migration")) }
}

/// How many applied migrations are not before a name.
fn later_than(status: &str, name: &str) -> usize {
    status.lines().filter_map(|line| line.strip_prefix("applied")).filter(|applied| applied.trim() >= name).count()
}

fn section(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "migration on sqlite",
        Engine::Postgres => "migration on postgres",
        Engine::Mariadb => "migration on mariadb",
    }
}

/// The number of orders and a digest of all of them.
async fn checksum(engine: Engine, url: &str) -> Result<String, BenchError> {
    let columns = COLUMNS.join(", ");
    let sql = match engine {
        Engine::Sqlite => {
            format!("SELECT COUNT(*), (SELECT hex(sha3_query('SELECT {columns} FROM orders ORDER BY id'))) FROM orders")
        }
        Engine::Postgres => {
            format!("SELECT COUNT(*), md5(string_agg(md5(ROW({columns})::text), '' ORDER BY id)) FROM orders")
        }
        Engine::Mariadb => {
            let texts = COLUMNS.map(|column| format!("COALESCE({column}, '-')")).join(", ");
            let digest = format!("MD5(CONCAT_WS('|', {texts}))");
            let part = |from| format!("SUM(CAST(CONV(SUBSTR({digest}, {from}, 8), 16, 10) AS UNSIGNED))");
            format!("SELECT COUNT(*), {}, {} FROM orders", part(1), part(9))
        }
    };
    sql::ask(engine, url, &sql).await
}

/// Reads again and again until the migration is over.
async fn reading(engine: Engine, url: String, is_over: Arc<AtomicBool>) -> Reads {
    let mut reads = Reads::default();
    while !is_over.load(Ordering::Relaxed) {
        let begin = Instant::now();
        match sql::read(engine, &url, READ).await {
            Ok(rows) if rows.lines().count() > 5 => reads.waits.push(begin.elapsed().as_secs_f64() * 1000.0),
            Ok(_) | Err(_) => reads.failed += 1,
        }
        sleep(PAUSE).await;
    }
    reads.waits.sort_by(f64::total_cmp);
    reads
}

fn row(took: Duration, before: &str, after: &str, reads: Reads) -> String {
    let wait = |index: usize| reads.waits.get(index).map_or_else(|| "-".to_owned(), |wait| format!("{wait:.0}"));
    let (middle, last) = (reads.waits.len() / 2, reads.waits.len().saturating_sub(1));
    let digest: String = before.replace(['|', '\t', '\n'], " ").chars().take(40).collect();
    table(&[
        cells(["migration, s", "orders and digest before", "after", "reads", "failed", "median, ms", "longest, ms"]),
        cells([
            &format!("{:.1}", took.as_secs_f64()),
            &digest,
            if before == after { "the same" } else { "CHANGED" },
            &(reads.waits.len() + reads.failed).to_string(),
            &reads.failed.to_string(),
            &wait(middle),
            &wait(last),
        ]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_of_a_day_and_later_are_taken_back() {
        let status = "applied  m20261121_1\napplied  m20261126_2\napplied  m20261127_3\npending  m20261128_4\n";
        assert_eq!(later_than(status, "m20261126"), 2);
        assert_eq!(later_than(status, "m20261126_2"), 2);
        assert_eq!(later_than(status, "m20261127"), 1);
    }

    #[test]
    fn changed_orders_are_shown_as_such() {
        let reads = Reads { waits: vec![1.0, 2.0, 30.0], failed: 1 };
        let shown = row(Duration::from_millis(1234), "5|ab", "5|ac", reads);
        let cells: Vec<_> = shown.lines().nth(2).unwrap().split('|').map(str::trim).collect();
        assert_eq!(cells, ["", "1.2", "5 ab", "CHANGED", "4", "1", "2", "30", ""]);
    }
}
