//! Deleting a link.

use minsu_domain::{Event, ExportId, HouseId, ListingEvent, Principal};

use crate::{App, AppError, CalendarError, houses::owned, transaction::in_transaction};

/// Deletes a link of one's own listing, which is from then on as unknown as any.
///
/// # Errors
/// [`crate::ListingError::NotFound`], [`crate::ListingError::NotOwner`], [`CalendarError::NoSuchExport`].
pub async fn delete(app: &App, viewer: Principal, house: HouseId, id: ExportId) -> Result<(), AppError> {
    in_transaction(app, async |transaction| {
        owned(&mut **transaction, viewer, house).await?;
        if !transaction.exports().delete(house, id).await? {
            return Err(CalendarError::NoSuchExport.into());
        }
        transaction.record(Event::ListingExportsChanged(ListingEvent { house, landlord: viewer.user }));
        Ok(())
    })
    .await
}
