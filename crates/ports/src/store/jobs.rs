//! Jobs: work that is due at a time and that one process does at a time.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::StoreError;

/// A job of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    /// Cancels orders that were not answered in time. A subject is an order.
    ExpireOrders,
    /// Cancels orders that were not paid in time. A subject is an order.
    ExpireUnpaid,
    /// Asks providers about attempts that can be paid, and closes those that are of no use. A subject is an attempt.
    SettlePayments,
    /// Pays back. A subject is a refund.
    SendRefunds,
    /// Ends the stays of paid orders. A subject is an order.
    EndStays,
    /// Compares the last complete bill of the payment provider with the payments here.
    CompareBills,
    /// Polls the calendars of other sites.
    PollFeeds,
    /// Gives events their place in the order of all events.
    OrderEvents,
    /// Hands events out to webhooks and messages, and delivers to webhooks. It has a schedule of its own for each delivery.
    DeliverWebhooks,
    /// Sends messages to people. A subject is a message.
    SendMessages,
    /// Erases the people who stayed, some time after the stay.
    EraseOccupants,
    /// Deletes the rows that are not needed any more.
    PruneRows,
    /// Removes stored objects that no row references.
    PruneObjects,
}

impl Job {
    /// Every job.
    pub const ALL: [Self; 13] = [
        Self::ExpireOrders,
        Self::ExpireUnpaid,
        Self::SettlePayments,
        Self::SendRefunds,
        Self::EndStays,
        Self::CompareBills,
        Self::PollFeeds,
        Self::OrderEvents,
        Self::DeliverWebhooks,
        Self::SendMessages,
        Self::EraseOccupants,
        Self::PruneRows,
        Self::PruneObjects,
    ];

    /// Its name in the store and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExpireOrders => "expire_orders",
            Self::ExpireUnpaid => "expire_unpaid",
            Self::SettlePayments => "settle_payments",
            Self::SendRefunds => "send_refunds",
            Self::EndStays => "end_stays",
            Self::CompareBills => "compare_bills",
            Self::PollFeeds => "poll_feeds",
            Self::OrderEvents => "order_events",
            Self::DeliverWebhooks => "deliver_webhooks",
            Self::SendMessages => "send_messages",
            Self::EraseOccupants => "erase_occupants",
            Self::PruneRows => "prune_rows",
            Self::PruneObjects => "prune_objects",
        }
    }

    /// The job of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|job| job.name() == name)
    }
}

/// The holder of a lease: random, one for each run of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkerId(pub u64);

/// A subject that a job failed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFailure {
    /// The job.
    pub job: Job,
    /// The id of the subject; 0 for a job that has none.
    pub subject: i64,
    /// How often it failed.
    pub attempts: u32,
    /// When it is tried again; none for a dead letter, which is not.
    pub next_at: Option<DateTime<Utc>>,
    /// The cause of the last failure.
    pub error: String,
}

/// Jobs in the store. A lease is timed by the clock of the database, which all processes share: whatever their own
/// clocks say, no two hold one at the same time. When a job is due is told by the clock of the caller.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait JobRepo: Send {
    /// Leases a job that is due at `now` and that no other worker holds; of simultaneous calls one gets `true`. The
    /// lease ends with [`Self::finish`], or `lasts` later. A job that was never asked for is due at `first`.
    async fn lease(
        &mut self,
        job: Job,
        worker: WorkerId,
        now: DateTime<Utc>,
        first: DateTime<Utc>,
        lasts: Duration,
    ) -> Result<bool, StoreError>;

    /// Ends a lease, and makes the job due again at `next`; `false` where the worker does not hold it any more.
    async fn finish(&mut self, job: Job, worker: WorkerId, next: DateTime<Utc>) -> Result<bool, StoreError>;

    /// When each job is due, in the order of [`Job::ALL`].
    async fn due(&mut self) -> Result<Vec<(Job, DateTime<Utc>)>, StoreError>;

    /// How often a job failed for a subject.
    async fn attempts(&mut self, job: Job, subject: i64) -> Result<u32, StoreError>;

    /// Records a failure, in place of the one before.
    async fn failed(&mut self, failure: &JobFailure) -> Result<(), StoreError>;

    /// Forgets the failures of subjects, and returns how many had failed.
    async fn succeeded(&mut self, job: Job, subjects: &[i64]) -> Result<u64, StoreError>;

    /// Dead letters, at most `limit` of them.
    async fn dead_letters(&mut self, limit: u32) -> Result<Vec<JobFailure>, StoreError>;

    /// Makes a dead letter due again at `now`; `false` where it is none.
    async fn retry(&mut self, job: Job, subject: i64, now: DateTime<Utc>) -> Result<bool, StoreError>;
}
