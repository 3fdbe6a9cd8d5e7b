//! The contract of [`crate::ObjectStore`]. Every function takes a store; they may share one.

use bytes::Bytes;
use futures_util::future::join_all;
use minsu_domain::PictureKey;

use crate::ObjectStore;

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

/// Every byte value, line ends and multipart boundaries included, comes back as it was put.
pub async fn gives_back_what_was_put(store: &dyn ObjectStore) {
    let key = key("ab/bytes-0_1.jpg");
    let mut picture: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    picture.extend_from_slice(b"\r\n--boundary--\r\n\0");
    let picture = Bytes::from(picture);
    put(store, &key, &picture).await;
    assert_eq!(get(store, &key).await, Some(picture));
    delete(store, &key).await;
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

/// What was deleted is gone and can be put again; deleting what is not there is fine, and leaves
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

/// Whatever goes wrong with this store (it must be one that cannot work), every call is an error
/// that keeps its cause; nothing panics and nothing succeeds.
pub async fn a_broken_store_says_so(store: &dyn ObjectStore) {
    let key = key("broken.jpg");
    let errors = [
        store.put(&key, Bytes::from_static(b"lost")).await.err(),
        store.get(&key).await.err(),
        store.delete(&key).await.err(),
    ];
    for (call, error) in ["put", "get", "delete"].into_iter().zip(errors) {
        let Some(error) = error else { panic!("{call} succeeded on a broken store") };
        assert!(std::error::Error::source(&error).is_some(), "{call}: no cause in {error:?}");
    }
}
