//! Sessions and units of work: one executor that all repositories share.

use async_trait::async_trait;
use minsu_ports::{
    DeliveryRepo, ExportRepo, FeedRepo, HouseRepo, IdempotencyRepo, JobRepo, MaintenanceRepo, MessageRepo,
    OccupancyRepo, OccupantRepo, OrderRepo, OrphanedObjectRepo, OutboxRepo, OwnListingRepo, PaymentRepo, ReferenceRepo,
    ScheduleRepo, Session, StoreError, TokenRepo, UnitOfWork, UsageRepo, UserRepo, WebhookRepo,
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

    fn own_listings(&mut self) -> &mut dyn OwnListingRepo {
        self
    }

    fn orders(&mut self) -> &mut dyn OrderRepo {
        self
    }

    fn occupancy(&mut self) -> &mut dyn OccupancyRepo {
        self
    }

    fn payments(&mut self) -> &mut dyn PaymentRepo {
        self
    }

    fn occupants(&mut self) -> &mut dyn OccupantRepo {
        self
    }

    fn schedules(&mut self) -> &mut dyn ScheduleRepo {
        self
    }

    fn feeds(&mut self) -> &mut dyn FeedRepo {
        self
    }

    fn exports(&mut self) -> &mut dyn ExportRepo {
        self
    }

    fn reference(&mut self) -> &mut dyn ReferenceRepo {
        self
    }

    fn orphaned_objects(&mut self) -> &mut dyn OrphanedObjectRepo {
        self
    }

    fn tokens(&mut self) -> &mut dyn TokenRepo {
        self
    }

    fn outbox(&mut self) -> &mut dyn OutboxRepo {
        self
    }

    fn jobs(&mut self) -> &mut dyn JobRepo {
        self
    }

    fn idempotency(&mut self) -> &mut dyn IdempotencyRepo {
        self
    }

    fn maintenance(&mut self) -> &mut dyn MaintenanceRepo {
        self
    }

    fn usage(&mut self) -> &mut dyn UsageRepo {
        self
    }

    fn webhooks(&mut self) -> &mut dyn WebhookRepo {
        self
    }

    fn deliveries(&mut self) -> &mut dyn DeliveryRepo {
        self
    }

    fn messages(&mut self) -> &mut dyn MessageRepo {
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
