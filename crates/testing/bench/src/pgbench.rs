//! The bare SQL of a booking, sent by pgbench: what PostgreSQL can do on this machine at all.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{database::find, error::BenchError, server::run_to_end};

/// Connections, as many as the bookings over HTTP have.
pub const CLIENTS: u32 = 16;
/// Bookings of each connection in one measurement.
const TRANSACTIONS: u32 = 250;
/// How long a measurement may take.
const LIMIT: Duration = Duration::from_secs(180);

/// The numbers of a client follow each other; no two clients have the same.
const NUMBERS: &str = r"\set number :n * 16 + :client_id
\set n :n + 1
\set on :house + :number % :spread
\set day :first_day + :number / :spread
\set guest :first_guest + :client_id
";

/// What the store writes to place an order for one day: the order, its history, its event and its day.
const BOOKING: &str = r"BEGIN;
INSERT INTO orders (house_id, landlord_id, guest_id, start_day, end_day, days, price, amount, status, created_at, version)
VALUES (:on, (SELECT landlord_id FROM houses WHERE id = :on), :guest,
        DATE '2100-01-01' + CAST(:day AS integer), DATE '2100-01-01' + CAST(:day AS integer), 1, 19900, 19900, 0, now(), 1)
RETURNING id \gset
INSERT INTO order_changes (order_id, number, changed_at, changed_by, from_status, to_status, reason)
VALUES (:id, 1, now(), 0, NULL, 0, NULL);
INSERT INTO outbox (kind, recorded_at, house_id, landlord_id, order_id, guest_id, entered)
VALUES ('order.placed', now(), :on, (SELECT landlord_id FROM houses WHERE id = :on), :id, :guest, 0);
INSERT INTO house_day (house_id, day, order_id, source) VALUES (:on, DATE '2100-01-01' + CAST(:day AS integer), :id, 0)";

/// Bookings that pgbench sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bookings {
    /// The first of the houses.
    pub house: i64,
    /// How many there are.
    pub spread: usize,
    /// The first of the guests.
    pub first_guest: i64,
    /// Days that no other measurement has; a refused booking has those of an accepted one.
    pub round: usize,
    /// Whether the days are taken.
    pub refused: bool,
}

/// pgbench with its scripts.
pub struct Pgbench {
    program: PathBuf,
    folder: PathBuf,
    url: String,
    threads: usize,
}

impl Pgbench {
    /// Writes the scripts into a folder.
    ///
    /// # Errors
    /// [`BenchError::NotInstalled`]; when the folder cannot be written.
    pub fn new(folder: &Path, url: &str, threads: usize) -> Result<Self, BenchError> {
        let program = find("pgbench", "postgresql")?;
        let scripts = [
            (false, format!("{NUMBERS}{BOOKING};\nCOMMIT;\n")),
            // A statement that fails would end the client: it is told to take no row, which is cheaper.
            (true, format!("{NUMBERS}{BOOKING} ON CONFLICT DO NOTHING;\nROLLBACK;\n")),
        ];
        for (refused, script) in scripts {
            fs::write(folder.join(name(refused)), script).map_err(BenchError::io("write the scripts of pgbench"))?;
        }
        Ok(Self { program, folder: folder.to_owned(), url: url.to_owned(), threads })
    }

    /// Bookings a second.
    ///
    /// # Errors
    /// When pgbench fails, or says something else.
    pub async fn run(&self, bookings: &Bookings) -> Result<f64, BenchError> {
        let log = self.folder.join("pgbench.log");
        let mut command = std::process::Command::new(&self.program);
        command.args(["--no-vacuum", "--protocol=prepared", &format!("--client={CLIENTS}")]);
        command.arg(format!("--jobs={}", self.threads)).arg(format!("--transactions={TRANSACTIONS}"));
        command.arg("--file").arg(self.folder.join(name(bookings.refused)));
        for (name, value) in [
            ("n", 0),
            ("house", bookings.house),
            ("spread", bookings.spread as i64),
            ("first_day", (bookings.round * 100_000) as i64),
            ("first_guest", bookings.first_guest),
        ] {
            command.arg(format!("--define={name}={value}"));
        }
        run_to_end("pgbench", &log, LIMIT, command.arg(&self.url)).await?;
        let text = fs::read_to_string(&log).map_err(BenchError::io("read what pgbench says"))?;
        rate(&text).ok_or_else(|| BenchError::Unreadable(format!("what pgbench says: {text}")))
    }
}

fn name(refused: bool) -> &'static str {
    if refused { "refused.sql" } else { "accepted.sql" }
}

/// The rate, if every transaction got to its end.
fn rate(text: &str) -> Option<f64> {
    let wanted = CLIENTS * TRANSACTIONS;
    let all = text.lines().any(|line| {
        line.strip_prefix("number of transactions actually processed: ") == Some(&format!("{wanted}/{wanted}"))
    });
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.filter(|_| all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_counts_only_when_all_was_done() {
        let said = |done| {
            format!(
                "number of clients: 16\nnumber of transactions actually processed: {done}/4000\n\
                 number of failed transactions: 0 (0.000%)\ntps = 5012.25 (without initial connection time)\n"
            )
        };
        assert_eq!(rate(&said(4000)), Some(5012.25));
        assert_eq!(rate(&said(3999)), None);
        assert_eq!(rate(""), None);
    }
}
