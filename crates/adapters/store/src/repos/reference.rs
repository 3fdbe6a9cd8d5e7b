//! Areas and facilities.

use async_trait::async_trait;
use minsu_ports::{Area, Facility, ReferenceRepo, StoreError};
use sea_orm::{EntityTrait, QueryOrder};

use crate::{
    entity::{area, facility},
    errors::failed,
    repos::values::Table,
    session::SqlSession,
};

const AREAS: Table = Table("areas");
const FACILITIES: Table = Table("facilities");

#[async_trait]
impl ReferenceRepo for SqlSession {
    async fn areas(&mut self) -> Result<Vec<Area>, StoreError> {
        let rows = area::Entity::find().order_by_asc(area::Column::Id).all(&self.db).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok(Area { id: AREAS.area("id", row.id)?, name: row.name })).collect()
    }

    async fn facilities(&mut self) -> Result<Vec<Facility>, StoreError> {
        let rows = facility::Entity::find().order_by_asc(facility::Column::Id).all(&self.db).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok(Facility { id: FACILITIES.facility("id", row.id)?, name: row.name })).collect()
    }
}
