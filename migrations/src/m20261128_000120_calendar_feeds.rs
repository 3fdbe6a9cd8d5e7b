//! Calendars of other sites: those that are read here with the days that they hold, their conflicts with orders, and
//! the links by which other sites read the calendars of this one.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, counted_id, create, index, instant, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum CalendarFeeds {
    Table,
    Id,
    HouseId,
    Name,
    /// The host of the URL, in clear.
    Host,
    KeyId,
    /// The URL, which is a secret.
    SealedUrl,
    StartOffset,
    EndOffset,
    AllClosures,
    Paused,
    /// Counts the changes of the landlord. A poll that began under another one writes nothing.
    Generation,
    Etag,
    LastModified,
    IsComplete,
    /// 0 none, 1 since `hold_since`, 2 waived.
    Hold,
    HoldSince,
    Error,
    /// Bad answers in a row.
    Failures,
    BusyEvents,
    FreeEvents,
    OwnEvents,
    /// When a poll ended, whatever it came to.
    FetchedAt,
    /// When the last good answer came.
    GoodAt,
    /// When the last answer with content came: a 304 has none.
    ContentAt,
    /// When the days changed.
    ChangedAt,
    NextPollAt,
    /// When the landlord last asked for a poll at once.
    AskedAt,
    Worker,
    LeaseEnds,
    CreatedAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum FeedDays {
    Table,
    FeedId,
    Day,
    /// 0 a closure, 1 a stay.
    Kind,
    MissingSince,
    /// Whether the channel has the day from this site.
    Derived,
    AloneSince,
    /// When the feed had the day first.
    AddedAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum FeedConflicts {
    Table,
    FeedId,
    OrderId,
    Day,
    OpenedAt,
}

#[derive(DeriveIden, Clone, Copy)]
enum CalendarExports {
    Table,
    Id,
    HouseId,
    /// The channel that the link was given to; NULL for any.
    FeedId,
    /// The host of that channel, where its feed was deleted.
    FormerHost,
    Name,
    /// SHA-256 of the secret of the link.
    Hash,
    /// SHA-256 of the days as they were last given away.
    Digest,
    /// When these days were first given away.
    ChangedAt,
    FetchedAt,
    CreatedAt,
}

/// The days that a link had when it was last fetched.
#[derive(DeriveIden, Clone, Copy)]
enum ExportDays {
    Table,
    ExportId,
    Day,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_table("calendar_feeds").await? {
            let indexes = vec![
                index("calendar_feeds_house", CalendarFeeds::Table, [CalendarFeeds::HouseId]),
                index("calendar_feeds_due", CalendarFeeds::Table, [CalendarFeeds::NextPollAt]),
            ];
            create(manager, feeds(manager), indexes).await?;
        }
        if !manager.has_table("feed_days").await? {
            create(manager, clustered(manager, days(manager)), vec![]).await?;
        }
        if !manager.has_table("feed_conflicts").await? {
            let of_order = index("feed_conflicts_of_order", FeedConflicts::Table, [FeedConflicts::OrderId]);
            create(manager, clustered(manager, conflicts(manager)), vec![of_order]).await?;
        }
        if !manager.has_table("calendar_exports").await? {
            let indexes = vec![
                index("calendar_exports_hash", CalendarExports::Table, [CalendarExports::Hash]).unique().take(),
                index("calendar_exports_house", CalendarExports::Table, [CalendarExports::HouseId]),
                index("calendar_exports_feed", CalendarExports::Table, [CalendarExports::FeedId]),
            ];
            create(manager, exports(manager), indexes).await?;
        }
        if !manager.has_table("export_days").await? {
            create(manager, clustered(manager, export_days()), vec![]).await?;
        }
        Ok(())
    }

    /// The version before knows days of feeds as closed days without an owner: they stay shut.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["export_days", "calendar_exports", "feed_conflicts", "feed_days", "calendar_feeds"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).if_exists().take()).await?;
        }
        Ok(())
    }
}

fn feeds(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use CalendarFeeds as F;
    let mut house =
        reference("calendar_feeds_of_house", (F::Table, F::HouseId), (Alias::new("houses"), Alias::new("id")));
    Table::create()
        .table(F::Table)
        .col(counted_id(F::Id))
        .col(ColumnDef::new(F::HouseId).big_integer().not_null())
        .col(ColumnDef::new(F::Name).string_len(64).not_null())
        .col(ColumnDef::new(F::Host).string_len(255).not_null())
        .col(ColumnDef::new(F::KeyId).string_len(32).not_null())
        .col(ColumnDef::new(F::SealedUrl).blob().not_null())
        .col(ColumnDef::new(F::StartOffset).small_integer().not_null())
        .col(ColumnDef::new(F::EndOffset).small_integer().not_null())
        .col(ColumnDef::new(F::AllClosures).boolean().not_null())
        .col(ColumnDef::new(F::Paused).boolean().not_null())
        .col(ColumnDef::new(F::Generation).integer().not_null())
        .col(ColumnDef::new(F::Etag).string_len(512))
        .col(ColumnDef::new(F::LastModified).string_len(64))
        .col(ColumnDef::new(F::IsComplete).boolean().not_null())
        .col(ColumnDef::new(F::Hold).small_integer().not_null())
        .col(instant(manager, F::HoldSince))
        .col(ColumnDef::new(F::Error).string_len(40))
        .col(ColumnDef::new(F::Failures).integer().not_null())
        .col(ColumnDef::new(F::BusyEvents).integer())
        .col(ColumnDef::new(F::FreeEvents).integer())
        .col(ColumnDef::new(F::OwnEvents).integer())
        .col(instant(manager, F::FetchedAt))
        .col(instant(manager, F::GoodAt))
        .col(instant(manager, F::ContentAt))
        .col(instant(manager, F::ChangedAt))
        .col(instant(manager, F::NextPollAt).not_null())
        .col(instant(manager, F::AskedAt))
        .col(ColumnDef::new(F::Worker).big_integer())
        .col(instant(manager, F::LeaseEnds))
        .col(instant(manager, F::CreatedAt).not_null())
        .foreign_key(house.on_delete(ForeignKeyAction::Cascade))
        .take()
}

fn days(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use FeedDays as D;
    let mut feed = reference("feed_days_of_feed", (D::Table, D::FeedId), (CalendarFeeds::Table, CalendarFeeds::Id));
    Table::create()
        .table(D::Table)
        .col(ColumnDef::new(D::FeedId).big_integer().not_null())
        .col(ColumnDef::new(D::Day).date().not_null())
        .col(ColumnDef::new(D::Kind).small_integer().not_null())
        .col(instant(manager, D::MissingSince))
        .col(ColumnDef::new(D::Derived).boolean().not_null())
        .col(instant(manager, D::AloneSince))
        .col(instant(manager, D::AddedAt).not_null())
        .primary_key(Index::create().col(D::FeedId).col(D::Day))
        .foreign_key(feed.on_delete(ForeignKeyAction::Cascade))
        .take()
}

fn conflicts(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use FeedConflicts as C;
    let mut feed = reference("feed_conflicts_feed", (C::Table, C::FeedId), (CalendarFeeds::Table, CalendarFeeds::Id));
    let mut order = reference("feed_conflicts_order", (C::Table, C::OrderId), (Alias::new("orders"), Alias::new("id")));
    Table::create()
        .table(C::Table)
        .col(ColumnDef::new(C::FeedId).big_integer().not_null())
        .col(ColumnDef::new(C::OrderId).big_integer().not_null())
        .col(ColumnDef::new(C::Day).date().not_null())
        .col(instant(manager, C::OpenedAt).not_null())
        .primary_key(Index::create().col(C::FeedId).col(C::OrderId).col(C::Day))
        .foreign_key(feed.on_delete(ForeignKeyAction::Cascade))
        .foreign_key(order.on_delete(ForeignKeyAction::Cascade))
        .take()
}

fn exports(manager: &SchemaManager<'_>) -> TableCreateStatement {
    use CalendarExports as E;
    let houses = (Alias::new("houses"), Alias::new("id"));
    let mut house = reference("calendar_exports_of_house", (E::Table, E::HouseId), houses);
    let mut feed =
        reference("calendar_exports_of_feed", (E::Table, E::FeedId), (CalendarFeeds::Table, CalendarFeeds::Id));
    Table::create()
        .table(E::Table)
        .col(counted_id(E::Id))
        .col(ColumnDef::new(E::HouseId).big_integer().not_null())
        .col(ColumnDef::new(E::FeedId).big_integer())
        .col(ColumnDef::new(E::FormerHost).string_len(255))
        .col(ColumnDef::new(E::Name).string_len(64).not_null())
        .col(ColumnDef::new(E::Hash).string_len(64).not_null())
        .col(ColumnDef::new(E::Digest).string_len(64))
        .col(instant(manager, E::ChangedAt))
        .col(instant(manager, E::FetchedAt))
        .col(instant(manager, E::CreatedAt).not_null())
        .foreign_key(house.on_delete(ForeignKeyAction::Cascade))
        .foreign_key(feed.on_delete(ForeignKeyAction::SetNull))
        .take()
}

fn export_days() -> TableCreateStatement {
    use ExportDays as D;
    let exports = (CalendarExports::Table, CalendarExports::Id);
    let mut export = reference("export_days_of_export", (D::Table, D::ExportId), exports);
    Table::create()
        .table(D::Table)
        .col(ColumnDef::new(D::ExportId).big_integer().not_null())
        .col(ColumnDef::new(D::Day).date().not_null())
        .primary_key(Index::create().col(D::ExportId).col(D::Day))
        .foreign_key(export.on_delete(ForeignKeyAction::Cascade))
        .take()
}
