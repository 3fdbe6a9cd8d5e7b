//! What stands in the cache for a session.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::UserId;

use crate::Policy;

/// Whose session it is, when it ends and when it was used: in one value, so that a request costs
/// one look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// The user.
    pub(super) user: UserId,
    /// When it ends however much it is used.
    ends: DateTime<Utc>,
    /// When it was used, as far as that was written down.
    seen: DateTime<Utc>,
}

impl Record {
    /// A session that is opened now.
    pub(super) fn new(user: UserId, now: DateTime<Utc>, policy: &Policy) -> Self {
        let lifetime = TimeDelta::from_std(policy.session_lifetime).unwrap_or(TimeDelta::MAX);
        let ends = now.checked_add_signed(lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Self { user, ends, seen: now }
    }

    /// The session as it is used now, if that is to be written down: now and then only, and only
    /// where a session can end by not being used.
    pub(super) fn used(self, now: DateTime<Utc>, policy: &Policy) -> Option<Self> {
        let age = (now - self.seen).to_std().unwrap_or_default();
        (policy.session_ends_idle() && age > policy.session_idle / 8).then_some(Self { seen: now, ..self })
    }

    /// How long the cache keeps it from now on.
    pub(super) fn lifetime(&self, now: DateTime<Utc>, policy: &Policy) -> Duration {
        (self.ends - now).to_std().unwrap_or_default().min(policy.session_idle)
    }

    pub(super) fn print(&self) -> Bytes {
        format!("{} {} {}", self.user, self.ends.timestamp_millis(), self.seen.timestamp_millis()).into()
    }

    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(value).ok()?.split(' ');
        let user = UserId::new(parts.next()?.parse().ok()?).ok()?;
        let mut time = || DateTime::from_timestamp_millis(parts.next()?.parse().ok()?);
        Some(Self { user, ends: time()?, seen: time()? })
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
        for bad in ["", "2", "2 1", "-2 1 1", "x 1 1", "2 x 1", "2 1 99999999999999999999"] {
            assert_eq!(Record::parse(bad.as_bytes()), None, "{bad}");
        }
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
