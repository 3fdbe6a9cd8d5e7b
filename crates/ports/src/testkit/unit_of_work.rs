//! A session made of mocked repositories.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;

use super::{MockHouseRepo, MockOrderRepo, MockReferenceRepo, MockStore, MockStrayRepo, MockUpkeepRepo, MockUserRepo};
use crate::{HouseRepo, OrderRepo, ReferenceRepo, Session, StoreError, StrayRepo, UnitOfWork, UpkeepRepo, UserRepo};

/// How many units of work were committed: shared between a test and the mocks it gave away.
#[derive(Debug, Clone, Default)]
pub struct Commits(Arc<AtomicUsize>);

impl Commits {
    /// The number so far.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A session and unit of work whose repositories are mocks to set expectations on.
#[derive(Default)]
pub struct MockUnitOfWork {
    /// People.
    pub users: MockUserRepo,
    /// Houses.
    pub houses: MockHouseRepo,
    /// Orders.
    pub orders: MockOrderRepo,
    /// Areas and facilities.
    pub reference: MockReferenceRepo,
    /// Pictures on their way.
    pub strays: MockStrayRepo,
    /// Upkeep.
    pub upkeep: MockUpkeepRepo,
    /// Counts its commit.
    pub commits: Commits,
}

impl MockUnitOfWork {
    /// A store that hands out this one, once, as a unit of work.
    pub fn begun_once(self) -> MockStore {
        let mut store = MockStore::new();
        store.expect_begin().times(1).return_once(move || Ok(Box::new(self)));
        store
    }

    /// A store that hands out this one, once, as a session for reading.
    pub fn read_once(self) -> MockStore {
        let mut store = MockStore::new();
        store.expect_read().times(1).return_once(move || Ok(Box::new(self)));
        store
    }

    /// A store that hands out this one, once, as a session that sees every committed write.
    pub fn read_own_once(self) -> MockStore {
        let mut store = MockStore::new();
        store.expect_read_own().times(1).return_once(move || Ok(Box::new(self)));
        store
    }
}

impl Session for MockUnitOfWork {
    fn users(&mut self) -> &mut dyn UserRepo {
        &mut self.users
    }

    fn houses(&mut self) -> &mut dyn HouseRepo {
        &mut self.houses
    }

    fn orders(&mut self) -> &mut dyn OrderRepo {
        &mut self.orders
    }

    fn reference(&mut self) -> &mut dyn ReferenceRepo {
        &mut self.reference
    }

    fn strays(&mut self) -> &mut dyn StrayRepo {
        &mut self.strays
    }

    fn upkeep(&mut self) -> &mut dyn UpkeepRepo {
        &mut self.upkeep
    }
}

#[async_trait]
impl UnitOfWork for MockUnitOfWork {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.commits.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
