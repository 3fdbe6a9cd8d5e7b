//! Listings that are not published, and versions of listings. A listing without a row in
//! `withdrawn_houses` is published: searches ask that table already and become no slower.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum WithdrawnHouses {
    Table,
    /// 0 draft, 1 deleted.
    State,
}

#[derive(DeriveIden)]
enum Houses {
    Table,
    Version,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The defaults are for rows that are there, and for processes of the version before.
        if !manager.has_column("withdrawn_houses", "state").await? {
            let state = ColumnDef::new(WithdrawnHouses::State).small_integer().not_null().default(1).take();
            manager.alter_table(Table::alter().table(WithdrawnHouses::Table).add_column(state).take()).await?;
        }
        if !manager.has_column("houses", "version").await? {
            let version = ColumnDef::new(Houses::Version).integer().not_null().default(1).take();
            manager.alter_table(Table::alter().table(Houses::Table).add_column(version).take()).await?;
        }
        Ok(())
    }

    /// Drafts become withdrawn houses: the schema of before has no place for them.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("houses", "version").await? {
            manager.alter_table(Table::alter().table(Houses::Table).drop_column(Houses::Version).take()).await?;
        }
        if manager.has_column("withdrawn_houses", "state").await? {
            let drop = Table::alter().table(WithdrawnHouses::Table).drop_column(WithdrawnHouses::State).take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
