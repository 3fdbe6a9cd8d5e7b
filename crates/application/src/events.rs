//! The feed of events: what happened to a person's listings and orders, in one order and without gaps.

use minsu_domain::{Event, Field, Invalid, PageLimit, Principal};
use minsu_ports::OrderedEvent;

use crate::{
    App, AppError, EventError,
    transaction::{Transaction, in_transaction},
};

/// Events that get their position in one transaction.
const BATCH: u32 = 500;
/// Batches of one call: with more events than these, later calls go on.
const BATCHES: u32 = 20;

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowEvents {
    /// Those behind this position; the oldest that are kept where it is absent.
    pub after: Option<u64>,
    /// Of these kinds, of [`Event::FOLLOWED`]; of all where there is none.
    pub kinds: Vec<&'static str>,
    /// How many at most.
    pub limit: PageLimit,
}

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events, the oldest first.
    pub events: Vec<OrderedEvent>,
    /// The position behind which the next page begins, also where there is no further event yet.
    pub next: u64,
}

/// The events of a person's listings and orders. Going on behind [`EventPage::next`], one reads each event once.
///
/// # Errors
/// [`EventError::Deleted`] where events behind the position were deleted already, [`Field::Cursor`] for a position that
/// no event has, and [`AppError::StoreUnavailable`].
pub async fn follow(app: &App, viewer: Principal, query: &FollowEvents) -> Result<EventPage, AppError> {
    order_events(app).await?;
    let mut session = app.store.read_own().await?;
    let outbox = session.outbox();
    // The newest one first: what comes between the statements is read, and read again by no later page.
    let (newest, oldest) = (outbox.newest().await?, outbox.oldest().await?);
    let after = query.after.unwrap_or(oldest - 1);
    if after > newest {
        return Err(Invalid::range(Field::Cursor).into());
    }
    if after + 1 < oldest {
        return Err(EventError::Deleted.into());
    }
    let kinds = if query.kinds.is_empty() { Event::FOLLOWED } else { &query.kinds };
    let events = outbox.of_party(viewer.user, kinds, after, query.limit.get()).await?;
    let last = events.last().map_or(after, |event| event.position);
    let is_full = events.len() >= query.limit.get() as usize;
    Ok(EventPage { next: if is_full { last } else { last.max(newest) }, events })
}

/// Gives committed events their positions; returns how many got one.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; the batches before are done.
pub async fn order_events(app: &App) -> Result<u64, AppError> {
    let mut total = 0;
    if !app.store.read_own().await?.outbox().has_unordered().await? {
        return Ok(total);
    }
    for _ in 0..BATCHES {
        let batch = async |transaction: &mut Transaction| Ok(u64::from(transaction.outbox().order(BATCH).await?));
        let ordered = in_transaction(app, batch).await?;
        total += ordered;
        if ordered < u64::from(BATCH) {
            break;
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, user};
    use chrono::DateTime;
    use minsu_domain::{HouseId, ListingEvent};
    use minsu_ports::{
        OutboxRepo,
        testkit::{MockStore, MockUnitOfWork, OutboxLog},
    };

    fn published(landlord: i64) -> Event {
        Event::ListingPublished(ListingEvent { house: HouseId::new(1).unwrap(), landlord: user(landlord) })
    }

    /// An app whose outbox has an event of each of these landlords.
    async fn app(landlords: &[i64]) -> App {
        let mut log = OutboxLog::default();
        for landlord in landlords {
            log.append(&[published(*landlord)], DateTime::UNIX_EPOCH).await.unwrap();
        }
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let mut unit = MockUnitOfWork::default();
            unit.outbox = log.clone();
            Ok(Box::new(unit))
        });
        TestApp::default().store(store).build()
    }

    fn query(after: Option<u64>, limit: u32) -> FollowEvents {
        FollowEvents { after, kinds: vec![], limit: PageLimit::new(limit).unwrap() }
    }

    #[tokio::test]
    async fn pages_go_on_where_the_one_before_ended() {
        let app = app(&[2, 3, 2, 2, 3]).await;
        let page = async |after, limit| {
            let page = follow(&app, principal(2), &query(after, limit)).await.unwrap();
            (page.events.iter().map(|event| event.position).collect::<Vec<_>>(), page.next)
        };
        assert_eq!(page(None, 2).await, (vec![1, 3], 3));
        assert_eq!(page(Some(3), 2).await, (vec![4], 5));
        assert_eq!(page(Some(5), 2).await, (vec![], 5));
        let beyond = follow(&app, principal(2), &query(Some(6), 2)).await;
        assert!(matches!(beyond, Err(AppError::Invalid(Invalid { field: Field::Cursor, .. }))));
    }

    #[tokio::test]
    async fn a_reader_who_was_away_too_long_is_told() {
        let mut log = OutboxLog::default();
        for seconds in 1..=3 {
            log.append(&[published(2)], DateTime::from_timestamp(seconds, 0).unwrap()).await.unwrap();
        }
        log.delete_before(DateTime::from_timestamp(3, 0).unwrap(), 10).await.unwrap();
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let mut unit = MockUnitOfWork::default();
            unit.outbox = log.clone();
            Ok(Box::new(unit))
        });
        let app = TestApp::default().store(store).build();
        let late = follow(&app, principal(2), &query(Some(1), 9)).await;
        assert!(matches!(late, Err(AppError::Event(EventError::Deleted))));
        for after in [None, Some(2)] {
            assert_eq!(follow(&app, principal(2), &query(after, 9)).await.unwrap().events.len(), 1);
        }
    }
}
