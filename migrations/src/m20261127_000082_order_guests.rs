//! How many guests an order is for. Orders of before are for one.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Orders {
    Table,
    Guests,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("orders", "guests").await? {
            return Ok(());
        }
        // The default is for processes of the version before.
        let column = ColumnDef::new(Orders::Guests).integer().not_null().default(1).take();
        manager.alter_table(Table::alter().table(Orders::Table).add_column(column).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("orders", "guests").await? {
            return Ok(());
        }
        manager.alter_table(Table::alter().table(Orders::Table).drop_column(Orders::Guests).take()).await
    }
}
