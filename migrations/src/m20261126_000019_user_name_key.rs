//! The unique form of a user name: the name without invisible characters, in its compatibility form, its
//! blanks counted once. The column is wide enough for 32 characters that become 18 each, with a mark
//! behind them, so that a later rule (look-alike letters) finds room.
//!
//! Where two existing names have the same key, the name that is its own key keeps it, otherwise the
//! older user; the others get a key that no name can have.

use std::collections::HashSet;

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use sea_orm_migration::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use crate::table::{add_index, index};

const INDEX: &str = "users_name_key";
/// Users read at once.
const PEOPLE: u64 = 1_000;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Users {
    Table,
    Id,
    Name,
    NameKey,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("users", "name_key").await? {
            // The default is no valid key: a build that does not know the column cannot add two users.
            let column = ColumnDef::new(Users::NameKey).string_len(640).not_null().default("").take();
            manager.alter_table(Table::alter().table(Users::Table).add_column(column).take()).await?;
        }
        // Nearly every name is its own key.
        let own = Query::update()
            .table(Users::Table)
            .value(Users::NameKey, Expr::col(Users::Name))
            .and_where(Expr::col(Users::NameKey).eq(""))
            .take();
        manager.execute(own).await?;
        rewrite_others(manager).await?;
        add_index(manager, "users", INDEX, index(INDEX, Users::Table, [Users::NameKey]).unique().take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(INDEX).table(Users::Table).to_owned()).await?;
        manager.alter_table(Table::alter().table(Users::Table).drop_column(Users::NameKey).take()).await
    }
}

/// Writes the keys of the names that are not their own; may be repeated.
async fn rewrite_others(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // Keys that this run gave: there is no index yet that would find them fast.
    let mut given = HashSet::new();
    let mut last = 0;
    loop {
        let page = Query::select()
            .columns([Users::Id, Users::Name])
            .from(Users::Table)
            .and_where(Expr::col(Users::Id).gt(last))
            .order_by(Users::Id, Order::Asc)
            .limit(PEOPLE)
            .take();
        let people = manager.get_connection().query_all(&page).await?;
        for person in &people {
            let name: String = person.try_get_by_index(1)?;
            last = person.try_get_by_index(0)?;
            let key = canonical(&name);
            if key != name {
                let free = !key.is_empty() && !given.contains(&key) && !is_name(manager, &key).await?;
                // No name holds a control character.
                let key = if free { key } else { format!("{key}\u{1f}{last}") };
                set_key(manager, last, &key).await?;
                given.insert(key);
            }
        }
        if people.is_empty() {
            return Ok(());
        }
    }
}

async fn is_name(manager: &SchemaManager<'_>, name: &str) -> Result<bool, DbErr> {
    let holder = Query::select().column(Users::Id).from(Users::Table).and_where(Expr::col(Users::Name).eq(name)).take();
    Ok(manager.get_connection().query_one(&holder).await?.is_some())
}

async fn set_key(manager: &SchemaManager<'_>, id: i64, key: &str) -> Result<(), DbErr> {
    let update =
        Query::update().table(Users::Table).value(Users::NameKey, key).and_where(Expr::col(Users::Id).eq(id)).take();
    manager.execute(update).await
}

/// The key of a name as it was when this migration was written. A later rule comes with a migration that
/// writes the keys anew.
fn canonical(name: &str) -> String {
    let invisible = |c: &char| *c == '\u{2800}' || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(*c);
    let seen: String = name.nfkc().filter(|c| !invisible(c)).nfkc().collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    words.join(" ")
}
