//! Orphaned objects: pictures that may be in the object store without a row that shows them.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, index, instant};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Strays {
    Table,
    Picture,
    NotedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use Strays::{NotedAt, Picture};
        let table = Table::create()
            .table(Strays::Table)
            .col(ColumnDef::new(Picture).string_len(100).not_null().primary_key())
            .col(instant(manager, NotedAt).not_null())
            .take();
        create(manager, clustered(manager, table), vec![index("strays_noted", Strays::Table, [NotedAt])]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Strays::Table).take()).await
    }
}
