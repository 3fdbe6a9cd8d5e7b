//! The source that occupies a day: an order, or a source without one (blocks of the landlord, feeds).

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{clustered, index, reference};

/// A day of an order names it; a day of another source names none.
const CHECK: &str = "(source = 0) = (order_id IS NOT NULL)";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum HouseDay {
    Table,
    HouseId,
    Day,
    OrderId,
    Source,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The default is for processes of the version before, which write days of orders only.
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild(manager, true).await,
            DbBackend::MySql if manager.has_column("house_day", "source").await? => Ok(()),
            DbBackend::MySql => {
                let alter = format!(
                    "ALTER TABLE house_day ADD COLUMN source smallint NOT NULL DEFAULT 0, \
                     MODIFY COLUMN order_id bigint NULL, ADD CONSTRAINT house_day_source CHECK ({CHECK})"
                );
                run(manager, &alter).await
            }
            _ => {
                let alter = format!(
                    "ALTER TABLE house_day ADD COLUMN source smallint NOT NULL DEFAULT 0, \
                     ALTER COLUMN order_id DROP NOT NULL, ADD CONSTRAINT house_day_source CHECK ({CHECK})"
                );
                run(manager, &alter).await
            }
        }
    }

    /// Days without an order are lost: the schema of the version before has no column for their source.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DELETE FROM house_day WHERE order_id IS NULL").await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => rebuild(manager, false).await,
            DbBackend::MySql if !manager.has_column("house_day", "source").await? => Ok(()),
            DbBackend::MySql => {
                let alter = "ALTER TABLE house_day DROP CONSTRAINT house_day_source, DROP COLUMN source, \
                             MODIFY COLUMN order_id bigint NOT NULL";
                run(manager, alter).await
            }
            _ => {
                let alter = "ALTER TABLE house_day DROP CONSTRAINT house_day_source, DROP COLUMN source, \
                             ALTER COLUMN order_id SET NOT NULL";
                run(manager, alter).await
            }
        }
    }
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(|_| ())
}

/// SQLite changes no column: the table is made anew, filled from the old one, and takes its name.
async fn rebuild(manager: &SchemaManager<'_>, with_source: bool) -> Result<(), DbErr> {
    use HouseDay::{Day, HouseId, OrderId, Source};
    let new = Alias::new("house_day_new");
    let mut order = ColumnDef::new(OrderId).big_integer().take();
    if !with_source {
        order.not_null();
    }
    let mut table = Table::create()
        .table(new.clone())
        .col(ColumnDef::new(HouseId).big_integer().not_null())
        .col(ColumnDef::new(Day).date().not_null())
        .col(order)
        .primary_key(Index::create().name("house_day_pkey").col(HouseId).col(Day))
        .foreign_key(&mut reference(
            "house_day_house_fk",
            (new.clone(), HouseId),
            (Alias::new("houses"), Alias::new("id")),
        ))
        .foreign_key(&mut reference(
            "house_day_order_fk",
            (new.clone(), OrderId),
            (Alias::new("orders"), Alias::new("id")),
        ))
        .take();
    if with_source {
        table.col(ColumnDef::new(Source).small_integer().not_null().default(0)).check(Expr::cust(CHECK));
    }
    manager.create_table(clustered(manager, table)).await?;
    let columns = "house_id, day, order_id";
    run(manager, &format!("INSERT INTO house_day_new ({columns}) SELECT {columns} FROM house_day")).await?;
    manager.drop_table(Table::drop().table(HouseDay::Table).take()).await?;
    manager.rename_table(Table::rename().table(new, HouseDay::Table).take()).await?;
    // The index went with the old table.
    manager.create_index(index("house_day_order", HouseDay::Table, [OrderId])).await
}
