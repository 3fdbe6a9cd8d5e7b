//! Sessions and units of work: one executor behind every repository.

use async_trait::async_trait;
use minsu_ports::{
    HouseRepo, OrderRepo, ReferenceRepo, Session, StoreError, StrayRepo, UnitOfWork, UpkeepRepo, UserRepo,
};

use crate::{errors::failed, executor::Executor};

/// Implements every repository (see `repos/`) on one executor.
pub(crate) struct SqlSession {
    pub(crate) db: Executor,
}

impl Session for SqlSession {
    fn users(&mut self) -> &mut dyn UserRepo {
        self
    }

    fn houses(&mut self) -> &mut dyn HouseRepo {
        self
    }

    fn orders(&mut self) -> &mut dyn OrderRepo {
        self
    }

    fn reference(&mut self) -> &mut dyn ReferenceRepo {
        self
    }

    fn strays(&mut self) -> &mut dyn StrayRepo {
        self
    }

    fn upkeep(&mut self) -> &mut dyn UpkeepRepo {
        self
    }
}

/// Dropped without a commit, the transaction rolls back when its connection returns to the pool.
#[async_trait]
impl UnitOfWork for SqlSession {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.db.commit().await.map_err(failed)
    }
}
