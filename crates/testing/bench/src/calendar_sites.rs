//! Other sites with calendars: servers on several addresses of loopback, each of which counts as a host.

use std::{
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::error::BenchError;

/// How many hosts there are.
const HOSTS: u8 = 20;

/// What all hosts share.
#[derive(Debug)]
struct Shared {
    today: NaiveDate,
    events: usize,
    /// How often calendars have changed.
    version: AtomicUsize,
    /// How many answers were sent.
    answers: AtomicUsize,
}

/// The servers; they end with the process.
#[derive(Debug)]
pub struct CalendarSites {
    addresses: Vec<SocketAddr>,
    shared: Arc<Shared>,
}

impl CalendarSites {
    /// Starts servers whose calendars have so many events from today on.
    ///
    /// # Errors
    /// When an address of loopback cannot be had.
    pub async fn start(events: usize, today: NaiveDate) -> Result<Self, BenchError> {
        let shared = Arc::new(Shared { today, events, version: AtomicUsize::new(0), answers: AtomicUsize::new(0) });
        let mut addresses = Vec::new();
        for host in 0..HOSTS {
            let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 1, 1 + host), 0)).await;
            let listener = listener.map_err(BenchError::io("listen on an address of loopback"))?;
            addresses.push(listener.local_addr().map_err(BenchError::io("ask for a port"))?);
            let shared = Arc::clone(&shared);
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(answer(stream, Arc::clone(&shared)));
                }
            });
        }
        Ok(Self { addresses, shared })
    }

    /// Where a calendar is.
    pub fn url(&self, number: usize) -> String {
        format!("http://{}/{number}.ics", self.addresses[number % self.addresses.len()])
    }

    /// Lets a tenth of the calendars change.
    pub fn change(&self) {
        self.shared.version.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until so many answers were sent.
    ///
    /// # Errors
    /// [`BenchError::TooLong`].
    pub async fn until_read(&self, answers: usize, limit: Duration) -> Result<(), BenchError> {
        let begun = Instant::now();
        while self.shared.answers.load(Ordering::SeqCst) < answers {
            if begun.elapsed() > limit {
                return Err(BenchError::TooLong { name: "the first reading of calendars".to_owned(), limit });
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// Answers one request; who reads calendars comes anew each time.
async fn answer(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_buf(&mut head).await {
            Ok(read) if read > 0 && head.len() < 16_384 => {}
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head);
    let number = head.strip_prefix("GET /").and_then(|rest| rest.split_once(".ics"));
    let Some(number) = number.and_then(|(number, _)| number.parse().ok()) else { return };
    let body = calendar(shared.today, number, shared.version.load(Ordering::SeqCst), shared.events);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // One who left has not read it.
    if stream.write_all(head.as_bytes()).await.is_ok() && stream.write_all(body.as_bytes()).await.is_ok() {
        shared.answers.fetch_add(1, Ordering::SeqCst);
        let _ = stream.shutdown().await;
    }
}

/// A calendar of stays of two days with one between. In a tenth of the versions its last stay is another day later.
fn calendar(today: NaiveDate, number: usize, version: usize, events: usize) -> String {
    let changes = (version + number) / 10;
    let first = today + Days::new(2 + number as u64 % 3);
    let mut text =
        String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example Inc//Hosting Calendar 0.8.8//EN\r\n");
    for event in 0..events {
        let moved = if event + 1 == events { changes as u64 % 100 } else { 0 };
        let start = first + Days::new(3 * event as u64 + moved);
        let _ = write!(
            text,
            "BEGIN:VEVENT\r\nDTEND;VALUE=DATE:{}\r\nDTSTART;VALUE=DATE:{}\r\nUID:{event:04x}{number:04x}--1418fb94e984@\r\n \
             example.com\r\nDESCRIPTION:Reservation URL: https://www.example.com/hosting/reservations/details/HM{event}\\nPho\r\n \
             ne Number (Last 4 Digits): 4417\r\nSUMMARY:Reserved\r\nEND:VEVENT\r\n",
            (start + Days::new(2)).format("%Y%m%d"),
            start.format("%Y%m%d"),
        );
    }
    text + "END:VCALENDAR\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_calendars_change_with_a_version() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        let at = |number, version| calendar(today, number, version, 5);
        assert_eq!((0..1000).filter(|number| at(*number, 3) != at(*number, 4)).count(), 100);
        assert_eq!(calendar(today, 7, 1, 40).matches("BEGIN:VEVENT").count(), 40);
    }
}
