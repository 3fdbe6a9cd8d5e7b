//! Databases to test on.

use chrono::{DateTime, Days, NaiveDate};
use minsu_domain::{
    AreaId, CancellationPreset, ChangedBy, Comment, HouseDraft, HouseId, HouseOffer, Mobile, Money, OrderId,
    OrderStatus, PictureKey, Quote, Stay, StayRule, Transition, UserId, UserName,
};
use minsu_ports::{
    LockedGuest, LockedLandlord, NewHouse, NewOrder, NewUser, OrderAct, OrderNote, PasswordHash, Store, StoreError,
    UnitOfWork,
};
use minsu_store::{Pooler, SqlStore, StoreOptions, migrate_up};
use minsu_testservers::{Database, PgBouncer, PoolMode};
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
    MariaDb,
}

/// Keeps a database alive.
pub enum Guard {
    Folder { folder: TempDir },
    Server { _database: Database },
}

/// An empty database; its URL.
pub async fn empty(engine: Engine) -> (String, Guard) {
    let database = match engine {
        Engine::Sqlite => {
            let folder = TempDir::new().unwrap();
            let url = format!("sqlite://{}/minsu.db", folder.path().display());
            return (url, Guard::Folder { folder });
        }
        Engine::Postgres => minsu_testservers::postgres().await,
        Engine::MariaDb => minsu_testservers::mariadb().await,
    };
    (database.url().to_owned(), Guard::Server { _database: database })
}

/// A migrated database; its URL.
pub async fn migrated(engine: Engine) -> (String, Guard) {
    let (url, guard) = empty(engine).await;
    migrate_up(&url).await.unwrap();
    (url, guard)
}

/// A store on a migrated database.
pub async fn fresh(engine: Engine) -> (SqlStore, Guard) {
    let (url, guard) = migrated(engine).await;
    (SqlStore::connect(&StoreOptions::new(url)).await.unwrap(), guard)
}

/// An empty database of PostgreSQL by way of PgBouncer; the options to open the store with.
pub async fn pooled(pooler: Pooler) -> (StoreOptions, Guard) {
    let mode = if pooler == Pooler::Session { PoolMode::Session } else { PoolMode::Transaction };
    let database = minsu_testservers::postgres().await;
    let url = PgBouncer::shared(mode).url(&database);
    (StoreOptions { pooler, ..StoreOptions::new(url) }, Guard::Server { _database: database })
}

/// A store on a migrated database by way of PgBouncer.
pub async fn fresh_pooled(pooler: Pooler) -> (SqlStore, Guard) {
    let (options, guard) = pooled(pooler).await;
    migrate_up(&options.url).await.unwrap();
    (SqlStore::connect(&options).await.unwrap(), guard)
}

/// Makes a test on each engine of every function, which takes the engine.
macro_rules! on_every_engine {
    ($($test:ident),+ $(,)?) => {
        $crate::support::on_every_engine! { @ sqlite Sqlite: $($test),+ }
        $crate::support::on_every_engine! { @ postgres Postgres: $($test),+ }
        $crate::support::on_every_engine! { @ mariadb MariaDb: $($test),+ }
    };
    (@ $module:ident $engine:ident: $($test:ident),+) => {
        mod $module {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::support::Engine::$engine).await;
            })+
        }
    };
}
pub(crate) use on_every_engine;

pub fn new_user(number: u32) -> NewUser {
    NewUser {
        name: UserName::new(&format!("person {number}")).unwrap(),
        mobile: Mobile::new(&format!("138{number:08}")).unwrap(),
        password_hash: PasswordHash("hash".to_owned()),
        created_at: DateTime::UNIX_EPOCH,
    }
}

pub async fn add_user(store: &SqlStore, user: &NewUser) -> UserId {
    let mut unit = store.begin().await.unwrap();
    let id = unit.users().insert(user).await.unwrap();
    unit.commit().await.unwrap();
    id
}

/// A landlord, a guest, and a house of the landlord.
pub struct Scene {
    pub landlord: UserId,
    pub guest: UserId,
    pub house: HouseId,
}

pub fn area(id: i64) -> AreaId {
    AreaId::new(id).unwrap()
}

pub fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, 1).unwrap() + Days::new(offset)
}

pub async fn scene(store: &SqlStore) -> Scene {
    let (landlord, guest) = (add_user(store, &new_user(1)).await, add_user(store, &new_user(2)).await);
    let house = add_house(store, landlord, &new_house()).await;
    Scene { landlord, guest, house }
}

pub async fn landlord_of(store: &SqlStore, landlord: UserId) -> (Box<dyn UnitOfWork>, LockedLandlord) {
    LockedLandlord::begin(store, landlord).await.unwrap().unwrap()
}

pub async fn add_house(store: &SqlStore, landlord: UserId, house: &NewHouse) -> HouseId {
    let (mut unit, landlord) = landlord_of(store, landlord).await;
    let id = unit.houses().insert(&landlord, house).await.unwrap();
    unit.commit().await.unwrap();
    id
}

/// Places an order with its days, once more where the house was changed meanwhile.
pub async fn place(store: &SqlStore, guest: UserId, order: &NewOrder) -> OrderId {
    loop {
        let (mut unit, guest) = LockedGuest::begin(store, guest).await.unwrap().unwrap();
        let (parties, _) = guest.with_landlord(unit.as_mut(), order.house).await.unwrap().unwrap();
        let id = match unit.orders().insert(&parties, order).await {
            Err(StoreError::Conflict(_)) => continue,
            inserted => inserted.unwrap(),
        };
        let days = order.stay.occupied().collect();
        unit.occupancy().reserve(order.house, id, &days).await.unwrap();
        unit.commit().await.unwrap();
        return id;
    }
}

pub fn quote(stay: &Stay) -> Quote {
    Quote::at_one_price(stay, Money::from_fen(100).unwrap()).unwrap()
}

pub fn new_house() -> NewHouse {
    let draft = HouseDraft {
        title: "house".to_owned(),
        price_yuan: "1".to_owned(),
        deposit_yuan: "0".to_owned(),
        address: "street".to_owned(),
        min_days: 1,
        max_days: 0,
        facilities: vec![1, 2],
        ..HouseDraft::sample()
    };
    let offer = HouseOffer::try_from(draft).unwrap();
    NewHouse { offer, created_at: DateTime::UNIX_EPOCH }
}

/// Adds another house with a picture; to the house of the scene another picture, and an order with a
/// comment on a day that is free.
pub async fn publish(store: &SqlStore, scene: &Scene, salt: u64) {
    let (mut unit, landlord) = landlord_of(store, scene.landlord).await;
    let house = unit.houses().insert(&landlord, &new_house()).await.unwrap();
    let picture = PictureKey::new(&format!("houses/{house}.jpg")).unwrap();
    unit.houses().add_picture(&landlord, house, &picture, 1).await.unwrap();
    unit.houses().add_picture(&landlord, scene.house, &picture, 1).await.unwrap();
    unit.commit().await.unwrap();
    let day = day(salt * 1000 + u64::try_from(house.get()).unwrap());
    let stay = Stay::new(day, day, StayRule::Days).unwrap();
    let order = NewOrder {
        house: scene.house,
        stay,
        quote: quote(&stay),
        status: OrderStatus::WaitAccept,
        created_at: DateTime::UNIX_EPOCH,
        expires_at: None,
        guests: 1,
        cancellation: CancellationPreset::default(),
    };
    let id = place(store, scene.guest, &order).await;
    let note = OrderNote::Comment(Comment::new("fine").unwrap(), DateTime::UNIX_EPOCH);
    let step = Transition { from: OrderStatus::WaitAccept, to: OrderStatus::Complete };
    let mut unit = store.begin().await.unwrap();
    assert!(
        unit.orders()
            .advance(id, step, OrderAct { by: ChangedBy::Guest, at: DateTime::UNIX_EPOCH }, &note)
            .await
            .unwrap()
    );
    unit.commit().await.unwrap();
}
