//! Idempotency keys on each database engine, through two applications with connections of their own, as two
//! processes have: one effect and one answer, also when one of them is gone in the middle.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Days, TimeDelta, Utc};
use futures_util::future::join_all;
use minsu_api::wiring;
use minsu_application::{
    App, AppError, IdempotencyError,
    idempotency::{self, Claim, Claimed, KeyScope, RequestDigest},
    orders::{self, AgreedPrice, PlaceOrder, StayToBook},
};
use minsu_domain::{
    HouseDraft, HouseId, HouseOffer, IdempotencyKey, Means, Mobile, OccupantList, OrderId, Principal, Role, UserId,
    UserName,
};
use minsu_ports::{Clock, LockedLandlord, NewHouse, NewUser, PasswordHash, Store, StoredAnswer};
use minsu_settings::{Profile, Settings};

use super::{Engine, on_every_engine};

/// A clock that can be put forward.
#[derive(Default)]
struct Ahead(Mutex<TimeDelta>);

#[async_trait]
impl Clock for Ahead {
    #[expect(clippy::disallowed_methods, reason = "it goes ahead of the system's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Two applications on one database, with one clock; a guest and a house.
struct Scene {
    apps: [App; 2],
    clock: Arc<Ahead>,
    guest: Principal,
    house: HouseId,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new(engine: &Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults(Profile::Dev, folder.path());
        settings.database.url = engine.url().parse().unwrap();
        minsu_store::migrate_up(&engine.url()).await.unwrap();
        let clock = Arc::new(Ahead::default());
        let app = async || {
            let app = wiring::wire(&settings).await.unwrap().state.app;
            App { clock: clock.clone(), ..app }
        };
        let apps = [app().await, app().await];
        let store = apps[0].store.clone();
        let (landlord, guest) = (add_user(store.as_ref(), 1).await, add_user(store.as_ref(), 2).await);
        let house = add_house(store.as_ref(), landlord).await;
        let guest = Principal { user: guest, role: Role::User, means: Means::Session { confirmed: false } };
        Self { apps, clock, guest, house, _folder: folder }
    }

    fn scope(&self) -> KeyScope<'static> {
        KeyScope::Person(self.guest.user)
    }

    /// Tried again where the database was too busy, as a client does after 503.
    async fn begin(&self, app: usize, key: &str, body: &str) -> Claimed {
        let digest = RequestDigest::of("POST", "/orders", &self.scope(), body.as_bytes());
        let key = IdempotencyKey::new(key).unwrap();
        loop {
            match idempotency::begin(&self.apps[app], &key, &self.scope(), &digest).await {
                Err(AppError::StoreUnavailable(_)) => {}
                claimed => return claimed.unwrap(),
            }
        }
    }

    async fn claim(&self, app: usize, key: &str) -> Claim {
        match self.begin(app, key, "").await {
            Claimed::Fresh(claim) => claim,
            other => panic!("{other:?}"),
        }
    }

    /// Places an order of one day, so many days ahead, under a claim.
    async fn place(&self, app: usize, claim: &Claim, ahead: u64) -> Result<OrderId, AppError> {
        let day = self.apps[app].today() + Days::new(ahead);
        let command = PlaceOrder {
            stay: StayToBook { house: self.house, start: day, end: day, guests: 1 },
            price: AgreedPrice::OldPage,
            total: None,
            occupants: OccupantList::default(),
        };
        orders::place(&claim.app(&self.apps[app]), self.guest, &command).await
    }

    /// A whole request, sent again while another one runs; the answer, and whether it was replayed.
    async fn request(&self, app: usize, key: &str, ahead: u64) -> (StoredAnswer, bool) {
        loop {
            match self.begin(app, key, "").await {
                Claimed::Fresh(claim) => {
                    let id = self.place(app, &claim, ahead).await.unwrap();
                    return (idempotency::complete(&self.apps[app], &claim, answer(id)).await, false);
                }
                Claimed::Replay(answer) => return (answer, true),
                Claimed::InProgress(wait) => {
                    assert!(wait >= Duration::from_secs(1));
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Claimed::Reused => panic!("the same request"),
            }
        }
    }

    async fn orders(&self) -> usize {
        orders_of(self.apps[0].store.as_ref(), self.guest.user).await
    }

    fn put_forward(&self, by: TimeDelta) {
        *self.clock.0.lock().unwrap() += by;
    }
}

fn answer(id: OrderId) -> StoredAnswer {
    StoredAnswer {
        status: 201,
        body: format!("{{\"id\":{id}}}").into_bytes(),
        content_type: Some("application/json".to_owned()),
        location: Some(format!("/api/v2/orders/{id}")),
        etag: None,
    }
}

async fn orders_of(store: &dyn Store, guest: UserId) -> usize {
    store.read_own().await.unwrap().orders().of_guest(guest, 1000).await.unwrap().len()
}

pub(super) async fn add_user(store: &dyn Store, number: u32) -> UserId {
    let user = NewUser {
        name: UserName::new(&format!("person {number}")).unwrap(),
        mobile: Mobile::new(&format!("138{number:08}")).unwrap(),
        password_hash: PasswordHash("hash".to_owned()),
        created_at: DateTime::UNIX_EPOCH,
    };
    let mut unit = store.begin().await.unwrap();
    let id = unit.users().insert(&user).await.unwrap();
    unit.commit().await.unwrap();
    id
}

pub(super) async fn add_house(store: &dyn Store, landlord: UserId) -> HouseId {
    let draft = HouseDraft {
        title: "house".into(),
        price_yuan: "100".into(),
        deposit_yuan: "0".into(),
        area_id: 1,
        address: "street".into(),
        description: None,
        min_days: 1,
        max_days: 0,
        facilities: vec![],
        ..HouseDraft::sample()
    };
    let house = NewHouse { offer: HouseOffer::try_from(draft).unwrap(), created_at: DateTime::UNIX_EPOCH };
    let (mut unit, landlord) = LockedLandlord::begin(store, landlord).await.unwrap().unwrap();
    let id = unit.houses().insert(&landlord, &house).await.unwrap();
    unit.commit().await.unwrap();
    id
}

/// Fifty simultaneous requests with one key, through both applications: one order, one answer.
async fn fifty_requests_have_one_effect(engine: Engine) {
    let scene = Scene::new(&engine).await;
    for round in 1..=3 {
        let key = format!("key {round}").replace(' ', "-");
        let answers = join_all((0..50).map(|number| scene.request(number % 2, &key, round))).await;
        assert_eq!(answers.iter().filter(|(_, replayed)| !replayed).count(), 1);
        assert!(answers.iter().all(|(answer, _)| *answer == answers[0].0));
        assert_eq!(scene.orders().await as u64, round);
    }
    assert_eq!(scene.begin(1, "key-1", "other").await, Claimed::Reused);
}

/// A process is gone before its transaction, or after it and before the answer: the next request under the
/// key, after the lease, has the one effect. The process that was thought gone cannot commit any more.
async fn a_request_that_vanishes_leaves_neither_a_second_effect_nor_a_stuck_key(engine: Engine) {
    let scene = Scene::new(&engine).await;
    // Before the effect.
    let vanished = scene.claim(0, "before").await;
    assert!(matches!(scene.begin(1, "before", "").await, Claimed::InProgress(_)));
    scene.put_forward(TimeDelta::seconds(16));
    let (answer_of_second, replayed) = scene.request(1, "before", 1).await;
    assert!(!replayed);
    let late = scene.place(0, &vanished, 2).await;
    assert!(matches!(late, Err(AppError::Idempotency(IdempotencyError::TakenOver))), "{late:?}");
    assert_eq!(scene.orders().await, 1);
    assert_eq!(scene.request(0, "before", 1).await, (answer_of_second, true));
    // After the effect.
    let vanished = scene.claim(0, "after").await;
    let id = scene.place(0, &vanished, 3).await.unwrap();
    assert!(matches!(scene.begin(1, "after", "").await, Claimed::InProgress(_)));
    scene.put_forward(TimeDelta::seconds(16));
    let (made_again, replayed) = scene.request(1, "after", 3).await;
    assert_eq!((made_again.clone(), replayed), (answer(id), false));
    assert_eq!(scene.orders().await, 2);
    // The first one's answer comes too late and is the one that was stored.
    let other = StoredAnswer { status: 200, ..answer(id) };
    assert_eq!(idempotency::complete(&scene.apps[0], &vanished, other).await, made_again);
    // A failure gives the key back at once, with and without an effect.
    for placed in [false, true] {
        let key = format!("failed-{placed}");
        let failed = scene.claim(0, &key).await;
        if placed {
            scene.place(0, &failed, 4).await.unwrap();
        }
        idempotency::abandon(&scene.apps[0], &failed).await;
        assert!(!scene.request(1, &key, if placed { 4 } else { 5 }).await.1);
    }
    assert_eq!(scene.orders().await, 4);
    // A day later the key is another one.
    scene.put_forward(TimeDelta::days(1));
    assert!(!scene.request(1, "after", 9).await.1);
    assert_eq!(scene.orders().await, 5);
}

on_every_engine!(
    fifty_requests_have_one_effect,
    a_request_that_vanishes_leaves_neither_a_second_effect_nor_a_stuck_key
);
