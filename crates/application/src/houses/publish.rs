//! Publishing a house.

use minsu_domain::{HouseDraft, HouseId, Principal};

use super::add_listing::{Beginning, add_listing};
use crate::{App, AppError};

/// Publishes a house for a landlord with a verified real name in one step, as the old dialects do: pictures
/// come afterwards.
///
/// # Errors
/// Those of `add_listing`.
pub async fn publish(app: &App, viewer: Principal, draft: HouseDraft) -> Result<HouseId, AppError> {
    add_listing(app, viewer, draft, Beginning::Published).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AccountError, ListingError,
        test_app::{TestApp, draft, principal, user},
    };
    use minsu_domain::{AreaId, Event, FacilityId, Field, Invalid, ListingEvent};
    use minsu_ports::{
        Area, Facility, ListingUsage, Outcome, SealedIdentity,
        testkit::{EventLog, MockUnitOfWork},
    };

    async fn published(verified: bool, draft: HouseDraft) -> (Result<HouseId, AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        let sealed = SealedIdentity { key_id: "k1".into(), sealed: vec![] };
        unit.users.expect_lock().times(1).returning(|_| Ok(true));
        unit.users.expect_identity().return_once(move |_| Ok(verified.then_some(sealed)));
        unit.reference
            .expect_areas()
            .returning(|| Ok(vec![Area { id: AreaId::new(1).unwrap(), name: "东城区".into() }]));
        unit.reference
            .expect_facilities()
            .returning(|| Ok(vec![Facility { id: FacilityId::new(1).unwrap(), name: "无线网络".into() }]));
        unit.usage.expect_listings().returning(|_, _| Ok(ListingUsage::default()));
        unit.houses.expect_insert().returning(|_, _| Ok(HouseId::new(9).unwrap()));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let result = publish(&app, principal(1), draft).await;
        let expected = Event::ListingPublished(ListingEvent { house: HouseId::new(9).unwrap(), landlord: user(1) });
        assert!(log.entries().iter().all(|entry| *entry == (expected, Outcome::Committed)));
        (result, log.entries().len())
    }

    #[tokio::test]
    async fn needs_a_real_name_a_known_area_and_known_facilities() {
        assert!(matches!(published(true, draft()).await, (Ok(_), 1)));
        assert!(matches!(
            published(false, draft()).await,
            (Err(AppError::Account(AccountError::IdentityNotVerified)), 0)
        ));
        let elsewhere = HouseDraft { area_id: 2, ..draft() };
        assert!(matches!(published(true, elsewhere).await, (Err(AppError::Listing(ListingError::UnknownArea)), 0)));
        let pool = HouseDraft { facilities: vec![1, 99], ..draft() };
        assert!(matches!(published(true, pool).await, (Err(AppError::Listing(ListingError::UnknownFacility)), 0)));
        let bare = HouseDraft { facilities: vec![], ..draft() };
        assert!(matches!(published(true, bare).await, (Ok(_), 1)));
    }

    #[tokio::test]
    async fn a_house_in_which_no_stay_can_be_booked_is_refused() {
        let app = TestApp::default().build();
        let endless = HouseDraft { min_days: 181, ..draft() };
        let refused = publish(&app, principal(1), endless).await;
        assert!(matches!(refused, Err(AppError::Invalid(Invalid { field: Field::MinDays, .. }))), "{refused:?}");
        let half_a_year = HouseDraft { min_days: 180, ..draft() };
        assert!(matches!(published(true, half_a_year).await, (Ok(_), 1)));
    }

    #[tokio::test]
    async fn who_has_left_publishes_nothing() {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().return_once(|_| Ok(false));
        unit.houses.expect_insert().never();
        let app = TestApp::default().store(unit.begun_once()).build();
        assert!(matches!(publish(&app, principal(1), draft()).await, Err(AppError::Account(AccountError::NotFound))));
    }
}
