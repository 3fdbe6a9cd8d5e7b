//! Pictures of houses; their ids keep the order of their upload.

use sea_orm_migration::prelude::*;

use crate::table::{counted_id, create, index, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum HousePictures {
    Table,
    Id,
    HouseId,
    Picture,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HousePictures::{HouseId, Id, Picture};
        let table = Table::create()
            .table(HousePictures::Table)
            .col(counted_id(Id))
            .col(ColumnDef::new(HouseId).big_integer().not_null())
            .col(ColumnDef::new(Picture).string_len(100).not_null())
            .foreign_key(&mut reference(
                "house_pictures_house_fk",
                (HousePictures::Table, HouseId),
                (Alias::new("houses"), Alias::new("id")),
            ))
            .take();
        create(manager, table, vec![index("house_pictures_house", HousePictures::Table, [HouseId, Id])]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HousePictures::Table).take()).await
    }
}
