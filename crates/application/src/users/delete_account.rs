//! Deletes an account: erases personal data, withdraws its listings, ends its sessions.

use minsu_domain::{Event, ListingEvent, Principal, UserName};
use minsu_ports::{ErasedUser, Store};

use super::password_check;
use crate::{
    AccountError, App, AppError, orphaned_objects, sessions,
    transaction::{in_locked_transaction, in_transaction},
};

/// Erases the user's mobile, name, password, portrait and real-name data, the texts and pictures of their
/// houses, the people who stayed under their orders, and the answers of their idempotency keys. The houses can be neither found nor booked any more. Orders and
/// comments stay for the other party, under a random name. All sessions, personal tokens and webhooks
/// end.
///
/// # Errors
/// [`AccountError::WrongPassword`], [`AppError::TooOften`], [`AccountError::OrdersOpen`] while an order of
/// the person, as guest or as landlord, is neither final nor over, [`AppError::Busy`].
pub async fn delete_account(app: &App, viewer: Principal, password: &str) -> Result<(), AppError> {
    password_check::demand(app, viewer, password).await?;
    erase(app, viewer).await
}

/// As [`delete_account`], for a session that was confirmed by the password.
///
/// # Errors
/// [`crate::SessionError::ConfirmationNeeded`], [`AccountError::OrdersOpen`].
pub async fn delete_confirmed_account(app: &App, viewer: Principal) -> Result<(), AppError> {
    sessions::demand_confirmed(viewer)?;
    erase(app, viewer).await
}

async fn erase(app: &App, viewer: Principal) -> Result<(), AppError> {
    let (now, from) = (app.clock.now(), app.policy.booking.rule.end_of(app.today()));
    let name = UserName::of_deleted_account(app.random());
    // The erasure waits for transactions that write orders or houses of the user; later ones find no such user.
    let begin = async |store: &dyn Store| {
        Ok(ErasedUser::begin(store, viewer.user, &name).await?.ok_or(AccountError::NotFound)?)
    };
    let pictures = in_locked_transaction(app, begin, async |transaction, user| {
        let open = transaction.orders().open_of_user(user, from).await?;
        if !open.is_empty() {
            return Err(AccountError::OrdersOpen(open).into());
        }
        transaction.tokens().delete_all_of(viewer.user).await?;
        transaction.webhooks().delete_all_of(viewer.user).await?;
        transaction.messages().forget_all_of(viewer.user).await?;
        transaction.occupants().erase_of_guest(user).await?;
        let houses = transaction.houses().withdraw_all(user, now).await?;
        for house in &houses {
            transaction.record(Event::ListingWithdrawn(ListingEvent { house: house.id, landlord: viewer.user }));
        }
        transaction.record(Event::AccountDeleted { user: viewer.user });
        let mut pictures: Vec<_> = houses.iter().flat_map(|house| &house.pictures).cloned().collect();
        pictures.extend(user.before().avatar.clone());
        for picture in &pictures {
            transaction.orphaned_objects().note(picture, now).await?;
        }
        Ok(pictures)
    })
    .await?;
    tracing::info!(user = %viewer.user, "account deleted");
    sessions::end_others(app, viewer.user, None).await?;
    for picture in &pictures {
        orphaned_objects::discard(app, picture).await;
    }
    orphaned_objects::remove_portraits(app, viewer.user).await;
    // Behind the erasure, whose own key is one of them.
    in_transaction(&app.without_claim(), async |transaction| {
        Ok(transaction.idempotency().forget_all_of(viewer.user).await?)
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, counting, principal, sample_user, user};
    use chrono::DateTime;
    use minsu_domain::{HouseId, OrderId, PictureKey};
    use minsu_ports::{
        Credentials, ListedObject, PasswordHash, Verdict, WithdrawnHouse,
        testkit::{EventLog, ListedPages, MockObjectStore, MockPasswordHasher, MockStore, MockUnitOfWork},
    };

    fn listed(key: &str) -> ListedObject {
        ListedObject { key: PictureKey::new(key).unwrap(), modified_at: DateTime::UNIX_EPOCH }
    }

    /// The result, the committed events and the number of removed objects.
    async fn deleted(right: bool, open: &[i64]) -> (Result<(), AppError>, Vec<Event>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.users.expect_lock().returning(|_| Ok(true));
        unit.occupants.expect_erase_of_guest().returning(|_| Ok(1));
        let open: Vec<_> = open.iter().map(|id| OrderId::new(*id).unwrap()).collect();
        unit.orders.expect_open_of_user().returning(move |_, _| Ok(open.clone()));
        unit.tokens.expect_delete_all_of().withf(|owner| *owner == user(1)).returning(|_| Ok(1));
        unit.webhooks.expect_delete_all_of().withf(|owner| *owner == user(1)).returning(|_| Ok(1));
        unit.messages.expect_forget_all_of().withf(|owner| *owner == user(1)).returning(|_| Ok(1));
        unit.users.expect_find().returning(|_| {
            Ok(Some(minsu_ports::User { avatar: Some(PictureKey::new("avatars/1/a.jpg").unwrap()), ..sample_user(1) }))
        });
        unit.houses.expect_withdraw_all().returning(|_, _| {
            let pictures = vec![PictureKey::new("houses/7/a.jpg").unwrap()];
            Ok(vec![WithdrawnHouse { id: HouseId::new(7).unwrap(), pictures }])
        });
        unit.users.expect_erase().withf(|_, name| name.as_str().starts_with("已注销用户")).returning(|_, _| Ok(true));
        unit.orphaned_objects.expect_note().returning(|_, _| Ok(()));
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session
                .users
                .expect_credentials_of()
                .returning(|user| Ok(Some(Credentials { user, password_hash: PasswordHash("stored".into()) })));
            session.orphaned_objects.expect_is_shown().returning(|_| Ok(false));
            Ok(Box::new(session))
        });
        let mut units = vec![unit];
        store.expect_begin().returning(move || {
            Ok(Box::new(units.pop().unwrap_or_else(|| {
                let mut unit = MockUnitOfWork::default();
                unit.orphaned_objects.expect_forget().returning(|_| Ok(()));
                unit.idempotency.expect_forget_all_of().returning(|_| Ok(1));
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
        // One portrait that no row names, beside the one that was noted.
        objects
            .expect_list()
            .withf(|folder| folder.as_str() == "avatars/1")
            .returning(|_| Box::new(ListedPages::of([vec![listed("avatars/1/a.jpg"), listed("avatars/1/lost.jpg")]])));
        let log = EventLog::default();
        let app = TestApp::default().cache(cache).store(store).passwords(hasher).objects(objects);
        let app = app.subscriber(log.clone()).build();
        let result = delete_account(&app, principal(1), "123456789").await;
        (result, log.committed(), removed.load(std::sync::atomic::Ordering::SeqCst))
    }

    #[tokio::test]
    async fn only_the_password_and_no_open_order_erase() {
        let (done, events, removed) = deleted(true, &[]).await;
        assert!(done.is_ok());
        let withdrawn = ListingEvent { house: HouseId::new(7).unwrap(), landlord: user(1) };
        assert_eq!(events, [Event::ListingWithdrawn(withdrawn), Event::AccountDeleted { user: user(1) }]);
        assert_eq!(removed, 6);
        let (open, events, removed) = deleted(true, &[3, 5]).await;
        assert!(
            matches!(open, Err(AppError::Account(AccountError::OrdersOpen(orders))) if orders.len() == 2)
                && events.is_empty()
                && removed == 0
        );
        let (wrong, events, removed) = deleted(false, &[]).await;
        assert!(
            matches!(wrong, Err(AppError::Account(AccountError::WrongPassword))) && events.is_empty() && removed == 0
        );
    }
}
