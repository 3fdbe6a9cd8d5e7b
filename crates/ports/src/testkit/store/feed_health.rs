//! Feeds of the whole site, and of several houses.

use minsu_domain::{CalendarName, FeedId};

use super::{
    feeds::{connect, terms},
    fixtures::{day, house, instant, user},
    occupancy::locked,
};
use crate::{FailingFeeds, FeedHealth, FeedTerms, LinkHash, PollEnd, PollOutcome, Store, WorkerId};

/// Ends a poll of a feed that is due, with a bad answer of this code or a good one.
async fn poll(store: &dyn Store, id: FeedId, code: Option<&str>, seconds: i64) {
    let mut unit = store.begin().await.unwrap();
    let (at, worker) = (instant(seconds), WorkerId(1));
    assert!(unit.feeds().lease(id, worker, at, at).await.unwrap().is_some());
    let outcome = code.map_or(PollOutcome::Unchanged, |code| PollOutcome::Bad(code.to_owned()));
    assert!(unit.feeds().finish(id, worker, &PollEnd { begun: at, at, outcome, next_at: at }).await.unwrap());
    unit.commit().await.unwrap();
}

async fn health(store: &dyn Store, failures: u32, late: i64) -> FeedHealth {
    store.read_own().await.unwrap().feeds().health(failures, instant(late)).await.unwrap()
}

/// Feeds that fail are counted by host and code, those that are late by when they were due; a paused one is neither.
pub async fn failing_and_late_feeds_are_counted(store: &dyn Store) {
    assert_eq!(health(store, 1, 1).await, FeedHealth::default());
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let mut ids = Vec::new();
    for number in 0..4 {
        ids.push(connect(store, house, &format!("{number}")).await);
    }
    for round in 1..=3 {
        for (id, code) in ids.iter().zip([Some("http_403"), Some("http_403"), Some("timeout"), None]) {
            poll(store, *id, code, round).await;
        }
    }
    let failing = |error: &str, feeds| FailingFeeds { host: "a.example".to_owned(), error: error.to_owned(), feeds };
    let both = vec![failing("http_403", 2), failing("timeout", 1)];
    assert_eq!(health(store, 3, 3).await, FeedHealth { read: 4, late: 0, failing: both.clone() });
    assert_eq!(health(store, 1, 4).await, FeedHealth { read: 4, late: 4, failing: both });
    assert_eq!(health(store, 4, 3).await.failing, []);
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    let paused = FeedTerms { is_paused: true, ..terms("paused") };
    let seen = minsu_domain::Version::new(1).unwrap();
    assert!(unit.feeds().change(&calendar, ids[2], seen, &paused, None, Some(instant(3))).await.unwrap());
    unit.commit().await.unwrap();
    let expected = FeedHealth { read: 3, late: 3, failing: vec![failing("http_403", 2)] };
    assert_eq!(health(store, 1, 4).await, expected);
}

/// Feeds and links of several houses come at once, by their id.
pub async fn feeds_and_links_of_several_houses_are_read_at_once(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let mut houses = Vec::new();
    for number in 0..3 {
        houses.push(house(store, landlord, number).await);
    }
    let mut connected = Vec::new();
    for (number, place) in (1..).zip([2, 0, 1, 0]) {
        let id = connect(store, houses[place], "Airbnb").await;
        let (mut unit, calendar) = locked(store, houses[place]).await.unwrap();
        let (name, hash) = (CalendarName::new("Airbnb").unwrap(), LinkHash([number; 32]));
        let link = unit.exports().insert(&calendar, &name, Some(id), hash, instant(1)).await.unwrap().unwrap();
        unit.commit().await.unwrap();
        connected.push((houses[place], id, link));
    }
    let two = [houses[0], houses[2]];
    let mut session = store.read_own().await.unwrap();
    let feeds = session.feeds().of_houses(&two, day(0)).await.unwrap();
    let links = session.exports().of_houses(&two).await.unwrap();
    connected.retain(|(house, ..)| two.contains(house));
    let expected: Vec<_> = connected.iter().map(|(house, feed, _)| (*house, *feed)).collect();
    assert_eq!(feeds.iter().map(|feed| (feed.house, feed.id)).collect::<Vec<_>>(), expected);
    let expected: Vec<_> = connected.iter().map(|(house, feed, link)| (*house, *link, Some(*feed))).collect();
    assert_eq!(links.iter().map(|(house, link)| (*house, link.id, link.feed)).collect::<Vec<_>>(), expected);
    assert_eq!(session.feeds().of_houses(&[], day(0)).await.unwrap(), []);
    assert_eq!(session.exports().of_houses(&[]).await.unwrap(), []);
}
