//! Exports: one account asks for its large export many times at once, and several accounts ask for theirs and do
//! not read them.

use std::{process::Command, time::Duration};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

use crate::{Bound, Report, Setup, Site, Visitor, identity_number, memory};

/// Exports of one account that are asked for at once.
const AT_ONCE: usize = 30;

/// Bytes of an export, at least.
const LARGE: usize = 19_000_000;

/// Copies of an order with a comment of the greatest length: an export of [`LARGE`] bytes.
const ORDERS: &str = "6000";

/// Asks for large exports, does not read them, and measures the memory of the process meanwhile; then reads them.
///
/// # Panics
/// When the site does not start.
pub async fn run(setup: &Setup) -> Report {
    let mut report = Report::of("Exports: 30 at once of one account, then of several, unread");
    let site = Site::start(setup, &[("MINSU_SERVER__WRITE_TIMEOUT_SECONDS", "60")]).await;
    let guests = guests_with_orders(&site, setup.effort.of(2, 8)).await;
    let at_rest = site.memory() as f64 / 1e6;
    report.measured("memory at rest", at_rest, "MB", Bound::Free);
    let bound = memory::bound(setup, at_rest);
    let mut asked = Vec::new();
    for _ in 0..AT_ONCE {
        asked.push(ask(&site, &guests[0], 0).await);
    }
    let peak = memory::peak(&site, Duration::from_secs(8)).await / 1e6;
    report.measured("memory with 30 exports of one account", peak, "MB", bound);
    let mut answers = Vec::new();
    for stream in asked {
        answers.push(read(stream).await);
    }
    let refused = |answer: &&String| answer.contains("retry-after: ") && answer.contains(r#"{"errno":"4201""#);
    let refused = answers.iter().filter(refused).count();
    let whole = answers.iter().filter(|answer| answer.ends_with("]}}\r\n0\r\n\r\n"));
    let whole: Vec<_> = whole.map(String::len).collect();
    report.measured("whole exports", whole.len() as f64, "exports", Bound::AtLeast(1.0));
    report.measured("whole exports", whole.len() as f64, "exports", Bound::AtMost(1.0));
    let size = whole.first().copied().unwrap_or_default() as f64 / 1e6;
    report.measured("size of the export", size, "MB", Bound::AtLeast(LARGE as f64 / 1e6));
    report.share("refused until the first is over", refused, AT_ONCE - 1, Bound::AtLeast(100.0));

    let mut asked = Vec::new();
    for (number, guest) in guests.iter().enumerate() {
        asked.push(ask(&site, guest, number).await);
    }
    let peak = memory::peak(&site, Duration::from_secs(5)).await / 1e6;
    report.measured("memory with idle readers of exports", peak, "MB", bound);
    report.holds("an honest visitor reads meanwhile", guests[0].get("/api/v1.0/user").await.is_ok());
    drop(asked);
    let mut again = 0;
    for _ in 0..50 {
        again = usize::from(guests[0].get("/api/v1.0/user/export").await.is_ok());
        if again == 1 {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    report.holds("who hung up can ask again", again == 1);
    report
}

/// So many people with orders of many long comments.
async fn guests_with_orders(site: &Site, number: usize) -> Vec<Visitor> {
    let landlord = Visitor::from(site, "192.0.2.1".parse().unwrap());
    landlord.register("13800000000").await.ok();
    landlord.verify(&identity_number(1)).await.ok();
    let house = landlord.publish("什刹海四合院").await.ok()["house_id"].clone();
    let mut guests = Vec::new();
    for guest in 0..number {
        let visitor = Visitor::from(site, format!("198.51.{}.1", 100 + guest).parse().unwrap());
        visitor.register(&format!("1390000{guest:04}")).await.ok();
        let day = format!("2027-03-{:02}", 1 + guest);
        let stay = json!({"house_id": house, "start_date": day, "end_date": day});
        visitor.post("/api/v1.0/orders", &stay).await.ok();
        guests.push(visitor);
    }
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=20); \
         c.execute(\"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO orders \
         (house_id, landlord_id, guest_id, start_day, end_day, days, price, amount, status, comment, commented_at, \
         created_at) SELECT house_id, landlord_id, guest_id, start_day, end_day, days, price, amount, status, ?, \
         created_at, date('2000-01-01', '+' || i || ' days') || substr(created_at, 11) FROM orders, n\", \
         (int(sys.argv[2]), '好' * 1000)); c.commit()";
    let filled = Command::new("python3").args(["-c", script]).arg(site.sqlite()).arg(ORDERS).status();
    assert!(filled.unwrap().success(), "the orders were not copied");
    guests
}

/// Asks for an export, from a network of its own, and reads nothing of it.
async fn ask(site: &Site, visitor: &Visitor, network: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(site.base.trim_start_matches("http://").parse().unwrap()).await.unwrap();
    let cookie = visitor.cookie().unwrap();
    let request = format!(
        "GET /api/v1.0/user/export HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 198.51.{}.1\r\ncookie: {cookie}\r\n\
         connection: close\r\n\r\n",
        100 + network
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Reads an answer to its end, head included.
async fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(120), stream.read_to_end(&mut answer)).await;
    read.expect("the answer has an end").ok();
    String::from_utf8_lossy(&answer).into_owned()
}
