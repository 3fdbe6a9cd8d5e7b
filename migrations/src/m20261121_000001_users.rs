//! Users.

use sea_orm_migration::prelude::*;

use crate::table::{counted_id, create, instant};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
    Mobile,
    Name,
    PasswordHash,
    Avatar,
    IdentityKeyId,
    IdentitySealed,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Users::Table)
            .col(counted_id(Users::Id))
            .col(ColumnDef::new(Users::Mobile).string_len(11).not_null())
            .col(ColumnDef::new(Users::Name).string_len(32).not_null())
            .col(ColumnDef::new(Users::PasswordHash).string_len(255).not_null())
            .col(ColumnDef::new(Users::Avatar).string_len(100))
            .col(ColumnDef::new(Users::IdentityKeyId).string_len(64))
            .col(ColumnDef::new(Users::IdentitySealed).blob())
            .col(instant(manager, Users::CreatedAt).not_null())
            .take();
        let unique = |name: &str, column| Index::create().name(name).table(Users::Table).col(column).unique().take();
        create(manager, table, vec![unique("users_mobile", Users::Mobile), unique("users_name", Users::Name)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Users::Table).take()).await
    }
}
