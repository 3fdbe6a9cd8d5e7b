//! Personal tokens: what programs of a person log in with.

use sea_orm_migration::prelude::*;

use crate::table::{counted_id, create, index, instant, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum PersonalTokens {
    Table,
    Id,
    UserId,
    Name,
    /// One bit for each scope.
    Scopes,
    /// SHA-256 of the token's text, in hexadecimal digits.
    Hash,
    CreatedAt,
    ExpiresAt,
    LastUsedAt,
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use PersonalTokens::{CreatedAt, ExpiresAt, Hash, Id, LastUsedAt, Name, Scopes, UserId};
        let mut owner = reference("personal_tokens_owner", (PersonalTokens::Table, UserId), (Users::Table, Users::Id));
        let table = Table::create()
            .table(PersonalTokens::Table)
            .col(counted_id(Id))
            .col(ColumnDef::new(UserId).big_integer().not_null())
            .col(ColumnDef::new(Name).string_len(64).not_null())
            .col(ColumnDef::new(Scopes).integer().not_null())
            .col(ColumnDef::new(Hash).string_len(64).not_null())
            .col(instant(manager, CreatedAt).not_null())
            .col(instant(manager, ExpiresAt))
            .col(instant(manager, LastUsedAt))
            .foreign_key(&mut owner)
            .take();
        let indexes = vec![
            index("personal_tokens_hash", PersonalTokens::Table, [Hash]).unique().take(),
            index("personal_tokens_user", PersonalTokens::Table, [UserId]),
        ];
        create(manager, table, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(PersonalTokens::Table).take()).await
    }
}
