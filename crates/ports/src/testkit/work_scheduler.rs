//! The contract of [`crate::WorkScheduler`]. The suite takes a scheduler with one turn and a queue of two for each kind of
//! work.
#![expect(clippy::expect_used, reason = "a suite fails by panicking")]

use std::{net::IpAddr, sync::Arc, time::Duration};

use tokio::{
    task::{JoinHandle, yield_now},
    time::sleep,
};

use crate::{Overloaded, Party, Work, WorkScheduler, WorkTurn};

fn from(number: u8) -> Party {
    Party { account: None, network: Some(IpAddr::from([192, 0, 2, number])) }
}

async fn waiting(
    scheduler: &Arc<dyn WorkScheduler>,
    work: Work,
    party: Party,
) -> JoinHandle<Result<WorkTurn, Overloaded>> {
    let scheduler = Arc::clone(scheduler);
    let call = tokio::spawn(async move { scheduler.enter(work, &party).await });
    // On any runtime it is in the queue by then.
    for _ in 0..20 {
        yield_now().await;
    }
    sleep(Duration::from_millis(20)).await;
    call
}

/// All of the contract.
pub async fn every_rule(scheduler: Arc<dyn WorkScheduler>) {
    for work in Work::ALL {
        the_lighter_party_is_next(&scheduler, work).await;
        a_full_queue_makes_room_for_a_newcomer(&scheduler, work).await;
    }
    kinds_of_work_do_not_wait_for_each_other(&scheduler).await;
}

/// Not in the order of arrival: a party that used a turn waits for one that used none.
pub async fn the_lighter_party_is_next(scheduler: &Arc<dyn WorkScheduler>, work: Work) {
    let turn = scheduler.enter(work, &from(1)).await.expect("a free turn");
    let heavy = waiting(scheduler, work, from(1)).await;
    let light = waiting(scheduler, work, from(2)).await;
    drop(turn);
    let turn = light.await.expect("no panic").expect("a turn");
    assert!(!heavy.is_finished(), "{work:?}");
    drop(turn);
    drop(heavy.await.expect("no panic").expect("a turn"));
}

/// The last call of the party that asks for most goes.
pub async fn a_full_queue_makes_room_for_a_newcomer(scheduler: &Arc<dyn WorkScheduler>, work: Work) {
    let turn = scheduler.enter(work, &from(3)).await.expect("a free turn");
    let first = waiting(scheduler, work, from(3)).await;
    let second = waiting(scheduler, work, from(3)).await;
    assert!(scheduler.enter(work, &from(3)).await.is_err(), "{work:?}");
    let newcomer = waiting(scheduler, work, from(4)).await;
    assert!(second.await.expect("no panic").is_err(), "{work:?}");
    drop(turn);
    drop(newcomer.await.expect("no panic").expect("a turn"));
    drop(first.await.expect("no panic").expect("a turn"));
}

/// A flood of one kind of work delays no other.
pub async fn kinds_of_work_do_not_wait_for_each_other(scheduler: &Arc<dyn WorkScheduler>) {
    let mut turns = Vec::new();
    for work in Work::ALL {
        turns.push(scheduler.enter(work, &from(5)).await.expect("a free turn"));
    }
}
