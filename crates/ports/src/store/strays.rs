//! Pictures on their way into or out of the object store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::PictureKey;

use crate::StoreError;

/// Pictures that may lie in the object store without a row that shows them. A picture is noted
/// before it is stored and forgotten in the unit of work that writes its row, so that whatever
/// happens between the two leaves something to sweep by.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait StrayRepo: Send {
    /// Notes a picture; one that is noted already is noted anew, from this instant.
    async fn note(&mut self, picture: &PictureKey, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Forgets a picture, noted or not.
    async fn forget(&mut self, picture: &PictureKey) -> Result<(), StoreError>;

    /// Forgets a picture that was noted before an instant; `false` when it was not, because
    /// somebody has stored it anew meanwhile, for example.
    async fn claim(&mut self, picture: &PictureKey, before: DateTime<Utc>) -> Result<bool, StoreError>;

    /// The pictures that were noted before an instant, oldest first, at most so many.
    async fn noted_before(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<PictureKey>, StoreError>;

    /// Whether a house or a person shows the picture.
    async fn is_shown(&mut self, picture: &PictureKey) -> Result<bool, StoreError>;
}
