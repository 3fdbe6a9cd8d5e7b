//! Objects: the bytes of pictures, under keys that the server chose.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use minsu_domain::PictureKey;
use thiserror::Error;

/// The error of an object store.
#[derive(Debug, Error)]
pub enum ObjectError {
    /// It refused, failed, or gave no answer in time.
    #[error("the object store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A stored picture that is read piece by piece, so that a slow client keeps a piece in memory and not the
/// picture.
#[async_trait]
pub trait ObjectReader: Send {
    /// The length of the picture in bytes.
    fn length(&self) -> u64;

    /// The next bytes; `None` after the last ones.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn next(&mut self) -> Result<Option<Bytes>, ObjectError>;
}

/// A picture that is in memory already.
#[derive(Debug)]
struct Whole {
    length: u64,
    bytes: Option<Bytes>,
}

#[async_trait]
impl ObjectReader for Whole {
    fn length(&self) -> u64 {
        self.length
    }

    async fn next(&mut self) -> Result<Option<Bytes>, ObjectError> {
        Ok(self.bytes.take().filter(|bytes| !bytes.is_empty()))
    }
}

/// The most objects of a page of a listing.
pub const LISTED_AT_ONCE: u32 = 1000;

/// A stored picture, as a listing tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: PictureKey,
    /// When it was stored last.
    pub modified_at: DateTime<Utc>,
}

/// The objects below a folder, read page by page.
#[async_trait]
pub trait ObjectListing: Send {
    /// At most `limit` further objects (1 to [`LISTED_AT_ONCE`]), in any order; none after the last. An object that is
    /// stored or removed meanwhile is in it or not. What has a name that is no key is passed over.
    ///
    /// # Errors
    /// [`ObjectError`]; then the listing has ended, without being complete.
    async fn next(&mut self, limit: u32) -> Result<Vec<ListedObject>, ObjectError>;
}

/// Stored pictures. All are JPEG: the picture pipeline re-encodes every upload.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Stores a picture. Keys are made from content, so storing one twice is fine.
    ///
    /// # Errors
    /// [`ObjectError`]; then there is no object under the key, or the whole one.
    async fn put(&self, key: &PictureKey, jpeg: Bytes) -> Result<(), ObjectError>;

    /// The bytes of a picture, if it is there.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn get(&self, key: &PictureKey) -> Result<Option<Bytes>, ObjectError>;

    /// A picture to be read piece by piece, if it is there. Stores that browsers ask themselves need not do better
    /// than this default, which holds the whole picture.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn open(&self, key: &PictureKey) -> Result<Option<Box<dyn ObjectReader>>, ObjectError> {
        let bytes = self.get(key).await?;
        Ok(bytes
            .map(|bytes| Box::new(Whole { length: bytes.len() as u64, bytes: Some(bytes) }) as Box<dyn ObjectReader>))
    }

    /// Removes a picture; one that is not there counts as removed.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn delete(&self, key: &PictureKey) -> Result<(), ObjectError>;

    /// The objects below a folder, those in the folders below it too.
    fn list(&self, folder: &PictureKey) -> Box<dyn ObjectListing>;

    /// The address at which clients get the picture.
    fn public_url(&self, key: &PictureKey) -> String;
}
