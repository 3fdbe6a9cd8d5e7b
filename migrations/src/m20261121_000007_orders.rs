//! Orders. The landlord is copied from the house, so that a landlord's list needs no join.

use sea_orm_migration::prelude::*;

use crate::table::{counted_id, create, index, instant, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Orders {
    Table,
    Id,
    HouseId,
    LandlordId,
    GuestId,
    StartDay,
    EndDay,
    Days,
    Price,
    Amount,
    Status,
    Comment,
    CommentedAt,
    RejectReason,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use Orders::{CommentedAt, CreatedAt, GuestId, HouseId, Id, LandlordId};
        let long = |column| ColumnDef::new(column).big_integer().not_null().take();
        let day = |column| ColumnDef::new(column).date().not_null().take();
        let table = Table::create()
            .table(Orders::Table)
            .col(counted_id(Id))
            .col(long(HouseId))
            .col(long(LandlordId))
            .col(long(GuestId))
            .col(day(Orders::StartDay))
            .col(day(Orders::EndDay))
            .col(ColumnDef::new(Orders::Days).integer().not_null())
            .col(long(Orders::Price))
            .col(long(Orders::Amount))
            .col(ColumnDef::new(Orders::Status).small_integer().not_null())
            .col(ColumnDef::new(Orders::Comment).string_len(1000))
            .col(instant(manager, CommentedAt))
            .col(ColumnDef::new(Orders::RejectReason).string_len(500))
            .col(instant(manager, CreatedAt).not_null())
            .foreign_key(&mut reference(
                "orders_house_fk",
                (Orders::Table, HouseId),
                (Alias::new("houses"), Alias::new("id")),
            ))
            .foreign_key(&mut reference(
                "orders_landlord_fk",
                (Orders::Table, LandlordId),
                (Alias::new("users"), Alias::new("id")),
            ))
            .foreign_key(&mut reference(
                "orders_guest_fk",
                (Orders::Table, GuestId),
                (Alias::new("users"), Alias::new("id")),
            ))
            .take();
        let indexes = vec![
            index("orders_guest", Orders::Table, [GuestId, CreatedAt, Id]),
            index("orders_landlord", Orders::Table, [LandlordId, CreatedAt, Id]),
            index("orders_comments", Orders::Table, [HouseId, CommentedAt, Id]),
        ];
        create(manager, table, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Orders::Table).take()).await
    }
}
