//! An outbox in memory.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{Event, EventSubject, UserId};

use crate::{EventBatch, OrderedEvent, OutboxRepo, StoreError};

/// Keeps the events that units of work write, shared between a test and the application under test. Events are in
/// order at once, whether their unit is committed or not.
#[derive(Debug, Clone, Default)]
pub struct OutboxLog(Arc<Mutex<Vec<OrderedEvent>>>);

impl OutboxLog {
    /// The events that were written so far.
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|ordered| ordered.event).collect()
    }
}

fn is_party(event: &Event, user: UserId) -> bool {
    match event.subject() {
        EventSubject::Account(_) => false,
        EventSubject::Listing(listing) => listing.landlord == user,
        EventSubject::Order(order) => order.landlord == user || order.guest == user,
    }
}

#[async_trait]
impl OutboxRepo for OutboxLog {
    async fn append(&mut self, events: &[Event], at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            let position = log.last().map_or(1, |last| last.position + 1);
            log.push(OrderedEvent { position, at, event: *event });
        }
        Ok(())
    }

    async fn has_unordered(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn order(&mut self, _: u32) -> Result<u32, StoreError> {
        Ok(0)
    }

    async fn newest(&mut self) -> Result<u64, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).last().map_or(0, |last| last.position))
    }

    async fn oldest(&mut self) -> Result<u64, StoreError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).first().map_or(1, |first| first.position))
    }

    async fn of_party(
        &mut self,
        party: UserId,
        kinds: &[&'static str],
        after: u64,
        limit: u32,
    ) -> Result<Vec<OrderedEvent>, StoreError> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let followed = log.iter().filter(|ordered| ordered.position > after && is_party(&ordered.event, party));
        Ok(followed.filter(|ordered| kinds.contains(&ordered.event.name())).take(limit as usize).copied().collect())
    }

    async fn all_after(&mut self, after: u64, limit: u32) -> Result<EventBatch, StoreError> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let events: Vec<_> =
            log.iter().filter(|ordered| ordered.position > after).take(limit as usize).copied().collect();
        Ok(EventBatch { last: events.last().map_or(after, |last| last.position), events })
    }

    async fn at(&mut self, position: u64) -> Result<Option<OrderedEvent>, StoreError> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(log.iter().find(|ordered| ordered.position == position).copied())
    }

    async fn count_before(&mut self, instant: DateTime<Utc>) -> Result<u64, StoreError> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(log.iter().filter(|ordered| ordered.at < instant).count() as u64)
    }

    async fn delete_before(&mut self, instant: DateTime<Utc>, _: u32) -> Result<u64, StoreError> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = log.len();
        log.retain(|ordered| ordered.at >= instant);
        Ok((before - log.len()) as u64)
    }
}
