//! A store in memory: slow, and right by construction. A unit of work has a copy of everything; its commit fails where
//! another one was committed since.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{
    Attempt, HouseId, Order, OrderBooks, OrderChange, OrderId, PaymentId, PaymentRefund, RefundId, Transfer,
    Transition, UserId, Version,
};
use minsu_ports::{
    AttemptStart, DeliveryRepo, ErasedUser, ExportRepo, FeedRepo, HouseRepo, IdempotencyRepo, JobRepo, LandlordAlone,
    LockedParties, MaintenanceRepo, MessageRepo, NewOrder, OccupancyRepo, OccupantRepo, OrderAct, OrderFilter,
    OrderLock, OrderNote, OrderPlace, OrderRepo, OrderSide, OrderSummary, OrderView, OrphanedObjectRepo, OutboxRepo,
    OwnListingRepo, PaymentRepo, ReferenceRepo, ScheduleRepo, Session, Store, StoreError, TokenRepo, UnitOfWork,
    UsageRepo, UserRepo, WebhookRepo, testkit::MockUnitOfWork,
};

use super::interleaving::pause;

/// Everything that is stored.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) version: u64,
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) history: Vec<(OrderId, OrderChange)>,
    /// The orders whose days are taken.
    pub(super) held: BTreeSet<OrderId>,
    pub(super) attempts: BTreeMap<PaymentId, (Attempt, AttemptStart)>,
    pub(super) refunds: BTreeMap<RefundId, PaymentRefund>,
    pub(super) events: BTreeSet<String>,
    pub(super) ledger: BTreeMap<String, Transfer>,
}

impl State {
    /// The books of an order.
    pub(super) fn books(&self, order: &Order) -> OrderBooks {
        let attempts = self.attempts.values().map(|(attempt, _)| attempt);
        OrderBooks {
            order: order.id,
            status: order.status,
            due: order.quote.total(),
            attempts: attempts.filter(|attempt| attempt.order == order.id).cloned().collect(),
            refunds: self.refunds.values().filter(|refund| refund.order == order.id).cloned().collect(),
            transfers: self.ledger.values().filter(|transfer| transfer.order == order.id).cloned().collect(),
        }
    }
}

#[derive(Clone, Default)]
pub(super) struct MemoryStore(Arc<Mutex<State>>);

impl MemoryStore {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn unit(&self) -> Box<Memory> {
        let mut mocks = MockUnitOfWork::default();
        mocks.houses.expect_count_completed_order().returning(|_| Ok(()));
        Box::new(Memory { store: self.clone(), state: self.state().clone(), mocks })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn read(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(self.unit())
    }

    async fn read_for_search(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(self.unit())
    }

    async fn read_own(&self) -> Result<Box<dyn Session>, StoreError> {
        Ok(self.unit())
    }

    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(self.unit())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn check_writes(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A session: what it does not keep itself refuses every call.
pub(super) struct Memory {
    store: MemoryStore,
    pub(super) state: State,
    mocks: MockUnitOfWork,
}

#[async_trait]
impl UnitOfWork for Memory {
    /// Others may go on before and after it, and a crash may come there.
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        pause().await;
        {
            let mut stored = self.store.state();
            if stored.version != self.state.version {
                return Err(StoreError::Conflict("another transaction was first".into()));
            }
            *stored = State { version: self.state.version + 1, ..self.state };
        }
        pause().await;
        Ok(())
    }
}

macro_rules! mocked {
    ($($name:ident: $repo:ident),*) => {
        $(fn $name(&mut self) -> &mut dyn $repo {
            &mut self.mocks.$name
        })*
    };
}

impl Session for Memory {
    mocked! {
        users: UserRepo, houses: HouseRepo, own_listings: OwnListingRepo, schedules: ScheduleRepo,
        exports: ExportRepo, reference: ReferenceRepo, orphaned_objects: OrphanedObjectRepo, tokens: TokenRepo,
        jobs: JobRepo, idempotency: IdempotencyRepo, outbox: OutboxRepo, maintenance: MaintenanceRepo, usage: UsageRepo,
        webhooks: WebhookRepo, deliveries: DeliveryRepo, messages: MessageRepo
    }

    fn orders(&mut self) -> &mut dyn OrderRepo {
        self
    }

    fn occupancy(&mut self) -> &mut dyn OccupancyRepo {
        // Only releases come here, which the states of the orders are checked against.
        self.mocks.occupancy.expect_release().returning(|_| Ok(1));
        &mut self.mocks.occupancy
    }

    fn occupants(&mut self) -> &mut dyn OccupantRepo {
        self.mocks.occupants.expect_erase().returning(|_| Ok(false));
        &mut self.mocks.occupants
    }

    fn feeds(&mut self) -> &mut dyn FeedRepo {
        self.mocks.feeds.expect_conflicts_of_order().returning(|_| Ok(vec![]));
        &mut self.mocks.feeds
    }

    fn payments(&mut self) -> &mut dyn PaymentRepo {
        self
    }
}

#[async_trait]
impl OrderRepo for Memory {
    async fn lock(&mut self, lock: OrderLock) -> Result<bool, StoreError> {
        Ok(self.state.orders.contains_key(&lock.order()))
    }

    async fn find(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.state.orders.get(&id).cloned())
    }

    async fn advance(
        &mut self,
        id: OrderId,
        step: Transition,
        act: OrderAct,
        _: &OrderNote,
    ) -> Result<bool, StoreError> {
        let Some(order) = self.state.orders.get_mut(&id).filter(|order| order.status == step.from) else {
            return Ok(false);
        };
        order.status = step.to;
        let (from, to) = (Some(step.from), step.to);
        self.state.history.push((id, OrderChange { at: act.at, by: act.by, from, to, reason: None }));
        if !step.to.holds_days() {
            self.state.held.remove(&id);
        }
        Ok(true)
    }

    async fn expire_at(&mut self, id: OrderId, at: DateTime<Utc>) -> Result<(), StoreError> {
        if let Some(order) = self.state.orders.get_mut(&id) {
            order.expires_at = Some(at);
        }
        Ok(())
    }

    async fn history(&mut self, id: OrderId, _: Version) -> Result<Vec<OrderChange>, StoreError> {
        let changes = self.state.history.iter().filter(|(order, _)| *order == id);
        Ok(changes.map(|(_, change)| change.clone()).collect())
    }

    async fn insert(&mut self, _: &LockedParties, _: &NewOrder) -> Result<OrderId, StoreError> {
        unreachable!("orders are put into the state")
    }

    async fn open_of_user(&mut self, _: &ErasedUser, _: NaiveDate) -> Result<Vec<OrderId>, StoreError> {
        unreachable!("not walked")
    }

    async fn open_of_house(&mut self, _: &LandlordAlone, _: HouseId, _: NaiveDate) -> Result<Vec<OrderId>, StoreError> {
        unreachable!("not walked")
    }

    async fn expired(&mut self, _: DateTime<Utc>, _: u32) -> Result<Vec<OrderId>, StoreError> {
        unreachable!("not walked")
    }

    async fn unpaid(&mut self, _: DateTime<Utc>, _: u32) -> Result<Vec<OrderId>, StoreError> {
        unreachable!("not walked")
    }

    async fn stayed(&mut self, _: NaiveDate, _: DateTime<Utc>, _: u32) -> Result<Vec<OrderId>, StoreError> {
        unreachable!("not walked")
    }

    async fn of_guest(&mut self, _: UserId, _: u32) -> Result<Vec<OrderSummary>, StoreError> {
        unreachable!("not walked")
    }

    async fn of_landlord(&mut self, _: UserId, _: u32) -> Result<Vec<OrderSummary>, StoreError> {
        unreachable!("not walked")
    }

    async fn summaries(
        &mut self,
        _: UserId,
        _: OrderSide,
        _: Option<OrderPlace>,
        _: u32,
    ) -> Result<Vec<OrderSummary>, StoreError> {
        unreachable!("not walked")
    }

    async fn page(&mut self, _: &OrderFilter, _: Option<OrderId>, _: u32) -> Result<Vec<OrderView>, StoreError> {
        unreachable!("not walked")
    }

    async fn view(&mut self, _: OrderId) -> Result<Option<OrderView>, StoreError> {
        unreachable!("not walked")
    }
}
