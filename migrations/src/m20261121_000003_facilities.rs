//! Facilities of a house, with fixed ids.

use sea_orm_migration::prelude::*;

use crate::table::{create, fill};

/// By id, from 1; the published pages have the ids hard-coded.
const NAMES: [&str; 23] = [
    "无线网络",
    "热水淋浴",
    "空调",
    "暖气",
    "允许吸烟",
    "饮水设备",
    "牙具",
    "香皂",
    "拖鞋",
    "手纸",
    "毛巾",
    "沐浴露、洗发露",
    "冰箱",
    "洗衣机",
    "电梯",
    "允许做饭",
    "允许带宠物",
    "允许聚会",
    "门禁系统",
    "停车位",
    "有线网络",
    "电视",
    "浴缸",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Facilities {
    Table,
    Id,
    Name,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Facilities::Table)
            .col(ColumnDef::new(Facilities::Id).big_integer().not_null().primary_key())
            .col(ColumnDef::new(Facilities::Name).string_len(32).not_null())
            .take();
        create(manager, table, vec![]).await?;
        fill(manager, Facilities::Table, &NAMES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Facilities::Table).take()).await
    }
}
