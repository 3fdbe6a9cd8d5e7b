//! The probe: tries out whether a store works.

use bytes::Bytes;
use minsu_domain::PictureKey;
use minsu_ports::{ObjectError, ObjectStore};
use thiserror::Error;
use uuid::Uuid;

/// The step of a probe that failed.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The probe object could not be stored.
    #[error("a probe object could not be stored")]
    Put(#[source] ObjectError),
    /// It could not be read.
    #[error("the probe object could not be read back")]
    Get(#[source] ObjectError),
    /// Something else was read, or nothing: a wrong public address, for example.
    #[error("the probe object came back changed, or not at all")]
    Changed,
    /// It could not be deleted, and is still there.
    #[error("the probe object could not be deleted")]
    Delete(#[source] ObjectError),
}

/// Stores, reads and deletes an object under `probes/` with a random key of its own. It is deleted also
/// when it could not be read.
///
/// # Errors
/// [`ProbeError`], the first that occurred.
pub async fn probe(store: &dyn ObjectStore) -> Result<(), ProbeError> {
    let name = Uuid::new_v4().simple();
    // Digits and small letters under a fixed folder are always a key.
    let Ok(key) = PictureKey::new(&format!("probes/{name}.jpg")) else { return Err(ProbeError::Changed) };
    let content = Bytes::from(format!("probe {name}"));
    store.put(&key, content.clone()).await.map_err(ProbeError::Put)?;
    let read = store.get(&key).await;
    store.delete(&key).await.map_err(ProbeError::Delete)?;
    match read.map_err(ProbeError::Get)? {
        Some(read) if read == content => Ok(()),
        _ => Err(ProbeError::Changed),
    }
}

#[cfg(test)]
mod tests {
    use minsu_ports::testkit::MockObjectStore;

    use super::*;

    fn store(read: Option<&'static [u8]>) -> MockObjectStore {
        let mut store = MockObjectStore::new();
        store.expect_put().times(1).returning(|_, _| Ok(()));
        store.expect_get().times(1).returning(move |_| Ok(read.map(Bytes::from_static)));
        store
    }

    #[tokio::test]
    async fn a_wrong_object_is_told_and_the_probe_removed() {
        for read in [None, Some(b"the page of a portal".as_slice())] {
            let mut store = store(read);
            store.expect_delete().times(1).returning(|_| Ok(()));
            assert!(matches!(probe(&store).await, Err(ProbeError::Changed)));
        }
    }

    #[tokio::test]
    async fn a_store_that_does_not_delete_is_told() {
        let mut store = store(None);
        store.expect_delete().times(1).returning(|_| Err(ObjectError::Failed("denied".into())));
        assert!(matches!(probe(&store).await, Err(ProbeError::Delete(_))));
    }

    #[tokio::test]
    async fn every_probe_has_its_own_key() {
        let keys = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut store = MockObjectStore::new();
        let seen = std::sync::Arc::clone(&keys);
        store.expect_put().returning(move |key, _| {
            seen.lock().unwrap().push(key.clone());
            Err(ObjectError::Failed("full".into()))
        });
        for _ in 0..2 {
            assert!(matches!(probe(&store).await, Err(ProbeError::Put(_))));
        }
        let keys = keys.lock().unwrap();
        assert_ne!(keys[0], keys[1]);
    }
}
