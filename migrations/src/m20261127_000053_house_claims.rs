//! Claims: what keeps days from being booked beside orders. Several may cover a day; a row of `house_day` without an
//! order says that at least one does. The days that are closed already get one each.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum HouseClaims {
    Table,
    HouseId,
    Day,
    /// As in `house_day`: 1 a block, 2 a feed, 3 the preparation after an order.
    Source,
    /// The feed or the order; 0 for a block.
    OwnerId,
}

/// May be repeated. There were no feeds before: whatever closed a day, the landlord may open it.
const FILL: &str = "INSERT INTO house_claims (house_id, day, source, owner_id) SELECT house_id, day, 1, 0 FROM house_day \
     WHERE order_id IS NULL AND NOT EXISTS (SELECT 1 FROM house_claims c WHERE c.house_id = house_day.house_id \
     AND c.day = house_day.day)";

/// The preparation after an order is unknown to the version before.
const FORGET: &str = "DELETE FROM house_day WHERE source = 3";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HouseClaims::{Day, HouseId, OwnerId, Source};
        if !manager.has_table("house_claims").await? {
            let house = (Alias::new("houses"), Alias::new("id"));
            let mut owner = reference("house_claims_house", (HouseClaims::Table, HouseId), house);
            owner.on_delete(ForeignKeyAction::Cascade);
            let table = Table::create()
                .table(HouseClaims::Table)
                .col(ColumnDef::new(HouseId).big_integer().not_null())
                .col(ColumnDef::new(Day).date().not_null())
                .col(ColumnDef::new(Source).small_integer().not_null())
                .col(ColumnDef::new(OwnerId).big_integer().not_null())
                .primary_key(Index::create().col(HouseId).col(Day).col(Source).col(OwnerId))
                .foreign_key(&mut owner)
                .take();
            create(manager, clustered(manager, table), vec![]).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared("UPDATE house_day SET source = 1 WHERE source = 2").await?;
        db.execute_unprepared(FILL).await?;
        Ok(())
    }

    /// Days that are closed stay so.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(FORGET).await?;
        manager.drop_table(Table::drop().table(HouseClaims::Table).if_exists().take()).await
    }
}
