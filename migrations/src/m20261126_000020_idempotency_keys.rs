//! Idempotency keys of the native API: who works under a key, what came of it, and the answer.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{clustered, create, index, instant};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum IdempotencyKeys {
    Table,
    /// Digest of key and sender, in hexadecimal digits.
    Id,
    /// Digest of the request, in hexadecimal digits.
    Digest,
    UserId,
    Owner,
    LeaseEnds,
    ExpiresAt,
    Effect,
    Status,
    Body,
    ContentType,
    Location,
    Etag,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use IdempotencyKeys::{
            Body, ContentType, Digest, Effect, Etag, ExpiresAt, Id, LeaseEnds, Location, Owner, Status, UserId,
        };
        let mut body = ColumnDef::new(Body);
        match manager.get_database_backend() {
            DbBackend::MySql => body.custom("mediumblob"),
            _ => body.blob(),
        };
        // No foreign key: an answer may say that the person is gone.
        let table = Table::create()
            .table(IdempotencyKeys::Table)
            .col(ColumnDef::new(Id).string_len(64).not_null().primary_key())
            .col(ColumnDef::new(Digest).string_len(64).not_null())
            .col(ColumnDef::new(UserId).big_integer())
            .col(ColumnDef::new(Owner).string_len(32).not_null())
            .col(instant(manager, LeaseEnds).not_null())
            .col(instant(manager, ExpiresAt).not_null())
            .col(ColumnDef::new(Effect).big_integer())
            .col(ColumnDef::new(Status).small_integer())
            .col(body.take())
            .col(ColumnDef::new(ContentType).string_len(255))
            .col(ColumnDef::new(Location).string_len(1024))
            .col(ColumnDef::new(Etag).string_len(255))
            .take();
        let indexes = vec![
            index("idempotency_keys_expiry", IdempotencyKeys::Table, [ExpiresAt]),
            index("idempotency_keys_user", IdempotencyKeys::Table, [UserId]),
        ];
        create(manager, clustered(manager, table), indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(IdempotencyKeys::Table).take()).await
    }
}
