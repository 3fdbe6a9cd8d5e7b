//! Disconnecting a calendar of another site.

use minsu_domain::{Event, FeedId, HouseId, ListingEvent, Principal};
use minsu_ports::Store;

use crate::{
    App, AppError, CalendarError, ListingError,
    houses::{begin_owned, owned},
    transaction::in_locked_transaction,
};

/// Deletes a feed of one's own listing. Its days are free at once, unless something else holds them; a poll under way
/// writes nothing any more.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`CalendarError::NoSuchFeed`].
pub async fn disconnect(app: &App, viewer: Principal, house: HouseId, id: FeedId) -> Result<(), AppError> {
    let begin = async |store: &dyn Store| begin_owned(store, viewer).await;
    in_locked_transaction(app, begin, async |transaction, landlord| {
        owned(&mut **transaction, viewer, house).await?;
        let calendar = landlord.with_calendar(&mut **transaction, house).await?.ok_or(ListingError::NotFound)?;
        if !transaction.feeds().delete(&calendar, id).await? {
            return Err(CalendarError::NoSuchFeed.into());
        }
        let listing = ListingEvent { house, landlord: viewer.user };
        transaction.record(Event::ListingFeedsChanged(listing));
        transaction.record(Event::ListingScheduleChanged(listing));
        Ok(())
    })
    .await?;
    tracing::info!(user = %viewer.user, %house, feed = %id, "calendar disconnected");
    Ok(())
}
