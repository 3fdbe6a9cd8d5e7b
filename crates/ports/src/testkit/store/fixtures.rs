//! Users, houses and orders for the rules.

use chrono::{DateTime, Days, NaiveDate, Utc};
use minsu_domain::{
    AreaId, CancellationPreset, ChangedBy, Comment, HouseDraft, HouseFilter, HouseId, HouseOffer, Mobile, Money,
    OrderId, OrderReason, OrderStatus, PictureKey, Quote, SortKey, Stay, StayRule, Transition, UserId, UserName,
    WantedStay,
};

use crate::{
    CompletedOrder, ListingPicture, LockedAccount, LockedGuest, LockedLandlord, LockedParties, NewHouse, NewOrder,
    NewUser, OrderAct, OrderNote, PageStart, PasswordHash, Store, StoreError, UnitOfWork,
};

/// How often a unit of work is begun again after a conflict.
const ATTEMPTS: usize = 100;

/// An instant to the microsecond, so many seconds after a fixed one.
pub(super) fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 123_456_000).unwrap()
}

/// A day, so many days after a fixed one.
pub(super) fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 2, 25).unwrap() + Days::new(offset)
}

pub(super) fn mobile(number: u32) -> Mobile {
    Mobile::new(&format!("138{number:08}")).unwrap()
}

pub(super) fn name(text: &str) -> UserName {
    UserName::new(text).unwrap()
}

pub(super) fn picture(text: &str) -> PictureKey {
    PictureKey::new(text).unwrap()
}

pub(super) fn fen(fen: i64) -> Money {
    Money::from_fen(fen).unwrap()
}

pub(super) fn area(id: i64) -> AreaId {
    AreaId::new(id).unwrap()
}

pub(super) fn new_user(number: u32, text: &str) -> NewUser {
    NewUser {
        name: name(text),
        mobile: mobile(number),
        password_hash: PasswordHash(format!("$argon2id$v=19$m=19456,t=2,p=1$salt{number}$hash")),
        created_at: instant(i64::from(number)),
    }
}

/// Runs a transaction again while it conflicts with another.
pub(super) async fn retried<T>(work: impl AsyncFn() -> Result<T, StoreError>) -> T {
    for _ in 0..ATTEMPTS {
        match work().await {
            Err(StoreError::Conflict(_)) => {}
            done => return done.unwrap(),
        }
    }
    panic!("a transaction still conflicts after {ATTEMPTS} attempts");
}

/// Adds the user with this number.
pub(super) async fn user(store: &dyn Store, number: u32) -> UserId {
    add_user(store, &new_user(number, &format!("person {number}"))).await.unwrap()
}

pub(super) async fn add_user(store: &dyn Store, user: &NewUser) -> Result<UserId, StoreError> {
    for _ in 0..ATTEMPTS {
        let result = async {
            let mut unit = store.begin().await?;
            let id = unit.users().insert(user).await?;
            unit.commit().await.map(|()| id)
        };
        match result.await {
            Err(StoreError::Conflict(_)) => {}
            result => return result,
        }
    }
    panic!("conflicts without end");
}

pub(super) fn offer(title: &str) -> HouseOffer {
    let draft = HouseDraft { title: title.to_owned(), min_days: 1, max_days: 0, ..HouseDraft::sample() };
    HouseOffer::try_from(draft).unwrap()
}

pub(super) async fn add_house(store: &dyn Store, landlord: UserId, house: &NewHouse) -> HouseId {
    let (mut unit, landlord) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    let id = unit.houses().insert(&landlord, house).await.unwrap();
    unit.commit().await.unwrap();
    id
}

/// Adds a house that is unlike the others, published at the same instant as all of them.
pub(super) async fn house_with(store: &dyn Store, landlord: UserId, change: impl FnOnce(&mut HouseOffer)) -> HouseId {
    let mut offer = offer("house");
    change(&mut offer);
    add_house(store, landlord, &NewHouse { offer, created_at: instant(0) }).await
}

/// Adds a house of this landlord, published so many seconds after the fixed instant.
pub(super) async fn house(store: &dyn Store, landlord: UserId, seconds: i64) -> HouseId {
    let offer = offer(&format!("house {seconds}"));
    add_house(store, landlord, &NewHouse { offer, created_at: instant(seconds) }).await
}

/// Adds a house with its own price and area, published at the same instant as all others of them.
pub(super) async fn house_like(store: &dyn Store, landlord: UserId, price: i64, area_id: i64) -> HouseId {
    let offer = HouseOffer { price: fen(price), area: area(area_id), ..offer("house") };
    add_house(store, landlord, &NewHouse { offer, created_at: instant(0) }).await
}

/// Adds a picture to a house of whatever state and returns it as its landlord reads it.
pub(super) async fn add_picture(store: &dyn Store, house: HouseId, key: &str) -> ListingPicture {
    let standing = store.read_own().await.unwrap().own_listings().standing(house).await.unwrap().unwrap();
    let (mut unit, owner) = LockedLandlord::begin(store, standing.landlord).await.unwrap().unwrap();
    unit.houses().add_picture(&owner, house, &picture(key), 1).await.unwrap();
    let mut pictures = unit.own_listings().find(standing.landlord, house).await.unwrap().unwrap().pictures;
    unit.commit().await.unwrap();
    pictures.retain(|shown| shown.key == picture(key));
    pictures.pop().unwrap()
}

/// Replaces the portrait and returns the one before.
pub(super) async fn set_avatar(store: &dyn Store, user: UserId, key: &str) -> Option<PictureKey> {
    let (mut unit, account) = LockedAccount::begin(store, user).await.unwrap().unwrap();
    let before = unit.users().set_avatar(&account, &picture(key)).await.unwrap();
    unit.commit().await.unwrap();
    before
}

/// A completed order of a guest by number.
pub(super) fn completed(house: HouseId, guest: i64, stay_begun: bool) -> CompletedOrder {
    CompletedOrder { house, guest: UserId::new(1 + guest).unwrap(), stay_begun }
}

/// Counts orders of so many guests for a house; those with an even number have begun their stay.
pub(super) async fn complete(store: &dyn Store, house: HouseId, guests: usize) {
    for number in (0..).take(guests) {
        let mut unit = store.begin().await.unwrap();
        unit.houses().count_completed_order(completed(house, number, number % 2 == 0)).await.unwrap();
        unit.commit().await.unwrap();
    }
}

/// The stay from one day to another, both included.
pub(super) fn stay(first: u64, last: u64) -> Stay {
    Stay::new(day(first), day(last), StayRule::Days).unwrap()
}

pub(super) fn new_order(house: HouseId, stay: Stay) -> NewOrder {
    let quote = Quote::at_one_price(&stay, fen(19_999)).unwrap();
    NewOrder {
        house,
        stay,
        quote,
        status: OrderStatus::WaitAccept,
        created_at: instant(0),
        expires_at: Some(instant(1_000)),
        guests: 2,
        cancellation: CancellationPreset::Strict,
    }
}

/// Adds an order and reserves its days, as placing one does. The parties are locked.
pub(super) async fn place_in(
    unit: &mut dyn UnitOfWork,
    parties: &LockedParties,
    order: &NewOrder,
) -> Result<OrderId, StoreError> {
    let id = unit.orders().insert(parties, order).await?;
    unit.occupancy().reserve(order.house, id, &order.stay.occupied().collect()).await?;
    Ok(id)
}

/// Places an order, and begins again after a conflict.
pub(super) async fn try_place(store: &dyn Store, guest: UserId, order: &NewOrder) -> Result<OrderId, StoreError> {
    for _ in 0..ATTEMPTS {
        let result = async {
            let (mut unit, guest) = LockedGuest::begin(store, guest).await?.unwrap();
            let (parties, _) = guest.with_landlord(unit.as_mut(), order.house).await?.unwrap();
            let id = place_in(unit.as_mut(), &parties, order).await?;
            unit.commit().await.map(|()| id)
        };
        match result.await {
            Err(StoreError::Conflict(_)) => {}
            result => return result,
        }
    }
    panic!("conflicts without end");
}

pub(super) async fn place(store: &dyn Store, house: HouseId, guest: UserId, stay: Stay) -> OrderId {
    try_place(store, guest, &new_order(house, stay)).await.unwrap()
}

/// The id, or `None` when the days are taken; any other error panics.
pub(super) fn unless_taken(result: Result<OrderId, StoreError>) -> Option<OrderId> {
    match result {
        Ok(id) => Some(id),
        Err(StoreError::DaysTaken(days)) if !days.is_empty() => None,
        Err(error) => panic!("neither placed nor taken: {error:?}"),
    }
}

/// Who takes the steps of [`advance`]: the landlord, a minute after the fixed instant.
pub(super) fn act() -> OrderAct {
    OrderAct { by: ChangedBy::Landlord, at: instant(60) }
}

pub(super) fn reason(text: &str) -> OrderNote {
    OrderNote::Reason(OrderReason::new(text).unwrap())
}

pub(super) async fn advance(
    store: &dyn Store,
    id: OrderId,
    from: OrderStatus,
    to: OrderStatus,
    note: &OrderNote,
) -> bool {
    for _ in 0..ATTEMPTS {
        let result = async {
            let mut unit = store.begin().await?;
            let moved = unit.orders().advance(id, Transition { from, to }, act(), note).await?;
            if moved
                && !to.holds_days()
                && let Some(order) = unit.orders().find(id).await?
            {
                unit.occupancy().release(&order).await?;
            }
            unit.commit().await.map(|()| moved)
        };
        match result.await {
            Err(StoreError::Conflict(_)) => {}
            result => return result.unwrap(),
        }
    }
    panic!("conflicts without end");
}

/// A completed order with a comment, written so many seconds after the fixed instant.
pub(super) async fn comment(store: &dyn Store, id: OrderId, text: &str, seconds: i64) {
    let note = OrderNote::Comment(Comment::new(text).unwrap(), instant(seconds));
    assert!(advance(store, id, OrderStatus::WaitAccept, OrderStatus::WaitComment, &OrderNote::None).await);
    assert!(advance(store, id, OrderStatus::WaitComment, OrderStatus::Complete, &note).await);
}

pub(super) fn filter(sort: SortKey) -> HouseFilter {
    HouseFilter { sort, ..HouseFilter::default() }
}

/// The stay from one day to another, both included, as a search asks for it.
pub(super) fn exact(first: u64, last: u64) -> WantedStay {
    WantedStay::Exact { first: day(first), last: day(last) }
}

/// The ids of everything that a search finds, after checking that the count agrees.
pub(super) async fn found(store: &dyn Store, filter: &HouseFilter) -> Vec<HouseId> {
    let mut session = store.read().await.unwrap();
    let ids: Vec<_> = session
        .houses()
        .search(filter, PageStart::Offset(0), 1000)
        .await
        .unwrap()
        .into_iter()
        .map(|house| house.id)
        .collect();
    assert_eq!(session.houses().count(filter, 1000).await.unwrap(), ids.len() as u64);
    ids
}

/// Whether the house is free on all days from one to another.
pub(super) async fn is_free(store: &dyn Store, house: HouseId, first: u64, last: u64) -> bool {
    let filter = HouseFilter { stay: exact(first, last), ..filter(SortKey::New) };
    found(store, &filter).await.contains(&house)
}
