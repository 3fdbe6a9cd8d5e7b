//! The cached record of a session.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::UserId;

use crate::Policy;

/// The user of a session, when it ends and when it was used: in one value, so that a request costs
/// one look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// The user.
    pub(super) user: UserId,
    /// When it ends however much it is used.
    ends: DateTime<Utc>,
    /// When it was last used, as far as that was recorded.
    seen: DateTime<Utc>,
    /// When the password was given; a session of an earlier version does not say so.
    confirmed: Option<DateTime<Utc>>,
}

/// How long a session counts as confirmed after the password was given.
const CONFIRMED_FOR: TimeDelta = TimeDelta::minutes(15);

impl Record {
    /// A session that is opened now.
    pub(super) fn new(user: UserId, now: DateTime<Utc>, policy: &Policy) -> Self {
        let lifetime = TimeDelta::from_std(policy.session_lifetime).unwrap_or(TimeDelta::MAX);
        let ends = now.checked_add_signed(lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Self { user, ends, seen: now, confirmed: Some(now) }
    }

    /// The record with the current time of use, if that is due: only now and then, and only
    /// where a session can end by not being used.
    pub(super) fn used(self, now: DateTime<Utc>, policy: &Policy) -> Option<Self> {
        let age = (now - self.seen).to_std().unwrap_or_default();
        (policy.session_ends_idle() && age > policy.session_idle / 8).then_some(Self { seen: now, ..self })
    }

    /// The session whose password was given now.
    pub(super) fn confirmed(self, now: DateTime<Utc>) -> Self {
        Self { confirmed: Some(now), ..self }
    }

    /// Whether the password was given a short while ago.
    pub(super) fn is_confirmed(&self, now: DateTime<Utc>) -> bool {
        self.confirmed.is_some_and(|confirmed| now - confirmed < CONFIRMED_FOR)
    }

    /// How long the cache keeps it from now on.
    pub(super) fn lifetime(&self, now: DateTime<Utc>, policy: &Policy) -> Duration {
        (self.ends - now).to_std().unwrap_or_default().min(policy.session_idle)
    }

    pub(super) fn print(&self) -> Bytes {
        let mut text = format!("{} {} {}", self.user, self.ends.timestamp_millis(), self.seen.timestamp_millis());
        if let Some(confirmed) = self.confirmed {
            text.push_str(&format!(" {}", confirmed.timestamp_millis()));
        }
        text.into()
    }

    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(value).ok()?.split(' ');
        let user = UserId::new(parts.next()?.parse().ok()?).ok()?;
        let mut time = || DateTime::from_timestamp_millis(parts.next()?.parse().ok()?);
        Some(Self { user, ends: time()?, seen: time()?, confirmed: time() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::user;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_280_400 + seconds, 0).unwrap()
    }

    #[test]
    fn a_record_reads_back_and_garbage_does_not() {
        let record = Record::new(user(2), at(0), &Policy::default());
        assert_eq!(Record::parse(&record.print()), Some(record));
        let older = Record { confirmed: None, ..record };
        assert_eq!(Record::parse(&older.print()), Some(older));
        for bad in ["", "2", "2 1", "-2 1 1", "x 1 1", "2 x 1", "2 1 99999999999999999999"] {
            assert_eq!(Record::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn a_password_confirms_for_a_quarter_of_an_hour() {
        let record = Record::new(user(2), at(0), &Policy::default());
        assert!(record.is_confirmed(at(899)) && !record.is_confirmed(at(900)));
        let again = record.confirmed(at(1000));
        assert!(again.is_confirmed(at(1899)) && !again.is_confirmed(at(1900)));
        assert_eq!(again.lifetime(at(1000), &Policy::default()), record.lifetime(at(1000), &Policy::default()));
        assert!(!Record { confirmed: None, ..record }.is_confirmed(at(0)));
    }

    #[test]
    fn it_ends_by_its_age_or_by_not_being_used_whichever_is_first() {
        let policy = Policy { session_idle: Duration::from_secs(800), ..Policy::default() };
        let record = Record::new(user(2), at(0), &policy);
        assert_eq!(record.lifetime(at(0), &policy), Duration::from_secs(800));
        assert_eq!(record.used(at(100), &policy), None);
        let used = record.used(at(101), &policy).unwrap();
        assert_eq!(used.lifetime(at(101), &policy), Duration::from_secs(800));
        assert_eq!(used.lifetime(at(86_000), &policy), Duration::from_secs(400));
        assert_eq!(used.lifetime(at(86_401), &policy), Duration::ZERO);
        assert_eq!(record.used(at(80_000), &Policy::default()), None);
        assert_eq!(record.lifetime(at(0), &Policy::default()), Duration::from_secs(86_400));
    }
}
