//! Publishing a house.

use minsu_domain::{HouseDraft, HouseId, HouseOffer, UserId};
use minsu_ports::{NewHouse, Scope, Session};

use crate::{App, AppError, changes::announce, unit::in_unit};

/// Publishes a house for a landlord with a verified real name.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::IdentityNotVerified`], [`AppError::UnknownArea`],
/// [`AppError::UnknownFacility`], [`AppError::UserNotFound`] when the account is gone but the session
/// is not.
pub async fn publish(app: &App, viewer: UserId, draft: HouseDraft) -> Result<HouseId, AppError> {
    let offer = HouseOffer::try_from(draft)?;
    let house = NewHouse { landlord: viewer, offer, created_at: app.clock.now() };
    let published = in_unit(app, async |unit| {
        if !unit.users().hold(&[viewer]).await? {
            return Err(AppError::UserNotFound);
        }
        if unit.users().identity(viewer).await?.is_none() {
            return Err(AppError::IdentityNotVerified);
        }
        check_reference(unit, &house.offer).await?;
        Ok(unit.houses().insert(&house).await?)
    })
    .await;
    announce(app, &published, &[Scope::Offers]).await;
    published
}

async fn check_reference(session: &mut (impl Session + ?Sized), offer: &HouseOffer) -> Result<(), AppError> {
    if !session.reference().areas().await?.iter().any(|area| area.id == offer.area) {
        return Err(AppError::UnknownArea);
    }
    let known = session.reference().facilities().await?;
    if offer.facilities.iter().any(|id| !known.contains(id)) {
        return Err(AppError::UnknownFacility);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, draft, pages_changed, user};
    use minsu_domain::{AreaId, FacilityId};
    use minsu_ports::{
        Area, SealedIdentity,
        testkit::{MockPageCache, MockUnitOfWork},
    };

    async fn published(verified: bool, draft: HouseDraft, published: bool) -> (Result<HouseId, AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        let sealed = SealedIdentity { key_id: "k1".into(), sealed: vec![] };
        unit.users.expect_hold().times(1).returning(|_| Ok(true));
        unit.users.expect_identity().return_once(move |_| Ok(verified.then_some(sealed)));
        unit.reference
            .expect_areas()
            .returning(|| Ok(vec![Area { id: AreaId::new(1).unwrap(), name: "东城区".into() }]));
        unit.reference.expect_facilities().returning(|| Ok(vec![FacilityId::new(1).unwrap()]));
        unit.houses.expect_insert().returning(|_| Ok(HouseId::new(9).unwrap()));
        let commits = unit.commits.clone();
        let pages = if published { pages_changed(&[Scope::Offers]) } else { MockPageCache::new() };
        let app = TestApp::default().store(unit.begun_once()).pages(pages).build();
        (publish(&app, user(1), draft).await, commits.count())
    }

    #[tokio::test]
    async fn needs_a_real_name_a_known_area_and_known_facilities() {
        assert!(matches!(published(true, draft(), true).await, (Ok(_), 1)));
        assert!(matches!(published(false, draft(), false).await, (Err(AppError::IdentityNotVerified), 0)));
        let elsewhere = HouseDraft { area_id: 2, ..draft() };
        assert!(matches!(published(true, elsewhere, false).await, (Err(AppError::UnknownArea), 0)));
        let pool = HouseDraft { facilities: vec![1, 99], ..draft() };
        assert!(matches!(published(true, pool, false).await, (Err(AppError::UnknownFacility), 0)));
        let bare = HouseDraft { facilities: vec![], ..draft() };
        assert!(matches!(published(true, bare, true).await, (Ok(_), 1)));
    }

    #[tokio::test]
    async fn who_has_left_publishes_nothing() {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_hold().return_once(|_| Ok(false));
        unit.houses.expect_insert().never();
        let app = TestApp::default().store(unit.begun_once()).build();
        assert!(matches!(publish(&app, user(1), draft()).await, Err(AppError::UserNotFound)));
    }
}
