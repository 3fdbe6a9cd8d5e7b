//! Pictures of houses record how many bytes they take. Pictures that are there already count as 0, because only
//! the object store knows their sizes.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum HousePictures {
    Table,
    Bytes,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("house_pictures", "bytes").await? {
            return Ok(());
        }
        let bytes = ColumnDef::new(HousePictures::Bytes).big_integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table(HousePictures::Table).add_column(bytes).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table(HousePictures::Table).drop_column(HousePictures::Bytes).to_owned())
            .await
    }
}
