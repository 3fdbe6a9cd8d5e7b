//! A house shows a picture once, also when it is uploaded twice at the same moment. The picture is the
//! first column of the index, so that the houses that show it are found without a full scan.

use sea_orm_migration::prelude::*;

use crate::table::{add_index, index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum HousePictures {
    Table,
    HouseId,
    Picture,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HousePictures::{HouseId, Picture, Table};
        let index = index("house_pictures_once", Table, [Picture, HouseId]).unique().take();
        add_index(manager, "house_pictures", "house_pictures_once", index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("house_pictures_once").table(HousePictures::Table).to_owned()).await
    }
}
