//! Calendars of other sites.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use futures_util::future::{join, join_all};
use minsu_domain::{
    CalendarName, Claim, ConflictChanges, DayKind, DayOffsets, Echo, FeedId, FeedState, FeedStep, HeldDay, Hold,
    HouseId, Occupant, OrderStatus, Version,
};

use super::{
    fixtures::{advance, day, house, instant, name, place, retried, stay, unless_taken, user},
    occupancy::{days, locked, try_prepared},
    ruled_houses::Draw,
};
use crate::{
    ErasedUser, Feed, FeedConflict, FeedSource, FeedStanding, FeedTerms, OrderNote, SealedIdentity, Store, StoreError,
    WorkerId,
};

pub(super) fn terms(text: &str) -> FeedTerms {
    FeedTerms {
        name: CalendarName::new(text).unwrap(),
        offsets: DayOffsets::new(-1, 2).unwrap(),
        is_all_closures: true,
        is_paused: false,
    }
}

pub(super) fn source(host: &str, byte: u8) -> FeedSource {
    let url = SealedIdentity { key_id: "old".to_owned(), sealed: vec![byte; 100] };
    FeedSource { host: host.to_owned(), url }
}

/// A feed of the house that is due at second 0.
pub(super) async fn connect(store: &dyn Store, house: HouseId, text: &str) -> FeedId {
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    let id = unit.feeds().insert(&calendar, &terms(text), &source("a.example", 1), instant(0)).await.unwrap();
    unit.commit().await.unwrap();
    id
}

pub(super) async fn feeds(store: &dyn Store, house: HouseId) -> Vec<Feed> {
    store.read_own().await.unwrap().feeds().of_house(house, day(0)).await.unwrap()
}

pub(super) async fn lease(store: &dyn Store, id: FeedId, worker: u64, seconds: i64) -> Result<bool, StoreError> {
    let mut unit = store.begin().await?;
    let until = instant(seconds + 120);
    let leased = unit.feeds().lease(id, WorkerId(worker), instant(seconds), until).await?.is_some();
    unit.commit().await.map(|()| leased)
}

fn held(kind: DayKind) -> HeldDay {
    HeldDay { kind, missing_since: None, echo: None }
}

/// Writes a state as the step from the one that is stored.
pub(super) async fn write(store: &dyn Store, house: HouseId, id: FeedId, state: &FeedState, seconds: i64) {
    retried(async || {
        let (mut unit, calendar) = locked(store, house).await?;
        let before = unit.feeds().state(id, day(0)).await?;
        let mut step = FeedStep::default();
        for (day, held) in &state.days {
            match before.days.get(day) {
                None => drop(step.added.insert(*day, *held)),
                Some(known) if known != held => drop(step.changed.insert(*day, *held)),
                Some(_) => {}
            }
        }
        step.freed = before.days.keys().filter(|day| !state.days.contains_key(day)).copied().collect();
        unit.feeds().write(&calendar, id, state, &step, day(0), instant(seconds)).await?;
        unit.commit().await
    })
    .await;
}

/// A state with stays on these days.
pub(super) fn stays(offsets: impl IntoIterator<Item = u64>) -> FeedState {
    let days = offsets.into_iter().map(|offset| (day(offset), held(DayKind::Stay))).collect();
    FeedState { days, is_complete: true, hold: Hold::None }
}

async fn claimed(store: &dyn Store, house: HouseId, claim: Claim) -> BTreeSet<NaiveDate> {
    let mut session = store.read_own().await.unwrap();
    let claims = session.occupancy().claims(house, day(0), day(400)).await.unwrap();
    claims.into_iter().filter(|(_, by)| *by == claim).map(|(day, _)| day).collect()
}

/// A feed reads back as it was connected, and as it was changed by who saw its generation.
pub async fn a_feed_reads_back_and_changes(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (house, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let (id, _) = (connect(store, house, "Airbnb").await, connect(store, other, "Vrbo").await);
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    assert_eq!(unit.feeds().count(&calendar).await.unwrap(), 1);
    drop(unit);
    let expected = Feed {
        id,
        house,
        terms: terms("Airbnb"),
        host: "a.example".to_owned(),
        generation: Version::new(1).unwrap(),
        error: None,
        failures: 0,
        hold: Hold::None,
        events: None,
        fetched_at: None,
        good_at: None,
        changed_at: None,
        created_at: instant(0),
        days_held: 0,
        days_missing: 0,
    };
    assert_eq!(feeds(store, house).await, std::slice::from_ref(&expected));
    assert_eq!(expected.standing(), FeedStanding::New);
    let change = async |seen, source| {
        let (mut unit, calendar) = locked(store, house).await.unwrap();
        let terms = FeedTerms { is_paused: true, ..terms("Booking") };
        let seen = Version::new(seen).unwrap();
        let changed = unit.feeds().change(&calendar, id, seen, &terms, source, Some(instant(9))).await.unwrap();
        unit.commit().await.unwrap();
        changed
    };
    assert!(!change(2, None).await);
    assert!(change(1, Some(source("b.example", 2))).await);
    assert!(!change(1, None).await);
    let changed = feeds(store, house).await.remove(0);
    assert_eq!((changed.terms.name.as_str(), changed.host.as_str()), ("Booking", "b.example"));
    assert_eq!((changed.generation.get(), changed.standing()), (2, FeedStanding::Paused));
    // A feed of another house is none of this one's.
    let (mut unit, calendar) = locked(store, other).await.unwrap();
    let seen = Version::new(2).unwrap();
    assert!(!unit.feeds().change(&calendar, id, seen, &terms("x"), None, None).await.unwrap());
    assert!(!unit.feeds().delete(&calendar, id).await.unwrap());
    assert_eq!(unit.feeds().asked_at(other, id).await.unwrap(), None);
}

/// The days of a feed are claims; what is known of each reads back; they go to what else claims them.
pub async fn the_days_of_a_feed_are_claims(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let (one, other) = (connect(store, house, "Airbnb").await, connect(store, house, "Vrbo").await);
    let mut state = stays([1, 2, 3]);
    state.days.insert(day(2), held(DayKind::Closure));
    let echo = Echo { alone_since: Some(instant(50)) };
    state.days.insert(day(3), HeldDay { echo: Some(echo), ..held(DayKind::Stay) });
    state.hold = Hold::Since(instant(7));
    write(store, house, one, &state, 10).await;
    write(store, house, other, &stays([3, 4]), 20).await;
    let read = async |id| store.read_own().await.unwrap().feeds().state(id, day(0)).await.unwrap();
    assert_eq!(read(one).await, state);
    assert_eq!(claimed(store, house, Claim::Feed(one)).await, days(1..4));
    let seen = feeds(store, house).await.remove(0);
    assert_eq!((seen.days_held, seen.days_missing, seen.changed_at), (3, 0, Some(instant(10))));
    state.days.get_mut(&day(1)).unwrap().missing_since = Some(instant(30));
    state.days.remove(&day(3));
    (state.hold, state.is_complete) = (Hold::Waived, false);
    write(store, house, one, &state, 30).await;
    assert_eq!(read(one).await, state);
    let seen = feeds(store, house).await.remove(0);
    assert_eq!((seen.days_held, seen.days_missing, seen.hold), (2, 1, Hold::Waived));
    let occupied = store.read_own().await.unwrap().occupancy().occupied(house, day(0), day(9)).await.unwrap();
    assert_eq!(occupied, [1, 2, 3, 4].map(|offset| (day(offset), Occupant::Feed)));
    // Days before yesterday are forgotten and stay claimed; without its feed no day stays.
    for (today, known) in [(2, days([1, 2])), (3, days([2]))] {
        let (mut unit, calendar) = locked(store, house).await.unwrap();
        unit.feeds().write(&calendar, one, &state, &FeedStep::default(), day(today), instant(40)).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(read(one).await.days.keys().copied().collect::<BTreeSet<_>>(), known);
    }
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    assert!(unit.feeds().delete(&calendar, one).await.unwrap());
    assert!(!unit.feeds().delete(&calendar, one).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(claimed(store, house, Claim::Feed(one)).await, days([]));
    let occupied = store.read_own().await.unwrap().occupancy().occupied(house, day(0), day(9)).await.unwrap();
    assert_eq!(occupied, [3, 4].map(|offset| (day(offset), Occupant::Feed)));
}

/// What else holds a day is known, derived days of other feeds left out.
pub async fn other_holders_are_known(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let (own, other) = (connect(store, house, "Airbnb").await, connect(store, house, "Vrbo").await);
    try_prepared(store, guest, house, stay(1, 2), 1).await.unwrap();
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    unit.occupancy().claim(&calendar, Claim::Block, &days([5, 6])).await.unwrap();
    unit.commit().await.unwrap();
    let mut state = stays([6, 7, 8]);
    state.days.get_mut(&day(8)).unwrap().echo = Some(Echo::default());
    write(store, house, other, &state, 60).await;
    write(store, house, own, &stays([9]), 60).await;
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.feeds().holders(house, own, day(0)).await.unwrap(), days([1, 2, 3, 5, 6, 7]));
    assert_eq!(session.feeds().holders(house, other, day(6)).await.unwrap(), days([6, 9]));
}

/// Conflicts read back by feed and by order, change, and end with the days of their order.
pub async fn conflicts_end_with_their_order(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let (one, other) = (connect(store, house, "Airbnb").await, connect(store, house, "Vrbo").await);
    let first = place(store, house, guest, stay(1, 3)).await;
    let second = place(store, house, guest, stay(5, 6)).await;
    let change = async |feed, changes: &ConflictChanges| {
        let mut unit = store.begin().await.unwrap();
        unit.feeds().write_conflicts(feed, changes, instant(1)).await.unwrap();
        unit.commit().await.unwrap();
    };
    let opened = |order, offsets: &[u64]| {
        let days = days(offsets.iter().copied());
        ConflictChanges { opened: BTreeMap::from([(order, days)]), ..ConflictChanges::default() }
    };
    change(one, &opened(first, &[1, 2])).await;
    change(one, &opened(second, &[5])).await;
    change(other, &opened(first, &[3])).await;
    let conflict = |feed, order, offsets: &[u64]| FeedConflict { feed, order, days: days(offsets.iter().copied()) };
    let of_house = async || store.read_own().await.unwrap().feeds().conflicts_of_house(house).await.unwrap();
    let all = [conflict(one, first, &[1, 2]), conflict(one, second, &[5]), conflict(other, first, &[3])];
    assert_eq!(of_house().await, all);
    let changes = ConflictChanges {
        changed: BTreeMap::from([(first, days([2, 3]))]),
        closed: BTreeSet::from([second]),
        ..ConflictChanges::default()
    };
    change(one, &changes).await;
    let of_first = [conflict(one, first, &[2, 3]), conflict(other, first, &[3])];
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.feeds().conflicts_of_order(first).await.unwrap(), of_first);
    assert_eq!(session.feeds().conflicts_of_order(second).await.unwrap(), []);
    drop(session);
    assert!(advance(store, first, OrderStatus::WaitAccept, OrderStatus::Rejected, &OrderNote::None).await);
    assert_eq!(of_house().await, []);
}

/// Addresses are sealed anew one by one, and go with the house of their landlord.
pub async fn addresses_are_sealed_anew_and_go_with_their_house(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let (one, other) = (connect(store, house, "Airbnb").await, connect(store, house, "Vrbo").await);
    let others = async |after| {
        let mut session = store.read_own().await.unwrap();
        let found = session.feeds().sealed_otherwise("new", after, 1).await.unwrap();
        found.into_iter().map(|(id, of, _)| (id, of)).collect::<Vec<_>>()
    };
    assert_eq!(others(None).await, [(one, house)]);
    assert_eq!(others(Some(one)).await, [(other, house)]);
    let old = source("a.example", 1).url;
    let new = SealedIdentity { key_id: "new".to_owned(), sealed: vec![3; 90] };
    let mut unit = store.begin().await.unwrap();
    assert!(!unit.feeds().reseal(one, &new, &new).await.unwrap());
    assert!(unit.feeds().reseal(one, &old, &new).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(others(None).await, [(other, house)]);
    let (mut unit, erased) = ErasedUser::begin(store, landlord, &name("erased")).await.unwrap().unwrap();
    unit.houses().withdraw_all(&erased, instant(9)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(feeds(store, house).await, []);
    assert_eq!(others(None).await, []);
}

/// Sixteen guests book while a feed takes and frees the same days: no day is had twice, none of an order is lost, and
/// none is free that the feed has.
pub async fn a_feed_beside_sixteen_guests_loses_no_day(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let id = connect(store, house, "Airbnb").await;
    let mut guests = vec![];
    for number in 2..18 {
        guests.push(user(store, number).await);
    }
    let booking = guests.iter().zip(0..).map(async |(guest, number)| {
        let (mut draw, mut kept) = (Draw(number), Vec::new());
        for try_number in 0..4 {
            let first = draw.below(24);
            let wanted = stay(first, first + draw.below(3));
            let Some(order) = unless_taken(try_prepared(store, *guest, house, wanted, 0).await) else { continue };
            if try_number % 2 == 1 {
                let to = OrderStatus::Canceled;
                assert!(advance(store, order, OrderStatus::WaitAccept, to, &OrderNote::None).await);
            } else {
                kept.push((order, wanted));
            }
        }
        kept
    });
    let syncing = async {
        let (mut draw, mut last) = (Draw(77), BTreeSet::new());
        for round in 0..12 {
            let first = draw.below(24);
            last = (first..first + 6).collect();
            write(store, house, id, &stays(last.iter().copied()), round).await;
        }
        days(last)
    };
    let (orders, of_feed) = join(join_all(booking), syncing).await;
    let mut of_orders = BTreeMap::new();
    for (order, stay) in orders.into_iter().flatten() {
        for day in stay.occupied() {
            assert_eq!(of_orders.insert(day, order), None, "{day} was had twice");
        }
    }
    assert!(of_orders.len() > 5, "too few orders to tell anything");
    assert_eq!(claimed(store, house, Claim::Feed(id)).await, of_feed);
    let occupied = store.read_own().await.unwrap().occupancy().occupied(house, day(0), day(400)).await.unwrap();
    let expected: BTreeMap<_, _> = of_feed
        .into_iter()
        .map(|day| (day, Occupant::Feed))
        .chain(of_orders.into_iter().map(|(day, order)| (day, Occupant::Order(order))))
        .collect();
    assert_eq!(occupied.into_iter().collect::<BTreeMap<_, _>>(), expected);
}
