//! The feeds of a house, for its landlord.

use minsu_domain::{FeedId, HouseId, Principal};
use minsu_ports::{Feed, FeedConflict};

use crate::{App, AppError, CalendarError, houses::owned};

/// A feed with its open conflicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFeed {
    /// The feed.
    pub feed: Feed,
    /// Its open conflicts, by order.
    pub conflicts: Vec<FeedConflict>,
}

/// The feeds of one's own listing, by their id; days are counted from today on.
///
/// # Errors
/// [`crate::ListingError::NotFound`], [`crate::ListingError::NotOwner`].
pub async fn list(app: &App, viewer: Principal, house: HouseId) -> Result<Vec<ListedFeed>, AppError> {
    let mut session = app.store.read_own().await?;
    owned(session.as_mut(), viewer, house).await?;
    let feeds = session.feeds().of_house(house, app.today()).await?;
    let conflicts = session.feeds().conflicts_of_house(house).await?;
    let of_feed = |feed: Feed| {
        let conflicts = conflicts.iter().filter(|conflict| conflict.feed == feed.id).cloned().collect();
        ListedFeed { feed, conflicts }
    };
    Ok(feeds.into_iter().map(of_feed).collect())
}

/// One of them.
///
/// # Errors
/// As [`list`], and [`CalendarError::NoSuchFeed`].
pub async fn find(app: &App, viewer: Principal, house: HouseId, id: FeedId) -> Result<ListedFeed, AppError> {
    let feeds = list(app, viewer, house).await?;
    Ok(feeds.into_iter().find(|listed| listed.feed.id == id).ok_or(CalendarError::NoSuchFeed)?)
}
