//! An index by which the users with a portrait are found without a full scan.

use sea_orm_migration::prelude::*;

use crate::table::{add_index, index};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Users {
    Table,
    Avatar,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_index(manager, "users", "users_avatar", index("users_avatar", Users::Table, [Users::Avatar])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("users_avatar").table(Users::Table).to_owned()).await
    }
}
