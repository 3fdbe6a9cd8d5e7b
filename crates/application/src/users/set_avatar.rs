//! Uploading a portrait.

use bytes::Bytes;
use minsu_domain::{Event, PictureKey, Principal};
use minsu_ports::{LockedAccount, Store, Work};

use super::profile_version::{self, ProfileVersion};
use crate::{
    AccountError, App, AppError, ClientAddress, digest::unique_picture_key, orphaned_objects, picture_upload,
    transaction::in_locked_transaction, turns,
};

/// Makes the upload the user's portrait and returns its key; the portrait before it is removed. Each upload has
/// a key of its own, so that removing one portrait cannot take the same picture, uploaded anew meanwhile.
///
/// # Errors
/// [`AppError::Picture`], [`AppError::Busy`], [`AccountError::NotFound`], [`AccountError::VersionStale`].
pub async fn set_avatar(
    app: &App,
    viewer: Principal,
    client: ClientAddress,
    upload: Bytes,
    expected: Option<ProfileVersion>,
) -> Result<PictureKey, AppError> {
    if let Some(expected) = expected {
        // A stale version costs no decoding; the transaction looks once more.
        let current = super::version(app, viewer, &super::profile(app, viewer).await?).await?;
        if current != expected {
            return Err(AccountError::VersionStale.into());
        }
    }
    let turn = turns::turn(app, Work::Pictures, &client.party_of(viewer.user)).await?;
    let jpeg = app.pictures.avatar(upload).await?;
    drop(turn);
    let folder = orphaned_objects::portraits_of(viewer.user)?;
    let key = unique_picture_key(format_args!("{}", folder.as_str()), &jpeg, app.random())?;
    let mut replaced = Vec::new();
    let objects = [(&key, jpeg)];
    picture_upload::store(app, &key, &objects, async || {
        replaced = write_row(app, viewer, &key, expected).await?;
        Ok(())
    })
    .await?;
    for before in &replaced {
        orphaned_objects::discard(app, before).await;
    }
    Ok(key)
}

/// Writes the portrait's row and notes the portrait before it, which is read under the lock: of simultaneous
/// uploads each notes another one.
async fn write_row(
    app: &App,
    viewer: Principal,
    key: &PictureKey,
    expected: Option<ProfileVersion>,
) -> Result<Vec<PictureKey>, AppError> {
    let now = app.clock.now();
    let begin =
        async |store: &dyn Store| Ok(LockedAccount::begin(store, viewer.user).await?.ok_or(AccountError::NotFound)?);
    in_locked_transaction(app, begin, async |transaction, account| {
        profile_version::demand(&mut **transaction, viewer.user, expected).await?;
        let before = transaction.users().set_avatar(account, key).await?;
        transaction.orphaned_objects().forget(key).await?;
        if let Some(before) = &before {
            transaction.orphaned_objects().note(before, now).await?;
        }
        transaction.record(Event::AccountAvatarChanged { user: viewer.user });
        Ok(before.into_iter().collect())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        PictureError,
        test_app::{TestApp, client, principal, user},
    };
    use minsu_ports::{
        ObjectError, StoreError,
        testkit::{EventLog, MockObjectStore, MockPictureProcessor, MockStore, MockUnitOfWork},
    };

    fn pictures() -> MockPictureProcessor {
        let mut pictures = MockPictureProcessor::new();
        pictures.expect_avatar().returning(|_| Ok(Bytes::from_static(b"portrait")));
        pictures
    }

    /// Reads as often as asked; begins the units of work in this order.
    fn store(units: Vec<MockUnitOfWork>) -> MockStore {
        let mut store = MockStore::new();
        let session = move || {
            let mut session = MockUnitOfWork::default();
            session.orphaned_objects.expect_is_shown().returning(|_| Ok(false));
            session
        };
        store.expect_read_own().returning(move || Ok(Box::new(session())));
        let mut units = units.into_iter();
        store.expect_begin().times(units.len()).returning(move || Ok(Box::new(units.next().unwrap())));
        store
    }

    fn noting() -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.orphaned_objects.expect_note().times(1).returning(|_, _| Ok(()));
        unit
    }

    fn forgetting() -> MockUnitOfWork {
        let mut unit = MockUnitOfWork::default();
        unit.orphaned_objects.expect_forget().times(1).returning(|_| Ok(()));
        unit
    }

    #[tokio::test]
    async fn the_old_portrait_goes_when_the_new_one_is_written() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(1).returning(|_, _| Ok(()));
        for gone in ["avatars/1/old-small.jpg", "avatars/1/old.jpg"] {
            objects.expect_delete().times(1).withf(move |key| key.as_str() == gone).returning(|_| Ok(()));
        }
        let mut writing = forgetting();
        writing.users.expect_lock().times(1).returning(|_| Ok(true));
        let before = PictureKey::new("avatars/1/old.jpg").unwrap();
        writing.users.expect_set_avatar().return_once(|_, _| Ok(Some(before)));
        writing
            .orphaned_objects
            .expect_note()
            .times(1)
            .withf(|key, _| key.as_str() == "avatars/1/old.jpg")
            .returning(|_, _| Ok(()));
        let store = store(vec![noting(), writing, forgetting()]);
        let log = EventLog::default();
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).subscriber(log.clone()).build();
        let key = set_avatar(&app, principal(1), client(), Bytes::new(), None).await.unwrap();
        assert!(key.as_str().starts_with("avatars/1/"));
        assert_eq!(log.committed(), [Event::AccountAvatarChanged { user: user(1) }]);
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_written_takes_the_object_with_it() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().times(1).returning(|_, _| Ok(()));
        objects.expect_delete().times(2).withf(|key| key.as_str().starts_with("avatars/1/")).returning(|_| Ok(()));
        let mut writing = MockUnitOfWork::default();
        writing.users.expect_lock().returning(|_| Ok(true));
        writing.users.expect_set_avatar().return_once(|_, _| Err(StoreError::Unavailable("down".into())));
        let store = store(vec![noting(), writing, forgetting()]);
        let log = EventLog::default();
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).subscriber(log.clone()).build();
        assert!(matches!(
            set_avatar(&app, principal(1), client(), Bytes::new(), None).await,
            Err(AppError::StoreUnavailable(_))
        ));
        assert_eq!(log.entries(), []);
    }

    #[tokio::test]
    async fn a_failed_upload_writes_no_row() {
        let mut objects = MockObjectStore::new();
        objects.expect_put().returning(|_, _| Err(ObjectError::Failed("579".into())));
        objects.expect_delete().returning(|_| Ok(()));
        let store = store(vec![noting(), forgetting()]);
        let app = TestApp::default().pictures(pictures()).objects(objects).store(store).build();
        assert!(matches!(
            set_avatar(&app, principal(1), client(), Bytes::new(), None).await,
            Err(AppError::Picture(PictureError::NotStored(_)))
        ));
    }
}
