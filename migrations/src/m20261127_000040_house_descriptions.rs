//! What a landlord says about a house in several lines. A table of its own, because lists and searches read whole rows
//! of houses and never show it; a house without a description has no row here.

use sea_orm_migration::prelude::*;

use crate::table::{create, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum HouseDescriptions {
    Table,
    HouseId,
    Description,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HouseDescriptions::{Description, HouseId};
        let house = (Alias::new("houses"), Alias::new("id"));
        let mut owner = reference("house_descriptions_house", (HouseDescriptions::Table, HouseId), house);
        owner.on_delete(ForeignKeyAction::Cascade);
        let table = Table::create()
            .table(HouseDescriptions::Table)
            .col(ColumnDef::new(HouseId).big_integer().not_null().primary_key())
            .col(ColumnDef::new(Description).text().not_null())
            .foreign_key(&mut owner)
            .take();
        create(manager, table, vec![]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HouseDescriptions::Table).take()).await
    }
}
