//! Changes of a landlord's own listing: fields, states, deletion, each by compare-and-swap of its version.

use futures_util::future::{join, join_all};
use minsu_domain::{
    Caption, FacilityId, HouseDraft, HouseFilter, HouseFilters, HouseId, HouseOffer, ListingAct, ListingState,
    ListingStep, OrderStatus, SearchWords, SortKey, UserId, Version,
};

use super::{
    fixtures::{
        add_house, add_picture, advance, day, fen, filter, found, house, instant, name, new_order, offer, picture,
        place, place_in, retried, stay, user,
    },
    own_listings::{draft, version},
};
use crate::{
    ErasedUser, LandlordAlone, LockedGuest, LockedLandlord, NewHouse, OrderNote, OwnHouse, Store, StoreError,
    UnitOfWork,
};

/// Runs a change under the lock of the landlord, commits it where it says so, and begins again after a conflict.
async fn changed(
    store: &dyn Store,
    landlord: UserId,
    change: impl AsyncFn(&mut dyn UnitOfWork, &LockedLandlord) -> Result<bool, StoreError>,
) -> bool {
    retried(async || {
        let (mut unit, landlord) = LockedLandlord::begin(store, landlord).await?.unwrap();
        let done = change(unit.as_mut(), &landlord).await?;
        if done {
            unit.commit().await?;
        }
        Ok(done)
    })
    .await
}

pub(super) async fn change(
    store: &dyn Store,
    landlord: UserId,
    id: HouseId,
    seen: Version,
    offer: &HouseOffer,
) -> bool {
    changed(store, landlord, async |unit, landlord| unit.own_listings().change(landlord, id, seen, offer).await).await
}

pub(super) async fn step(store: &dyn Store, landlord: UserId, id: HouseId, seen: Version, step: ListingStep) -> bool {
    changed(store, landlord, async |unit, landlord| {
        unit.own_listings().take_step(landlord, id, seen, step, instant(70)).await
    })
    .await
}

pub(super) async fn own(store: &dyn Store, landlord: UserId, id: HouseId) -> OwnHouse {
    store.read_own().await.unwrap().own_listings().find(landlord, id).await.unwrap().unwrap()
}

fn with_words(text: &str) -> HouseFilter {
    let filters = HouseFilters { words: Some(SearchWords::parse(text).unwrap()), ..HouseFilters::default() };
    HouseFilter { filters, ..filter(SortKey::New) }
}

/// An offer that differs in every field from what the fixtures make.
fn other_offer() -> HouseOffer {
    let draft = HouseDraft {
        title: "玉渊潭 loft".to_owned(),
        price_yuan: "1".to_owned(),
        deposit_yuan: "2".to_owned(),
        area_id: 7,
        address: "海淀区 9 号".to_owned(),
        description: None,
        room_count: 1,
        acreage: 7,
        unit: "一室".to_owned(),
        capacity: 1,
        min_days: 4,
        max_days: 9,
        facilities: vec![3, 5],
        ..HouseDraft::sample()
    };
    // The rest of the sample is for fields to come: a recipe adds one.
    HouseOffer::try_from(HouseDraft { beds: "榻榻米".to_owned(), ..draft }).unwrap()
}

/// Every field is replaced and reads back, the search follows, and an order keeps what it copied.
pub async fn every_field_changes_and_orders_keep_theirs(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let before = offer("什刹海四合院");
    let id = add_house(store, landlord, &NewHouse { offer: before.clone(), created_at: instant(3) }).await;
    add_picture(store, id, "houses/a.jpg").await;
    let order = place(store, id, guest, stay(1, 2)).await;
    let ordered = store.read_own().await.unwrap().orders().find(order).await.unwrap();
    let read = own(store, landlord, id).await;
    assert!(change(store, landlord, id, version(2), &other_offer()).await);
    let expected = OwnHouse { offer: other_offer(), version: version(3), ..read.clone() };
    assert_eq!(own(store, landlord, id).await, expected);
    assert_eq!(store.read_own().await.unwrap().orders().find(order).await.unwrap(), ordered);
    let words = async |text: &str| found(store, &with_words(text)).await;
    assert_eq!((words("什刹海").await, words("玉渊潭").await), (vec![], vec![id]));
    let facility = |id| FacilityId::new(id).unwrap();
    assert_eq!(expected.offer.facilities, [facility(3), facility(5)]);
    let terms = store.read_own().await.unwrap().houses().terms(id).await.unwrap().unwrap();
    assert_eq!((terms.price, terms.limits.min_days()), (fen(100), 4));
    // And back, the description too.
    assert!(change(store, landlord, id, version(3), &before).await);
    assert_eq!(own(store, landlord, id).await, OwnHouse { version: version(4), ..read });
    assert_eq!((words("什刹海").await, words("玉渊潭").await), (vec![id], vec![]));
}

/// A stale version and another landlord change nothing; of simultaneous changes of one version one is written.
pub async fn of_simultaneous_changes_one_wins_each_version(store: &dyn Store) {
    let (landlord, stranger) = (user(store, 1).await, user(store, 2).await);
    let id = house(store, landlord, 0).await;
    for wrong in [(stranger, 1), (landlord, 2)] {
        assert!(!change(store, wrong.0, id, version(wrong.1), &other_offer()).await);
        let bumped = changed(store, wrong.0, async |unit, landlord| {
            unit.own_listings().bump_version(landlord, id, version(wrong.1)).await
        });
        assert!(!bumped.await);
    }
    assert_eq!(own(store, landlord, id).await.offer, offer("house 0"));
    for round in 1..=3 {
        let changes = (0..20).map(async |number| {
            let offer = HouseOffer { price: fen(1000 + number), ..other_offer() };
            change(store, landlord, id, version(round), &offer).await.then_some(offer.price)
        });
        let won: Vec<_> = join_all(changes).await.into_iter().flatten().collect();
        assert_eq!(won.len(), 1, "round {round}");
        let read = own(store, landlord, id).await;
        assert_eq!((read.version, read.offer.price), (version(round + 1), won[0]));
    }
    assert!(
        changed(store, landlord, async |unit, landlord| {
            unit.own_listings().bump_version(landlord, id, version(4)).await
        })
        .await
    );
    assert_eq!(own(store, landlord, id).await.version, version(5));
}

/// Unlisted, a listing is its landlord's alone, and is on the site again when it is published; its date stays.
pub async fn an_unlisted_listing_comes_back(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let id = house(store, landlord, 3).await;
    let unlist = ListingState::Published.step(ListingAct::Unlist).unwrap();
    let publish = ListingState::Unlisted.step(ListingAct::Publish).unwrap();
    // Not in the state that the step begins at.
    assert!(!step(store, landlord, id, version(1), publish).await);
    assert!(!step(store, landlord, id, version(2), unlist).await);
    assert!(step(store, landlord, id, version(1), unlist).await);
    assert!(!step(store, landlord, id, version(2), unlist).await);
    let mut session = store.read_own().await.unwrap();
    assert_eq!(found(store, &filter(SortKey::New)).await, []);
    assert_eq!(session.houses().detail(id, 9).await.unwrap(), None);
    assert_eq!(session.houses().terms(id).await.unwrap(), None);
    assert_eq!(session.own_listings().page(landlord, None, 9).await.unwrap()[0].state, ListingState::Unlisted);
    drop(session);
    let back = (0..8).map(async |_| step(store, landlord, id, version(2), publish).await);
    assert_eq!(join_all(back).await.into_iter().filter(|done| *done).count(), 1);
    assert_eq!(found(store, &filter(SortKey::New)).await, [id]);
    let read = own(store, landlord, id).await;
    assert_eq!((read.state, read.version, read.created_at), (ListingState::Published, version(3), instant(3)));
}

/// A deleted listing is gone in every list, whatever state it was in; its orders stay, with the title.
pub async fn a_deleted_listing_is_gone_and_its_orders_stay(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (open, hidden) = (house(store, landlord, 3).await, draft(store, landlord, "draft").await);
    add_picture(store, open, "houses/a.jpg").await;
    let order = place(store, open, guest, stay(1, 2)).await;
    let delete = async |id, seen| {
        let mut pictures = None;
        let (mut unit, locked) = LandlordAlone::begin(store, landlord).await.unwrap().unwrap();
        let deleted = unit.own_listings().delete(&locked, id, seen, instant(9)).await.unwrap();
        if deleted.is_some() {
            pictures = deleted;
            unit.commit().await.unwrap();
        }
        pictures
    };
    assert_eq!(delete(open, version(1)).await, None);
    assert_eq!(delete(open, version(2)).await, Some(vec![picture("houses/a.jpg")]));
    assert_eq!(delete(hidden, version(2)).await.map(|pictures| pictures.len()), Some(1));
    let mut session = store.read_own().await.unwrap();
    for id in [open, hidden] {
        assert_eq!(session.own_listings().standing(id).await.unwrap().unwrap().state, ListingState::Deleted);
        assert_eq!(session.own_listings().find(landlord, id).await.unwrap(), None);
        assert_eq!(session.houses().detail(id, 9).await.unwrap(), None);
    }
    assert_eq!(found(store, &filter(SortKey::New)).await, []);
    assert_eq!(session.own_listings().page(landlord, None, 9).await.unwrap(), []);
    let orders = session.orders().of_guest(guest, 9).await.unwrap();
    assert_eq!((orders[0].id, orders[0].title.as_str(), &orders[0].picture), (order, "house 3", &None));
    drop(session);
    // The title goes with its landlord.
    let (mut unit, erased) = ErasedUser::begin(store, landlord, &name("erased 1")).await.unwrap().unwrap();
    assert_eq!(unit.houses().withdraw_all(&erased, instant(9)).await.unwrap(), []);
    unit.commit().await.unwrap();
    let orders = store.read_own().await.unwrap().orders().of_guest(guest, 9).await.unwrap();
    assert!(!orders[0].title.contains("house"), "{}", orders[0].title);
}

/// The orders for a house that are not over, by their ids.
pub async fn open_orders_of_a_house_are_listed(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let first = place(store, one, guest, stay(1, 4)).await;
    let accepted = place(store, one, guest, stay(5, 6)).await;
    advance(store, accepted, OrderStatus::WaitAccept, OrderStatus::WaitComment, &OrderNote::None).await;
    let rejected = place(store, one, guest, stay(7, 9)).await;
    advance(store, rejected, OrderStatus::WaitAccept, OrderStatus::Rejected, &OrderNote::None).await;
    place(store, other, guest, stay(1, 1)).await;
    let (mut unit, locked) = LandlordAlone::begin(store, landlord).await.unwrap().unwrap();
    for (today, expected) in [(0, vec![first, accepted]), (4, vec![first, accepted]), (5, vec![accepted]), (7, vec![])]
    {
        assert_eq!(unit.orders().open_of_house(&locked, one, day(today)).await.unwrap(), expected, "day {today}");
    }
}

/// An order of a house that changed since its terms were read is not written, whatever the change was.
pub async fn no_order_is_placed_on_terms_of_before(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let id = house(store, landlord, 0).await;
    let (mut unit, locked) = LockedGuest::begin(store, guest).await.unwrap().unwrap();
    let (parties, _) = locked.with_landlord(unit.as_mut(), id).await.unwrap().unwrap();
    assert_eq!(parties.version(), version(1));
    drop(unit);
    assert!(change(store, landlord, id, version(1), &other_offer()).await);
    let mut unit = store.begin().await.unwrap();
    let error = place_in(unit.as_mut(), &parties, &new_order(id, stay(1, 1))).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
}

/// Eight guests order while the landlord deletes the listing: the deletion sees every order that was placed, and no
/// order is placed behind it.
pub async fn no_listing_is_deleted_with_an_order(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let mut guests = Vec::new();
    for number in 0..8 {
        guests.push(user(store, 10 + number).await);
    }
    for round in 0..6 {
        let id = house(store, landlord, round).await;
        let order = async |place: usize, guest: UserId| {
            let day = u64::try_from(place).unwrap();
            retried(async || {
                let (mut unit, guest) = LockedGuest::begin(store, guest).await?.unwrap();
                let locked = guest.with_landlord(unit.as_mut(), id).await?;
                let Some((parties, _)) = locked else { return Ok(false) };
                place_in(unit.as_mut(), &parties, &new_order(id, stay(day, day))).await?;
                unit.commit().await.map(|()| true)
            })
            .await
        };
        let delete = retried(async || {
            let (mut unit, locked) = LandlordAlone::begin(store, landlord).await?.unwrap();
            if !unit.orders().open_of_house(&locked, id, day(0)).await?.is_empty() {
                return Ok(false);
            }
            let deleted = unit.own_listings().delete(&locked, id, version(1), instant(9)).await?.is_some();
            unit.commit().await.map(|()| deleted)
        });
        let orders = join_all(guests.iter().enumerate().map(|(place, guest)| order(place, *guest)));
        let (deleted, placed) = if round % 2 == 0 {
            join(delete, orders).await
        } else {
            let (placed, deleted) = join(orders, delete).await;
            (deleted, placed)
        };
        let placed = placed.into_iter().filter(|placed| *placed).count();
        assert!(deleted == (placed == 0), "round {round}: deleted {deleted}, placed {placed}");
    }
}

/// Pictures take the order and the captions that they are given; the first one is the index picture, newer ones are
/// behind the others, and one that is removed leaves its place to the next.
pub async fn pictures_are_arranged_and_removed(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (id, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let mut shown = Vec::new();
    for key in ["houses/a.jpg", "houses/b.jpg", "houses/c.jpg"] {
        shown.push(add_picture(store, id, key).await);
    }
    let foreign = add_picture(store, other, "houses/d.jpg").await;
    let caption = Caption::new("院子 🏮").unwrap();
    let order = [(shown[2].id, Some(caption.clone())), (shown[0].id, None), (shown[1].id, Some(caption.clone()))];
    let arrange = async |seen| {
        changed(store, landlord, async |unit, landlord| {
            unit.own_listings().arrange_pictures(landlord, id, seen, &order).await
        })
        .await
    };
    assert!(!arrange(version(3)).await);
    assert!(arrange(version(4)).await);
    let keys = async || {
        let read = own(store, landlord, id).await;
        let detail = store.read_own().await.unwrap().houses().detail(id, 0).await.unwrap().unwrap();
        assert_eq!(detail.pictures, read.pictures);
        let slides = store.read_own().await.unwrap().houses().most_booked(5).await.unwrap();
        let index = slides.into_iter().find(|slide| slide.id == id).map(|slide| slide.picture);
        assert_eq!(index, read.pictures.first().map(|first| first.key.clone()));
        read.pictures.into_iter().map(|shown| (shown.id, shown.caption)).collect::<Vec<_>>()
    };
    assert_eq!(keys().await, order);
    let newest = add_picture(store, id, "houses/0.jpg").await;
    assert_eq!(keys().await.last(), Some(&(newest.id, None)));
    let remove = async |picture, seen| {
        let mut removed = None;
        let (mut unit, locked) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
        if let Some(key) = unit.own_listings().remove_picture(&locked, id, seen, picture).await.unwrap() {
            unit.commit().await.unwrap();
            removed = Some(key);
        }
        removed
    };
    assert_eq!(remove(foreign.id, version(6)).await, None);
    assert_eq!(remove(shown[2].id, version(5)).await, None);
    assert_eq!(remove(shown[2].id, version(6)).await, Some(picture("houses/c.jpg")));
    assert_eq!(keys().await.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [shown[0].id, shown[1].id, newest.id]);
    for (seen, picture) in [(7, shown[0].id), (8, shown[1].id), (9, newest.id)] {
        assert!(remove(picture, version(seen)).await.is_some());
    }
    let read = own(store, landlord, id).await;
    assert_eq!((read.pictures, read.version), (vec![], version(10)));
    assert_eq!(keys().await, []);
    // What is added then is the index picture.
    add_picture(store, id, "houses/e.jpg").await;
    assert_eq!(keys().await.len(), 1);
}
