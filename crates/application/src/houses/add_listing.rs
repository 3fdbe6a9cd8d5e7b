//! Adding a listing, as a draft or published at once.

use minsu_domain::{Event, HouseDraft, HouseId, HouseOffer, ListingEvent, Principal};
use minsu_ports::{LockedLandlord, NewHouse, Session, Store};

use crate::{AccountError, App, AppError, ListingError, quotas, transaction::in_locked_transaction};

/// How a listing begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// Only its landlord sees it; the real name is asked for when it is published.
    Draft,
    /// Everybody sees it; its landlord needs a verified real name.
    Published,
}

/// Adds a listing of the person under the lock of their account.
///
/// # Errors
/// [`AppError::Invalid`], also for a shortest stay that is longer than the site's longest one;
/// [`AccountError::IdentityNotVerified`] for one that is published, [`ListingError::UnknownArea`],
/// [`ListingError::UnknownFacility`], [`crate::QuotaError::Houses`], [`crate::QuotaError::PublicationsToday`],
/// [`AccountError::NotFound`] when the account is gone but the session is not.
pub(super) async fn add_listing(
    app: &App,
    viewer: Principal,
    draft: HouseDraft,
    beginning: Beginning,
) -> Result<HouseId, AppError> {
    let offer = HouseOffer::try_from(draft.clone())?;
    app.policy.booking.window(app.today()).check_limits(offer.limits)?;
    let house = NewHouse { offer, created_at: app.clock.now() };
    let begin =
        async |store: &dyn Store| Ok(LockedLandlord::begin(store, viewer.user).await?.ok_or(AccountError::NotFound)?);
    in_locked_transaction(app, begin, async |transaction, landlord| {
        if beginning == Beginning::Published && transaction.users().identity(viewer.user).await?.is_none() {
            return Err(AccountError::IdentityNotVerified.into());
        }
        demand_known(&mut **transaction, &draft).await?;
        quotas::admit_listing(app, &mut **transaction, landlord).await?;
        let (id, event): (_, fn(ListingEvent) -> Event) = match beginning {
            Beginning::Draft => {
                (transaction.own_listings().insert_draft(landlord, &house).await?, Event::ListingDrafted)
            }
            Beginning::Published => (transaction.houses().insert(landlord, &house).await?, Event::ListingPublished),
        };
        transaction.record(event(ListingEvent { house: id, landlord: viewer.user }));
        Ok(id)
    })
    .await
}

/// Whether what a draft refers to exists.
pub(super) struct Known {
    /// Its district.
    pub(super) area: bool,
    /// All of its facilities.
    pub(super) facilities: bool,
}

/// Looks up what a draft refers to.
pub(super) async fn known(session: &mut (impl Session + ?Sized), draft: &HouseDraft) -> Result<Known, AppError> {
    let area = session.reference().areas().await?.iter().any(|area| area.id.get() == draft.area_id);
    let known = session.reference().facilities().await?;
    let is_known = |id: &i64| known.iter().any(|facility| facility.id.get() == *id);
    Ok(Known { area, facilities: draft.facilities.iter().all(is_known) })
}

/// Refuses a draft that refers to something that does not exist.
///
/// # Errors
/// [`ListingError::UnknownArea`], [`ListingError::UnknownFacility`].
pub(super) async fn demand_known(session: &mut (impl Session + ?Sized), draft: &HouseDraft) -> Result<(), AppError> {
    let known = known(session, draft).await?;
    if !known.area {
        return Err(ListingError::UnknownArea.into());
    }
    if !known.facilities {
        return Err(ListingError::UnknownFacility.into());
    }
    Ok(())
}
