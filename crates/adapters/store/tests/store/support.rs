//! Databases to test on.

use chrono::{DateTime, Days, NaiveDate};
use minsu_domain::{
    AreaId, Comment, FacilityId, HouseId, HouseOffer, Mobile, Money, OrderStatus, PictureKey, Quote, Stay, StayLimits,
    StayRule, Transition, UserId, UserName,
};
use minsu_ports::{NewHouse, NewOrder, NewUser, OrderNote, PasswordHash, Store};
use minsu_store::{SqlStore, StoreOptions, migrate_up};
use minsu_testservers::Database;
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
    let mut unit = store.begin().await.unwrap();
    let house = unit.houses().insert(&new_house(landlord)).await.unwrap();
    unit.commit().await.unwrap();
    Scene { landlord, guest, house }
}

pub fn new_house(landlord: UserId) -> NewHouse {
    let offer = HouseOffer {
        title: "house".to_owned(),
        price: Money::from_fen(100).unwrap(),
        deposit: Money::ZERO,
        area: area(4),
        address: "street".to_owned(),
        room_count: 1,
        acreage: 1,
        unit: "unit".to_owned(),
        capacity: 1,
        beds: "beds".to_owned(),
        limits: StayLimits::new(1, 0).unwrap(),
        facilities: vec![FacilityId::new(1).unwrap(), FacilityId::new(2).unwrap()],
    };
    NewHouse { landlord, offer, created_at: DateTime::UNIX_EPOCH }
}

/// Another house with a picture; for the house of the scene another picture, and an order with a
/// comment on a day that nobody has.
pub async fn publish(store: &SqlStore, scene: &Scene, salt: u64) {
    let mut unit = store.begin().await.unwrap();
    let house = unit.houses().insert(&new_house(scene.landlord)).await.unwrap();
    let picture = PictureKey::new(&format!("houses/{house}.jpg")).unwrap();
    unit.houses().add_picture(house, &picture).await.unwrap();
    unit.houses().add_picture(scene.house, &picture).await.unwrap();
    let day = day(salt * 1000 + u64::try_from(house.get()).unwrap());
    let stay = Stay::new(day, day, StayRule::Days).unwrap();
    let price = Money::from_fen(100).unwrap();
    let quote = Quote { days: 1, price, amount: price };
    let order = NewOrder { house: scene.house, guest: scene.guest, stay, quote, created_at: DateTime::UNIX_EPOCH };
    let id = unit.orders().place(&order).await.unwrap();
    let note = OrderNote::Comment(Comment::new("fine").unwrap(), DateTime::UNIX_EPOCH);
    let step = Transition { from: OrderStatus::WaitAccept, to: OrderStatus::Complete };
    assert!(unit.orders().advance(id, step, &note).await.unwrap());
    unit.commit().await.unwrap();
}
