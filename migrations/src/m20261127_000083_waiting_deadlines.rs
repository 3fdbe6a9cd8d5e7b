//! Orders that wait already get a day from the migration on: their landlords did not know of a deadline. Apart from the
//! columns, because those lock readers out.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{add_index, index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Orders {
    Table,
    Status,
    ExpiresAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated. 0 is a waiting order.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let in_a_day = match manager.get_database_backend() {
            DbBackend::Sqlite => "strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '+1 day')",
            DbBackend::MySql => "UTC_TIMESTAMP(6) + INTERVAL 1 DAY",
            _ => "CURRENT_TIMESTAMP + INTERVAL '1 day'",
        };
        let fill = format!("UPDATE orders SET expires_at = {in_a_day} WHERE status = 0 AND expires_at IS NULL");
        manager.get_connection().execute_unprepared(&fill).await?;
        let expiring = index("orders_expiring", Orders::Table, [Orders::Status, Orders::ExpiresAt]);
        add_index(manager, "orders", "orders_expiring", expiring).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_index("orders", "orders_expiring").await? {
            manager.drop_index(Index::drop().name("orders_expiring").table(Orders::Table).to_owned()).await?;
        }
        Ok(())
    }
}
