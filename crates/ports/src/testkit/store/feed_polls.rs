//! Polls of feeds: which one is due, that one worker has it, and what its end leaves.

use futures_util::future::join_all;
use minsu_domain::Version;

use super::{
    feeds::{connect, feeds, lease, source, terms},
    fixtures::{house, instant, retried, user},
    occupancy::locked,
};
use crate::{EventCounts, FeedStanding, PollEnd, PollOutcome, Store, WorkerId};

/// Of sixteen simultaneous polls of a feed one has it, until its lease ends; it rests until it is due.
pub async fn one_of_sixteen_polls_a_feed(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let id = connect(store, house, "Airbnb").await;
    let due = async |seconds| store.read_own().await.unwrap().feeds().due(instant(seconds), 10, 10).await.unwrap();
    assert_eq!((due(-1).await, due(0).await), (vec![], vec![(id, "a.example".to_owned())]));
    let leases = (1..=16).map(|worker| retried(async move || lease(store, id, worker, 5).await));
    assert_eq!(join_all(leases).await.into_iter().filter(|leased| *leased).count(), 1);
    assert_eq!(due(100).await, []);
    assert!(!lease(store, id, 20, 124).await.unwrap());
    assert!(lease(store, id, 20, 125).await.unwrap());
    let mut unit = store.begin().await.unwrap();
    let end = PollEnd {
        begun: instant(125),
        at: instant(130),
        outcome: PollOutcome::Bad("http_403".into()),
        next_at: instant(1000),
    };
    assert!(!unit.feeds().finish(id, WorkerId(19), &end).await.unwrap());
    assert!(unit.feeds().finish(id, WorkerId(20), &end).await.unwrap());
    assert!(!unit.feeds().finish(id, WorkerId(20), &end).await.unwrap());
    unit.commit().await.unwrap();
    let failing = feeds(store, house).await.remove(0);
    assert_eq!((failing.standing(), failing.failures), (FeedStanding::Failing, 1));
    assert_eq!((failing.error.as_deref(), failing.fetched_at), (Some("http_403"), Some(instant(130))));
    assert!(due(999).await.is_empty() && !lease(store, id, 21, 999).await.unwrap());
    // The landlord asks for it, once a minute.
    let ask = async |seconds| {
        let mut unit = store.begin().await.unwrap();
        let asked = unit.feeds().ask(id, instant(seconds), instant(seconds - 60)).await.unwrap();
        unit.commit().await.unwrap();
        asked
    };
    assert!(ask(140).await && !ask(199).await && ask(200).await);
    assert!(lease(store, id, 22, 200).await.unwrap());
    let asked = store.read_own().await.unwrap().feeds().asked_at(house, id).await.unwrap();
    assert_eq!(asked, Some(Some(instant(200))));
    let mut unit = store.begin().await.unwrap();
    unit.feeds().give_back(id, WorkerId(22), instant(300)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!((due(299).await.len(), due(300).await.len()), (0, 1));
}

/// A landlord who asks for a feed while it is polled gets another poll.
pub async fn a_wish_during_a_poll_stays(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let id = connect(store, house, "Airbnb").await;
    for (asked, next) in [(11, 11), (10, 900)] {
        assert!(lease(store, id, 1, 10).await.unwrap());
        let mut unit = store.begin().await.unwrap();
        assert!(unit.feeds().ask(id, instant(asked), instant(asked)).await.unwrap());
        let end =
            PollEnd { begun: instant(10), at: instant(20), outcome: PollOutcome::Unchanged, next_at: instant(900) };
        assert!(unit.feeds().finish(id, WorkerId(1), &end).await.unwrap());
        unit.commit().await.unwrap();
        let due = async |seconds| store.read_own().await.unwrap().feeds().due(instant(seconds), 9, 9).await.unwrap();
        assert_eq!((due(next - 1).await.len(), due(next).await.len()), (0, 1), "asked at {asked}");
        let mut unit = store.begin().await.unwrap();
        assert!(unit.feeds().ask(id, instant(9), instant(99)).await.unwrap());
        unit.commit().await.unwrap();
    }
}

/// Feeds of one host, however late, leave a place for those of others.
pub async fn a_host_has_a_part_of_the_turns(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let mut ids = Vec::new();
    for number in 0..4 {
        ids.push(connect(store, house, &format!("{number}")).await);
    }
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    let other = unit.feeds().insert(&calendar, &terms("other"), &source("b.example", 1), instant(5)).await.unwrap();
    unit.commit().await.unwrap();
    let due = async |limit, of_host| {
        let due = store.read_own().await.unwrap().feeds().due(instant(9), limit, of_host).await.unwrap();
        due.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(due(9, 2).await, [ids[0], ids[1], other]);
    assert_eq!(due(2, 2).await, [ids[0], ids[1]]);
    assert_eq!(due(9, 9).await, [ids, vec![other]].concat());
}

/// What an answer was is kept for the next one, and a change takes it away and ends the lease.
pub async fn a_poll_ends_with_its_lease(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let id = connect(store, house, "Airbnb").await;
    assert!(lease(store, id, 1, 0).await.unwrap());
    let content = PollOutcome::Content {
        etag: Some("\"1\"".to_owned()),
        last_modified: Some("Sat, 28 Nov 2026 08:00:00 GMT".to_owned()),
        events: EventCounts { busy: 3, free: 2, own: 1 },
        fault: Some("rule"),
    };
    let finish = async |worker, outcome, seconds| {
        let mut unit = store.begin().await.unwrap();
        let at = instant(seconds);
        let end = PollEnd { begun: at, at, outcome, next_at: at };
        let ended = unit.feeds().finish(id, WorkerId(worker), &end).await.unwrap();
        unit.commit().await.unwrap();
        ended
    };
    assert!(finish(1, content, 1).await);
    let seen = feeds(store, house).await.remove(0);
    assert_eq!(seen.events, Some(EventCounts { busy: 3, free: 2, own: 1 }));
    assert_eq!((seen.error.as_deref(), seen.standing()), (Some("rule"), FeedStanding::Ok));
    let mut unit = store.begin().await.unwrap();
    let leased = unit.feeds().lease(id, WorkerId(2), instant(2), instant(9)).await.unwrap().unwrap();
    unit.commit().await.unwrap();
    assert_eq!((leased.landlord, leased.house, leased.source), (landlord, house, source("a.example", 1)));
    assert_eq!((leased.etag.as_deref(), leased.content_at), (Some("\"1\""), Some(instant(1))));
    // The same content is as faulty as it was.
    assert!(finish(2, PollOutcome::Unchanged, 3).await);
    let seen = feeds(store, house).await.remove(0);
    assert_eq!((seen.error.as_deref(), seen.good_at, seen.failures), (Some("rule"), Some(instant(3)), 0));
    assert!(lease(store, id, 3, 4).await.unwrap());
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    assert!(unit.feeds().is_leased(&calendar, id, WorkerId(3)).await.unwrap());
    let seen = |version| Version::new(version).unwrap();
    // Another name alone is no reason to read it anew.
    assert!(unit.feeds().change(&calendar, id, seen(1), &terms("x"), None, None).await.unwrap());
    assert!(unit.feeds().is_leased(&calendar, id, WorkerId(3)).await.unwrap());
    assert!(unit.feeds().change(&calendar, id, seen(2), &terms("x"), None, Some(instant(5))).await.unwrap());
    assert!(!unit.feeds().is_leased(&calendar, id, WorkerId(3)).await.unwrap());
    unit.commit().await.unwrap();
    assert!(!finish(3, PollOutcome::Unchanged, 6).await);
    let mut unit = store.begin().await.unwrap();
    let leased = unit.feeds().lease(id, WorkerId(4), instant(6), instant(9)).await.unwrap().unwrap();
    assert_eq!((leased.etag, leased.last_modified), (None, None));
}
