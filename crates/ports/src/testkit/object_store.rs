//! The contract of [`crate::ObjectStore`]. Every function takes a store; they may share one.

use std::{collections::VecDeque, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use minsu_domain::PictureKey;

use crate::{ListedObject, ObjectError, ObjectListing, ObjectStore};

/// A listing of these pages, for mocks.
#[derive(Debug)]
pub struct ListedPages(VecDeque<Vec<ListedObject>>);

impl ListedPages {
    /// Pages in their order.
    pub fn of(pages: impl IntoIterator<Item = Vec<ListedObject>>) -> Self {
        Self(pages.into_iter().collect())
    }
}

#[async_trait]
impl ObjectListing for ListedPages {
    async fn next(&mut self, _: u32) -> Result<Vec<ListedObject>, ObjectError> {
        Ok(self.0.pop_front().unwrap_or_default())
    }
}

/// A key under `contract/`.
fn key(name: &str) -> PictureKey {
    match PictureKey::new(&format!("contract/{name}")) {
        Ok(key) => key,
        Err(error) => panic!("{name}: {error}"),
    }
}

async fn put(store: &dyn ObjectStore, key: &PictureKey, bytes: &Bytes) {
    if let Err(error) = store.put(key, bytes.clone()).await {
        panic!("put {}: {error:?}", key.as_str());
    }
}

async fn get(store: &dyn ObjectStore, key: &PictureKey) -> Option<Bytes> {
    match store.get(key).await {
        Ok(found) => found,
        Err(error) => panic!("get {}: {error:?}", key.as_str()),
    }
}

async fn delete(store: &dyn ObjectStore, key: &PictureKey) {
    if let Err(error) = store.delete(key).await {
        panic!("delete {}: {error:?}", key.as_str());
    }
}

/// Reads a picture piece by piece.
async fn read(store: &dyn ObjectStore, key: &PictureKey) -> Option<(u64, Vec<u8>)> {
    let opened = store.open(key).await;
    let mut reader = match opened {
        Ok(found) => found?,
        Err(error) => panic!("open {}: {error:?}", key.as_str()),
    };
    let mut bytes = Vec::new();
    loop {
        match reader.next().await {
            Ok(Some(more)) => bytes.extend_from_slice(&more),
            Ok(None) => return Some((reader.length(), bytes)),
            Err(error) => panic!("read {}: {error:?}", key.as_str()),
        }
    }
}

/// Every byte value, line ends and multipart boundaries included, comes back as it was put.
pub async fn gives_back_what_was_put(store: &dyn ObjectStore) {
    let key = key("ab/bytes-0_1.jpg");
    let mut picture: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    picture.extend_from_slice(b"\r\n--boundary--\r\n\0");
    let picture = Bytes::from(picture);
    put(store, &key, &picture).await;
    assert_eq!(read(store, &key).await, Some((picture.len() as u64, picture.to_vec())));
    assert_eq!(get(store, &key).await, Some(picture));
    delete(store, &key).await;
    assert!(read(store, &key).await.is_none());
}

/// A key that nothing was put under has no object; neither has the folder of another key.
pub async fn knows_what_is_not_there(store: &dyn ObjectStore) {
    let there = key("folder/there.jpg");
    put(store, &there, &Bytes::from_static(b"there")).await;
    for absent in ["folder/absent.jpg", "no-folder/absent.jpg", "folder", "folder/there.jpg/below.jpg"] {
        assert_eq!(get(store, &key(absent)).await, None, "{absent}");
    }
    delete(store, &there).await;
}

/// A deleted object is gone and can be put again; deleting a missing one succeeds, and leaves
/// its neighbours alone.
pub async fn deletes_one_object_and_no_other(store: &dyn ObjectStore) {
    let large = key("pair/picture.jpg");
    let small = large.small();
    put(store, &large, &Bytes::from_static(b"large")).await;
    put(store, &small, &Bytes::from_static(b"small")).await;
    for _ in 0..2 {
        delete(store, &large).await;
        assert_eq!(get(store, &large).await, None);
    }
    delete(store, &key("pair")).await;
    delete(store, &key("nowhere/at-all.jpg")).await;
    assert_eq!(get(store, &small).await, Some(Bytes::from_static(b"small")));
    put(store, &large, &Bytes::from_static(b"large")).await;
    assert_eq!(get(store, &large).await, Some(Bytes::from_static(b"large")));
    delete(store, &large).await;
    delete(store, &small).await;
}

/// The same picture under its key again is no error.
pub async fn storing_the_same_twice_is_fine(store: &dyn ObjectStore) {
    let key = key("twice.jpg");
    let picture = Bytes::from_static(b"the same picture");
    put(store, &key, &picture).await;
    put(store, &key, &picture).await;
    assert_eq!(get(store, &key).await, Some(picture));
    delete(store, &key).await;
}

/// While many put the same picture, readers see no object or the whole one.
pub async fn readers_never_see_a_part(store: &dyn ObjectStore) {
    let key = key("race/large.jpg");
    let picture = Bytes::from(vec![0xA5; 500_000]);
    let calls = (0..24).map(|turn| {
        let (key, picture) = (&key, &picture);
        async move {
            if turn % 2 == 0 {
                put(store, key, picture).await;
            } else if let Some(found) = get(store, key).await {
                assert!(found == *picture, "a reader saw {} of {} bytes", found.len(), picture.len());
            }
        }
    });
    join_all(calls).await;
    assert_eq!(get(store, &key).await.map(|found| found == picture), Some(true));
    delete(store, &key).await;
}

/// A listing has every object below its folder once, with the time at which it was stored, in pages of at most as many
/// as were asked for, and nothing outside the folder. `now` is the store's time.
pub async fn lists_what_is_below_a_folder(store: &dyn ObjectStore, now: DateTime<Utc>) {
    let below = ["list/a.jpg", "list/a-small.jpg", "list/b/c.jpg", "list/b/d/e.jpg", "list/z.jpg"].map(key);
    let outside = ["list.jpg", "list-other/a.jpg", "listing/a.jpg", "a/list/a.jpg"].map(key);
    for key in below.iter().chain(&outside) {
        put(store, key, &Bytes::from_static(b"listed")).await;
    }
    for limit in [1, 2, 5, crate::LISTED_AT_ONCE] {
        let mut found = listed(store, &key("list"), limit).await;
        assert!(
            found.iter().all(|object| (object.modified_at - now).abs().to_std().is_ok_and(|off| off < NEAR)),
            "{found:?}"
        );
        found.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
        let mut expected = below.clone().to_vec();
        expected.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        assert_eq!(found.into_iter().map(|object| object.key).collect::<Vec<_>>(), expected, "{limit} at a time");
    }
    for key in below.iter().chain(&outside) {
        delete(store, key).await;
    }
    for folder in ["list", "never"] {
        assert_eq!(listed(store, &key(folder), 10).await, [], "{folder}");
    }
}

/// How far the clocks of two machines may be apart.
const NEAR: Duration = Duration::from_secs(60);

async fn listed(store: &dyn ObjectStore, folder: &PictureKey, limit: u32) -> Vec<ListedObject> {
    let (mut listing, mut found) = (store.list(folder), Vec::new());
    loop {
        match listing.next(limit).await {
            Ok(page) if page.is_empty() => break,
            Ok(page) => {
                assert!(page.len() <= limit as usize, "{} objects instead of {limit}", page.len());
                found.extend(page);
            }
            Err(error) => panic!("list {}: {error:?}", folder.as_str()),
        }
    }
    assert!(listing.next(limit).await.is_ok_and(|page| page.is_empty()), "a listing goes on behind its end");
    found
}

/// The longest key there is works like any other.
pub async fn takes_the_longest_key(store: &dyn ObjectStore) {
    let folder = "contract/";
    let key = key(&format!("{}.jpg", "k".repeat(PictureKey::MAX_BYTES - folder.len() - 4)));
    assert_eq!(key.as_str().len(), PictureKey::MAX_BYTES);
    let picture = Bytes::from_static(b"far down");
    put(store, &key, &picture).await;
    assert_eq!(get(store, &key).await, Some(picture));
    delete(store, &key).await;
}

/// A picture's address is the base, one slash and the key; the base was given with or without a
/// slash at its end.
pub fn addresses_end_in_the_key(store: &dyn ObjectStore) {
    let (one, other) = (store.public_url(&key("a/1.jpg")), store.public_url(&key("a/2.jpg")));
    assert!(one.ends_with("/contract/a/1.jpg"), "{one}");
    assert!(!one.ends_with("//contract/a/1.jpg"), "{one}");
    assert_ne!(one, other);
}

/// Every call on this store (it must be one that cannot work) is an error
/// that keeps its cause; no call panics or succeeds.
pub async fn a_broken_store_says_so(store: &dyn ObjectStore) {
    let key = key("broken.jpg");
    let errors = [
        store.put(&key, Bytes::from_static(b"lost")).await.err(),
        store.get(&key).await.err(),
        store.delete(&key).await.err(),
        store.list(&key).next(1).await.err(),
    ];
    for (call, error) in ["put", "get", "delete", "list"].into_iter().zip(errors) {
        let Some(error) = error else { panic!("{call} succeeded on a broken store") };
        assert!(std::error::Error::source(&error).is_some(), "{call}: no cause in {error:?}");
    }
}
