//! A cached list at a fixed rate, in quiet and while signed payment notices come, each of which pays an order.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use chrono::{Days, NaiveDate};
use ring::hmac::{HMAC_SHA256, Key, sign};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    cli::Notices,
    cores::Cores,
    database::Databases,
    document,
    error::BenchError,
    load::Expect,
    machine::{self, Machine},
    paced::{self, Pace, Waits},
    plan::{self, Round},
    server::Server,
    site::{CacheChoice, Site},
    table::{cells, table},
    terminal::{command_line, print, say},
    visitor::Visitor,
    world::World,
};

/// The secret of the sandbox.
const SECRET: &str = "bench-6a1f0e93";
/// What an order costs, in 分, as [`Visitor::publish`] has it.
const PRICE: i64 = 19_900;
/// Lists a second.
const LISTS: u32 = 500;
/// Days ahead that are booked on a house.
const DAYS: usize = 1000;
/// How long the books may take to be checked.
const CHECK_LIMIT: Duration = Duration::from_secs(120);

/// What was measured.
struct Measured {
    quiet: Waits,
    busy: Waits,
    notices: Waits,
}

/// Measures, prints the report and writes it where that is wanted.
///
/// # Errors
/// [`BenchError`] for the first thing that goes wrong; an order that is not paid, and books that are not sound, are such.
pub async fn run(options: &Notices, cores: Cores) -> Result<(), BenchError> {
    let machine = Machine::ask()?;
    let folder = TempDir::with_prefix("minsu-bench-notices-").map_err(BenchError::io("make a temporary folder"))?;
    let databases = Databases::start(options.engine, folder.path()).await?;
    let site = Site::new(&options.common, cores)?
        .with("MINSU_DATABASE__URL", databases.url("notices").await?)
        .with("MINSU_PAYMENT__URL", "sandbox:".to_owned())
        .with("MINSU_PAYMENT__WEBHOOK_SECRETS", SECRET.to_owned())
        .with("MINSU_PAYMENT__PAY_MINUTES", "60".to_owned());
    let server = site.serve(CacheChoice::Memory).await?;
    let world = World::make(server.address, &site.outbox(), machine.date).await?;
    let count = options.rate * options.seconds;
    say(&format!("{count} orders that wait for their payment"));
    let numbers = unpaid(&server, &site, &world, count as usize).await?;
    say("a cached list, in quiet and beside notices");
    let measured = measure(options, &server, &world, &numbers).await?;
    let books = site.run(&["ledger"], CHECK_LIMIT).await?;
    let held = format!("{}.{:02}", i64::from(count) * PRICE / 100, i64::from(count) * PRICE % 100);
    if !books.contains(&held) {
        return Err(BenchError::Unexpected { request: format!("the ledger with {held}"), answer: books });
    }
    let cores = site.cores().describe();
    server.stop("minsu serve").await?;
    let described = databases.describe();
    databases.stop().await?;

    let head = machine.described(&command_line(), &cores, &machine::load_average());
    let rates = format!("{} notices and {LISTS} lists a second for {} s", options.rate, options.seconds);
    let markdown = format!("{head}- {described}; {rates}\n\n{}", rows(&measured));
    print(&markdown)?;
    match &options.common.write {
        Some(path) => document::write(path, options.engine.notices_section(), &markdown),
        None => Ok(()),
    }
}

/// The numbers of the attempts to pay so many orders.
async fn unpaid(server: &Server, site: &Site, world: &World, count: usize) -> Result<Vec<String>, BenchError> {
    let mut landlord = Visitor::arrive(server.address).await?;
    landlord.log_in(&world.landlord_login()).await?;
    let mut guest = Visitor::arrive(server.address).await?;
    guest.register("13900000999", "bench-3f9c1e77", &site.outbox()).await?;
    let mut numbers = Vec::with_capacity(count);
    for index in 0..count {
        let house = world.many_houses[index / DAYS % world.many_houses.len()];
        let order = guest.order(house, later(world.today, index % DAYS)).await?;
        landlord.accept(order).await?;
        numbers.push(number(&guest.pay(order).await?)?);
    }
    Ok(numbers)
}

fn later(today: NaiveDate, days: usize) -> NaiveDate {
    today + Days::new(2 + days as u64)
}

/// The number of the attempt whose page this is: it is what its token begins with.
fn number(page: &str) -> Result<String, BenchError> {
    let token = page.rsplit('/').next().and_then(|token| token.split_once('.'));
    let number = token.map(|(number, _)| number.to_owned());
    number.ok_or_else(|| BenchError::Unreadable(format!("the address of a page: {page}")))
}

async fn measure(
    options: &Notices,
    server: &Server,
    world: &World,
    numbers: &[String],
) -> Result<Measured, BenchError> {
    let requests = Arc::new(plan::list(world, &Round { number: 0, count: 1 }));
    let lists = Pace { requests, rate: LISTS, count: LISTS * options.seconds, expect: Expect::Anything };
    // The first one warms up.
    paced::run(server.address, &lists).await?;
    let quiet = paced::run(server.address, &lists).await?;
    let seconds = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
    let requests: Vec<_> = numbers.iter().map(|number| notice(number, seconds)).collect();
    let count = options.rate * options.seconds;
    let notices = Pace { requests: Arc::new(requests), rate: options.rate, count, expect: Expect::NoFailure };
    let (busy, notices) = tokio::join!(paced::run(server.address, &lists), paced::run(server.address, &notices));
    Ok(Measured { quiet, busy: busy?, notices: notices? })
}

/// A signed notice that an attempt is paid.
fn notice(number: &str, seconds: u64) -> Vec<u8> {
    let body = json!({
        "id": format!("{number}-2"), "number": number, "state": "paid", "amount": PRICE, "currency": "CNY",
        "transaction": format!("T{number}"), "refunded": 0,
    })
    .to_string();
    let key = Key::new(HMAC_SHA256, SECRET.as_bytes());
    let signature = sign(&key, format!("{seconds}.{body}").as_bytes());
    let hex: String = signature.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "POST /api/v2/payments/notices/sandbox HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Minsu-Signature: t={seconds},v1={hex}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn rows(measured: &Measured) -> String {
    let row =
        |what: &str, waits: &Waits| cells([what, &format!("{:.0}", waits.part(50)), &format!("{:.0}", waits.part(99))]);
    table(&[
        cells(["what", "median, µs", "99 of 100, µs"]),
        row("lists in quiet", &measured.quiet),
        row("lists beside notices", &measured.busy),
        row("notices", &measured.notices),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_attempt() {
        let page = "http://127.0.0.1:8080/sandbox-payments/MP00000000000000000000000001.c2lnbmVk";
        assert_eq!(number(page).unwrap(), "MP00000000000000000000000001");
        assert!(number("/orders/7/pay").is_err());
    }

    #[test]
    fn a_notice_is_signed_over_its_time_and_its_body() {
        let request = String::from_utf8(notice("MP1", 1_795_694_400)).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("Minsu-Signature: t=1795694400,v1=") && body.starts_with('{'));
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())));
    }
}
