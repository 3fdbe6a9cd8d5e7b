//! Helpers for every table: character set, types, and the creation of indexes.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Creates a table with its indexes.
///
/// MySQL takes the indexes inside `CREATE TABLE`, so that the whole is one statement and a crash
/// leaves all of it or nothing; it may be repeated there. The other two roll back.
pub(crate) async fn create(
    manager: &SchemaManager<'_>,
    mut table: TableCreateStatement,
    mut indexes: Vec<IndexCreateStatement>,
) -> Result<(), DbErr> {
    match manager.get_database_backend() {
        DbBackend::MySql => {
            // Binary collation: texts are equal when their bytes are, as everywhere else.
            table.if_not_exists().engine("InnoDB").character_set("utf8mb4").collate("utf8mb4_bin");
            for index in &mut indexes {
                table.index(index);
            }
            manager.create_table(table).await
        }
        _ => {
            manager.create_table(table).await?;
            for index in indexes {
                manager.create_index(index).await?;
            }
            Ok(())
        }
    }
}

/// Adds an index to a table that is there, unless it has it; may be repeated.
pub(crate) async fn add_index(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    index: IndexCreateStatement,
) -> Result<(), DbErr> {
    if manager.has_index(table, name).await? { Ok(()) } else { manager.create_index(index).await }
}

/// Gives indexes other columns under their names; may be repeated. MySQL does so in one statement, since
/// a foreign key must not be without an index in between.
pub(crate) async fn replace_indexes(
    manager: &SchemaManager<'_>,
    table: &str,
    indexes: &[(&str, String)],
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::MySql {
        let changes = indexes.iter().map(|(name, columns)| format!("DROP INDEX {name}, ADD INDEX {name} ({columns})"));
        db.execute_unprepared(&format!("ALTER TABLE {table} {}", changes.collect::<Vec<_>>().join(", "))).await?;
        return Ok(());
    }
    if manager.get_database_backend() == DbBackend::Sqlite {
        for (name, columns) in indexes {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {table} ({columns})")).await?;
        }
        return Ok(());
    }
    // Dropping an index locks readers out, which making one does not: all are made before.
    for (name, columns) in indexes {
        db.execute_unprepared(&format!("CREATE INDEX {name}_new ON {table} ({columns})")).await?;
    }
    for (name, _) in indexes {
        db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        db.execute_unprepared(&format!("ALTER INDEX {name}_new RENAME TO {name}")).await?;
    }
    Ok(())
}

/// Keeps the rows of a table in its primary key where the engine does not do so by itself.
pub(crate) fn clustered(manager: &SchemaManager<'_>, mut table: TableCreateStatement) -> TableCreateStatement {
    if manager.get_database_backend() == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}

/// An id that the database counts up.
pub(crate) fn counted_id(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).big_integer().not_null().auto_increment().primary_key().take()
}

/// An instant in UTC to the microsecond. MySQL's `timestamp` would end in 2038 and drop fractions.
pub(crate) fn instant(manager: &SchemaManager<'_>, column: impl IntoIden) -> ColumnDef {
    let mut column = ColumnDef::new(column);
    match manager.get_database_backend() {
        DbBackend::MySql => column.custom("datetime(6)"),
        _ => column.timestamp_with_time_zone(),
    };
    column
}

/// An index over columns in ascending order.
pub(crate) fn index<C: IntoIden>(
    name: &str,
    table: impl IntoTableRef,
    columns: impl IntoIterator<Item = C>,
) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).take();
    for column in columns {
        index.col(column.into_iden());
    }
    index
}

/// A foreign key to the id of another table.
pub(crate) fn reference(
    name: &str,
    from: (impl IntoTableRef, impl IntoIden),
    to: (impl IntoTableRef, impl IntoIden),
) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from(from.0, from.1).to(to.0, to.1).take()
}

/// Fills a table of fixed ids and names; may be repeated.
pub(crate) async fn fill(manager: &SchemaManager<'_>, table: impl IntoTableRef, names: &[&str]) -> Result<(), DbErr> {
    let id = Alias::new("id");
    let mut insert = Query::insert().into_table(table).columns([id.clone(), Alias::new("name")]).take();
    for (number, name) in (1i64..).zip(names) {
        insert.values([number.into(), (*name).into()]).map_err(|error| DbErr::Migration(error.to_string()))?;
    }
    insert.on_conflict(OnConflict::column(id.clone()).do_nothing_on([id]).to_owned());
    manager.execute(insert).await
}
