//! Adapters and terms for the tests.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use chrono::NaiveDate;
use minsu_domain::{DayOffsets, FeedReading, ReadingTerms, format_day, parse_day};
use minsu_ical::{IcalCalendars, IcalOptions};
use minsu_ports::{CalendarFeeds as _, FeedError, Signer};

/// A signer without secrets, told apart by its number.
struct TestSigner(u64);

impl Signer for TestSigner {
    fn sign(&self, purpose: &'static str, text: &[u8]) -> [u8; 32] {
        let mut signature = [0; 32];
        for (n, part) in signature.chunks_mut(8).enumerate() {
            let mut hasher = DefaultHasher::new();
            (self.0, n, purpose, text).hash(&mut hasher);
            part.copy_from_slice(&hasher.finish().to_be_bytes());
        }
        signature
    }

    fn verify(&self, purpose: &'static str, text: &[u8], signature: &[u8]) -> bool {
        signature.len() >= 16 && self.sign(purpose, text).starts_with(signature)
    }
}

/// The adapter of a site in China, with more time than a build without optimisation needs.
pub fn calendars(site: u64) -> IcalCalendars {
    let deadline = Duration::from_secs(60);
    calendars_with(site, IcalOptions { deadline, ..IcalOptions::new(chrono_tz::Asia::Shanghai) })
}

pub fn calendars_with(site: u64, options: IcalOptions) -> IcalCalendars {
    IcalCalendars::new(options, Arc::new(TestSigner(site))).unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    parse_day(text).unwrap()
}

pub fn terms() -> ReadingTerms {
    ReadingTerms {
        from: day("2026-12-01"),
        until: day("2031-12-01"),
        offsets: DayOffsets::default(),
        is_all_closures: false,
    }
}

/// Reads a calendar without a server around it.
pub fn read(calendar: impl Into<Bytes>) -> Result<FeedReading, FeedError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(calendars(1).read(calendar.into(), terms()))
}

/// The busy days of a calendar of these events, as ranges, and whether all could be read.
pub fn busy(content: &str) -> (String, bool) {
    let reading = read(format!("BEGIN:VCALENDAR\nVERSION:2.0\n{content}END:VCALENDAR\n")).unwrap();
    (ranges(&reading), reading.is_complete())
}

pub fn ranges(reading: &FeedReading) -> String {
    let ranges = reading.days.ranges().into_iter();
    ranges.map(|range| format!("{}/{}", format_day(range.first), format_day(range.end))).collect::<Vec<_>>().join(" ")
}
