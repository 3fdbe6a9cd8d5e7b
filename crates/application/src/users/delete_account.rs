//! Leaving the site.

use minsu_domain::{UserId, UserName};
use minsu_ports::Scope;

use super::password_check;
use crate::{App, AppError, changes::announce, sessions, strays, unit::in_unit};

/// Erases who the person is: mobile, name, password, portrait, real-name data, and what their
/// houses say and show. The houses can be neither found nor booked any more. Orders and comments
/// stay for those on the other side, under a name that is nobody's. All sessions end.
///
/// # Errors
/// [`AppError::PasswordWrong`], [`AppError::TooOften`], [`AppError::OrdersOpen`] while an order of
/// the person, as guest or as landlord, is not over, [`AppError::Busy`].
pub async fn delete_account(app: &App, viewer: UserId, password: &str) -> Result<(), AppError> {
    password_check::demand(app, viewer, password).await?;
    let (now, today) = (app.clock.now(), app.today());
    let name = UserName::of_nobody(app.random());
    let erased = in_unit(app, async |unit| {
        let user = unit.users().find(viewer).await?.ok_or(AppError::UserNotFound)?;
        // Before anything is looked at: it waits for orders and houses that are on their way, and those
        // that come later find nobody.
        if !unit.users().erase(viewer, &name).await? {
            return Err(AppError::UserNotFound);
        }
        if unit.orders().count_open(viewer, today).await? > 0 {
            return Err(AppError::OrdersOpen);
        }
        let houses = unit.houses().withdraw_all(viewer, now).await?;
        let mut pictures: Vec<_> = houses.iter().flat_map(|house| &house.pictures).cloned().collect();
        pictures.extend(user.avatar);
        for picture in &pictures {
            unit.strays().note(picture, now).await?;
        }
        Ok((houses, pictures))
    })
    .await;
    let houses = erased.as_ref().map(|(houses, _)| houses.as_slice()).unwrap_or_default();
    let mut scopes = vec![Scope::Offers, Scope::People];
    scopes.extend(houses.iter().map(|house| Scope::House(house.id)));
    announce(app, &erased, &scopes).await;
    let (_, pictures) = erased?;
    tracing::info!(user = %viewer, "account deleted");
    sessions::end_others(app, viewer, None).await?;
    for picture in &pictures {
        strays::discard(app, picture).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, counting, sample_user, user};
    use minsu_domain::{HouseId, PictureKey};
    use minsu_ports::{
        Credentials, PasswordHash, Verdict, WithdrawnHouse,
        testkit::{MockObjectStore, MockPageCache, MockPasswordHasher, MockStore, MockUnitOfWork},
    };

    /// What came of it, and how many commits and removed objects.
    async fn deleted(right: bool, open: u64) -> (Result<(), AppError>, usize, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_count_open().returning(move |_, _| Ok(open));
        unit.users.expect_find().returning(|_| {
            Ok(Some(minsu_ports::User { avatar: Some(PictureKey::new("avatars/1/a.jpg").unwrap()), ..sample_user(1) }))
        });
        unit.houses.expect_withdraw_all().returning(|_, _| {
            let pictures = vec![PictureKey::new("houses/7/a.jpg").unwrap()];
            Ok(vec![WithdrawnHouse { id: HouseId::new(7).unwrap(), pictures }])
        });
        unit.users.expect_erase().withf(|_, name| name.as_str().starts_with("已注销用户")).returning(|_, _| Ok(true));
        unit.strays.expect_note().returning(|_, _| Ok(()));
        let commits = unit.commits.clone();
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session
                .users
                .expect_credentials_of()
                .returning(|user| Ok(Some(Credentials { user, password_hash: PasswordHash("stored".into()) })));
            session.strays.expect_is_shown().returning(|_| Ok(false));
            Ok(Box::new(session))
        });
        let mut units = vec![unit];
        store.expect_begin().returning(move || {
            Ok(Box::new(units.pop().unwrap_or_else(|| {
                let mut unit = MockUnitOfWork::default();
                unit.strays.expect_forget().returning(|_| Ok(()));
                unit
            })))
        });
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify().returning(move |_, _| Ok(if right { Verdict::Right } else { Verdict::Wrong }));
        let mut cache = counting(1);
        cache.expect_get().returning(|_| Ok(None));
        cache.expect_delete().returning(|_| Ok(true));
        let removed = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = removed.clone();
        let mut objects = MockObjectStore::new();
        objects.expect_delete().returning(move |_| {
            counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok(())
        });
        let mut pages = MockPageCache::new();
        pages.expect_changed().returning(|_| ());
        let app = TestApp::default().cache(cache).store(store).passwords(hasher).objects(objects).pages(pages).build();
        let result = delete_account(&app, user(1), "123456789").await;
        (result, commits.count(), removed.load(std::sync::atomic::Ordering::SeqCst))
    }

    #[tokio::test]
    async fn only_the_password_and_no_open_order_erase() {
        assert!(matches!(deleted(true, 0).await, (Ok(()), 1, 4)));
        assert!(matches!(deleted(true, 1).await, (Err(AppError::OrdersOpen), 0, 0)));
        assert!(matches!(deleted(false, 0).await, (Err(AppError::PasswordWrong), 0, 0)));
    }
}
