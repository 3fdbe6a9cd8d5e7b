//! Orders that were not answered in time, on each database engine: a worker that is killed between any two steps, two
//! workers whose clocks differ, and a backlog.

use std::sync::Arc;

use chrono::{DateTime, Days, TimeDelta, Utc};
use minsu_api::wiring;
use minsu_application::{
    App,
    jobs::{self, JobsRun},
    orders::{self, AgreedPrice, PlaceOrder, StayToBook},
};
use minsu_domain::{ChangedBy, HouseId, Means, OccupantList, OrderId, OrderStatus, Principal, Role, UserId, Version};
use minsu_fakes::SetClock;
use minsu_ports::{Clock as _, FaultPoint, Job};
use minsu_settings::{Profile, Settings};

use super::{
    Engine,
    child::Worker,
    idempotency::{add_house, add_user},
    on_every_engine,
};

/// Orders of a round: more than one transaction of the worker takes.
const ORDERS: u64 = 24;
/// By how much the clocks of the workers are ahead of that of the site: the requests of a day ago are due.
const AHEAD: i64 = 25 * 3600;

/// An application on a database, with a landlord, a guest and a house.
struct Scene {
    url: String,
    app: App,
    guest: UserId,
    house: HouseId,
    next_day: u64,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new(engine: &Engine) -> Self {
        let (folder, url) = (tempfile::tempdir().unwrap(), engine.url());
        let mut settings = Settings::defaults(Profile::Dev, folder.path());
        settings.database.url = url.parse().unwrap();
        minsu_store::migrate_up(&url).await.unwrap();
        let mut app = wiring::wire(&settings).await.unwrap().state.app;
        app.policy.limits.waiting_orders_per_guest = 0;
        app.policy.quotas.waiting_days_per_guest = 0;
        app.policy.quotas.orders_per_day = 0;
        let store = app.store.clone();
        let (landlord, guest) = (add_user(store.as_ref(), 1).await, add_user(store.as_ref(), 2).await);
        let house = add_house(store.as_ref(), landlord).await;
        Self { url, app, guest, house, next_day: 10, _folder: folder }
    }

    /// Places requests for a day each.
    async fn requests(&mut self, count: u64) -> Vec<OrderId> {
        let viewer = Principal { user: self.guest, role: Role::User, means: Means::Session { confirmed: false } };
        let mut placed = Vec::new();
        for _ in 0..count {
            let day = self.app.today() + Days::new(self.next_day);
            self.next_day += 1;
            let command = PlaceOrder {
                stay: StayToBook { house: self.house, start: day, end: day, guests: 1 },
                price: AgreedPrice::Rules,
                total: None,
                occupants: OccupantList::default(),
            };
            placed.push(orders::place(&self.app, viewer, &command).await.unwrap());
        }
        placed
    }

    /// The same application with a clock that stands still, so much ahead.
    fn ahead(&self, seconds: i64) -> (App, SetClock) {
        let clock = SetClock::at(self.app.clock.now().timestamp() + seconds);
        (App { clock: Arc::new(clock.clone()), ..self.app.clone() }, clock)
    }

    async fn work(&self, app: &App) -> JobsRun {
        jobs::run_job(app, Job::ExpireOrders).await.unwrap()
    }

    /// How many of these orders are canceled; each by the clock, once, without a day that it holds.
    async fn canceled(&self, placed: &[OrderId]) -> u64 {
        let mut session = self.app.store.read_own().await.unwrap();
        let mut canceled = 0;
        for id in placed {
            let order = session.orders().find(*id).await.unwrap().unwrap();
            let history = session.orders().history(*id, Version::MAX).await.unwrap();
            let held = session.occupancy().occupied(self.house, order.start, order.start).await.unwrap().len();
            match order.status {
                OrderStatus::WaitAccept => assert_eq!((history.len(), held), (1, 1), "{id}"),
                OrderStatus::Canceled => {
                    canceled += 1;
                    let last = &history[1];
                    assert_eq!((history.len(), last.by, held), (2, ChangedBy::Clock, 0), "{id}");
                }
                other => panic!("{id} is {other:?}"),
            }
        }
        canceled
    }

    /// What the passing of a minute does: the lease of a worker that died has ended, and the job has rested.
    async fn a_minute_passes(&self) {
        let end = "UPDATE jobs SET lease_ends = NULL, due_at = '2020-01-01 00:00:00+00:00' WHERE job = 'expire_orders'";
        let end = if self.url.starts_with("mysql") { end.replace("+00:00", "") } else { end.to_owned() };
        minsu_testservers::execute_on(&self.url, &end).await;
    }
}

/// Each point once, at a time that the seed of the round chooses.
fn stops(seed: u64) -> impl Iterator<Item = (FaultPoint, u64)> {
    FaultPoint::OF_EXPIRY.into_iter().zip(0..).map(move |(point, number)| {
        let mixed = (seed * 31 + number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
        let times = match point {
            FaultPoint::SubjectRead | FaultPoint::SubjectChanged => ORDERS,
            FaultPoint::SubjectCommitted => 3,
            _ => 1,
        };
        (point, 1 + mixed % times)
    })
}

/// `kill -9` of a real worker at every point: the next run does what is left, and nothing twice.
async fn a_killed_worker_leaves_nothing_undone_and_nothing_is_done_twice(engine: Engine) {
    let mut scene = Scene::new(&engine).await;
    let url = scene.url.clone();
    for (point, time) in stops(1).chain(stops(2)) {
        let placed = scene.requests(ORDERS).await;
        let stop = format!("{}:{time}", point.name());
        println!("{stop}");
        let ahead = AHEAD.to_string();
        let settings = [
            ("DATABASE__URL", url.as_str()),
            ("TESTING__CLOCK_OFFSET_SECONDS", ahead.as_str()),
            ("TESTING__STOP_AT", stop.as_str()),
        ];
        scene.a_minute_passes().await;
        Worker::start(&settings).killed_at("stopped at a fault point").await;
        let before = scene.canceled(&placed).await;
        let (app, _) = scene.ahead(AHEAD);
        if point != FaultPoint::LeaseGivenBack {
            // Its lease holds the job up.
            assert_eq!(scene.work(&app).await, JobsRun::default(), "{stop}");
        }
        scene.a_minute_passes().await;
        assert_eq!(scene.work(&app).await, JobsRun { done: ORDERS - before, failed: 0 }, "{stop}, {before} before");
        assert_eq!(scene.canceled(&placed).await, ORDERS, "{stop}");
        scene.a_minute_passes().await;
        assert_eq!(scene.work(&app).await, JobsRun::default(), "{stop}");
    }
}

/// Two workers whose clocks are ten minutes apart: neither cancels before the deadline by its own clock, and at that
/// moment by the first clock that reaches it each order is canceled once.
async fn clocks_that_differ_cancel_once_and_at_most_so_much_too_early(engine: Engine) {
    let mut scene = Scene::new(&engine).await;
    let (slow, fast) = (scene.ahead(0), scene.ahead(600));
    let placed = scene.requests(ORDERS).await;
    let first = scene.app.store.read_own().await.unwrap().orders().find(placed[0]).await.unwrap().unwrap();
    let deadline = first.expires_at.unwrap();
    let forward = |to: DateTime<Utc>| {
        let by = to - slow.1.now();
        slow.1.forward(by);
        fast.1.forward(by);
    };
    // By the clock that is ahead it is a second before the first deadline.
    forward(deadline - TimeDelta::seconds(601));
    for app in [&slow.0, &fast.0] {
        scene.a_minute_passes().await;
        assert_eq!(scene.work(app).await, JobsRun::default());
    }
    // A minute later it is past all deadlines by that clock, and before all by the other one.
    forward(deadline - TimeDelta::seconds(540));
    scene.a_minute_passes().await;
    assert_eq!(scene.work(&slow.0).await, JobsRun::default());
    assert_eq!(scene.canceled(&placed).await, 0);
    scene.a_minute_passes().await;
    let at_once = tokio::join!(scene.work(&fast.0), scene.work(&slow.0), scene.work(&fast.0));
    // The one that is behind may have held the lease, and found nothing.
    scene.a_minute_passes().await;
    let runs = [at_once.0, at_once.1, at_once.2, scene.work(&fast.0).await];
    let sums: (u64, u64) = (runs.iter().map(|run| run.done).sum(), runs.iter().map(|run| run.failed).sum());
    assert_eq!((at_once.1.done, sums), (0, (ORDERS, 0)));
    assert_eq!(scene.canceled(&placed).await, ORDERS);
    // Nothing is left for the clock that is behind.
    forward(deadline + TimeDelta::seconds(60));
    scene.a_minute_passes().await;
    assert_eq!(scene.work(&slow.0).await, JobsRun::default());
}

/// More orders than a batch has are canceled in one run, and one that cannot be canceled keeps no other from it.
async fn a_backlog_is_worked_off_in_one_run(engine: Engine) {
    let mut scene = Scene::new(&engine).await;
    let placed = scene.requests(450).await;
    let (app, _) = scene.ahead(AHEAD);
    assert_eq!(scene.work(&app).await, JobsRun { done: 450, failed: 0 });
    assert_eq!(scene.canceled(&placed).await, 450);
}

on_every_engine!(
    a_killed_worker_leaves_nothing_undone_and_nothing_is_done_twice,
    clocks_that_differ_cancel_once_and_at_most_so_much_too_early,
    a_backlog_is_worked_off_in_one_run
);
