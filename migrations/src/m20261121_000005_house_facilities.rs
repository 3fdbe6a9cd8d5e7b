//! Which house has which facility.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, index, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum HouseFacilities {
    Table,
    HouseId,
    FacilityId,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HouseFacilities::{FacilityId, HouseId};
        let table = Table::create()
            .table(HouseFacilities::Table)
            .col(ColumnDef::new(HouseId).big_integer().not_null())
            .col(ColumnDef::new(FacilityId).big_integer().not_null())
            .primary_key(Index::create().col(HouseId).col(FacilityId))
            .foreign_key(&mut reference(
                "house_facilities_house_fk",
                (HouseFacilities::Table, HouseId),
                (Alias::new("houses"), Alias::new("id")),
            ))
            .foreign_key(&mut reference(
                "house_facilities_facility_fk",
                (HouseFacilities::Table, FacilityId),
                (Alias::new("facilities"), Alias::new("id")),
            ))
            .take();
        let by_facility = index("house_facilities_facility", HouseFacilities::Table, [FacilityId]);
        create(manager, clustered(manager, table), vec![by_facility]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HouseFacilities::Table).take()).await
    }
}
