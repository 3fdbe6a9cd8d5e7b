//! Reference data: areas and facilities with fixed ids.

use async_trait::async_trait;
use minsu_domain::{AreaId, FacilityId};

use crate::StoreError;

/// A district of the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its fixed id.
    pub id: AreaId,
    /// Its name.
    pub name: String,
}

/// Something that a house may offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// Its fixed id.
    pub id: FacilityId,
    /// Its name.
    pub name: String,
}

/// Reference data in the store.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait ReferenceRepo: Send {
    /// All areas by id.
    async fn areas(&mut self) -> Result<Vec<Area>, StoreError>;

    /// All facilities by id.
    async fn facilities(&mut self) -> Result<Vec<Facility>, StoreError>;
}
