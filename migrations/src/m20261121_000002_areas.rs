//! Districts of Beijing, with fixed ids.

use sea_orm_migration::prelude::*;

use crate::table::{create, fill};

/// By id, from 1; the published pages have the ids hard-coded.
const NAMES: [&str; 16] = [
    "东城区",
    "西城区",
    "朝阳区",
    "海淀区",
    "昌平区",
    "丰台区",
    "房山区",
    "通州区",
    "顺义区",
    "大兴区",
    "怀柔区",
    "平谷区",
    "密云区",
    "延庆区",
    "石景山区",
    "门头沟区",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Areas {
    Table,
    Id,
    Name,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Areas::Table)
            .col(ColumnDef::new(Areas::Id).big_integer().not_null().primary_key())
            .col(ColumnDef::new(Areas::Name).string_len(32).not_null())
            .take();
        create(manager, table, vec![]).await?;
        fill(manager, Areas::Table, &NAMES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Areas::Table).take()).await
    }
}
