//! The object store and the database, compared both ways: objects that no row references are removed, rows whose
//! objects are missing are reported.
//!
//! Both directions work in batches, so that the number of pictures costs no memory. An upload notes its picture
//! before it stores it (see [`crate::orphaned_objects`]), so an object of an upload in progress is young and noted.

use std::{collections::HashSet, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};
use minsu_domain::PictureKey;
use minsu_ports::{LISTED_AT_ONCE, ListedObject, ShownBy};

use crate::{App, AppError, PictureError};

/// The folders that the site stores objects in; what lies elsewhere in a bucket is not the site's.
const FOLDERS: [&str; 3] = ["houses", "avatars", "probes"];

/// Rows that are read at a time.
const ROWS: u32 = 500;

/// Folders that are listed at the same time.
const AT_ONCE: usize = 8;

/// What happens to an object that no row references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreferenced {
    /// It is removed.
    Remove,
    /// It is told only.
    Keep,
}

/// What a walk through the object store found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Walked {
    /// All objects.
    pub objects: u64,
    /// Those that no row references and that are older than the grace period.
    pub unreferenced: u64,
}

/// Removes the objects that no row references, that no note of the grace period names, and that are older than it;
/// `tell` gets the key of each. A database that shows no picture at all removes nothing: it may be the wrong one.
///
/// # Errors
/// [`AppError::StoreUnavailable`], [`PictureError::NotStored`]; what was removed until then stays so.
pub async fn sweep_objects(
    app: &App,
    grace: Duration,
    unreferenced: Unreferenced,
    mut tell: impl FnMut(&PictureKey),
) -> Result<Walked, AppError> {
    let before = app.clock.now() - TimeDelta::from_std(grace).unwrap_or(TimeDelta::MAX);
    let mut walked = Walked::default();
    if !shows_any(app).await? {
        tracing::warn!("no row shows a picture, so no object is removed");
        return Ok(walked);
    }
    for folder in FOLDERS {
        let mut listing = app.objects.list(&PictureKey::new(folder)?);
        loop {
            let page = listing.next(LISTED_AT_ONCE).await.map_err(PictureError::NotStored)?;
            if page.is_empty() {
                break;
            }
            walked.objects += page.len() as u64;
            let old: Vec<_> = page.into_iter().filter(|object| object.modified_at < before).collect();
            for key in without_a_row(app, old, before).await? {
                tell(&key);
                walked.unreferenced += 1;
                if unreferenced == Unreferenced::Remove {
                    app.objects.delete(&key).await.map_err(PictureError::NotStored)?;
                }
            }
        }
    }
    Ok(walked)
}

async fn shows_any(app: &App) -> Result<bool, AppError> {
    let mut session = app.store.read_own().await?;
    for by in ShownBy::ALL {
        if !session.orphaned_objects().shown(by, None, 1).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Those of the objects whose picture no row shows and no note of `noted_since` or later names.
async fn without_a_row(
    app: &App,
    objects: Vec<ListedObject>,
    noted_since: DateTime<Utc>,
) -> Result<Vec<PictureKey>, AppError> {
    let keys: Vec<_> = objects.into_iter().map(|object| object.key).collect();
    let pictures = keys.iter().flat_map(|key| [Some(key.clone()), key.large()]).flatten().collect::<Vec<_>>();
    if pictures.is_empty() {
        return Ok(keys);
    }
    let wanted = app.store.read_own().await?.orphaned_objects().wanted(&pictures, noted_since).await?;
    let wanted: HashSet<_> = wanted.into_iter().collect();
    let is_wanted = |key: &PictureKey| wanted.contains(key) || key.large().is_some_and(|large| wanted.contains(&large));
    Ok(keys.into_iter().filter(|key| !is_wanted(key)).collect())
}

/// Finds the objects that rows reference and that are not in the object store; `tell` gets the key of each, and the
/// log too. Returns how many there are. Nothing is changed.
///
/// # Errors
/// [`AppError::StoreUnavailable`], [`PictureError::NotStored`].
pub async fn missing_objects(app: &App, mut tell: impl FnMut(&PictureKey)) -> Result<u64, AppError> {
    let mut total = 0;
    for by in ShownBy::ALL {
        let mut after = None;
        loop {
            let rows = app.store.read_own().await?.orphaned_objects().shown(by, after, ROWS).await?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(*last);
            for picture in missing_of(app, by, rows.into_iter().map(|(_, picture)| picture)).await? {
                total += 1;
                tracing::warn!(picture = picture.as_str(), "a row shows a picture that is not stored");
                tell(&picture);
            }
        }
    }
    Ok(total)
}

/// The objects of these pictures that are missing: their folders are listed, and what is not found is looked for
/// once more by its key, unless no row shows it any more.
async fn missing_of(
    app: &App,
    by: ShownBy,
    pictures: impl Iterator<Item = PictureKey>,
) -> Result<Vec<PictureKey>, AppError> {
    let mut folders: Vec<(PictureKey, HashSet<PictureKey>)> = Vec::new();
    for picture in pictures {
        let small = (by == ShownBy::Houses).then(|| picture.small());
        let Some(folder) = picture.folder() else { continue };
        if folders.last().is_none_or(|(last, _)| *last != folder) {
            folders.push((folder, HashSet::new()));
        }
        if let Some((_, expected)) = folders.last_mut() {
            expected.extend([Some(picture), small].into_iter().flatten());
        }
    }
    let missing = stream::iter(folders).map(|(folder, expected)| not_listed(app, folder, expected));
    let candidates: Vec<_> = missing.buffer_unordered(AT_ONCE).try_concat().await?;
    let mut missing = Vec::new();
    for key in candidates {
        let picture = key.large().filter(|_| by == ShownBy::Houses).unwrap_or_else(|| key.clone());
        let is_there = app.objects.get(&key).await.map_err(PictureError::NotStored)?.is_some();
        if !is_there && app.store.read_own().await?.orphaned_objects().is_shown(&picture).await? {
            missing.push(key);
        }
    }
    missing.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    Ok(missing)
}

/// Those of the expected objects that the listing of their folder does not have.
async fn not_listed(
    app: &App,
    folder: PictureKey,
    mut expected: HashSet<PictureKey>,
) -> Result<Vec<PictureKey>, AppError> {
    let mut listing = app.objects.list(&folder);
    while !expected.is_empty() {
        let page = listing.next(LISTED_AT_ONCE).await.map_err(PictureError::NotStored)?;
        if page.is_empty() {
            break;
        }
        for object in page {
            expected.remove(&object.key);
        }
    }
    Ok(expected.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use minsu_ports::testkit::{ListedPages, MockObjectStore, MockStore, MockUnitOfWork};

    use super::*;
    use crate::test_app::TestApp;

    const DAY: Duration = Duration::from_secs(86_400);

    fn key(text: &str) -> PictureKey {
        PictureKey::new(text).unwrap()
    }

    /// An object that was stored so many hours ago.
    fn object(text: &str, hours: i64) -> ListedObject {
        let now = TestApp::default().build().clock.now();
        ListedObject { key: key(text), modified_at: now - TimeDelta::hours(hours) }
    }

    /// A store whose houses and users show these pictures, and that has these notes of the last day.
    fn store(
        houses: &'static [&'static str],
        users: &'static [&'static str],
        noted: &'static [&'static str],
    ) -> MockStore {
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let mut session = MockUnitOfWork::default();
            session.orphaned_objects.expect_shown().returning(move |by, after, limit| {
                let rows = if by == ShownBy::Houses { houses } else { users };
                let rows = rows.iter().enumerate().map(|(place, picture)| (place as i64 + 1, key(picture)));
                Ok(rows.filter(|(id, _)| *id > after.unwrap_or(0)).take(limit as usize).collect())
            });
            let shown = move |picture: &PictureKey| houses.iter().chain(users).any(|shown| *shown == picture.as_str());
            session.orphaned_objects.expect_is_shown().returning(move |picture| Ok(shown(picture)));
            session.orphaned_objects.expect_wanted().returning(move |pictures, _| {
                let noted = |picture: &PictureKey| noted.contains(&picture.as_str());
                Ok(pictures.iter().filter(|picture| shown(picture) || noted(picture)).cloned().collect())
            });
            Ok(Box::new(session))
        });
        store
    }

    /// An object store with these objects, in pages of two, and the keys that are removed.
    fn objects(all: Vec<ListedObject>) -> (MockObjectStore, Arc<Mutex<Vec<String>>>) {
        let (mut objects, removed) = (MockObjectStore::new(), Arc::<Mutex<Vec<String>>>::default());
        let listed = all.clone();
        objects.expect_list().returning(move |folder| {
            let prefix = format!("{}/", folder.as_str());
            let found: Vec<_> = listed.iter().filter(|it| it.key.as_str().starts_with(&prefix)).cloned().collect();
            Box::new(ListedPages::of(found.chunks(2).map(<[_]>::to_vec).collect::<Vec<_>>()))
        });
        objects.expect_get().returning(move |key| {
            let found = all.iter().any(|object| object.key == *key);
            Ok(found.then(|| Bytes::from_static(b"a picture")))
        });
        let log = Arc::clone(&removed);
        objects.expect_delete().returning(move |key| {
            log.lock().unwrap().push(key.as_str().to_owned());
            Ok(())
        });
        (objects, removed)
    }

    fn some_objects() -> Vec<ListedObject> {
        vec![
            object("houses/1/shown.jpg", 99),
            object("houses/1/shown-small.jpg", 99),
            object("houses/1/lost.jpg", 25),
            object("houses/1/lost-small.jpg", 25),
            object("houses/1/young.jpg", 23),
            object("houses/2/noted.jpg", 99),
            object("houses/2/noted-small.jpg", 99),
            object("avatars/1/shown.jpg", 99),
            object("avatars/1/lost.jpg", 99),
            object("probes/lost.jpg", 99),
            object("backups/of-another-program.jpg", 99),
        ]
    }

    const LOST: [&str; 4] = ["houses/1/lost.jpg", "houses/1/lost-small.jpg", "avatars/1/lost.jpg", "probes/lost.jpg"];

    #[tokio::test]
    async fn old_objects_that_no_row_and_no_note_names_go_and_no_others() {
        for (unreferenced, expected) in [(Unreferenced::Remove, &LOST[..]), (Unreferenced::Keep, &[])] {
            let (objects, removed) = objects(some_objects());
            let store = store(&["houses/1/shown.jpg"], &["avatars/1/shown.jpg"], &["houses/2/noted.jpg"]);
            let app = TestApp::default().store(store).objects(objects).build();
            let mut told = Vec::new();
            let walked =
                sweep_objects(&app, DAY, unreferenced, |key| told.push(key.as_str().to_owned())).await.unwrap();
            assert_eq!(walked, Walked { objects: 10, unreferenced: 4 });
            assert_eq!(told, LOST);
            assert_eq!(*removed.lock().unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn a_database_without_any_picture_removes_nothing() {
        let (objects, removed) = objects(some_objects());
        let app = TestApp::default().store(store(&[], &[], &[])).objects(objects).build();
        let walked = sweep_objects(&app, DAY, Unreferenced::Remove, |_| {}).await.unwrap();
        assert_eq!((walked, removed.lock().unwrap().len()), (Walked::default(), 0));
    }

    #[tokio::test]
    async fn both_sizes_of_a_house_and_one_of_a_portrait_must_be_there() {
        let (objects, removed) = objects(some_objects());
        let houses = &["houses/1/shown.jpg", "houses/1/young.jpg", "houses/1/gone.jpg", "houses/3/gone.jpg"];
        let store = store(houses, &["avatars/1/shown.jpg", "avatars/2/gone.jpg"], &[]);
        let app = TestApp::default().store(store).objects(objects).build();
        let mut told = Vec::new();
        let missing = missing_objects(&app, |key| told.push(key.as_str().to_owned())).await.unwrap();
        let expected = [
            "houses/1/gone-small.jpg",
            "houses/1/gone.jpg",
            "houses/1/young-small.jpg",
            "houses/3/gone-small.jpg",
            "houses/3/gone.jpg",
            "avatars/2/gone.jpg",
        ];
        assert_eq!((missing, told), (6, expected.map(str::to_owned).into()));
        assert!(removed.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_is_replaced_meanwhile_is_not_missing() {
        let (objects, _) = objects(Vec::new());
        let mut store = MockStore::new();
        store.expect_read_own().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.orphaned_objects.expect_shown().returning(|by, after, _| {
                let has_row = by == ShownBy::Users && after.is_none();
                Ok(has_row.then(|| (1, key("avatars/1/old.jpg"))).into_iter().collect())
            });
            session.orphaned_objects.expect_is_shown().times(0..=1).returning(|_| Ok(false));
            Ok(Box::new(session))
        });
        let app = TestApp::default().store(store).objects(objects).build();
        assert_eq!(missing_objects(&app, |_| {}).await.unwrap(), 0);
    }
}
