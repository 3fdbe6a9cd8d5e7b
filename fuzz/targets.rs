//! The parsers of outside data, as functions of bytes that must hold whatever the bytes are. cargo-fuzz drives
//! them one by one; `crates/api/tests/fuzz_corpus.rs` runs the corpus through all of them in every test run.

use actix_multipart::Multipart;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use bytes::Bytes;
use chrono_tz::Asia::Shanghai;
use minsu_dialect_v1::sms_path;
use minsu_domain::{
    CalendarExport, DayOffsets, IdentityNumber, Mobile, Money, ReadingTerms, RealName, format_day, parse_day,
};
use minsu_ical::{IcalCalendars, IcalOptions};
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{CalendarFeeds, PictureProcessor, Signer};
use minsu_web::{upload::Upload, upload_budget::UploadBudget};

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// Runs a future without a server around it.
fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

/// A number that is taken has 18 characters and is taken again as it is kept.
pub fn identity(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let today = parse_day("2026-11-21").expect("a day");
    if let Ok(number) = IdentityNumber::new(text, today) {
        assert_eq!(number.reveal().len(), 18);
        assert!(IdentityNumber::new(number.reveal(), today).is_ok());
    }
    if let Ok(name) = RealName::new(text) {
        assert!(RealName::new(name.reveal()).is_ok());
    }
    if let Ok(mobile) = Mobile::new(text) {
        assert_eq!(mobile.as_str(), text);
    }
}

/// An amount that is taken is what it says: digits, and at most two behind the point.
pub fn money(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(money) = Money::from_yuan_text(text) {
        let (yuan, fen) = text.split_once('.').unwrap_or((text, ""));
        let expected: i64 = format!("{yuan}{fen:0<2}").parse().expect("digits");
        assert_eq!(money.fen(), expected, "{text}");
    }
}

/// A day that is taken prints as it was written.
pub fn day(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(day) = parse_day(text) {
        assert_eq!(format_day(day), text);
    }
}

/// Every part comes from the path.
pub fn sms_path(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let parsed = sms_path::parse(text, None, None);
    assert!(text.starts_with(&parsed.mobile));
    assert!([&parsed.text, &parsed.id].into_iter().flatten().all(|part| text.contains(part.as_str())));
}

/// Whatever the form is, no more than the limit is kept of it. The first line is the boundary.
pub fn multipart(data: &[u8]) {
    const LIMIT: usize = 4096;
    let split = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (boundary, body) = data.split_at(split);
    let mut headers = HeaderMap::new();
    let kind = [b"multipart/form-data; boundary=".as_slice(), boundary].concat();
    let Ok(kind) = HeaderValue::from_bytes(&kind) else { return };
    headers.insert(CONTENT_TYPE, kind);
    let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
    let chunks: Vec<_> = body.chunks(7).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let form = Multipart::new(&headers, futures_util::stream::iter(chunks));
    if let Ok(upload) = wait(Upload::read(form, LIMIT, &UploadBudget::new(LIMIT)))
        && let Ok(file) = upload.single_file(&["avatar"])
    {
        assert!(file.len() <= LIMIT);
    }
}

/// The output of the pipeline is a JPEG, whatever the input is.
pub fn picture(data: &[u8]) {
    let options = PictureOptions { max_pixels: 1_000_000, max_side: 4096, ..PictureOptions::default() };
    let Ok(pictures) = ImagePictures::new(options) else { return };
    if let Ok(jpeg) = wait(pictures.avatar(Bytes::copy_from_slice(data))) {
        assert!(jpeg.starts_with(&[0xff, 0xd8, 0xff]));
    }
}

/// A signer for identifiers that nobody has to trust.
struct Digits;

impl Signer for Digits {
    fn sign(&self, purpose: &'static str, text: &[u8]) -> [u8; 32] {
        let bytes = || purpose.bytes().chain(text.iter().copied());
        std::array::from_fn(|n| bytes().fold(n as u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)))
    }

    fn verify(&self, purpose: &'static str, text: &[u8], signature: &[u8]) -> bool {
        self.sign(purpose, text).starts_with(signature)
    }
}

/// The days of a calendar are within the terms, and are the same when they are written and read again.
pub fn calendar(data: &[u8]) {
    let Ok(calendars) = IcalCalendars::new(IcalOptions::new(Shanghai), std::sync::Arc::new(Digits)) else { return };
    let day = |text| parse_day(text).expect("a day");
    let (from, until) = (day("2026-12-01"), day("2031-12-01"));
    let terms = ReadingTerms { from, until, offsets: DayOffsets::default(), is_all_closures: false };
    let Ok(reading) = wait(calendars.read(Bytes::copy_from_slice(data), terms)) else { return };
    assert!(reading.days.iter().all(|(day, _)| from <= day && day < until));
    let export = CalendarExport::new([1; 32], Default::default(), reading.days.iter().map(|(day, _)| day));
    let again = wait(calendars.read(calendars.write(&export), terms)).expect("a calendar of this site");
    assert_eq!(again.own_events as usize, export.ranges.len());
}
