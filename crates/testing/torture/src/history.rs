//! The log of every call: what was asked, when, and what the site said. Nothing here comes from the site's data.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// What a call asks for. Days are numbers of days behind the first day of the calendar that the run uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A guest books days of a house, both included.
    Book { house: i64, guest: i64, first: u8, last: u8 },
    /// The landlord accepts an order.
    Accept { order: i64 },
    /// The landlord rejects an order.
    Reject { order: i64, reason: String },
    /// Its guest or its landlord takes an order back.
    Cancel { order: i64, by_landlord: bool },
    /// The guest comments on an order.
    Comment { order: i64, text: String },
    /// The landlord blocks days, or frees them.
    Block { house: i64, first: u8, last: u8, blocked: bool },
    /// The landlord reads who has each day.
    Schedule { house: i64 },
    /// The landlord changes the title of the version that was seen.
    Edit { house: i64, title: String },
    /// The landlord adds a picture.
    Upload { house: i64 },
    /// The landlord publishes a house.
    Publish { title: String },
    /// A person changes the name.
    Rename { user: i64, name: String },
    /// A person uploads a portrait.
    Portrait { user: i64 },
    /// A newcomer registers.
    Register { mobile: String },
    /// A person logs in.
    LogIn,
    /// A person logs out, with this cookie.
    LogOut { cookie: String },
    /// A cookie is tried after its logout.
    TryCookie { cookie: String },
    /// A captcha pays for an SMS.
    SendCode { captcha: String, mobile: String },
    /// Something is looked at.
    Read { path: String },
}

/// What a success said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Returned {
    /// No more than that.
    Nothing,
    /// The id of what was made: an order, a house, a user.
    Id(i64),
    /// The URL of a picture.
    Url(String),
    /// The new version.
    Version(i64),
    /// Days that orders have and days that are blocked, a bit for each.
    Days { held: u64, blocked: u64 },
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The site said yes.
    Done(Returned),
    /// The site said no, with this code; nothing was changed.
    Refused(String),
    /// 503, no answer or a broken connection: it may have happened or not, or happen later.
    Unknown(String),
}

/// A call.
#[derive(Debug, Clone)]
pub struct Record {
    /// Who called.
    pub client: String,
    /// Which process.
    pub node: usize,
    /// In which dialect.
    pub dialect: &'static str,
    /// What was asked.
    pub act: Act,
    /// When it was sent, in microseconds since the run began.
    pub begun: u64,
    /// When the answer was there.
    pub ended: u64,
    /// How it ended.
    pub outcome: Outcome,
}

impl Record {
    /// Whether it was acknowledged.
    pub fn is_done(&self) -> bool {
        matches!(self.outcome, Outcome::Done(_))
    }

    /// Whether it is not known what became of it.
    pub fn is_unknown(&self) -> bool {
        matches!(self.outcome, Outcome::Unknown(_))
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, node, dialect, act, begun, ended, outcome } = self;
        let seconds = |micros: u64| micros as f64 / 1e6;
        write!(f, "{:9.4}-{:9.4} {client:12} {dialect:7} @{node} {act:?} -> ", seconds(*begun), seconds(*ended))?;
        match outcome {
            Outcome::Done(returned) => write!(f, "done {returned:?}"),
            Outcome::Refused(code) => write!(f, "refused {code}"),
            Outcome::Unknown(why) => write!(f, "unknown: {why}"),
        }
    }
}

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant.
    pub invariant: &'static str,
    /// What was found instead.
    pub found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.found)
    }
}

/// The log of a run.
#[derive(Debug)]
pub struct History {
    start: Instant,
    records: Mutex<Vec<Record>>,
    violations: Mutex<Vec<Violation>>,
    remarks: Mutex<Vec<(u64, String)>>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            records: Mutex::default(),
            violations: Mutex::default(),
            remarks: Mutex::default(),
        }
    }
}

impl History {
    /// Microseconds since the run began.
    pub fn now(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }

    /// Adds a call.
    pub fn add(&self, record: Record) {
        locked(&self.records).push(record);
    }

    /// Adds a broken invariant that showed while the run went on.
    pub fn violated(&self, invariant: &'static str, found: impl Into<String>) {
        locked(&self.violations).push(Violation { invariant, found: found.into() });
    }

    /// Notes what was done to the site.
    pub fn remark(&self, text: impl Into<String>) {
        locked(&self.remarks).push((self.now(), text.into()));
    }

    /// The calls so far.
    pub fn records(&self) -> Vec<Record> {
        locked(&self.records).clone()
    }

    /// The broken invariants so far.
    pub fn violations(&self) -> Vec<Violation> {
        locked(&self.violations).clone()
    }

    /// Calls and faults as text, in the order of their beginning.
    pub fn print(&self) -> String {
        let mut lines: Vec<(u64, String)> = locked(&self.records).iter().map(|it| (it.begun, it.to_string())).collect();
        lines.extend(
            locked(&self.remarks).iter().map(|(at, text)| (*at, format!("{:9.4} === {text}", *at as f64 / 1e6))),
        );
        lines.sort();
        lines.into_iter().map(|(_, line)| line + "\n").collect()
    }
}

/// What a lock protects; a panic of another thread changes nothing about it.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
