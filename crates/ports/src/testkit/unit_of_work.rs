//! A session made of mocked repositories.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;

use super::{
    MockDeliveryRepo, MockExportRepo, MockFeedRepo, MockHouseRepo, MockIdempotencyRepo, MockJobRepo,
    MockMaintenanceRepo, MockMessageRepo, MockOccupancyRepo, MockOccupantRepo, MockOrderRepo, MockOrphanedObjectRepo,
    MockOwnListingRepo, MockPaymentRepo, MockReferenceRepo, MockScheduleRepo, MockStore, MockTokenRepo, MockUsageRepo,
    MockUserRepo, MockWebhookRepo, OutboxLog,
};
use crate::{
    DeliveryRepo, ExportRepo, FeedRepo, HouseRepo, IdempotencyRepo, JobRepo, MaintenanceRepo, MessageRepo,
    OccupancyRepo, OccupantRepo, OrderRepo, OrphanedObjectRepo, OutboxRepo, OwnListingRepo, PaymentRepo, ReferenceRepo,
    ScheduleRepo, Session, StoreError, TokenRepo, UnitOfWork, UsageRepo, UserRepo, WebhookRepo,
};

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
    /// Users.
    pub users: MockUserRepo,
    /// Houses.
    pub houses: MockHouseRepo,
    /// A landlord's own listings.
    pub own_listings: MockOwnListingRepo,
    /// Orders.
    pub orders: MockOrderRepo,
    /// Occupied days.
    pub occupancy: MockOccupancyRepo,
    /// Payments.
    pub payments: MockPaymentRepo,
    /// The people who stay under orders.
    pub occupants: MockOccupantRepo,
    /// Rules, seasons and dates.
    pub schedules: MockScheduleRepo,
    /// Calendars of other sites.
    pub feeds: MockFeedRepo,
    /// Links to calendars of this site.
    pub exports: MockExportRepo,
    /// Areas and facilities.
    pub reference: MockReferenceRepo,
    /// Orphaned objects.
    pub orphaned_objects: MockOrphanedObjectRepo,
    /// Personal tokens.
    pub tokens: MockTokenRepo,
    /// Events: written without an expectation, and kept for the test.
    pub outbox: OutboxLog,
    /// Jobs.
    pub jobs: MockJobRepo,
    /// Idempotency keys.
    pub idempotency: MockIdempotencyRepo,
    /// Maintenance.
    pub maintenance: MockMaintenanceRepo,
    /// What one person has and did.
    pub usage: MockUsageRepo,
    /// Webhooks.
    pub webhooks: MockWebhookRepo,
    /// Events on their way to webhooks.
    pub deliveries: MockDeliveryRepo,
    /// Messages to people.
    pub messages: MockMessageRepo,
    /// Counts its commit.
    pub commits: Commits,
    commit: Commit,
}

/// The result of a commit.
#[derive(Default)]
enum Commit {
    #[default]
    Succeeds,
    Fails(StoreError),
    NeverEnds,
}

impl MockUnitOfWork {
    /// The same, whose commit gives this result.
    #[must_use]
    pub fn committing(self, result: Result<(), StoreError>) -> Self {
        Self { commit: result.err().map_or(Commit::Succeeds, Commit::Fails), ..self }
    }

    /// The same, whose commit gets no answer.
    #[must_use]
    pub fn never_committing(self) -> Self {
        Self { commit: Commit::NeverEnds, ..self }
    }

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

    fn own_listings(&mut self) -> &mut dyn OwnListingRepo {
        &mut self.own_listings
    }

    fn orders(&mut self) -> &mut dyn OrderRepo {
        &mut self.orders
    }

    fn occupancy(&mut self) -> &mut dyn OccupancyRepo {
        &mut self.occupancy
    }

    fn payments(&mut self) -> &mut dyn PaymentRepo {
        &mut self.payments
    }

    fn occupants(&mut self) -> &mut dyn OccupantRepo {
        &mut self.occupants
    }

    fn schedules(&mut self) -> &mut dyn ScheduleRepo {
        &mut self.schedules
    }

    fn feeds(&mut self) -> &mut dyn FeedRepo {
        &mut self.feeds
    }

    fn exports(&mut self) -> &mut dyn ExportRepo {
        &mut self.exports
    }

    fn reference(&mut self) -> &mut dyn ReferenceRepo {
        &mut self.reference
    }

    fn orphaned_objects(&mut self) -> &mut dyn OrphanedObjectRepo {
        &mut self.orphaned_objects
    }

    fn tokens(&mut self) -> &mut dyn TokenRepo {
        &mut self.tokens
    }

    fn outbox(&mut self) -> &mut dyn OutboxRepo {
        &mut self.outbox
    }

    fn jobs(&mut self) -> &mut dyn JobRepo {
        &mut self.jobs
    }

    fn idempotency(&mut self) -> &mut dyn IdempotencyRepo {
        &mut self.idempotency
    }

    fn maintenance(&mut self) -> &mut dyn MaintenanceRepo {
        &mut self.maintenance
    }

    fn usage(&mut self) -> &mut dyn UsageRepo {
        &mut self.usage
    }

    fn webhooks(&mut self) -> &mut dyn WebhookRepo {
        &mut self.webhooks
    }

    fn deliveries(&mut self) -> &mut dyn DeliveryRepo {
        &mut self.deliveries
    }

    fn messages(&mut self) -> &mut dyn MessageRepo {
        &mut self.messages
    }
}

#[async_trait]
impl UnitOfWork for MockUnitOfWork {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        match self.commit {
            Commit::Succeeds => {
                self.commits.0.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
            Commit::Fails(error) => Err(error),
            Commit::NeverEnds => std::future::pending().await,
        }
    }
}
