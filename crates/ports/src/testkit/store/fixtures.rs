//! People, houses and orders for the rules.

use chrono::{DateTime, Days, NaiveDate, Utc};
use minsu_domain::{
    AreaId, Comment, DateRange, FacilityId, HouseFilter, HouseId, HouseOffer, Mobile, Money, OrderId, OrderStatus,
    PictureKey, Quote, SortKey, Stay, StayLimits, StayRule, Transition, UserId, UserName,
};

use crate::{NewHouse, NewOrder, NewUser, OrderNote, PageStart, PasswordHash, Store, StoreError, UniqueKey};

/// How often a unit of work that was in another's way is begun again.
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

/// Adds the person with this number.
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
    HouseOffer {
        title: title.to_owned(),
        price: fen(19_999),
        deposit: fen(50_000),
        area: area(4),
        address: "中关村大街 1 号".to_owned(),
        room_count: 3,
        acreage: 120,
        unit: "三室两厅".to_owned(),
        capacity: 6,
        beds: "双人床 2 张 🛏".to_owned(),
        limits: StayLimits::new(1, 0).unwrap(),
        facilities: [1, 3, 23].map(|id| FacilityId::new(id).unwrap()).to_vec(),
    }
}

pub(super) async fn add_house(store: &dyn Store, house: &NewHouse) -> HouseId {
    let mut unit = store.begin().await.unwrap();
    let id = unit.houses().insert(house).await.unwrap();
    unit.commit().await.unwrap();
    id
}

/// Adds a house that is unlike the others, published at the same instant as all of them.
pub(super) async fn house_with(store: &dyn Store, landlord: UserId, change: impl FnOnce(&mut HouseOffer)) -> HouseId {
    let mut offer = offer("house");
    change(&mut offer);
    add_house(store, &NewHouse { landlord, offer, created_at: instant(0) }).await
}

/// Adds a house of this landlord, published so many seconds after the fixed instant.
pub(super) async fn house(store: &dyn Store, landlord: UserId, seconds: i64) -> HouseId {
    let offer = offer(&format!("house {seconds}"));
    add_house(store, &NewHouse { landlord, offer, created_at: instant(seconds) }).await
}

/// Adds a house with its own price and area, published at the same instant as all others of them.
pub(super) async fn house_like(store: &dyn Store, landlord: UserId, price: i64, area_id: i64) -> HouseId {
    let offer = HouseOffer { price: fen(price), area: area(area_id), ..offer("house") };
    add_house(store, &NewHouse { landlord, offer, created_at: instant(0) }).await
}

pub(super) async fn add_picture(store: &dyn Store, house: HouseId, key: &str) {
    let mut unit = store.begin().await.unwrap();
    unit.houses().add_picture(house, &picture(key)).await.unwrap();
    unit.commit().await.unwrap();
}

pub(super) async fn complete(store: &dyn Store, house: HouseId, times: usize) {
    for _ in 0..times {
        let mut unit = store.begin().await.unwrap();
        unit.houses().count_completed_order(house).await.unwrap();
        unit.commit().await.unwrap();
    }
}

/// The stay from one day to another, both included.
pub(super) fn stay(first: u64, last: u64) -> Stay {
    Stay::new(day(first), day(last), StayRule::Days).unwrap()
}

pub(super) fn new_order(house: HouseId, guest: UserId, stay: Stay) -> NewOrder {
    let price = fen(19_999);
    let quote = Quote { days: stay.days(), price, amount: price.times(stay.days()).unwrap() };
    NewOrder { house, guest, stay, quote, created_at: instant(0) }
}

/// Places an order, and begins again where the database gave up between two.
pub(super) async fn try_place(store: &dyn Store, order: &NewOrder) -> Result<OrderId, StoreError> {
    for _ in 0..ATTEMPTS {
        let result = async {
            let mut unit = store.begin().await?;
            let id = unit.orders().place(order).await?;
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
    try_place(store, &new_order(house, guest, stay)).await.unwrap()
}

/// The id, or `None` when the days are taken; nothing else may go wrong.
pub(super) fn unless_taken(result: Result<OrderId, StoreError>) -> Option<OrderId> {
    match result {
        Ok(id) => Some(id),
        Err(StoreError::Duplicate(UniqueKey::HouseDay)) => None,
        Err(error) => panic!("neither placed nor taken: {error:?}"),
    }
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
            let moved = unit.orders().advance(id, Transition { from, to }, note).await?;
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

pub(super) fn range(first: Option<u64>, last: Option<u64>) -> DateRange {
    DateRange::new(first.map(day), last.map(day), StayRule::Days).unwrap()
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
    let filter = HouseFilter { free: range(Some(first), Some(last)), ..filter(SortKey::New) };
    found(store, &filter).await.contains(&house)
}
