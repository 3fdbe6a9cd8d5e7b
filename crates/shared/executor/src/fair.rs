//! A scheduler that shares turns fairly among parties.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

pub use self::queue::PartyId;
use self::queue::{State, Waiting};
use crate::{Bounds, BoundsError, ExecutorError};

mod queue;

/// Lets so many in at a time, and of those that wait next the one whose parties used least.
///
/// Work is done for one or more parties at once (an account, the network it is on), and counts for each of
/// them: no client gains by many accounts on one network, nor by one account on many. Besides fairness in time,
/// one party has at most [`Share::running`] turns at once and [`Share::waiting`] waiting calls. Where the
/// queue is full, a call of a party that asks for little takes the place of one that asks for most.
#[derive(Debug, Clone)]
pub struct FairScheduler {
    bounds: Bounds,
    share: Share,
    patience: Duration,
    state: Arc<Mutex<State<Turn>>>,
}

/// What one party may have at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Turns, at least 1.
    pub running: usize,
    /// Calls that wait, at least 1.
    pub waiting: usize,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    /// Absent where the turn was ended otherwise.
    scheduler: Option<FairScheduler>,
    parties: Vec<PartyId>,
    begun: Instant,
}

impl FairScheduler {
    /// A scheduler with these bounds; a call waits no longer than `patience`.
    ///
    /// # Errors
    /// [`BoundsError`] where no job could ever enter.
    pub fn new(bounds: Bounds, share: Share, patience: Duration) -> Result<Self, BoundsError> {
        if bounds.permits == 0 || share.running == 0 || share.waiting == 0 {
            return Err(BoundsError);
        }
        Ok(Self { bounds, share, patience, state: Arc::default() })
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`ExecutorError::Overloaded`] when too many wait, of these parties or of all, or the wait took too long.
    pub async fn enter(&self, parties: &[PartyId]) -> Result<Turn, ExecutorError> {
        let waiter = {
            let mut state = self.state();
            let now = Instant::now();
            if state.waiting.is_empty()
                && state.running < self.bounds.permits
                && state.may_run(parties, self.share.running)
            {
                state.begin(parties, now);
                return Ok(self.turn(parties.to_vec(), now));
            }
            let evicted = self.make_room(&mut state, parties)?;
            let (notify, turn) = oneshot::channel();
            let number = state.next_number;
            state.next_number += 1;
            for party in parties {
                state.usage(*party, now).waiting += 1;
            }
            state.waiting.push(Waiting { number, parties: parties.to_vec(), notify });
            self.dispatch(&mut state);
            // Its caller is told when the sender is dropped.
            drop(evicted);
            Waiter { scheduler: self, number, turn: Some(turn) }
        };
        waiter.wait(self.patience).await
    }

    /// Room in the queue for a call of these parties; the call that left for it.
    fn make_room(&self, state: &mut State<Turn>, parties: &[PartyId]) -> Result<Option<Waiting<Turn>>, ExecutorError> {
        if !state.may_wait(parties, self.share.waiting) {
            return Err(ExecutorError::Overloaded);
        }
        if state.waiting.len() < self.bounds.queue {
            return Ok(None);
        }
        // The newcomer's own load would be one more.
        let place = state.heaviest(state.load(parties) + 1).ok_or(ExecutorError::Overloaded)?;
        Ok(Some(state.take(place)))
    }

    /// Gives free turns to those who wait.
    fn dispatch(&self, state: &mut State<Turn>) {
        let now = Instant::now();
        while state.running < self.bounds.permits {
            let Some(place) = state.next(self.share.running, now) else { return };
            let Waiting { parties, notify, .. } = state.take(place);
            if notify.is_closed() {
                continue;
            }
            state.begin(&parties, now);
            if let Err(mut turn) = notify.send(self.turn(parties, now)) {
                // Its caller went away just now. Dropped as it is, the turn would ask for the lock that is held.
                turn.scheduler = None;
                state.end(&turn.parties, turn.begun, now);
            }
        }
    }

    fn turn(&self, parties: Vec<PartyId>, begun: Instant) -> Turn {
        Turn { scheduler: Some(self.clone()), parties, begun }
    }

    fn leave(&self, number: u64) {
        let mut state = self.state();
        if let Some(place) = state.waiting.iter().position(|call| call.number == number) {
            state.take(place);
        }
    }

    fn state(&self) -> MutexGuard<'_, State<Turn>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(scheduler) = self.scheduler.take() else { return };
        let mut state = scheduler.state();
        state.end(&self.parties, self.begun, Instant::now());
        scheduler.dispatch(&mut state);
    }
}

/// A call in the queue; dropped, it leaves it.
struct Waiter<'a> {
    scheduler: &'a FairScheduler,
    number: u64,
    turn: Option<oneshot::Receiver<Turn>>,
}

impl Waiter<'_> {
    async fn wait(mut self, patience: Duration) -> Result<Turn, ExecutorError> {
        let Some(turn) = self.turn.as_mut() else { return Err(ExecutorError::Overloaded) };
        match tokio::time::timeout(patience, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            // Another call took its place, or the wait was too long.
            Ok(Err(_)) | Err(_) => Err(ExecutorError::Overloaded),
        }
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        // Before the lock is taken: a turn that came too late takes it when it is dropped.
        drop(self.turn.take());
        self.scheduler.leave(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        queue::{FORGET_AT, HALF_LIFE, NEGLIGIBLE, Usage},
        *,
    };

    const ATTACKER: [PartyId; 2] = [1, 100];
    const VISITOR: [PartyId; 2] = [2, 200];
    const PATIENCE: Duration = Duration::from_secs(30);

    fn scheduler(permits: usize, queue: usize, running: usize) -> FairScheduler {
        FairScheduler::new(Bounds { permits, queue }, Share { running, waiting: queue.max(1) }, PATIENCE).unwrap()
    }

    /// A call that waits in the queue.
    async fn waiting(
        scheduler: &FairScheduler,
        parties: &[PartyId],
    ) -> tokio::task::JoinHandle<Result<Turn, ExecutorError>> {
        let before = scheduler.state().next_number;
        let (asked, parties) = (scheduler.clone(), parties.to_vec());
        let call = tokio::spawn(async move { asked.enter(&parties).await });
        while scheduler.state().next_number == before && !call.is_finished() {
            tokio::task::yield_now().await;
        }
        call
    }

    #[tokio::test]
    async fn the_party_that_used_least_is_next_whenever_it_came() {
        let scheduler = scheduler(1, 10, 1);
        let turn = scheduler.enter(&ATTACKER).await.unwrap();
        let mut flood = Vec::new();
        for account in 3..6 {
            // Other accounts on the same network.
            flood.push(waiting(&scheduler, &[account, 100]).await);
        }
        let visitor = waiting(&scheduler, &VISITOR).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        drop(turn);
        let turn = visitor.await.unwrap().unwrap();
        assert!(flood.iter().all(|call| !call.is_finished()));
        drop(turn);
        for call in flood {
            drop(call.await.unwrap().unwrap());
        }
        assert_eq!(scheduler.state().running, 0);
    }

    #[tokio::test]
    async fn a_full_queue_gives_the_place_of_the_heaviest_to_a_newcomer() {
        let scheduler = scheduler(1, 2, 1);
        let turn = scheduler.enter(&ATTACKER).await.unwrap();
        let first = waiting(&scheduler, &ATTACKER).await;
        let second = waiting(&scheduler, &ATTACKER).await;
        assert!(matches!(scheduler.enter(&ATTACKER).await, Err(ExecutorError::Overloaded)));
        let visitor = waiting(&scheduler, &VISITOR).await;
        assert!(matches!(second.await.unwrap(), Err(ExecutorError::Overloaded)));
        drop(turn);
        drop(visitor.await.unwrap().unwrap());
        drop(first.await.unwrap().unwrap());
    }

    #[tokio::test]
    async fn one_party_leaves_turns_to_others_and_does_not_fill_the_queue() {
        let scheduler =
            FairScheduler::new(Bounds { permits: 3, queue: 9 }, Share { running: 2, waiting: 1 }, PATIENCE).unwrap();
        let held = [scheduler.enter(&ATTACKER).await.unwrap(), scheduler.enter(&ATTACKER).await.unwrap()];
        let third = waiting(&scheduler, &ATTACKER).await;
        assert!(matches!(scheduler.enter(&ATTACKER).await, Err(ExecutorError::Overloaded)));
        drop(scheduler.enter(&VISITOR).await.unwrap());
        assert!(!third.is_finished());
        drop(held);
        drop(third.await.unwrap().unwrap());
    }

    #[tokio::test]
    async fn callers_that_go_away_or_wait_too_long_leave_nothing_behind() {
        let scheduler = FairScheduler { patience: Duration::from_millis(20), ..scheduler(1, 5, 1) };
        let turn = scheduler.enter(&ATTACKER).await.unwrap();
        assert!(matches!(scheduler.enter(&VISITOR).await, Err(ExecutorError::Overloaded)));
        let gone = waiting(&scheduler, &VISITOR).await;
        gone.abort();
        let _ = gone.await;
        assert!(scheduler.state().waiting.is_empty());
        drop(turn);
        assert!(scheduler.enter(&VISITOR).await.is_ok());
        assert!(scheduler.state().parties.values().all(|usage| usage.running + usage.waiting == 0));
    }

    #[tokio::test]
    async fn parties_of_long_ago_are_forgotten() {
        let scheduler = scheduler(1, 1, 1);
        for party in 0..10_000 {
            drop(scheduler.enter(&[party]).await.unwrap());
        }
        assert!(scheduler.state().parties.len() <= 2 * FORGET_AT);
    }

    #[test]
    fn what_was_used_is_forgotten() {
        let begin = Instant::now();
        let usage = Usage { running: 0, waiting: 0, used: 8.0, at: begin };
        assert!((usage.used_by(begin + HALF_LIFE) - 4.0).abs() < 1e-9);
        assert!(usage.used_by(begin + HALF_LIFE * 20) < NEGLIGIBLE);
    }

    #[test]
    fn gates_that_let_nobody_in_are_refused() {
        let bounds = |permits| Bounds { permits, queue: 1 };
        for (permits, running, waiting) in [(0, 1, 1), (1, 0, 1), (1, 1, 0)] {
            assert!(FairScheduler::new(bounds(permits), Share { running, waiting }, PATIENCE).is_err());
        }
    }
}
