//! The deadline of a waiting order, and the cancellation policy that an order was placed under.
//!
//! The policy of an order of before is the moderate one; the next migration gives those that wait a deadline.

use sea_orm_migration::prelude::*;

use crate::table::instant;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Orders {
    Table,
    ExpiresAt,
    /// 0 flexible, 1 moderate, 2 strict.
    Cancellation,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("orders", "expires_at").await? {
            let column = instant(manager, Orders::ExpiresAt);
            manager.alter_table(Table::alter().table(Orders::Table).add_column(column).take()).await?;
        }
        if !manager.has_column("orders", "cancellation").await? {
            // The default is for processes of the version before.
            let column = ColumnDef::new(Orders::Cancellation).small_integer().not_null().default(1).take();
            manager.alter_table(Table::alter().table(Orders::Table).add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in [("cancellation", Orders::Cancellation), ("expires_at", Orders::ExpiresAt)] {
            if manager.has_column("orders", name).await? {
                manager.alter_table(Table::alter().table(Orders::Table).drop_column(column).take()).await?;
            }
        }
        Ok(())
    }
}
