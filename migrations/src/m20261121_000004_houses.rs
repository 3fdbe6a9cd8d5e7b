//! Houses.

use sea_orm_migration::prelude::*;

use crate::table::{counted_id, create, index, instant, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Houses {
    Table,
    Id,
    LandlordId,
    AreaId,
    Title,
    Price,
    Deposit,
    Address,
    RoomCount,
    Acreage,
    Unit,
    Capacity,
    Beds,
    MinDays,
    MaxDays,
    IndexPicture,
    OrderCount,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use Houses::{AreaId, CreatedAt, Id, LandlordId, OrderCount, Price};
        let text = |column, length| ColumnDef::new(column).string_len(length).not_null().take();
        let number = |column| ColumnDef::new(column).integer().not_null().take();
        let long = |column| ColumnDef::new(column).big_integer().not_null().take();
        let table = Table::create()
            .table(Houses::Table)
            .col(counted_id(Id))
            .col(long(LandlordId))
            .col(long(AreaId))
            .col(text(Houses::Title, 64))
            .col(long(Price))
            .col(long(Houses::Deposit))
            .col(text(Houses::Address, 512))
            .col(number(Houses::RoomCount))
            .col(number(Houses::Acreage))
            .col(text(Houses::Unit, 32))
            .col(number(Houses::Capacity))
            .col(text(Houses::Beds, 64))
            .col(number(Houses::MinDays))
            .col(number(Houses::MaxDays))
            .col(ColumnDef::new(Houses::IndexPicture).string_len(100))
            .col(number(OrderCount).default(0))
            .col(instant(manager, CreatedAt).not_null())
            .foreign_key(&mut reference(
                "houses_landlord_fk",
                (Houses::Table, LandlordId),
                (Alias::new("users"), Alias::new("id")),
            ))
            .foreign_key(&mut reference(
                "houses_area_fk",
                (Houses::Table, AreaId),
                (Alias::new("areas"), Alias::new("id")),
            ))
            .take();
        // One index for each order of the house list, with and without an area. Ties are broken by
        // the newest id in every order, so the two price orders do not mirror each other.
        let cheapest = |name: &str, area: Option<Houses>| {
            let mut index = index(name, Houses::Table, area);
            index.col(Price).col((Id, IndexOrder::Desc)).take()
        };
        let indexes = vec![
            index("houses_landlord", Houses::Table, [LandlordId, CreatedAt, Id]),
            index("houses_new", Houses::Table, [CreatedAt, Id]),
            index("houses_booking", Houses::Table, [OrderCount, Id]),
            cheapest("houses_price_inc", None),
            index("houses_price_des", Houses::Table, [Price, Id]),
            index("houses_area_new", Houses::Table, [AreaId, CreatedAt, Id]),
            index("houses_area_booking", Houses::Table, [AreaId, OrderCount, Id]),
            cheapest("houses_area_price_inc", Some(AreaId)),
            index("houses_area_price_des", Houses::Table, [AreaId, Price, Id]),
        ];
        create(manager, table, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Houses::Table).take()).await
    }
}
