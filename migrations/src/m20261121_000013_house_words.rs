//! The words by which houses are found: one row for each pair of neighbouring letters or digits in a
//! title or an address.
//!
//! No table refers to these rows and they can be derived from the houses, so they have no foreign key: it
//! would be checked some thirty times for each house.

use std::collections::BTreeSet;

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create};

/// Houses read at once.
const HOUSES: u64 = 500;
/// Rows written at once; engines limit the values of a statement.
const ROWS: usize = 5_000;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum HouseWords {
    Table,
    Pair,
    HouseId,
}

#[derive(DeriveIden)]
enum Houses {
    Table,
    Id,
    Title,
    Address,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HouseWords::{HouseId, Pair};
        let table = Table::create()
            .table(HouseWords::Table)
            .col(ColumnDef::new(Pair).big_integer().not_null())
            .col(ColumnDef::new(HouseId).big_integer().not_null())
            .primary_key(Index::create().col(Pair).col(HouseId))
            .take();
        create(manager, clustered(manager, table), vec![]).await?;
        fill(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HouseWords::Table).take()).await
    }
}

/// Writes the words of the existing houses; may be repeated.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut last = 0;
    loop {
        let page = Query::select()
            .columns([Houses::Id, Houses::Title, Houses::Address])
            .from(Houses::Table)
            .and_where(Expr::col(Houses::Id).gt(last))
            .order_by(Houses::Id, Order::Asc)
            .limit(HOUSES)
            .take();
        let houses = manager.get_connection().query_all(&page).await?;
        let mut rows: Vec<(i64, i64)> = Vec::new();
        for house in &houses {
            let (title, address): (String, String) = (house.try_get_by_index(1)?, house.try_get_by_index(2)?);
            last = house.try_get_by_index(0)?;
            rows.extend(pairs([&title, &address]).into_iter().map(|pair| (pair, last)));
        }
        for rows in rows.chunks(ROWS) {
            let mut insert =
                Query::insert().into_table(HouseWords::Table).columns([HouseWords::Pair, HouseWords::HouseId]).take();
            for (pair, house) in rows {
                let values = [(*pair).into(), (*house).into()];
                insert.values(values).map_err(|error| DbErr::Migration(error.to_string()))?;
            }
            let key = [HouseWords::Pair, HouseWords::HouseId];
            insert.on_conflict(OnConflict::columns(key).do_nothing_on(key).to_owned());
            manager.execute(insert).await?;
        }
        if houses.is_empty() {
            return Ok(());
        }
    }
}

/// The pairs of a house as they were when this migration was written. A later rule comes with a
/// migration that writes them anew.
fn pairs(texts: [&str; 2]) -> BTreeSet<i64> {
    let mut pairs = BTreeSet::new();
    for text in texts {
        let mut before = None;
        for c in text.chars().flat_map(folded) {
            if !c.is_alphanumeric() {
                before = None;
            } else if let Some(first) = before.replace(c) {
                pairs.insert((first as i64) << 21 | c as i64);
            }
        }
    }
    pairs
}

fn folded(c: char) -> impl Iterator<Item = char> {
    let half_width = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        c => c,
    };
    half_width.to_lowercase()
}
