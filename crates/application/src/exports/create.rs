//! Making a link.

use minsu_domain::{CalendarName, Event, ExportId, FeedId, HouseId, ListingEvent, Principal};
use minsu_ports::{Export, Store};

use super::{CreatedExport, LinkSecret, renew::renewed};
use crate::{
    App, AppError, CalendarError, ListingError,
    houses::{begin_owned, owned},
    transaction::in_locked_transaction,
};

/// The most links of a house.
pub const MAX_EXPORTS: u64 = 16;

/// Asks for a link.
#[derive(Debug, Clone)]
pub struct CreateExport {
    /// What the landlord calls it.
    pub name: CalendarName,
    /// The feed of the channel that it is given to, whose own days it leaves out.
    pub feed: Option<FeedId>,
}

/// Makes a link to the calendar of one's own listing. Under an idempotency key whose request was killed before it
/// answered, the link of that request gets another secret: the first was never shown.
///
/// # Errors
/// [`ListingError::NotFound`], [`ListingError::NotOwner`], [`CalendarError::NoSuchFeed`],
/// [`CalendarError::TooManyExports`].
pub async fn create(
    app: &App,
    viewer: Principal,
    house: HouseId,
    command: &CreateExport,
) -> Result<CreatedExport, AppError> {
    if let Some(earlier) = app.earlier::<ExportId>()? {
        return renewed(&app.without_claim(), viewer, house, earlier).await;
    }
    let secret = LinkSecret::from_random(app.random());
    let now = app.clock.now();
    let begin = async |store: &dyn Store| begin_owned(store, viewer).await;
    let id = in_locked_transaction(app, begin, async |transaction, landlord| {
        owned(&mut **transaction, viewer, house).await?;
        let calendar = landlord.with_calendar(&mut **transaction, house).await?.ok_or(ListingError::NotFound)?;
        if transaction.exports().count(&calendar).await? >= MAX_EXPORTS {
            return Err(CalendarError::TooManyExports.into());
        }
        let inserted = transaction.exports().insert(&calendar, &command.name, command.feed, secret.hash(), now).await?;
        let id = inserted.ok_or(CalendarError::NoSuchFeed)?;
        transaction.record(Event::ListingExportsChanged(ListingEvent { house, landlord: viewer.user }));
        Ok(id)
    })
    .await?;
    tracing::info!(user = %viewer.user, %house, export = %id, "calendar link made");
    let CreateExport { name, feed } = command.clone();
    Ok(CreatedExport { export: Export { id, name, feed, fetched_at: None, created_at: now }, secret })
}
