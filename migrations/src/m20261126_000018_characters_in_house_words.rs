//! Houses are found by a single Chinese character too: one row for each that its title or address has,
//! in addition to those for pairs. The number of a character alone is below that of every pair.

use std::collections::BTreeSet;

use sea_orm_migration::prelude::*;

/// Houses read at once.
const HOUSES: u64 = 500;
/// Rows written at once; engines limit the values of a statement.
const ROWS: usize = 5_000;
/// Below every pair.
const CHARACTERS: i64 = 1 << 21;

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

#[derive(DeriveIden)]
enum WithdrawnHouses {
    Table,
    HouseId,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut last = 0;
        loop {
            let houses = manager.get_connection().query_all(&texts_behind(last)).await?;
            let mut rows: Vec<(i64, i64)> = Vec::new();
            for house in &houses {
                let (title, address): (String, String) = (house.try_get_by_index(1)?, house.try_get_by_index(2)?);
                last = house.try_get_by_index(0)?;
                rows.extend(characters([&title, &address]).into_iter().map(|character| (character, last)));
            }
            for rows in rows.chunks(ROWS) {
                manager.execute(insertion(rows)?).await?;
            }
            if houses.is_empty() {
                return Ok(());
            }
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let characters = Expr::col(HouseWords::Pair).lt(CHARACTERS);
        manager.execute(Query::delete().from_table(HouseWords::Table).and_where(characters).take()).await
    }
}

/// The next houses; withdrawn ones have no words.
fn texts_behind(last: i64) -> SelectStatement {
    let withdrawn = Query::select().column(WithdrawnHouses::HouseId).from(WithdrawnHouses::Table).take();
    Query::select()
        .columns([Houses::Id, Houses::Title, Houses::Address])
        .from(Houses::Table)
        .and_where(Expr::col(Houses::Id).gt(last))
        .and_where(Expr::col(Houses::Id).not_in_subquery(withdrawn))
        .order_by(Houses::Id, Order::Asc)
        .limit(HOUSES)
        .take()
}

fn insertion(rows: &[(i64, i64)]) -> Result<InsertStatement, DbErr> {
    let key = [HouseWords::Pair, HouseWords::HouseId];
    let mut insert = Query::insert().into_table(HouseWords::Table).columns(key).take();
    for (character, house) in rows {
        let values = [(*character).into(), (*house).into()];
        insert.values(values).map_err(|error| DbErr::Migration(error.to_string()))?;
    }
    insert.on_conflict(OnConflict::columns(key).do_nothing_on(key).to_owned());
    Ok(insert)
}

/// The Chinese characters of a house as they were counted when this migration was written.
fn characters(texts: [&str; 2]) -> BTreeSet<i64> {
    let is_han = |c: &char| {
        matches!(c, '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFD}')
    };
    texts.into_iter().flat_map(str::chars).filter(|c| is_han(c) && c.is_alphanumeric()).map(|c| c as i64).collect()
}
