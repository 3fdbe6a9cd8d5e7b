//! The store: the data that outlive the process.

mod exports;
mod feeds;
mod houses;
mod idempotency;
mod jobs;
mod locks;
mod maintenance;
mod messages;
mod occupancy;
mod occupants;
mod order_lock;
mod orders;
mod orphaned_objects;
mod outbox;
mod own_listings;
mod payments;
mod reference;
mod schedules;
mod tokens;
mod usage;
mod user;
mod user_lock;
mod users;
mod webhooks;

use async_trait::async_trait;
use chrono::NaiveDate;
use thiserror::Error;

pub use exports::{Export, ExportRepo, LinkHash, ServedExport};
pub use feeds::{
    EventCounts, FailingFeeds, Feed, FeedConflict, FeedHealth, FeedRepo, FeedSource, FeedStanding, FeedTerms,
    LeasedFeed, PollEnd, PollOutcome,
};
pub use houses::{
    CompletedOrder, GuestCounts, HouseComment, HouseDetail, HouseRepo, HouseSummary, Landlord, ListingPicture,
    NewHouse, OwnHouse, PageStart, SlideHouse, WithdrawnHouse,
};
pub use idempotency::{ClaimOwner, IdempotencyRecord, IdempotencyRepo, KeyId, NewClaim, StoredAnswer};
pub use jobs::{Job, JobFailure, JobRepo, WorkerId};
pub use locks::{
    Begun, ErasedUser, LandlordAlone, LockedAccount, LockedCalendar, LockedGuest, LockedLandlord, LockedOrder,
    LockedParties,
};
pub use maintenance::{Doomed, MaintenanceRepo};
pub use messages::{MessageRepo, NewMessage, WaitingMessage};
pub use occupancy::{BookedDay, OccupancyRepo};
pub use occupants::OccupantRepo;
pub use order_lock::OrderLock;
pub use orders::{
    NewOrder, OrderAct, OrderFilter, OrderNote, OrderParty, OrderPlace, OrderRepo, OrderSide, OrderSummary, OrderView,
};
pub use orphaned_objects::{OrphanedObjectRepo, ShownBy};
pub use outbox::{EventBatch, OrderedEvent, OutboxRepo};
pub use own_listings::{ListingStanding, OwnListingRepo};
pub use payments::{
    AttemptStart, Difference, DifferenceKind, NewAttempt, NewRefund, PaymentRepo, ProviderBacklog, ProviderEvent,
    StatementLine,
};
pub use reference::{Area, Facility, ReferenceRepo};
pub use schedules::ScheduleRepo;
pub use tokens::{NewToken, PersonalToken, TokenHash, TokenRepo};
pub use usage::{ListingUsage, OrderBounds, OrderUsage, UsageRepo, WaitingOrder};
pub use user::User;
pub use user_lock::{LockStrength, UserLock};
pub use users::{Credentials, NewUser, UserRepo};
pub use webhooks::{
    AfterAttempt, AttemptResult, Cargo, Delivery, DeliveryRepo, NewDelivery, NewWebhook, OrderingKey, Webhook,
    WebhookRepo,
};
#[cfg(feature = "testkit")]
pub use {
    exports::MockExportRepo,
    feeds::MockFeedRepo,
    houses::MockHouseRepo,
    idempotency::MockIdempotencyRepo,
    jobs::MockJobRepo,
    maintenance::MockMaintenanceRepo,
    messages::MockMessageRepo,
    occupancy::MockOccupancyRepo,
    occupants::MockOccupantRepo,
    orders::MockOrderRepo,
    orphaned_objects::MockOrphanedObjectRepo,
    outbox::MockOutboxRepo,
    own_listings::MockOwnListingRepo,
    payments::MockPaymentRepo,
    reference::MockReferenceRepo,
    schedules::MockScheduleRepo,
    tokens::MockTokenRepo,
    usage::MockUsageRepo,
    users::MockUserRepo,
    webhooks::{MockDeliveryRepo, MockWebhookRepo},
};

/// The unique key that a value violated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UniqueKey {
    /// A mobile number has one user.
    Mobile,
    /// A user name has one user.
    UserName,
    /// A day of a house has one occupant.
    HouseDay,
    /// A house shows a picture once.
    HousePicture,
}

/// The error of a store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The value is taken. The unit of work is lost; drop it.
    #[error("{0:?} is taken")]
    Duplicate(UniqueKey),
    /// Days of the house that are occupied already, ascending. The unit of work is lost; drop it.
    #[error("{} days are taken", .0.len())]
    DaysTaken(Vec<NaiveDate>),
    /// The database chose another transaction over this one (deadlock, serialisation failure, busy); the
    /// same unit of work, begun again, may succeed.
    #[error("conflict with another transaction")]
    Conflict(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database cannot be reached, or gave no answer or no connection in time.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Anything else: a defect here or in the schema.
    #[error("the database failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Opens sessions and units of work.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Store: Send + Sync {
    /// A session for reading data that may lag a moment behind the last write. It cannot write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] within the configured time.
    async fn read(&self) -> Result<Box<dyn Session>, StoreError>;

    /// A session for searches, which may lag as that of [`Store::read`] does. Searches have few connections, so
    /// that a dear one leaves the others to everything else, and less time for a statement.
    ///
    /// # Errors
    /// As [`Store::read`].
    async fn read_for_search(&self) -> Result<Box<dyn Session>, StoreError>;

    /// A session for reading that sees every committed write: for data that the user has just changed,
    /// and for decisions. It cannot write.
    ///
    /// # Errors
    /// As [`Store::read`].
    async fn read_own(&self) -> Result<Box<dyn Session>, StoreError>;

    /// A unit of work: all of its changes become visible at once by
    /// [`UnitOfWork::commit`]; dropped without a commit, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] within the configured time, [`StoreError::Conflict`] where
    /// beginning already waits for other writers.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn ping(&self) -> Result<(), StoreError>;

    /// Whether the store takes writes: a replica or a read-only database answers and refuses them.
    /// It changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Backend`].
    async fn check_writes(&self) -> Result<(), StoreError>;
}

/// Repositories that share one connection.
pub trait Session: Send {
    /// Users.
    fn users(&mut self) -> &mut dyn UserRepo;
    /// Houses, their pictures and their search.
    fn houses(&mut self) -> &mut dyn HouseRepo;
    /// A landlord's own listings.
    fn own_listings(&mut self) -> &mut dyn OwnListingRepo;
    /// Orders.
    fn orders(&mut self) -> &mut dyn OrderRepo;
    /// Occupied days of houses.
    fn occupancy(&mut self) -> &mut dyn OccupancyRepo;
    /// Payments, refunds and the ledger.
    fn payments(&mut self) -> &mut dyn PaymentRepo;
    /// The people who stay under orders.
    fn occupants(&mut self) -> &mut dyn OccupantRepo;
    /// Rules, seasons and dates of houses.
    fn schedules(&mut self) -> &mut dyn ScheduleRepo;
    /// Calendars of other sites.
    fn feeds(&mut self) -> &mut dyn FeedRepo;
    /// Links to calendars of this site.
    fn exports(&mut self) -> &mut dyn ExportRepo;
    /// Areas and facilities.
    fn reference(&mut self) -> &mut dyn ReferenceRepo;
    /// Orphaned objects: notes of pictures around their upload and removal.
    fn orphaned_objects(&mut self) -> &mut dyn OrphanedObjectRepo;
    /// Personal tokens.
    fn tokens(&mut self) -> &mut dyn TokenRepo;
    /// Events.
    fn outbox(&mut self) -> &mut dyn OutboxRepo;
    /// Jobs.
    fn jobs(&mut self) -> &mut dyn JobRepo;
    /// Idempotency keys.
    fn idempotency(&mut self) -> &mut dyn IdempotencyRepo;
    /// Maintenance.
    fn maintenance(&mut self) -> &mut dyn MaintenanceRepo;
    /// What one person has and did.
    fn usage(&mut self) -> &mut dyn UsageRepo;
    /// Webhooks.
    fn webhooks(&mut self) -> &mut dyn WebhookRepo;
    /// Events on their way to webhooks.
    fn deliveries(&mut self) -> &mut dyn DeliveryRepo;
    /// Messages to people.
    fn messages(&mut self) -> &mut dyn MessageRepo;
}

/// A session whose changes are committed together or not at all.
#[async_trait]
pub trait UnitOfWork: Session {
    /// Makes every change of this unit visible and durable.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the database chose another transaction over this one; then
    /// none of its changes was written.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
