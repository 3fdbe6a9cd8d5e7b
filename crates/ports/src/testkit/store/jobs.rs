//! Jobs, and the subjects that they are due for.

use std::time::Duration;

use futures_util::future::join_all;
use minsu_domain::{
    OrderId,
    OrderStatus::{WaitAccept, WaitComment},
};

use super::fixtures::{advance, house, instant, new_order, retried, stay, try_place, user};
use crate::{Job, JobFailure, NewOrder, OrderNote, Store, WorkerId};

const JOB: Job = Job::ExpireOrders;
const MINUTE: Duration = Duration::from_secs(60);

async fn lease(store: &dyn Store, worker: u64, now: i64, lasts: Duration) -> bool {
    retried(async || {
        let mut unit = store.begin().await?;
        let leased = unit.jobs().lease(JOB, WorkerId(worker), instant(now), instant(now), lasts).await?;
        unit.commit().await.map(|()| leased)
    })
    .await
}

async fn finish(store: &dyn Store, worker: u64, next: i64) -> bool {
    let mut unit = store.begin().await.unwrap();
    let held = unit.jobs().finish(JOB, WorkerId(worker), instant(next)).await.unwrap();
    unit.commit().await.unwrap();
    held
}

/// Of sixteen workers at once one leases a job, also for the first time and whatever their clocks say.
pub async fn one_of_sixteen_leases_a_job(store: &dyn Store) {
    for _ in 0..3 {
        let attempts = (1..=16)
            .map(|worker| async move { (worker, lease(store, worker, 100 + worker.cast_signed(), MINUTE).await) });
        let winners: Vec<_> = join_all(attempts).await.into_iter().filter(|(_, leased)| *leased).collect();
        assert_eq!(winners.len(), 1, "{winners:?}");
        for (worker, _) in winners {
            assert!(!finish(store, worker + 1, 0).await, "another worker ended the lease");
            assert!(finish(store, worker, 0).await);
        }
    }
}

/// A lease ends by the clock of the database; its holder cannot end the lease of another one.
pub async fn a_lease_ends_by_itself_and_its_holder_learns_of_it(store: &dyn Store) {
    assert!(lease(store, 1, 0, Duration::from_secs(1)).await);
    // A clock that is years ahead ends no lease.
    assert!(!lease(store, 2, 100_000_000, MINUTE).await);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert!(lease(store, 2, 0, MINUTE).await);
    assert!(!finish(store, 1, 0).await);
    assert!(finish(store, 2, 0).await);
}

/// A job is leased only when it is due.
pub async fn a_job_rests_until_it_is_due(store: &dyn Store) {
    assert!(lease(store, 1, 0, MINUTE).await);
    assert!(finish(store, 1, 50).await);
    assert!(!lease(store, 1, 49, MINUTE).await);
    assert!(lease(store, 1, 50, MINUTE).await);
    assert!(finish(store, 1, 80).await);
    assert_eq!(store.read_own().await.unwrap().jobs().due().await.unwrap(), [(JOB, instant(80))]);
}

/// A job that was never asked for is due at its first time, whoever asks before.
pub async fn a_new_job_is_due_at_its_first_time(store: &dyn Store) {
    let ask = async |now, first| {
        let mut unit = store.begin().await.unwrap();
        let leased =
            unit.jobs().lease(Job::PruneRows, WorkerId(1), instant(now), instant(first), MINUTE).await.unwrap();
        unit.commit().await.unwrap();
        leased
    };
    assert!(!ask(10, 40).await);
    assert!(!ask(39, 70).await);
    assert_eq!(store.read_own().await.unwrap().jobs().due().await.unwrap(), [(Job::PruneRows, instant(40))]);
    assert!(ask(40, 70).await);
}

/// Waiting orders that expire at these seconds.
async fn waiting(store: &dyn Store, seconds: &[i64]) -> Vec<OrderId> {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let mut orders = Vec::new();
    for (day, expires) in (1..).zip(seconds) {
        let order = NewOrder { expires_at: Some(instant(*expires)), ..new_order(house, stay(day, day)) };
        orders.push(try_place(store, guest, &order).await.unwrap());
    }
    orders
}

async fn expired(store: &dyn Store, now: i64, limit: u32) -> Vec<OrderId> {
    store.read_own().await.unwrap().orders().expired(instant(now), limit).await.unwrap()
}

/// Orders that wait and whose deadline has passed, in the order of their deadlines.
pub async fn expired_orders_come_oldest_first(store: &dyn Store) {
    let orders = waiting(store, &[30, 10, 20, 15]).await;
    assert_eq!(expired(store, 9, 10).await, []);
    assert_eq!(expired(store, 20, 10).await, [orders[1], orders[3], orders[2]]);
    assert_eq!(expired(store, 99, 2).await, [orders[1], orders[3]]);
    advance(store, orders[3], WaitAccept, WaitComment, &OrderNote::None).await;
    assert_eq!(expired(store, 99, 10).await, [orders[1], orders[2], orders[0]]);
}

/// A subject that failed waits for its time, and a dead letter until it is made due again.
pub async fn what_failed_is_left_out_until_its_time(store: &dyn Store) {
    let orders = waiting(store, &[10, 20]).await;
    let subject = orders[0].get();
    let change = async |attempts, next: Option<i64>| {
        let failure = JobFailure { job: JOB, subject, attempts, next_at: next.map(instant), error: "断".repeat(600) };
        let mut unit = store.begin().await.unwrap();
        unit.jobs().failed(&failure).await.unwrap();
        unit.commit().await.unwrap();
    };
    let jobs = async || store.read_own().await.unwrap();
    assert_eq!(jobs().await.jobs().attempts(JOB, subject).await.unwrap(), 0);
    change(1, Some(50)).await;
    assert_eq!(expired(store, 49, 10).await, [orders[1]]);
    assert_eq!(expired(store, 50, 10).await, orders);
    assert_eq!(jobs().await.jobs().dead_letters(10).await.unwrap(), []);
    change(2, None).await;
    assert_eq!(jobs().await.jobs().attempts(JOB, subject).await.unwrap(), 2);
    assert_eq!(expired(store, 1_000_000, 10).await, [orders[1]]);
    let dead = JobFailure { job: JOB, subject, attempts: 2, next_at: None, error: "断".repeat(500) };
    assert_eq!(jobs().await.jobs().dead_letters(10).await.unwrap(), [dead]);
    let retry = async || {
        let mut unit = store.begin().await.unwrap();
        let retried = unit.jobs().retry(JOB, subject, instant(60)).await.unwrap();
        unit.commit().await.unwrap();
        retried
    };
    assert!(retry().await && !retry().await);
    assert_eq!(expired(store, 60, 10).await, orders);
    let subjects: Vec<_> = orders.iter().map(|order| order.get()).collect();
    for (subjects, forgotten) in [(&subjects[1..], 0), (&[], 0), (&subjects[..], 1), (&subjects[..], 0)] {
        let mut unit = store.begin().await.unwrap();
        assert_eq!(unit.jobs().succeeded(JOB, subjects).await.unwrap(), forgotten);
        unit.commit().await.unwrap();
    }
}
