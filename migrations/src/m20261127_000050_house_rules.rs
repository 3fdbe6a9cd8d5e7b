//! The rules of houses that have any, and whether a house has rules, seasons or dates at all: most have none, and a
//! booking or a search looks no further then.

use sea_orm_migration::prelude::*;

use crate::table::{create, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Houses {
    Table,
    HasRules,
}

#[derive(DeriveIden, Clone, Copy)]
enum HouseRules {
    Table,
    HouseId,
    ArrivalDays,
    DepartureDays,
    NoticeDays,
    WindowDays,
    PreparationDays,
    Instant,
    Cancellation,
    CleaningFee,
    GuestsIncluded,
    ExtraGuestFee,
    WeeklyDiscount,
    MonthlyDiscount,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("houses", "has_rules").await? {
            // The default is for processes of the version before.
            let flag = ColumnDef::new(Houses::HasRules).small_integer().not_null().default(0).take();
            manager.alter_table(Table::alter().table(Houses::Table).add_column(flag).take()).await?;
        }
        if manager.has_table("house_rules").await? { Ok(()) } else { create_rules(manager).await }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HouseRules::Table).if_exists().take()).await?;
        if manager.has_column("houses", "has_rules").await? {
            let drop = Table::alter().table(Houses::Table).drop_column(Houses::HasRules).take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

async fn create_rules(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use HouseRules::{
        ArrivalDays, Cancellation, CleaningFee, DepartureDays, ExtraGuestFee, GuestsIncluded, HouseId, Instant,
        MonthlyDiscount, NoticeDays, PreparationDays, WeeklyDiscount, WindowDays,
    };
    let house = (Alias::new("houses"), Alias::new("id"));
    let mut owner = reference("house_rules_house", (HouseRules::Table, HouseId), house);
    owner.on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create()
        .table(HouseRules::Table)
        .col(ColumnDef::new(HouseId).big_integer().not_null().primary_key())
        .foreign_key(&mut owner)
        .take();
    // Prices of weekdays, Monday's first.
    for number in 1..=7 {
        table.col(ColumnDef::new(Alias::new(format!("price_{number}"))).big_integer());
    }
    table
        .col(ColumnDef::new(ArrivalDays).small_integer().not_null())
        .col(ColumnDef::new(DepartureDays).small_integer().not_null())
        .col(ColumnDef::new(NoticeDays).integer().not_null())
        .col(ColumnDef::new(WindowDays).integer())
        .col(ColumnDef::new(PreparationDays).small_integer().not_null())
        .col(ColumnDef::new(Instant).small_integer().not_null())
        .col(ColumnDef::new(Cancellation).string_len(16).not_null())
        .col(ColumnDef::new(CleaningFee).big_integer().not_null())
        .col(ColumnDef::new(GuestsIncluded).integer().not_null())
        .col(ColumnDef::new(ExtraGuestFee).big_integer().not_null())
        .col(ColumnDef::new(WeeklyDiscount).integer().not_null())
        .col(ColumnDef::new(MonthlyDiscount).integer().not_null());
    create(manager, table, vec![]).await
}
