//! Objects: the bytes of pictures, under keys that the server chose.

use async_trait::async_trait;
use bytes::Bytes;
use minsu_domain::PictureKey;
use thiserror::Error;

/// The object store did not do what it was asked.
#[derive(Debug, Error)]
pub enum ObjectError {
    /// It refused, failed, or gave no answer in time.
    #[error("the object store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Stored pictures. All are JPEG: the picture pipeline re-encodes what comes in.
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

    /// Removes a picture; one that is not there counts as removed.
    ///
    /// # Errors
    /// [`ObjectError`].
    async fn delete(&self, key: &PictureKey) -> Result<(), ObjectError>;

    /// Where a browser gets the picture.
    fn public_url(&self, key: &PictureKey) -> String;
}
