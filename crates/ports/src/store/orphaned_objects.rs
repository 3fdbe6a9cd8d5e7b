//! Orphaned objects: notes of pictures that may be in the object store without a row that shows them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::PictureKey;

use crate::StoreError;

/// The rows that show pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownBy {
    /// Houses.
    Houses,
    /// Users: portraits.
    Users,
}

impl ShownBy {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Houses, Self::Users];
}

/// Pictures that may be in the object store without a row that shows them. A picture is noted
/// before it is stored, and the note is deleted in the unit of work that writes its row: after a failure
/// between the two the note remains for the sweep.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait OrphanedObjectRepo: Send {
    /// Notes a picture; if it is noted already, the note gets this instant.
    async fn note(&mut self, picture: &PictureKey, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Deletes the note of a picture, if there is one.
    async fn forget(&mut self, picture: &PictureKey) -> Result<(), StoreError>;

    /// Deletes the note of a picture that was noted before an instant; `false` when there is none, for example
    /// because an upload has noted it again meanwhile.
    async fn claim(&mut self, picture: &PictureKey, before: DateTime<Utc>) -> Result<bool, StoreError>;

    /// The pictures that were noted before an instant, oldest first, at most so many.
    async fn noted_before(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<PictureKey>, StoreError>;

    /// Whether a house or a user shows the picture.
    async fn is_shown(&mut self, picture: &PictureKey) -> Result<bool, StoreError>;

    /// Those of these pictures that a house or a user shows, or that were noted at that instant or later; at most two
    /// thousand are asked for at a time.
    async fn wanted(
        &mut self,
        pictures: &[PictureKey],
        noted_since: DateTime<Utc>,
    ) -> Result<Vec<PictureKey>, StoreError>;

    /// The pictures that rows show, by the place of the row, behind the place `after`, at most `limit` of them.
    async fn shown(
        &mut self,
        by: ShownBy,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, PictureKey)>, StoreError>;
}
