//! A subscriber that keeps the events that it gets.

use std::sync::{Arc, Mutex, PoisonError};

use minsu_domain::Event;

use crate::{EventSubscriber, Notified, Outcome};

/// Keeps every event that it is notified of, shared between a test and the application under test.
#[derive(Debug, Clone, Default)]
pub struct EventLog(Arc<Mutex<Vec<(Event, Outcome)>>>);

impl EventLog {
    /// The notifications so far, in order.
    pub fn entries(&self) -> Vec<(Event, Outcome)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The events that were committed, in order.
    pub fn committed(&self) -> Vec<Event> {
        let entries = self.entries();
        entries.into_iter().filter(|(_, outcome)| *outcome == Outcome::Committed).map(|(event, _)| event).collect()
    }
}

impl EventSubscriber for EventLog {
    fn notify(&self, events: &[Event], outcome: Outcome) -> Notified {
        let told = events.iter().map(|event| (*event, outcome));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(told);
        Box::pin(std::future::ready(()))
    }
}
