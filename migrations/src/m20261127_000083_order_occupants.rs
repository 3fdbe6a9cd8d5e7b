//! The people who stay under an order: names and identity numbers, sealed as one.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{create, index, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum OrderOccupants {
    Table,
    OrderId,
    /// The last occupied day of the stay, from which on they are kept for some days.
    LastDay,
    KeyId,
    Sealed,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use OrderOccupants::{KeyId, LastDay, OrderId, Sealed};
        if manager.has_table("order_occupants").await? {
            return Ok(());
        }
        let order = (Alias::new("orders"), Alias::new("id"));
        // Orders that are pruned take them along.
        let mut of_order = reference("order_occupants_order", (OrderOccupants::Table, OrderId), order);
        of_order.on_delete(ForeignKeyAction::Cascade);
        let table = Table::create()
            .table(OrderOccupants::Table)
            .col(ColumnDef::new(OrderId).big_integer().not_null().primary_key())
            .col(ColumnDef::new(LastDay).date().not_null())
            .col(ColumnDef::new(KeyId).string_len(32).not_null())
            .col(ColumnDef::new(Sealed).custom(sealed(manager)).not_null())
            .foreign_key(&mut of_order)
            .take();
        create(manager, table, vec![index("order_occupants_last_day", OrderOccupants::Table, [LastDay])]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(OrderOccupants::Table).if_exists().take()).await
    }
}

/// The type of sealed bytes: a thousand people take some 100 kB, more than a `blob` of MySQL holds.
fn sealed(manager: &SchemaManager<'_>) -> &'static str {
    match manager.get_database_backend() {
        DbBackend::MySql => "mediumblob",
        DbBackend::Postgres => "bytea",
        _ => "blob",
    }
}
