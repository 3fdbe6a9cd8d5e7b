//! Many receivers at once.

use super::*;
use crate::{
    test_app::{TestApp, now, user},
    webhooks::credentials::tests::{sealer, webhook},
};
use async_trait::async_trait;
use minsu_domain::{DeliveryState, Event, HouseId, ListingEvent};
use minsu_ports::{
    AfterAttempt, Clock, OutboxRepo, StoreError, WebhookSender, WebhookUrlError,
    testkit::{MockClock, MockStore, MockUnitOfWork, OutboxLog},
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

/// What happened, in its order.
type Log = Arc<Mutex<Vec<String>>>;

/// The receiver of webhook 1 hangs until it is released; the others answer at once, with what is not said twice.
struct Receivers {
    log: Log,
    released: Arc<AtomicBool>,
}

#[async_trait]
impl WebhookSender for Receivers {
    async fn host(&self, _: &str) -> Result<String, WebhookUrlError> {
        unreachable!("no webhook is made")
    }

    async fn send<'a>(&self, call: WebhookCall<'a>) -> Result<u16, WebhookFailure> {
        while call.url.ends_with("/1") && !self.released.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        assert_eq!((call.secrets.len(), call.id.starts_with("evt_")), (1, true));
        self.log.lock().unwrap().push(format!("{} to {}", call.id, call.url));
        Ok(204)
    }
}

/// Delivery `number` of ten to webhook `number / 10`.
fn delivery(number: i64) -> Delivery {
    Delivery {
        id: DeliveryId::new(number).unwrap(),
        webhook: WebhookId::new(number / 10).unwrap(),
        cargo: Cargo::Event { position: number.unsigned_abs() % 10, kind: "listing.published" },
        state: DeliveryState::Waiting,
        attempts: 0,
        last: None,
        next_at: now(),
        created_at: now(),
        ended_at: None,
    }
}

/// Nine events.
async fn events() -> OutboxLog {
    let mut events = OutboxLog::default();
    let listing = ListingEvent { house: HouseId::new(7).unwrap(), landlord: user(1) };
    events.append(&[Event::ListingPublished(listing); 9], now()).await.unwrap();
    events
}

/// A store with these deliveries, each due until it is claimed, and perhaps a webhook that is failing.
fn store(deliveries: Vec<i64>, log: &Log, events: OutboxLog, failing: Option<i64>) -> MockStore {
    let claimed = Arc::new(Mutex::new(HashSet::new()));
    let recorded = log.clone();
    let unit = move || {
        let mut unit = MockUnitOfWork::default();
        unit.outbox = events.clone();
        unit.deliveries.expect_cursor().returning(|| Ok(u64::MAX));
        unit.deliveries.expect_due_webhooks().returning(|_, _| Ok(vec![webhook(1).id, webhook(2).id]));
        let (known, all) = (claimed.clone(), deliveries.clone());
        unit.deliveries.expect_due_of().returning(move |of, _, limit| {
            let due = all.iter().map(|number| delivery(*number));
            let due = due.filter(|due| due.webhook == of && !known.lock().unwrap().contains(&due.id));
            Ok(due.take(limit as usize).collect())
        });
        let known = claimed.clone();
        unit.deliveries.expect_claim().returning(move |id, _, _| Ok(known.lock().unwrap().insert(id)));
        let log = recorded.clone();
        unit.deliveries.expect_record().returning(move |id, _, after, _, _| {
            assert_eq!(after, AfterAttempt::Delivered);
            log.lock().unwrap().push(format!("recorded {id}"));
            Ok(true)
        });
        unit.webhooks.expect_find().returning(move |id| {
            let failing_since = (failing == Some(id.get())).then(now);
            Ok(Some(Webhook { failing_since, ..webhook(id.get()) }))
        });
        unit.webhooks.expect_note_failing().returning(|_, _| Ok(()));
        unit
    };
    let mut store = MockStore::new();
    let begun = unit.clone();
    store.expect_read_own().returning(move || Ok(Box::new(unit())));
    store.expect_begin().returning(move || Ok(Box::new(begun())));
    store
}

#[tokio::test]
async fn a_receiver_that_hangs_keeps_neither_the_others_nor_the_next_run() {
    let (log, released) = (Log::default(), Arc::new(AtomicBool::new(false)));
    let store = store(vec![11, 12, 21, 22, 23, 24, 25, 26], &log, events().await, None);
    let mut app = TestApp::default().store(store).sealer(sealer()).build();
    app.webhooks = Arc::new(Receivers { log: log.clone(), released: released.clone() });
    // Each look at the clock is a tenth of a second later.
    let (mut clock, looks) = (MockClock::new(), Mutex::new(0));
    clock.expect_now().returning(move || {
        let mut looks = looks.lock().unwrap();
        *looks += 1;
        now() + TimeDelta::milliseconds(100 * *looks)
    });
    clock.expect_sleep().returning(|_| ());
    app.clock = Arc::new(clock);
    let (told, release) = (log.clone(), released.clone());
    let attempts = run(&app, now(), async || {
        told.lock().unwrap().push("the lease is given back".into());
        release.store(true, Ordering::SeqCst);
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(attempts, Attempts { done: 8, failed: 0 });
    let log = log.lock().unwrap();
    let place = |text: &str| log.iter().position(|line| line == text).unwrap();
    let given_back = place("the lease is given back");
    for number in [21, 22, 23, 24, 25, 26] {
        assert!(place(&format!("recorded {number}")) < given_back, "{log:?}");
    }
    assert!(place("recorded 11") > given_back && place("recorded 12") > given_back, "{log:?}");
    assert_eq!(log.iter().filter(|line| line.starts_with("evt_")).count(), 8);
}

/// Takes everything after a moment, and counts how many attempts each URL gets at once.
#[derive(Default)]
struct Counting(Mutex<HashMap<String, (usize, usize)>>);

#[async_trait]
impl WebhookSender for Counting {
    async fn host(&self, _: &str) -> Result<String, WebhookUrlError> {
        unreachable!("no webhook is made")
    }

    async fn send<'a>(&self, call: WebhookCall<'a>) -> Result<u16, WebhookFailure> {
        {
            let mut urls = self.0.lock().unwrap();
            let (running, most) = urls.entry(call.url.to_owned()).or_default();
            *running += 1;
            *most = (*most).max(*running);
        }
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
        self.0.lock().unwrap().entry(call.url.to_owned()).or_default().0 -= 1;
        Ok(204)
    }
}

/// A clock that stands, and lets others go on.
struct Standing;

#[async_trait]
impl Clock for Standing {
    fn now(&self) -> DateTime<Utc> {
        now()
    }

    async fn sleep(&self, _: std::time::Duration) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_failing_webhook_gets_one_attempt_at_a_time_and_another_one_four() {
    let deliveries = [11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26];
    let store = store(deliveries.into(), &Log::default(), events().await, Some(1));
    let mut app = TestApp::default().store(store).sealer(sealer()).build();
    let counting = Arc::new(Counting::default());
    app.webhooks = counting.clone();
    app.clock = Arc::new(Standing);
    let attempts = run(&app, now(), async || Ok(())).await.unwrap();
    assert_eq!(attempts, Attempts { done: 12, failed: 0 });
    let urls = counting.0.lock().unwrap();
    let most = |id: i64| urls[&format!("https://receiver.example/{id}")].1;
    assert_eq!((most(1), most(2)), (1, 4));
}

#[tokio::test]
async fn an_error_of_the_database_keeps_no_lease() {
    let mut store = MockStore::new();
    store.expect_read_own().returning(|| {
        let mut session = MockUnitOfWork::default();
        session.deliveries.expect_cursor().returning(|| Ok(u64::MAX));
        session.deliveries.expect_due_webhooks().returning(|_, _| Err(StoreError::Unavailable("away".into())));
        Ok(Box::new(session))
    });
    let app = TestApp::default().store(store).build();
    let mut is_given_back = false;
    let failed = run(&app, now(), async || {
        is_given_back = true;
        Ok(())
    })
    .await;
    assert!(matches!(failed, Err(AppError::StoreUnavailable(_))) && is_given_back);
}
