//! What makes a user name unique, by a stricter rule: confusable characters count as one (the skeleton of UTS 39).
//!
//! Where two names of before come to the same key, the name that is its own key keeps it, otherwise the older
//! account; the others get a key that no name can have. All names stay as they are.

use std::collections::HashSet;

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use sea_orm_migration::{prelude::*, sea_orm};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

use crate::table::{add_index, index};

const INDEX: &str = "users_name_key";
/// Accounts read at once.
const ACCOUNTS: u64 = 1_000;

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
        // Keys pass from one account to another on the way.
        if manager.has_index("users", INDEX).await? {
            manager.drop_index(Index::drop().name(INDEX).table(Users::Table).to_owned()).await?;
        }
        let given = own_keys(manager).await?;
        rewrite(manager, given).await?;
        add_index(manager, "users", INDEX, index(INDEX, Users::Table, [Users::NameKey]).unique().take()).await
    }

    /// The keys of the rule before are those of fewer alike names: these stay unique.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

/// Id, name and key of the accounts behind an id, the oldest first.
async fn page(manager: &SchemaManager<'_>, last: i64) -> Result<Vec<(i64, String, String)>, DbErr> {
    let page = Query::select()
        .columns([Users::Id, Users::Name, Users::NameKey])
        .from(Users::Table)
        .and_where(Expr::col(Users::Id).gt(last))
        .order_by(Users::Id, Order::Asc)
        .limit(ACCOUNTS)
        .take();
    let rows = manager.get_connection().query_all(&page).await?;
    let account =
        |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?));
    rows.iter().map(account).collect()
}

/// The names that are their own keys.
async fn own_keys(manager: &SchemaManager<'_>) -> Result<HashSet<String>, DbErr> {
    let (mut keys, mut last) = (HashSet::new(), 0);
    loop {
        let accounts = page(manager, last).await?;
        let Some((id, ..)) = accounts.last() else { return Ok(keys) };
        last = *id;
        keys.extend(accounts.into_iter().map(|(_, name, _)| name).filter(|name| look(name) == *name));
    }
}

/// Writes the keys that change; `given` are those that are given already. May be repeated.
async fn rewrite(manager: &SchemaManager<'_>, mut given: HashSet<String>) -> Result<(), DbErr> {
    let mut last = 0;
    loop {
        let accounts = page(manager, last).await?;
        if accounts.is_empty() {
            return Ok(());
        }
        for (id, name, stored) in accounts {
            last = id;
            let key = look(&name);
            let is_free = key == name || (!key.is_empty() && given.insert(key.clone()));
            // No name holds a control character.
            let key = if is_free { key } else { format!("{key}\u{1f}{id}") };
            if key != stored {
                set_key(manager, id, &key).await?;
            }
        }
    }
}

async fn set_key(manager: &SchemaManager<'_>, id: i64, key: &str) -> Result<(), DbErr> {
    let update =
        Query::update().table(Users::Table).value(Users::NameKey, key).and_where(Expr::col(Users::Id).eq(id)).take();
    manager.execute(update).await
}

/// The key of a name as it was when this migration was written. A later rule comes with a migration that writes the
/// keys anew.
fn look(name: &str) -> String {
    let invisible = |c: &char| *c == '\u{2800}' || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(*c);
    let seen: String = name.nfkc().filter(|c| !invisible(c)).nfkc().collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    skeleton(&words.join(" ")).take(576).collect()
}
