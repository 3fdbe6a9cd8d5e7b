//! Another secret for a link.

use minsu_domain::{Event, ExportId, HouseId, ListingEvent, Principal};

use super::{CreatedExport, LinkSecret};
use crate::{App, AppError, CalendarError, houses::owned, transaction::in_transaction};

/// Gives a link of one's own listing another secret. The old one is from then on as unknown as any.
///
/// # Errors
/// [`crate::ListingError::NotFound`], [`crate::ListingError::NotOwner`], [`CalendarError::NoSuchExport`].
pub async fn renew(app: &App, viewer: Principal, house: HouseId, id: ExportId) -> Result<CreatedExport, AppError> {
    // An earlier request that never answered gave a secret that was never shown.
    renewed(&app.without_claim(), viewer, house, id).await
}

pub(super) async fn renewed(
    app: &App,
    viewer: Principal,
    house: HouseId,
    id: ExportId,
) -> Result<CreatedExport, AppError> {
    let secret = LinkSecret::from_random(app.random());
    in_transaction(app, async |transaction| {
        owned(&mut **transaction, viewer, house).await?;
        if !transaction.exports().renew(house, id, secret.hash()).await? {
            return Err(CalendarError::NoSuchExport.into());
        }
        transaction.record(Event::ListingExportsChanged(ListingEvent { house, landlord: viewer.user }));
        Ok(())
    })
    .await?;
    let exports = app.store.read_own().await?.exports().of_house(house).await?;
    let export = exports.into_iter().find(|export| export.id == id).ok_or(CalendarError::NoSuchExport)?;
    Ok(CreatedExport { export, secret })
}
