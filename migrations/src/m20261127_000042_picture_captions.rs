//! Pictures of houses get captions and places, which their landlord chooses. A picture without a chosen place, as all of
//! before and those that a process of the version before adds, is behind the others, by its id.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum HousePictures {
    Table,
    Caption,
    Place,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let caption = ColumnDef::new(HousePictures::Caption).string_len(200).take();
        let place = ColumnDef::new(HousePictures::Place).integer().not_null().default(i32::MAX).take();
        for (name, column) in [("caption", caption), ("place", place)] {
            if !manager.has_column("house_pictures", name).await? {
                manager.alter_table(Table::alter().table(HousePictures::Table).add_column(column).take()).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in [("place", HousePictures::Place), ("caption", HousePictures::Caption)] {
            if manager.has_column("house_pictures", name).await? {
                manager.alter_table(Table::alter().table(HousePictures::Table).drop_column(column).take()).await?;
            }
        }
        Ok(())
    }
}
