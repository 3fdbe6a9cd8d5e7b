//! The scheduler before everything that is heavy: work of which a few pieces at a time fill the site.

use std::net::IpAddr;

use async_trait::async_trait;
use minsu_domain::UserId;
use thiserror::Error;

/// Kinds of heavy work. Each has turns of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// Hashing a password.
    Hashing,
    /// Decoding and encoding a picture.
    Pictures,
    /// A search that the database has to answer.
    Searches,
    /// Collecting everything that the site has of an account.
    Exports,
}

impl Work {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Hashing, Self::Pictures, Self::Searches, Self::Exports];
}

/// For whom work is done. It counts for the account and for the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Party {
    /// The account, where one is logged in.
    pub account: Option<UserId>,
    /// The network of the client, as the site counts clients.
    pub network: Option<IpAddr>,
}

impl Party {
    /// An account.
    pub const fn of_account(account: UserId) -> Self {
        Self { account: Some(account), network: None }
    }
}

/// Too many wait for their turn, or it did not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many wait for their turn")]
pub struct Overloaded;

/// A turn, until it is dropped.
pub type WorkTurn = Box<dyn Send>;

/// Shares turns for heavy work fairly: a few at a time, a short queue, and of those that wait next the one whose
/// account and network used least of late.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait WorkScheduler: Send + Sync {
    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Overloaded`].
    async fn enter(&self, work: Work, party: &Party) -> Result<WorkTurn, Overloaded>;
}
