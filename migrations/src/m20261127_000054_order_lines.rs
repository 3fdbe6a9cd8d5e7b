//! Lines of the price of orders that have more than one; `orders` itself has room for one, and says how many there are.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Orders {
    Table,
    LineCount,
}

#[derive(DeriveIden, Clone, Copy)]
enum OrderLines {
    Table,
    OrderId,
    /// Counted up for each order, from 1 on.
    Number,
    /// 0 days, 1 discount, 2 cleaning, 3 extra guests.
    Kind,
    FirstDay,
    LastDay,
    Quantity,
    UnitPrice,
}

/// May be repeated: an average price is that of one line. MySQL computes the columns from left to right.
const AVERAGE: &str = "UPDATE orders SET price = (amount - amount % days) / days, amount = amount - amount % days \
     WHERE line_count > 1";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use OrderLines::{FirstDay, Kind, LastDay, Number, OrderId, Quantity, UnitPrice};
        if !manager.has_column("orders", "line_count").await? {
            let count = ColumnDef::new(Orders::LineCount).integer().not_null().default(1).take();
            manager.alter_table(Table::alter().table(Orders::Table).add_column(count).take()).await?;
        }
        if manager.has_table("order_lines").await? {
            return Ok(());
        }
        let order = (Alias::new("orders"), Alias::new("id"));
        let mut of_order = reference("order_lines_order", (OrderLines::Table, OrderId), order);
        of_order.on_delete(ForeignKeyAction::Cascade);
        let table = Table::create()
            .table(OrderLines::Table)
            .col(ColumnDef::new(OrderId).big_integer().not_null())
            .col(ColumnDef::new(Number).integer().not_null())
            .col(ColumnDef::new(Kind).small_integer().not_null())
            .col(ColumnDef::new(FirstDay).date().not_null())
            .col(ColumnDef::new(LastDay).date().not_null())
            .col(ColumnDef::new(Quantity).integer().not_null())
            .col(ColumnDef::new(UnitPrice).big_integer().not_null())
            .primary_key(Index::create().col(OrderId).col(Number))
            .foreign_key(&mut of_order)
            .take();
        create(manager, clustered(manager, table), vec![]).await
    }

    /// The version before reads orders of one line only: one of several is made one of an average price of a day, in
    /// whole 分, and its total is the sum of these.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(OrderLines::Table).if_exists().take()).await?;
        if manager.has_column("orders", "line_count").await? {
            manager.get_connection().execute_unprepared(AVERAGE).await?;
            let drop = Table::alter().table(Orders::Table).drop_column(Orders::LineCount).take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
