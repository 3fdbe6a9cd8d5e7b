//! The landlord says that the days which a feed lost are free.

use minsu_domain::{FeedId, HouseId, Principal};
use minsu_ports::Store;

use super::step;
use crate::{
    App, AppError, CalendarError, ListingError,
    houses::{begin_owned, owned},
    transaction::in_locked_transaction,
};

/// Frees the days of a suspicious feed that are held back, at once where its last good answer was complete. Nothing
/// happens to a feed that is not suspicious.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`CalendarError::NoSuchFeed`].
pub async fn release(app: &App, viewer: Principal, house: HouseId, id: FeedId) -> Result<(), AppError> {
    let begin = async |store: &dyn Store| begin_owned(store, viewer).await;
    in_locked_transaction(app, begin, async |transaction, landlord| {
        owned(&mut **transaction, viewer, house).await?;
        let calendar = landlord.with_calendar(&mut **transaction, house).await?.ok_or(ListingError::NotFound)?;
        let feeds = transaction.feeds().of_house(house, app.today()).await?;
        if !feeds.iter().any(|feed| feed.id == id) {
            return Err(CalendarError::NoSuchFeed.into());
        }
        step::take(app, transaction, &calendar, id, |state, around| state.release(around)).await
    })
    .await
}
