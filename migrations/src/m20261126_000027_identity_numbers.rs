//! Which accounts have which identity number, by a keyed digest of it. Accounts of before get a row when
//! `minsu rotate-keys` runs; until then their numbers count for no other account.

use sea_orm_migration::prelude::*;

use crate::table::{create, index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum IdentityNumbers {
    Table,
    UserId,
    KeyId,
    Digest,
    Place,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use IdentityNumbers::{Digest, KeyId, Place, Table as Name, UserId};
        let table = Table::create()
            .table(Name)
            .col(ColumnDef::new(UserId).big_integer().not_null().primary_key())
            .col(ColumnDef::new(KeyId).string_len(32).not_null())
            .col(ColumnDef::new(Digest).string_len(64).not_null())
            // Counted from 1 for each digest: that the index refuses a second one decides between simultaneous ones.
            .col(ColumnDef::new(Place).integer().not_null())
            .take();
        let place = index("identity_numbers_place", Name, [Digest, Place]).unique().take();
        create(manager, table, vec![place]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(IdentityNumbers::Table).to_owned()).await
    }
}
