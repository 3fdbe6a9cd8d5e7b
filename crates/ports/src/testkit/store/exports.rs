//! Links by which other sites read the calendars of this one.

use minsu_domain::{CalendarName, Claim, Echo, ExportId, FeedId, HouseId};

use super::{
    feeds::{connect, source, stays, terms, write},
    fixtures::{day, house, instant, stay, user},
    occupancy::{days, locked, try_prepared},
};
use crate::{Export, LinkHash, ServedExport, Store};

async fn link(store: &dyn Store, house: HouseId, feed: Option<FeedId>, number: u8) -> Option<ExportId> {
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    let (name, hash) = (CalendarName::new("Airbnb").unwrap(), LinkHash([number; 32]));
    let id = unit.exports().insert(&calendar, &name, feed, hash, instant(number.into())).await.unwrap();
    unit.commit().await.unwrap();
    id
}

async fn served(store: &dyn Store, number: u8) -> Option<ServedExport> {
    store.read_own().await.unwrap().exports().find(LinkHash([number; 32])).await.unwrap()
}

/// A link is found by its hash alone, and by another one when it was renewed; a deleted one by none.
pub async fn a_link_is_found_by_its_hash(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (house, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let feed = connect(store, house, "Airbnb").await;
    assert_eq!(link(store, other, Some(feed), 1).await, None);
    let id = link(store, house, Some(feed), 1).await.unwrap();
    let any = link(store, house, None, 2).await.unwrap();
    let export = |id, feed, seconds| Export {
        id,
        name: CalendarName::new("Airbnb").unwrap(),
        feed,
        fetched_at: None,
        created_at: instant(seconds),
    };
    let mut session = store.read_own().await.unwrap();
    let all = session.exports().of_house(house).await.unwrap();
    assert_eq!(all, [export(id, Some(feed), 1), export(any, None, 2)]);
    assert_eq!(session.exports().of_house(other).await.unwrap(), []);
    drop(session);
    let expected = ServedExport { id, house, feed: Some(feed), given: None, fetched_at: None };
    assert_eq!(served(store, 1).await, Some(expected));
    assert_eq!(served(store, 9).await, None);
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    assert_eq!(unit.exports().count(&calendar).await.unwrap(), 2);
    assert!(!unit.exports().renew(other, id, LinkHash([3; 32])).await.unwrap());
    assert!(unit.exports().renew(house, id, LinkHash([3; 32])).await.unwrap());
    assert!(!unit.exports().delete(other, any).await.unwrap());
    assert!(unit.exports().delete(house, any).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!((served(store, 1).await, served(store, 2).await), (None, None));
    assert_eq!(served(store, 3).await.map(|export| export.id), Some(id));
    // Without its feed a link is for any, until its channel is connected again.
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    assert!(unit.feeds().delete(&calendar, feed).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(served(store, 3).await.unwrap().feed, None);
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    unit.feeds().insert(&calendar, &terms("Vrbo"), &source("b.example", 1), instant(5)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(served(store, 3).await.unwrap().feed, None);
    let again = connect(store, house, "Airbnb").await;
    assert_eq!(served(store, 3).await.unwrap().feed, Some(again));
}

/// What a channel was told is noted, the latest fetch wins; a renewed link begins anew.
pub async fn fetches_are_noted(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let feed = connect(store, house, "Airbnb").await;
    let id = link(store, house, Some(feed), 1).await.unwrap();
    let note = async |digest: u8, offsets: &[u64], now| {
        let mut unit = store.begin().await.unwrap();
        let told = days(offsets.iter().copied());
        unit.exports().note_days(id, [digest; 32], &told, instant(now)).await.unwrap();
        unit.commit().await.unwrap();
    };
    let told = async |from| store.read_own().await.unwrap().exports().told(feed, day(from)).await.unwrap();
    assert_eq!(told(0).await, days([]));
    note(1, &[1, 2], 10).await;
    note(2, &[2, 3], 20).await;
    note(1, &[1, 2], 19).await;
    let seen = served(store, 1).await.unwrap();
    assert_eq!((seen.given, seen.fetched_at), (Some(([2; 32], instant(20))), Some(instant(20))));
    assert_eq!((told(0).await, told(3).await), (days([2, 3]), days([3])));
    let mut unit = store.begin().await.unwrap();
    unit.exports().note_fetch(id, instant(30)).await.unwrap();
    unit.exports().note_fetch(id, instant(25)).await.unwrap();
    assert!(unit.exports().renew(house, id, LinkHash([2; 32])).await.unwrap());
    unit.commit().await.unwrap();
    let seen = served(store, 2).await.unwrap();
    assert_eq!((seen.given, seen.fetched_at), (None, Some(instant(30))));
    note(3, &[], 40).await;
    assert_eq!(told(0).await, days([]));
}

/// The days of orders, their preparation, blocks and feeds are told; those of the channel itself and derived ones are
/// not.
pub async fn a_channel_is_told_what_it_does_not_know(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let (own, other) = (connect(store, house, "Airbnb").await, connect(store, house, "Vrbo").await);
    try_prepared(store, guest, house, stay(1, 2), 1).await.unwrap();
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    unit.occupancy().claim(&calendar, Claim::Block, &days([5])).await.unwrap();
    unit.commit().await.unwrap();
    write(store, house, own, &stays([2, 7]), 1).await;
    let mut state = stays([8, 9]);
    state.days.get_mut(&day(9)).unwrap().echo = Some(Echo::default());
    write(store, house, other, &state, 1).await;
    let told = async |without, from, to| {
        let mut session = store.read_own().await.unwrap();
        session.exports().days(house, without, day(from), day(to)).await.unwrap()
    };
    assert_eq!(told(Some(own), 0, 20).await, days([1, 2, 3, 5, 8]));
    assert_eq!(told(Some(other), 0, 20).await, days([1, 2, 3, 5, 7]));
    assert_eq!(told(None, 0, 20).await, days([1, 2, 3, 5, 7, 8]));
    assert_eq!(told(None, 2, 5).await, days([2, 3, 5]));
}
