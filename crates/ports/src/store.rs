//! The store: what must outlive the process.

mod houses;
mod orders;
mod reference;
mod strays;
mod upkeep;
mod users;

use async_trait::async_trait;
use thiserror::Error;

pub use houses::{
    HouseComment, HouseDetail, HouseRepo, HouseSummary, Landlord, NewHouse, OwnHouse, PageStart, SlideHouse,
    WithdrawnHouse,
};
pub use orders::{NewOrder, OrderNote, OrderRepo, OrderSummary};
pub use reference::{Area, ReferenceRepo};
pub use strays::StrayRepo;
pub use upkeep::UpkeepRepo;
pub use users::{Credentials, NewUser, User, UserRepo};
#[cfg(feature = "testkit")]
pub use {
    houses::MockHouseRepo, orders::MockOrderRepo, reference::MockReferenceRepo, strays::MockStrayRepo,
    upkeep::MockUpkeepRepo, users::MockUserRepo,
};

/// What must be unique, and was there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UniqueKey {
    /// A mobile number has one user.
    Mobile,
    /// A user name has one user.
    UserName,
    /// A day of a house has one live order.
    HouseDay,
    /// A house shows a picture once.
    HousePicture,
}

/// Why the store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The value is taken. The unit of work is lost; drop it.
    #[error("{0:?} is taken")]
    Duplicate(UniqueKey),
    /// Two units of work were in each other's way (deadlock, serialisation failure, busy); the
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
    /// A session for reading what may lag a moment behind the last write. It cannot write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] within the configured time.
    async fn read(&self) -> Result<Box<dyn Session>, StoreError>;

    /// A session for reading that sees every committed write: for what people have just changed
    /// themselves, and for decisions. It cannot write.
    ///
    /// # Errors
    /// As [`Store::read`].
    async fn read_own(&self) -> Result<Box<dyn Session>, StoreError>;

    /// A unit of work: everything done in it becomes visible at once by
    /// [`UnitOfWork::commit`]; dropped without it, nothing happened.
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
}

/// Repositories that share one connection.
pub trait Session: Send {
    /// People.
    fn users(&mut self) -> &mut dyn UserRepo;
    /// Houses, their pictures and their search.
    fn houses(&mut self) -> &mut dyn HouseRepo;
    /// Orders and the days they hold.
    fn orders(&mut self) -> &mut dyn OrderRepo;
    /// Areas and facilities.
    fn reference(&mut self) -> &mut dyn ReferenceRepo;
    /// Pictures on their way into or out of the object store.
    fn strays(&mut self) -> &mut dyn StrayRepo;
    /// Upkeep.
    fn upkeep(&mut self) -> &mut dyn UpkeepRepo;
}

/// A session whose changes are made together or not at all.
#[async_trait]
pub trait UnitOfWork: Session {
    /// Makes every change of this unit visible and durable.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the database chose another transaction over this one; then
    /// nothing of it was written.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
