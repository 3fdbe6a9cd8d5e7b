//! One row for each occupied day of a house: two orders cannot have the same one.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, index, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum HouseDay {
    Table,
    HouseId,
    Day,
    OrderId,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HouseDay::{Day, HouseId, OrderId};
        let table = Table::create()
            .table(HouseDay::Table)
            .col(ColumnDef::new(HouseId).big_integer().not_null())
            .col(ColumnDef::new(Day).date().not_null())
            .col(ColumnDef::new(OrderId).big_integer().not_null())
            .primary_key(Index::create().name("house_day_pkey").col(HouseId).col(Day))
            .foreign_key(&mut reference(
                "house_day_house_fk",
                (HouseDay::Table, HouseId),
                (Alias::new("houses"), Alias::new("id")),
            ))
            .foreign_key(&mut reference(
                "house_day_order_fk",
                (HouseDay::Table, OrderId),
                (Alias::new("orders"), Alias::new("id")),
            ))
            .take();
        // Rejecting an order frees its days by this index.
        let by_order = index("house_day_order", HouseDay::Table, [OrderId]);
        create(manager, clustered(manager, table), vec![by_order]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HouseDay::Table).take()).await
    }
}
