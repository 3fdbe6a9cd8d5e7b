//! Preparing a listing.

use minsu_domain::{HouseDraft, HouseId, Invalid, Principal};

use super::add_listing::{Beginning, add_listing, known};
use crate::{App, AppError};

/// Makes a draft, which only its landlord sees. The real name is asked for when it is published. A draft counts for
/// the quotas as a house, on the day on which it is made.
///
/// # Errors
/// Those of `add_listing`.
pub async fn create_draft(app: &App, viewer: Principal, draft: HouseDraft) -> Result<HouseId, AppError> {
    add_listing(app, viewer, draft, Beginning::Draft).await
}

/// What is wrong with a field of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftFault {
    /// The value breaks a rule of the field, or the shortest stay is longer than the site's longest one.
    Invalid(Invalid),
    /// The district or one of the facilities does not exist.
    Unknown,
}

/// Every field of a draft at fault, each once, by its name in [`HouseDraft`]: everything for which [`create_draft`]
/// would refuse the draft itself.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn draft_faults(app: &App, draft: &HouseDraft) -> Result<Vec<(&'static str, DraftFault)>, AppError> {
    let mut faults: Vec<_> =
        draft.faults().into_iter().map(|(name, invalid)| (name, DraftFault::Invalid(invalid))).collect();
    let window = app.policy.booking.window(app.today());
    let too_long = draft.limits().ok().and_then(|limits| window.check_limits(limits).err());
    let known = known(app.store.read().await?.as_mut(), draft).await?;
    let more = [
        ("min_days", too_long.map(DraftFault::Invalid)),
        ("area_id", (!known.area).then_some(DraftFault::Unknown)),
        ("facilities", (!known.facilities).then_some(DraftFault::Unknown)),
    ];
    for (name, fault) in more {
        if !faults.iter().any(|(known, _)| *known == name) {
            faults.extend(fault.map(|fault| (name, fault)));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ListingError,
        test_app::{TestApp, draft, knowing_reference, principal, user},
    };
    use minsu_domain::{Event, Field, ListingEvent};
    use minsu_ports::{ListingUsage, testkit::EventLog};

    async fn drafted(draft: HouseDraft) -> (Result<HouseId, AppError>, Vec<Event>) {
        let mut unit = knowing_reference();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.usage.expect_listings().returning(|_, _| Ok(ListingUsage::default()));
        unit.own_listings.expect_insert_draft().returning(|_, _| Ok(HouseId::new(9).unwrap()));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        (create_draft(&app, principal(1), draft).await, log.committed())
    }

    #[tokio::test]
    async fn a_draft_needs_no_real_name_but_a_known_area() {
        let (made, events) = drafted(draft()).await;
        let expected = Event::ListingDrafted(ListingEvent { house: made.unwrap(), landlord: user(1) });
        assert_eq!(events, [expected]);
        let (refused, events) = drafted(HouseDraft { area_id: 2, ..draft() }).await;
        assert!(matches!(refused, Err(AppError::Listing(ListingError::UnknownArea))) && events.is_empty());
    }

    #[tokio::test]
    async fn every_fault_of_a_draft_is_told_and_none_of_a_good_one() {
        let faults = async |draft: HouseDraft| {
            draft_faults(&TestApp::default().store(knowing_reference().read_once()).build(), &draft).await.unwrap()
        };
        assert_eq!(faults(draft()).await, []);
        let invalid = |name, field| (name, DraftFault::Invalid(Invalid::range(field)));
        let wrong = HouseDraft { room_count: 0, area_id: 2, min_days: 181, facilities: vec![1, 2], ..draft() };
        let expected = [
            invalid("room_count", Field::RoomCount),
            invalid("min_days", Field::MinDays),
            ("area_id", DraftFault::Unknown),
            ("facilities", DraftFault::Unknown),
        ];
        assert_eq!(faults(wrong).await, expected);
        // Each field once.
        let wrong = HouseDraft { area_id: 0, min_days: 3651, facilities: vec![0], ..draft() };
        let expected = [
            invalid("area_id", Field::Id),
            invalid("facilities", Field::Facility),
            invalid("min_days", Field::MinDays),
        ];
        assert_eq!(faults(wrong).await, expected);
    }
}
