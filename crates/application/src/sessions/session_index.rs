//! The session index: a fixed number of cache entries per user, so that listing sessions needs no scan and a
//! login beyond the limit ends the oldest session.

use std::net::IpAddr;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use minsu_domain::UserId;
use minsu_ports::CacheKey;

use super::SessionToken;
use crate::{App, AppError, ClientAddress};

/// The most sessions of a user at a time.
pub(super) const MAX_SESSIONS: u64 = 16;

/// An entry of the index.
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

    /// The public name of the session for its owner: the first 64 bits of the token's digest, from which the token
    /// cannot be computed.
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

/// Adds a session, which is cached already, to the index: at a free place, at that of an ended session, or else
/// at that of the oldest session, which ends.
pub(super) async fn put(app: &App, user: UserId, entry: &Entry) -> Result<(), AppError> {
    let value = entry.print();
    // Simultaneous logins begin to look at different places.
    let first = entry.digest.bytes().map(u64::from).sum::<u64>();
    loop {
        let taken = read(app, user).await?;
        // The write below was carried out, but its answer was lost.
        if taken.iter().any(|(_, there)| *there == value) {
            return Ok(());
        }
        let mut numbers = (first..first + MAX_SESSIONS).map(|number| number % MAX_SESSIONS);
        match numbers.find(|number| taken.iter().all(|(taken, _)| taken != number)) {
            Some(free) => {
                if app.cache.set_if_absent(&place(user, free), value.clone(), app.policy.session_lifetime).await? {
                    return Ok(());
                }
            }
            None => make_room(app, user, &taken).await?,
        }
    }
}

/// Frees the places of sessions that ended. If there are none, the oldest session ends.
async fn make_room(app: &App, user: UserId, taken: &[(u64, Bytes)]) -> Result<(), AppError> {
    let living = try_join_all(taken.iter().map(async |(number, value)| {
        let entry = Entry::parse(value);
        let lives = match &entry {
            Some(entry) => app.cache.get(&SessionToken::key_of(&entry.digest)).await?.is_some(),
            None => false,
        };
        if !lives {
            app.cache.compare_and_delete(&place(user, *number), value).await?;
        }
        Ok::<_, AppError>(entry.filter(|_| lives).map(|entry| (entry, *number, value)))
    }))
    .await?;
    if living.iter().any(Option::is_none) {
        return Ok(());
    }
    let oldest = living.into_iter().flatten().min_by(|(a, ..), (b, ..)| a.opened.cmp(&b.opened));
    if let Some((oldest, number, value)) = oldest {
        app.cache.delete(&SessionToken::key_of(&oldest.digest)).await?;
        app.cache.compare_and_delete(&place(user, number), value).await?;
    }
    Ok(())
}

/// The entries of a user, read at the same time.
async fn read(app: &App, user: UserId) -> Result<Vec<(u64, Bytes)>, AppError> {
    let places = try_join_all((0..MAX_SESSIONS).map(async |number| {
        let value = app.cache.get(&place(user, number)).await?;
        Ok::<_, AppError>(value.map(|value| (number, value)))
    }))
    .await?;
    Ok(places.into_iter().flatten().collect())
}

/// The sessions of a user that still live.
pub(super) async fn all(app: &App, user: UserId) -> Result<Vec<Entry>, AppError> {
    let entries = read(app, user).await?.into_iter().filter_map(|(_, value)| Entry::parse(&value));
    let living = try_join_all(entries.map(async |entry| {
        let lives = app.cache.get(&SessionToken::key_of(&entry.digest)).await?.is_some();
        Ok::<_, AppError>(lives.then_some(entry))
    }))
    .await?;
    Ok(living.into_iter().flatten().collect())
}

/// Ends the sessions of a user that `ends` selects, and returns how many there were.
pub(super) async fn end(app: &App, user: UserId, ends: impl Fn(&Entry) -> bool) -> Result<usize, AppError> {
    let mut ended = 0;
    for (number, value) in read(app, user).await? {
        let Some(entry) = Entry::parse(&value).filter(&ends) else { continue };
        ended += usize::from(app.cache.delete(&SessionToken::key_of(&entry.digest)).await?);
        app.cache.compare_and_delete(&place(user, number), &value).await?;
    }
    Ok(ended)
}

fn place(user: UserId, number: u64) -> CacheKey {
    CacheKey::of_parsed("user-session", format_args!("{user}:{number}"))
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, atomic::Ordering},
        time::Duration,
    };

    use super::*;
    use crate::{
        sessions::in_memory_cache::InMemoryCache,
        test_app::{TestApp, client, user},
    };

    fn token(number: u8) -> SessionToken {
        SessionToken::from_random([number; 32])
    }

    /// An application whose sessions live a minute, and its cache.
    fn app() -> (App, Arc<InMemoryCache>) {
        let in_memory_cache = Arc::new(InMemoryCache::default());
        let mut app = TestApp::default().cache(in_memory_cache.cache()).build();
        app.policy.session_lifetime = Duration::from_secs(60);
        (app, in_memory_cache)
    }

    /// Opens a session at a second.
    async fn open(app: &App, in_memory_cache: &InMemoryCache, number: u8, second: u32) {
        let (token, opened) = (token(number), in_memory_cache.at(second));
        app.cache.set(&token.key(), Bytes::from_static(b"session"), app.policy.session_lifetime).await.unwrap();
        put(app, user(2), &Entry::new(&token, opened, client())).await.unwrap();
    }

    /// Which of these sessions live.
    fn living(in_memory_cache: &InMemoryCache, numbers: impl IntoIterator<Item = u8>) -> Vec<u8> {
        numbers.into_iter().filter(|number| in_memory_cache.get(&token(*number).key()).is_some()).collect()
    }

    async fn listed(app: &App) -> usize {
        all(app, user(2)).await.unwrap().len()
    }

    #[tokio::test]
    async fn a_login_ends_no_session_while_there_are_places() {
        let (app, in_memory_cache) = app();
        for (number, second) in [(1, 0), (2, 45), (3, 62), (4, 62)] {
            open(&app, &in_memory_cache, number, second).await;
        }
        assert_eq!(living(&in_memory_cache, 1..=4), [2, 3, 4]);
        assert_eq!(listed(&app).await, 3);
    }

    #[tokio::test]
    async fn one_too_many_ends_the_oldest_and_only_that() {
        let (app, in_memory_cache) = app();
        for number in 1..=18 {
            open(&app, &in_memory_cache, number, number.into()).await;
        }
        assert_eq!(living(&in_memory_cache, 1..=18), (3..=18).collect::<Vec<_>>());
        assert_eq!(listed(&app).await, 16);
    }

    #[tokio::test]
    async fn the_places_of_ended_sessions_are_taken_first() {
        let (app, in_memory_cache) = app();
        for number in 1..=16 {
            open(&app, &in_memory_cache, number, number.into()).await;
        }
        for number in [5, 9] {
            app.cache.delete(&token(number).key()).await.unwrap();
        }
        for number in 17..=18 {
            open(&app, &in_memory_cache, number, number.into()).await;
        }
        assert_eq!(living(&in_memory_cache, 1..=18).len(), 16);
        assert_eq!(listed(&app).await, 16);
    }

    #[tokio::test]
    async fn a_login_whose_write_is_sent_twice_does_not_end_itself() {
        let (app, in_memory_cache) = app();
        for number in 1..=17 {
            in_memory_cache.sends_twice.store(true, Ordering::Relaxed);
            open(&app, &in_memory_cache, number, number.into()).await;
            assert_eq!(living(&in_memory_cache, [number]), [number]);
            assert_eq!(listed(&app).await, usize::from(number.min(16)));
        }
    }

    #[tokio::test]
    async fn what_is_no_entry_takes_no_place_for_ever() {
        let (app, in_memory_cache) = app();
        for number in 0..MAX_SESSIONS {
            app.cache.set(&place(user(2), number), Bytes::from_static(b"x"), Duration::from_secs(60)).await.unwrap();
        }
        open(&app, &in_memory_cache, 1, 0).await;
        assert_eq!((living(&in_memory_cache, [1]), listed(&app).await), (vec![1], 1));
    }

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
