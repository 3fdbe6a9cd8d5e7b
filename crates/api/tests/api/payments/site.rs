//! Two processes of a site that takes payments, on one database, and the provider's side.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use chrono::{Days, TimeDelta};
use minsu_api::wiring::registered_dialects_with_payments;
use minsu_application::{App, jobs, payments};
use minsu_domain::{Event, PaymentId, PaymentPolicy};
use minsu_fakes::SetClock;
use minsu_ports::{Clock as _, Job, PaymentProvider, RawNotice, testkit::EventLog};
use minsu_store::{SqlStore, StoreOptions, migrate_up};
use minsu_web::state::State;
use reqwest::Method;
use serde_json::{Value, json};

use super::service::{Keys, Service};
use crate::support::{Answer, TestServer, World};

/// The jobs of payments, in an order in which each finds what the one before left.
const JOBS: [Job; 4] = [Job::SettlePayments, Job::ExpireUnpaid, Job::EndStays, Job::SendRefunds];

/// A site and the provider's side `S`.
pub(super) struct Paying<S> {
    pub(super) world: World,
    /// The address of the other process.
    pub(super) other: TestServer,
    pub(super) clock: SetClock,
    pub(super) app: App,
    /// That of the other process.
    pub(super) other_app: App,
    pub(super) events: EventLog,
    pub(super) side: S,
    /// The name of the provider.
    provider: &'static str,
    stores: [Arc<SqlStore>; 2],
    _folder: tempfile::TempDir,
}

/// The threads of the servers, and with them the stores, live as long as the process of the tests: their connections do
/// not.
impl<S> Drop for Paying<S> {
    fn drop(&mut self) {
        let stores = self.stores.clone();
        let close = async move {
            for store in stores {
                // A connection may be in use by a job that a test dropped.
                let _ = tokio::time::timeout(Duration::from_secs(2), store.close()).await;
            }
        };
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(close);
        });
    }
}

/// An attempt that the payer has before their eyes.
pub(super) struct Started {
    pub(super) id: i64,
    /// Its number for the provider.
    pub(super) number: String,
    /// What the browser does.
    pub(super) action: Value,
}

/// The time of now, standing still.
pub(super) fn stopped_clock() -> SetClock {
    SetClock::at(UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed())
}

impl<S> Paying<S> {
    /// Two processes on a database.
    pub(super) async fn on_store(
        options: &StoreOptions,
        clock: SetClock,
        make: impl FnOnce(&Path) -> (Arc<dyn PaymentProvider>, S),
    ) -> Self {
        migrate_up(&options.url).await.unwrap();
        // Each process has connections of its own.
        let store = Arc::new(SqlStore::connect(options).await.unwrap());
        let store_of_other = Arc::new(SqlStore::connect(options).await.unwrap());
        let folder = tempfile::tempdir().unwrap();
        let (payment, side) = make(folder.path());
        let (events, mut app, mut other_app) = (EventLog::default(), None, None);
        let provider = payment.kind().name();
        let change = |state: &mut State, store: &Arc<SqlStore>| {
            state.app.store = store.clone();
            state.app.payment = Some(payment.clone());
            state.app.policy.booking.orders.payment = PaymentPolicy::Required;
            state.app.policy.payment.public_url = "http://127.0.0.1:8080".to_owned();
            state.app.clock = Arc::new(clock.clone());
            state.app.subscribers.push(Arc::new(events.clone()));
            state.dialects = registered_dialects_with_payments(minsu_dialect_classic::Options::default());
        };
        let server = TestServer::start_with(|state| {
            change(state, &store);
            app = Some(state.app.clone());
        });
        let server = server.await;
        let other = TestServer::start_with(|state| {
            change(state, &store_of_other);
            other_app = Some(state.app.clone());
        });
        let other = other.await;
        let world = World::on(server).await;
        Self {
            world,
            other,
            clock,
            app: app.unwrap(),
            other_app: other_app.unwrap(),
            events,
            side,
            provider,
            stores: [store, store_of_other],
            _folder: folder,
        }
    }

    /// An order that waits for its payment.
    pub(super) async fn accepted(&self) -> i64 {
        let id = self.world.accepted_order().await;
        assert_eq!(self.order(id).await["state"], "wait_payment");
        id
    }

    pub(super) async fn order(&self, id: i64) -> Value {
        self.world.guest.get(&format!("/api/v2/orders/{id}")).await.done(200)
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        let key = uuid::Uuid::new_v4().to_string();
        let guest = &self.world.guest;
        guest.send(guest.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    /// The guest takes an order back.
    pub(super) async fn cancel(&self, order: i64) -> Value {
        self.post(&format!("/api/v2/orders/{order}/cancel"), &json!({})).await.done(200)
    }

    /// Delivers a message to one of the two processes; the status.
    pub(super) async fn deliver_to(&self, notice: &RawNotice, other: bool) -> u16 {
        let client = &self.world.anonymous;
        let path = format!("/api/v2/payments/notices/{}", self.provider);
        let url = if other { format!("{}{path}", self.other.base) } else { path };
        let mut request = client.request(Method::POST, &url).body(notice.body.clone());
        for (name, value) in &notice.headers {
            request = request.header(name, value);
        }
        client.send_oddly(request.build().unwrap()).await.status.as_u16()
    }

    /// Delivers a message; whether the provider is told that it was taken in.
    pub(super) async fn deliver(&self, notice: &RawNotice) -> bool {
        (200..300).contains(&self.deliver_to(notice, false).await)
    }

    /// Some time later a job runs; how much it did.
    pub(super) async fn work(&self, job: Job) -> u64 {
        self.clock.forward(TimeDelta::seconds(90));
        jobs::run_job(&self.app, job).await.unwrap().done
    }

    /// How many events of this name were committed.
    pub(super) fn committed(&self, name: &str) -> usize {
        self.events.committed().iter().filter(|event: &&Event| event.name() == name).count()
    }

    /// The number of an attempt for the provider.
    pub(super) async fn number(&self, payment: i64) -> String {
        let id = PaymentId::new(payment).unwrap();
        let attempt = self.app.store.read_own().await.unwrap().payments().attempt(id).await.unwrap().unwrap();
        attempt.number.as_str().to_owned()
    }

    pub(super) async fn demand_sound_books(&self) {
        assert_eq!(payments::check_books(&self.app).await.unwrap().faults, []);
    }
}

impl Paying<Service> {
    /// A site on a database with a provider.
    pub(super) async fn with(url: &str, kind: &str) -> Self {
        let clock = stopped_clock();
        let service = Service::start(kind, clock.clone()).await;
        Self::of(&StoreOptions::new(url), clock, service, Keys::One).await
    }

    /// A site with a service whose clock may be another one, and with these keys of it.
    pub(super) async fn of(options: &StoreOptions, clock: SetClock, service: Service, keys: Keys) -> Self {
        let of_adapter = Arc::new(clock.clone());
        Self::on_store(options, clock, |folder| (service.provider(folder, of_adapter, keys), service)).await
    }

    /// Starts to pay without opening the provider's page.
    pub(super) async fn try_start(&self, order: i64, method: &str) -> Answer {
        self.post(&format!("/api/v2/orders/{order}/payments"), &json!({"method": method})).await
    }

    /// Starts to pay and opens the provider's page.
    pub(super) async fn start(&self, order: i64) -> Started {
        let payment = self.try_start(order, self.side.method()).await.done(201);
        assert_eq!(payment["state"], "open", "{payment}");
        let (id, action) = (payment["id"].as_i64().unwrap(), payment["action"].clone());
        self.side.open(&action).unwrap();
        Started { id, number: self.number(id).await, action }
    }

    /// The payer pays; the messages that the provider sends are not delivered, and earlier ones are lost.
    pub(super) fn pay(&self, started: &Started) -> Vec<RawNotice> {
        self.side.notices();
        assert!(self.side.pay(&started.number));
        self.side.notices()
    }

    /// An order that was paid, and its attempt.
    pub(super) async fn paid(&self) -> (i64, Started) {
        let order = self.accepted().await;
        let started = self.start(order).await;
        for notice in self.pay(&started) {
            assert!(self.deliver(&notice).await);
        }
        assert_eq!(self.order(order).await["state"], "paid");
        (order, started)
    }

    /// Everything that is to be done comes to its end: the clock goes on, providers answer, jobs run.
    pub(super) async fn come_to_rest(&self) {
        for _ in 0..4 {
            for job in JOBS {
                self.work(job).await;
            }
            self.side.end_refunds();
        }
    }

    /// The books are sound, and what the provider did since `begun` is what is written here, to the fen.
    pub(super) async fn demand_agreement(&self) {
        let begun = (self.clock.now() + TimeDelta::hours(8)).date_naive();
        self.come_to_rest().await;
        self.demand_sound_books().await;
        let last = (self.clock.now() + TimeDelta::hours(8)).date_naive();
        // A provider makes the bill of a day when it is over.
        self.clock.forward(TimeDelta::days(2));
        let mut day = begun - Days::new(2);
        while day <= last {
            let reconciled = payments::reconcile(&self.app, day).await.unwrap();
            assert_eq!(reconciled.differences, [], "on {day}");
            day = day.succ_opt().unwrap();
        }
    }
}

/// Tests that run with every provider on every engine.
macro_rules! with_every_provider {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            async fn on_sqlite(kind: &str) {
                let folder = tempfile::tempdir().unwrap();
                super::$test(&format!("sqlite://{}/site.sqlite3", folder.path().display()), kind).await;
            }

            async fn on_postgres(kind: &str) {
                super::$test(minsu_testservers::postgres().await.url(), kind).await;
            }

            async fn on_mariadb(kind: &str) {
                super::$test(minsu_testservers::mariadb().await.url(), kind).await;
            }

            #[tokio::test]
            async fn alipay_on_sqlite() {
                on_sqlite("alipay").await;
            }

            #[tokio::test]
            async fn alipay_on_postgres() {
                on_postgres("alipay").await;
            }

            #[tokio::test]
            async fn alipay_on_mariadb() {
                on_mariadb("alipay").await;
            }

            #[tokio::test]
            async fn wechatpay_on_sqlite() {
                on_sqlite("wechatpay").await;
            }

            #[tokio::test]
            async fn wechatpay_on_postgres() {
                on_postgres("wechatpay").await;
            }

            #[tokio::test]
            async fn wechatpay_on_mariadb() {
                on_mariadb("wechatpay").await;
            }

            #[tokio::test]
            async fn stripe_on_sqlite() {
                on_sqlite("stripe").await;
            }

            #[tokio::test]
            async fn stripe_on_postgres() {
                on_postgres("stripe").await;
            }

            #[tokio::test]
            async fn stripe_on_mariadb() {
                on_mariadb("stripe").await;
            }
        }
    )+};
}
pub(super) use with_every_provider;
