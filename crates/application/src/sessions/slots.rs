//! The list of a user's sessions: a fixed number of places in the cache, used in turn, so that a
//! list needs no search and one more login ends the oldest session.

use std::net::IpAddr;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use minsu_domain::UserId;
use minsu_ports::CacheKey;

use super::SessionToken;
use crate::{App, AppError, ClientAddress};

/// The most sessions that a user has at a time.
pub(super) const SLOTS: u64 = 16;

/// What the list knows of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The digest of its token, in hexadecimal digits.
    pub(super) digest: String,
    /// When it was opened.
    pub(super) opened: DateTime<Utc>,
    /// From where.
    pub(super) address: ClientAddress,
}

impl Entry {
    pub(super) fn new(token: &SessionToken, opened: DateTime<Utc>, address: ClientAddress) -> Self {
        Self { digest: token.digest_text(), opened, address }
    }

    /// The name of the session for its owner: 64 bits of a digest of what is no secret any more
    /// once it is digested.
    pub(super) fn id(&self) -> &str {
        self.digest.get(..16).unwrap_or_default()
    }

    fn print(&self) -> Bytes {
        format!("{} {} {}", self.digest, self.opened.timestamp_millis(), self.address).into()
    }

    fn parse(value: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(value).ok()?.split(' ');
        let digest = parts.next().filter(|digest| digest.len() == 64 && digest.is_ascii())?.to_owned();
        let opened = DateTime::from_timestamp_millis(parts.next()?.parse().ok()?)?;
        let address = ClientAddress::new(parts.next()?.parse::<IpAddr>().ok()?);
        Some(Self { digest, opened, address })
    }
}

/// Puts a session, which stands in the cache already, into the next place. Whoever had it ends.
pub(super) async fn put(app: &App, user: UserId, entry: &Entry) -> Result<(), AppError> {
    let lifetime = app.policy.session_lifetime;
    let turn = app.cache.increment(&CacheKey::of_number("session-turn", user.get()), lifetime).await?;
    let place = place(user, turn.value % SLOTS);
    loop {
        if let Some(value) = app.cache.take(&place).await?
            && let Some(old) = Entry::parse(&value)
        {
            app.cache.delete(&SessionToken::key_of(&old.digest)).await?;
        }
        if app.cache.set_if_absent(&place, entry.print(), lifetime).await? {
            return Ok(());
        }
    }
}

/// The sessions of a user that still live.
pub(super) async fn all(app: &App, user: UserId) -> Result<Vec<Entry>, AppError> {
    let mut entries = Vec::new();
    for number in 0..SLOTS {
        let value = app.cache.get(&place(user, number)).await?;
        if let Some(entry) = value.as_deref().and_then(Entry::parse)
            && app.cache.get(&SessionToken::key_of(&entry.digest)).await?.is_some()
        {
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// Ends the sessions of a user that `ends` names, and says how many there were.
pub(super) async fn end(app: &App, user: UserId, ends: impl Fn(&Entry) -> bool) -> Result<usize, AppError> {
    let mut ended = 0;
    for number in 0..SLOTS {
        let place = place(user, number);
        let Some(value) = app.cache.get(&place).await? else { continue };
        let Some(entry) = Entry::parse(&value).filter(&ends) else { continue };
        ended += usize::from(app.cache.delete(&SessionToken::key_of(&entry.digest)).await?);
        app.cache.compare_and_delete(&place, &value).await?;
    }
    Ok(ended)
}

fn place(user: UserId, number: u64) -> CacheKey {
    CacheKey::of_parsed("user-session", format_args!("{user}:{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::client;

    #[test]
    fn an_entry_reads_back_and_garbage_does_not() {
        let opened = DateTime::from_timestamp(1_795_280_400, 0).unwrap();
        let entry = Entry::new(&SessionToken::from_random([7; 32]), opened, client());
        assert_eq!(Entry::parse(&entry.print()), Some(entry.clone()));
        assert_eq!(entry.id().len(), 16);
        for bad in ["", "x 1 192.0.2.1", &"ä".repeat(32), &format!("{} x 192.0.2.1", "a".repeat(64))] {
            assert_eq!(Entry::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
