//! Events: those of transactions just committed (`outbox`), and those that have their place in the order of all events
//! (`events`), with the highest place so far (`event_head`).

use sea_orm_migration::prelude::*;

use crate::table::{clustered, counted_id, create, index, instant};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Outbox {
    Table,
    Id,
}

#[derive(DeriveIden, Clone, Copy)]
enum Events {
    Table,
    Position,
}

#[derive(DeriveIden, Clone, Copy)]
enum EventHead {
    Table,
    Id,
    Position,
}

/// What both tables have of an event.
#[derive(DeriveIden, Clone, Copy)]
enum Event {
    Kind,
    RecordedAt,
    UserId,
    HouseId,
    LandlordId,
    OrderId,
    GuestId,
    Entered,
}

fn with_event(manager: &SchemaManager, mut table: TableCreateStatement) -> TableCreateStatement {
    table.col(ColumnDef::new(Event::Kind).string_len(40).not_null());
    table.col(instant(manager, Event::RecordedAt).not_null());
    for id in [Event::UserId, Event::HouseId, Event::LandlordId, Event::OrderId, Event::GuestId] {
        table.col(ColumnDef::new(id).big_integer());
    }
    table.col(ColumnDef::new(Event::Entered).small_integer());
    table
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_table("outbox").await? {
            let table = Table::create().table(Outbox::Table).col(counted_id(Outbox::Id)).take();
            create(manager, with_event(manager, table), vec![]).await?;
        }
        if !manager.has_table("events").await? {
            let position = ColumnDef::new(Events::Position).big_integer().not_null().primary_key().take();
            let table = with_event(manager, Table::create().table(Events::Table).col(position).take());
            let parties = [("events_landlord", Event::LandlordId), ("events_guest", Event::GuestId)];
            let indexes = parties
                .map(|(name, party)| index(name, Events::Table, [party.into_iden(), Events::Position.into_iden()]));
            create(manager, clustered(manager, table), indexes.into()).await?;
        }
        if !manager.has_table("event_head").await? {
            let table = Table::create()
                .table(EventHead::Table)
                .col(ColumnDef::new(EventHead::Id).integer().not_null().primary_key())
                .col(ColumnDef::new(EventHead::Position).big_integer().not_null())
                .take();
            create(manager, clustered(manager, table), vec![]).await?;
        }
        let first = "INSERT INTO event_head (id, position) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM event_head)";
        manager.get_connection().execute_unprepared(first).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(EventHead::Table).if_exists().take()).await?;
        manager.drop_table(Table::drop().table(Events::Table).if_exists().take()).await?;
        manager.drop_table(Table::drop().table(Outbox::Table).if_exists().take()).await
    }
}
