//! The history of orders, one row for each change, and the version of an order, which is the number of its newest
//! row.
//!
//! An order of before gets one row with what is known of it: it entered its state when it was placed, by its guest;
//! one that was rejected, by its landlord and with the reason; one that was commented, when that was written.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, instant, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum OrderChanges {
    Table,
    OrderId,
    /// Counted up for each order, from 1 on.
    Number,
    ChangedAt,
    /// 0 guest, 1 landlord, 2 site, 3 clock.
    ChangedBy,
    FromStatus,
    ToStatus,
    Reason,
}

#[derive(DeriveIden)]
enum Orders {
    Table,
    Version,
}

/// May be repeated. 4 is a completed order, 6 a rejected one.
const FILL: &str = "INSERT INTO order_changes (order_id, number, changed_at, changed_by, from_status, to_status, reason) \
     SELECT id, 1, CASE WHEN status = 4 AND commented_at IS NOT NULL THEN commented_at ELSE created_at END, \
     CASE WHEN status = 6 THEN 1 ELSE 0 END, NULL, status, CASE WHEN status = 6 THEN reject_reason END FROM orders \
     WHERE NOT EXISTS (SELECT 1 FROM order_changes c WHERE c.order_id = orders.id)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use OrderChanges::{ChangedAt, ChangedBy, FromStatus, Number, OrderId, Reason, ToStatus};
        if !manager.has_table("order_changes").await? {
            let order = (Alias::new("orders"), Alias::new("id"));
            // Orders that are pruned take their history along, also those that a process of the version before prunes.
            let mut history = reference("order_changes_order", (OrderChanges::Table, OrderId), order);
            history.on_delete(ForeignKeyAction::Cascade);
            let table = Table::create()
                .table(OrderChanges::Table)
                .col(ColumnDef::new(OrderId).big_integer().not_null())
                .col(ColumnDef::new(Number).integer().not_null())
                .col(instant(manager, ChangedAt).not_null())
                .col(ColumnDef::new(ChangedBy).small_integer().not_null())
                .col(ColumnDef::new(FromStatus).small_integer())
                .col(ColumnDef::new(ToStatus).small_integer().not_null())
                .col(ColumnDef::new(Reason).string_len(500))
                .primary_key(Index::create().col(OrderId).col(Number))
                .foreign_key(&mut history)
                .take();
            create(manager, clustered(manager, table), vec![]).await?;
        }
        manager.get_connection().execute_unprepared(FILL).await?;
        // Behind the filling, because it locks readers of the orders out.
        if !manager.has_column("orders", "version").await? {
            let version = ColumnDef::new(Orders::Version).integer().not_null().default(1).take();
            manager.alter_table(Table::alter().table(Orders::Table).add_column(version).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(OrderChanges::Table).if_exists().take()).await?;
        if manager.has_column("orders", "version").await? {
            let drop = Table::alter().table(Orders::Table).drop_column(Orders::Version).take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
