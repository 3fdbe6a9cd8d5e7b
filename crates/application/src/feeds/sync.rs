//! Polling at once, as the landlord asks for it.

use std::time::Duration;

use chrono::TimeDelta;
use minsu_domain::{FeedId, HouseId, Principal};

use crate::{App, AppError, CalendarError, transaction::in_transaction};

use super::find;

/// How far apart two of these are.
pub(super) const APART: TimeDelta = TimeDelta::minutes(1);

/// Makes a feed of one's own listing due at once, once a minute at most. It is done when
/// [`minsu_ports::Feed::fetched_at`] moves.
///
/// # Errors
/// [`crate::ListingError::NotFound`], [`crate::ListingError::NotOwner`], [`CalendarError::NoSuchFeed`],
/// [`CalendarError::Paused`], [`AppError::TooOften`].
pub async fn sync(app: &App, viewer: Principal, house: HouseId, id: FeedId) -> Result<(), AppError> {
    let listed = find(app, viewer, house, id).await?;
    if listed.feed.terms.is_paused {
        return Err(CalendarError::Paused.into());
    }
    let now = app.clock.now();
    let asked = app.store.read_own().await?.feeds().asked_at(house, id).await?.ok_or(CalendarError::NoSuchFeed)?;
    let wait = asked.map_or(TimeDelta::zero(), |asked| asked + APART - now);
    if wait > TimeDelta::zero() {
        return Err(AppError::TooOften(wait.to_std().unwrap_or_default()));
    }
    let is_first =
        in_transaction(app, async |transaction| Ok(transaction.feeds().ask(id, now, now - APART).await?)).await?;
    if is_first { Ok(()) } else { Err(AppError::TooOften(Duration::from_secs(60))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, feed, now, principal, standing};
    use chrono::{DateTime, Utc};
    use minsu_ports::testkit::{MockStore, MockUnitOfWork};

    async fn synced(asked: Option<DateTime<Utc>>, is_first: bool, is_paused: bool) -> Result<(), AppError> {
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let mut unit = MockUnitOfWork::default();
            unit.own_listings.expect_standing().returning(|_| Ok(Some(standing(1))));
            unit.feeds.expect_of_house().returning(move |_, _| {
                let mut feed = feed(4);
                feed.terms.is_paused = is_paused;
                Ok(vec![feed])
            });
            unit.feeds.expect_conflicts_of_house().returning(|_| Ok(vec![]));
            unit.feeds.expect_asked_at().returning(move |_, _| Ok(Some(asked)));
            Ok(Box::new(unit))
        });
        store.expect_begin().returning(move || {
            let mut unit = MockUnitOfWork::default();
            unit.feeds
                .expect_ask()
                .withf(|_, at, before| (*at, *before) == (now(), now() - TimeDelta::minutes(1)))
                .returning(move |_, _, _| Ok(is_first));
            Ok(Box::new(unit))
        });
        let app = TestApp::default().store(store).build();
        sync(&app, principal(1), HouseId::new(7).unwrap(), FeedId::new(4).unwrap()).await
    }

    #[tokio::test]
    async fn a_feed_is_synced_once_a_minute() {
        assert!(synced(None, true, false).await.is_ok());
        assert!(synced(Some(now() - TimeDelta::seconds(60)), true, false).await.is_ok());
        let soon = synced(Some(now() - TimeDelta::seconds(20)), true, false).await;
        assert!(matches!(soon, Err(AppError::TooOften(wait)) if wait == Duration::from_secs(40)), "{soon:?}");
        assert!(matches!(synced(None, false, false).await, Err(AppError::TooOften(_))));
        assert!(matches!(synced(None, true, true).await, Err(AppError::Calendar(CalendarError::Paused))));
    }
}
