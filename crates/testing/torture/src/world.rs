//! What the clients of a run share.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use serde_json::Value;

use crate::{
    history::{History, locked},
    site::Addresses,
    stalls::Stalls,
};

/// Days of the calendar that the run uses.
pub const WINDOW: u8 = 24;

/// A house of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct House {
    pub(crate) id: i64,
    /// The number of its landlord.
    pub(crate) landlord: usize,
}

/// An order that a client was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownOrder {
    pub(crate) id: i64,
    pub(crate) house: House,
    /// The number of its guest.
    pub(crate) guest: usize,
}

/// A code that was used with success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SpentCode {
    Captcha { id: String, text: String },
    Sms { mobile: String, code: String },
}

/// The longest waits of a run.
#[derive(Debug, Default)]
pub(crate) struct Waits(AtomicU64);

impl Waits {
    pub(crate) fn note(&self, wait: Duration) {
        self.0.fetch_max(wait.as_millis() as u64, Ordering::Relaxed);
    }

    /// In milliseconds.
    pub(crate) fn longest(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What the clients of a run share: where the site is, and what they were told.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) addresses: Addresses,
    pub(crate) history: Arc<History>,
    pub(crate) http: reqwest::Client,
    pub(crate) waits: Waits,
    pub(crate) stalls: Stalls,
    pub(crate) is_over: AtomicBool,
    first_day: NaiveDate,
    houses: Mutex<Vec<House>>,
    orders: Mutex<Vec<KnownOrder>>,
    ended_cookies: Mutex<Vec<String>>,
    spent: Mutex<Vec<SpentCode>>,
    /// When which process was stopped by SIGSTOP last, and when it went on.
    stopped: Mutex<Vec<(usize, Instant, Option<Instant>)>>,
}

impl World {
    pub(crate) fn new(seed: u64, addresses: Addresses, history: Arc<History>) -> Result<Self, reqwest::Error> {
        // Another run of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let stalls = Stalls::watch(&history);
        Ok(Self {
            seed,
            addresses,
            history,
            http: reqwest::Client::builder().no_proxy().build()?,
            waits: Waits::default(),
            stalls,
            is_over: AtomicBool::new(false),
            first_day: first_day(),
            houses: Mutex::default(),
            orders: Mutex::default(),
            ended_cookies: Mutex::default(),
            spent: Mutex::default(),
            stopped: Mutex::default(),
        })
    }

    /// The date of a day of the calendar.
    pub(crate) fn date(&self, day: u8) -> NaiveDate {
        self.first_day + Days::new(day.into())
    }

    /// The day of a date, inside of the calendar.
    pub(crate) fn day(&self, date: NaiveDate) -> Option<u8> {
        u8::try_from((date - self.first_day).num_days()).ok().filter(|day| *day < WINDOW)
    }

    pub(crate) fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    pub(crate) fn add_house(&self, house: House) {
        locked(&self.houses).push(house);
    }

    pub(crate) fn houses(&self) -> Vec<House> {
        locked(&self.houses).clone()
    }

    /// One of the newest houses, where guests meet.
    pub(crate) fn any_house(&self, random: &mut fastrand::Rng) -> House {
        let houses = locked(&self.houses);
        let newest = &houses[houses.len().saturating_sub(4)..];
        newest[random.usize(..newest.len())]
    }

    pub(crate) fn add_order(&self, order: KnownOrder) {
        locked(&self.orders).push(order);
    }

    /// Orders that fit, newest last.
    pub(crate) fn orders(&self, fits: impl Fn(&KnownOrder) -> bool) -> Vec<KnownOrder> {
        locked(&self.orders).iter().filter(|order| fits(order)).copied().collect()
    }

    pub(crate) fn add_ended_cookie(&self, cookie: String) {
        locked(&self.ended_cookies).push(cookie);
    }

    pub(crate) fn ended_cookies(&self) -> Vec<String> {
        locked(&self.ended_cookies).clone()
    }

    pub(crate) fn add_spent(&self, code: SpentCode) {
        locked(&self.spent).push(code);
    }

    pub(crate) fn spent(&self) -> Vec<SpentCode> {
        locked(&self.spent).clone()
    }

    pub(crate) fn note_stop(&self, node: usize) {
        locked(&self.stopped).push((node, Instant::now(), None));
    }

    pub(crate) fn note_continue(&self, node: usize) {
        for entry in locked(&self.stopped).iter_mut().filter(|entry| entry.0 == node && entry.2.is_none()) {
            entry.2 = Some(Instant::now());
        }
    }

    /// Whether the process was stopped at any time since then: its clients wait for it.
    pub(crate) fn was_stopped(&self, node: usize, since: Instant) -> bool {
        locked(&self.stopped).iter().any(|entry| entry.0 == node && entry.2.is_none_or(|end| end >= since))
    }

    /// The newest line of the outbox with this value under this key.
    pub(crate) fn captcha_text(&self, id: &str) -> Option<String> {
        let text = std::fs::read_to_string(&self.addresses.outbox).unwrap_or_default();
        let mut lines = text.lines().rev().filter(|line| line.contains(id));
        let line: Value = lines.find_map(|line| serde_json::from_str(line).ok())?;
        Some(line["text"].as_str()?.to_owned())
    }

    /// The newest code that went to a mobile.
    pub(crate) fn sms_code(&self, mobile: &str) -> Option<String> {
        let messages = self.addresses.inbox.messages();
        messages.into_iter().rfind(|(to, _)| to == mobile).map(|(_, code)| code)
    }
}

/// Two days ahead, in the time zone of the site.
fn first_day() -> NaiveDate {
    let seconds = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()) + 8 * 3600;
    NaiveDate::default() + Days::new(seconds / 86_400 + 2)
}
