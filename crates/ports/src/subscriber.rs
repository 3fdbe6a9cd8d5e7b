//! Subscribers: called for recorded events.

use std::pin::Pin;

use minsu_domain::Event;

/// The known result of the transaction in which events were recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was committed.
    Committed,
    /// The connection broke, or the request was cancelled, during the commit: it may have been
    /// committed. Subscribers do only what is harmless when it was not.
    Unknown,
}

/// Completes when a subscriber has finished the work that the caller of the use case waits for.
pub type Notified = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Is notified of the events of every transaction, after its commit and before the use case returns.
/// Events of a transaction that was rolled back are dropped.
///
/// A call starts its work before it returns, so that the work is done even when the future is
/// dropped; the future only completes when it is done. A subscriber never fails: work that fails
/// is retried by the subscriber itself.
pub trait EventSubscriber: Send + Sync {
    /// Takes the events of one transaction, in the order in which they were recorded.
    fn notify(&self, events: &[Event], outcome: Outcome) -> Notified;
}
