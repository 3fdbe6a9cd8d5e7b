//! What of a cache in memory outlives its process.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{clustered, create, index, instant};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum CacheEntries {
    Table,
    EntryKey,
    /// A value, or
    Value,
    /// a counter.
    Counter,
    Ends,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use CacheEntries::{Counter, Ends, EntryKey, Value};
        let mut value = ColumnDef::new(Value);
        match manager.get_database_backend() {
            DbBackend::MySql => value.custom("mediumblob"),
            _ => value.blob(),
        };
        let table = Table::create()
            .table(CacheEntries::Table)
            .col(ColumnDef::new(EntryKey).string_len(160).not_null().primary_key())
            .col(value.take())
            .col(ColumnDef::new(Counter).big_integer())
            .col(instant(manager, Ends).not_null())
            .take();
        let by_end = index("cache_entries_ends", CacheEntries::Table, [Ends]);
        create(manager, clustered(manager, table), vec![by_end]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(CacheEntries::Table).take()).await
    }
}
