//! The scheduler before heavy work, in this process.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use async_trait::async_trait;
use minsu_executor::{Bounds, BoundsError, FairScheduler, PartyId, Share};
use minsu_ports::{Overloaded, Party, Work, WorkScheduler, WorkTurn};

/// How much of one kind of work is done at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkBounds {
    /// Turns at a time and calls that wait.
    pub bounds: Bounds,
    /// Turns that one account or network has at a time.
    pub of_one_party: usize,
    /// The longest wait.
    pub patience: Duration,
}

/// The bounds of each kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkSchedulerOptions {
    /// [`Work::Hashing`].
    pub hashing: WorkBounds,
    /// [`Work::Pictures`].
    pub pictures: WorkBounds,
    /// [`Work::Searches`].
    pub searches: WorkBounds,
    /// [`Work::Exports`].
    pub exports: WorkBounds,
}

/// A fair scheduler for each kind of work.
pub struct FairWorkScheduler {
    hashing: FairScheduler,
    pictures: FairScheduler,
    searches: FairScheduler,
    exports: FairScheduler,
    /// So that no client can choose two accounts or networks that count as one.
    numbers: RandomState,
}

impl FairWorkScheduler {
    /// Schedulers with these bounds.
    ///
    /// # Errors
    /// [`BoundsError`] where no job could ever enter.
    pub fn new(options: &WorkSchedulerOptions) -> Result<Self, BoundsError> {
        let scheduler = |WorkBounds { bounds, of_one_party, patience }: WorkBounds| {
            // One party may fill the queue: a newcomer takes the place of its last call.
            FairScheduler::new(bounds, Share { running: of_one_party, waiting: bounds.queue.max(1) }, patience)
        };
        Ok(Self {
            hashing: scheduler(options.hashing)?,
            pictures: scheduler(options.pictures)?,
            searches: scheduler(options.searches)?,
            exports: scheduler(options.exports)?,
            numbers: RandomState::new(),
        })
    }

    fn parties(&self, party: &Party) -> Vec<PartyId> {
        let account = party.account.map(|account| self.numbers.hash_one(("account", account.get())));
        let network = party.network.map(|network| self.numbers.hash_one(("network", network)));
        account.into_iter().chain(network).collect()
    }
}

#[async_trait]
impl WorkScheduler for FairWorkScheduler {
    async fn enter(&self, work: Work, party: &Party) -> Result<WorkTurn, Overloaded> {
        let scheduler = match work {
            Work::Hashing => &self.hashing,
            Work::Pictures => &self.pictures,
            Work::Searches => &self.searches,
            Work::Exports => &self.exports,
        };
        match scheduler.enter(&self.parties(party)).await {
            Ok(turn) => Ok(Box::new(turn)),
            Err(_) => Err(Overloaded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        let bounds =
            WorkBounds { bounds: Bounds { permits: 1, queue: 2 }, of_one_party: 1, patience: Duration::from_secs(30) };
        let options = WorkSchedulerOptions { hashing: bounds, pictures: bounds, searches: bounds, exports: bounds };
        minsu_ports::testkit::work_scheduler::every_rule(Arc::new(FairWorkScheduler::new(&options).unwrap())).await;
    }
}
