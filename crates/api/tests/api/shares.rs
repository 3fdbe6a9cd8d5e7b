//! Heavy work is shared fairly: what one account or network asks for delays the others by a turn at most.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::join_all;
use minsu_executor::Bounds;
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{Overloaded, Party, Session, Store, StoreError, UnitOfWork, Work, WorkScheduler, WorkTurn};
use minsu_system::{Argon2Hasher, Argon2Settings, FairWorkScheduler, OsRandomness, WorkBounds, WorkSchedulerOptions};
use minsu_web::state::State;
use serde_json::json;

use crate::support::{
    Client, TestServer, World,
    client::PASSWORD,
    picture::{form, photograph, png},
};

/// A server that does one heavy thing of each kind at a time, as a small machine does, with this machine as a
/// trusted proxy. Behind the scheduler as little waits as runs.
async fn small(change: impl FnOnce(&mut State)) -> TestServer {
    let one =
        WorkBounds { bounds: Bounds { permits: 1, queue: 8 }, of_one_party: 1, patience: Duration::from_secs(20) };
    let scheduler = WorkSchedulerOptions { hashing: one, pictures: one, searches: one, exports: one };
    let argon2 = Argon2Settings { memory_kib: 4 * 1024, iterations: 1, parallelism: 1, permits: 1, queue: 8 };
    TestServer::start_with(|state| {
        state.app.scheduler = Arc::new(FairWorkScheduler::new(&scheduler).unwrap());
        state.app.passwords = Arc::new(Argon2Hasher::new(argon2, Arc::new(OsRandomness)).unwrap());
        let pictures = PictureOptions { permits: 1, queue: 4, ..PictureOptions::default() };
        state.app.pictures = Arc::new(ImagePictures::new(pictures).unwrap());
        state.http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        change(state);
    })
    .await
}

/// Repeats calls until they are stopped; how many were made.
async fn flood<F: Future<Output = ()>>(stop: &AtomicBool, callers: usize, call: impl Fn(usize) -> F) -> usize {
    let made = AtomicUsize::new(0);
    join_all((0..callers).map(async |caller| {
        while !stop.load(Ordering::SeqCst) {
            call(caller).await;
            made.fetch_add(1, Ordering::SeqCst);
        }
    }))
    .await;
    made.load(Ordering::SeqCst)
}

/// Sixteen accounts on three addresses, all with right passwords, made 14 of 24 logins of others fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_accounts_on_few_addresses_leave_the_logins_of_others_working() {
    let server = small(|_| {}).await;
    let mut attackers = Vec::new();
    for number in 0..16 {
        let attacker = Client::from_address(&server, &format!("198.51.100.{}", number % 3));
        attacker.register(&format!("138{number:08}")).await;
        attackers.push(attacker);
    }
    for number in 0..20 {
        Client::from_address(&server, &format!("192.0.2.{number}")).register(&format!("139{number:08}")).await;
    }
    let stop = AtomicBool::new(false);
    let attack = flood(&stop, 48, |caller| {
        let (attacker, mobile) = (attackers[caller % 16].clone(), format!("138{:08}", caller % 16));
        async move {
            attacker.post("/api/v1.0/sessions", &json!({"mobile": mobile, "password": PASSWORD})).await;
        }
    });
    let honest = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut failed = 0;
        for number in 0..20 {
            let client = Client::from_address(&server, &format!("192.0.2.{number}"));
            let body = json!({"mobile": format!("139{number:08}"), "password": PASSWORD});
            failed += u32::from(client.post("/api/v1.0/sessions", &body).await.code() != "0");
        }
        stop.store(true, Ordering::SeqCst);
        failed
    };
    let (made, failed) = tokio::join!(attack, honest);
    assert!(made > 48, "{made} logins are no attack");
    assert!(failed <= 1, "{failed} of 20 logins of others failed");
}

/// One account with pictures that are dear to decode made 8 of 8 uploads of a landlord fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pictures_of_one_account_leave_the_uploads_of_a_landlord_working() {
    let world = World::on(small(|_| {}).await).await;
    let dear = photograph();
    let stop = AtomicBool::new(false);
    // Several tabs: each account has two uploads at a time anyway, so these come as two accounts.
    let attackers = [world.guest.clone(), world.stranger.clone()];
    let attack = flood(&stop, 8, |caller| {
        let (attacker, dear) = (attackers[caller % 2].clone(), dear.clone());
        async move {
            attacker.upload("/api/v1.0/user/avatar", form("avatar", dear)).await;
        }
    });
    let honest = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let mut failed = 0;
        let path = format!("/api/v1.0/houses/{}/images", world.house);
        for number in 0..8 {
            let picture = png(number);
            failed += u32::from(world.landlord.upload(&path, form("house_image", picture)).await.code() != "0");
        }
        stop.store(true, Ordering::SeqCst);
        failed
    };
    let (_, failed) = tokio::join!(attack, honest);
    assert_eq!(failed, 0, "uploads of the landlord failed");
}

/// A store on which every search takes its time.
struct Slowly(Arc<dyn Store>);

#[async_trait]
impl Store for Slowly {
    async fn read(&self) -> Result<Box<dyn Session>, StoreError> {
        self.0.read().await
    }

    async fn read_for_search(&self) -> Result<Box<dyn Session>, StoreError> {
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.0.read_for_search().await
    }

    async fn read_own(&self) -> Result<Box<dyn Session>, StoreError> {
        self.0.read_own().await
    }

    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.0.begin().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.0.ping().await
    }

    async fn check_writes(&self) -> Result<(), StoreError> {
        self.0.check_writes().await
    }
}

/// Twenty dear searches a second from one address made 39 of 40 calls of others fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_searches_of_one_address_leave_those_of_others_working() {
    let server = small(|state| {
        let store = Arc::clone(&state.app.store);
        state.app.store = Arc::new(Slowly(store));
    })
    .await;
    let stop = AtomicBool::new(false);
    let refused = AtomicUsize::new(0);
    let attacker = Client::from_address(&server, "198.51.100.1");
    let attack = flood(&stop, 30, |caller| {
        let (attacker, refused) = (attacker.clone(), &refused);
        async move {
            let answer = attacker.get(&format!("/api/v1.0/houses?facility={}&capacity=1", caller % 23 + 1)).await;
            if answer.status == 503 {
                assert_eq!((answer.code().as_str(), &answer.headers["retry-after"]), ("4500", &"1".parse().unwrap()));
                refused.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    });
    let honest = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut failed = 0;
        for number in 0..12 {
            let client = Client::from_address(&server, &format!("192.0.2.{number}"));
            failed += u32::from(client.get("/api/v1.0/houses?capacity=2").await.status != 200);
        }
        stop.store(true, Ordering::SeqCst);
        failed
    };
    let (_, failed) = tokio::join!(attack, honest);
    assert_eq!(failed, 0, "searches of others failed");
    assert!(refused.load(Ordering::SeqCst) > 0, "nothing was refused");
}

/// Notes for whom work is done.
#[derive(Clone, Default)]
struct Noting(Arc<Mutex<Vec<(Work, Party)>>>);

#[async_trait]
impl WorkScheduler for Noting {
    async fn enter(&self, work: Work, party: &Party) -> Result<WorkTurn, Overloaded> {
        self.0.lock().unwrap().push((work, *party));
        Ok(Box::new(()))
    }
}

/// One account on many networks and many accounts on one network have no more turns than one of each.
#[tokio::test]
async fn pictures_and_exports_count_for_the_account_and_for_the_network() {
    let noting = Noting::default();
    let scheduler = noting.clone();
    let server = TestServer::start_with(|state| state.app.scheduler = Arc::new(scheduler)).await;
    let world = World::on(server).await;
    noting.0.lock().unwrap().clear();
    let landlord = &world.landlord;
    let user = landlord.get("/api/v1.0/user").await.ok()["data"]["user_id"].as_i64().unwrap();
    let house = world.house;
    landlord.upload(&format!("/api/v1.0/houses/{house}/images"), form("house_image", png(1))).await.ok();
    landlord.upload("/api/v1.0/user/avatar", form("avatar", png(2))).await.ok();
    landlord.upload("/api/profile/avatar", form("avatar", png(3))).await.ok();
    landlord.get("/api/v1.0/user/export").await.ok();
    let confirmed = landlord.post("/api/v2/session/confirm", &json!({"password": PASSWORD})).await;
    assert!(confirmed.status.as_u16() < 300, "{}", confirmed.status);
    assert_eq!(landlord.get("/api/v2/me/export").await.status, 200);
    let parties: Vec<_> = noting.0.lock().unwrap().iter().filter(|(work, _)| *work != Work::Hashing).copied().collect();
    let works: Vec<_> = parties.iter().map(|(work, _)| *work).collect();
    assert_eq!(works, [Work::Pictures, Work::Pictures, Work::Pictures, Work::Exports, Work::Exports]);
    for (work, party) in parties {
        let network = Some(std::net::IpAddr::from([127, 0, 0, 1]));
        assert_eq!((party.account.map(|id| id.get()), party.network), (Some(user), network), "{work:?}");
    }
}
