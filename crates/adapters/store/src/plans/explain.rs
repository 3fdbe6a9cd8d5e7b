//! What an engine says of a statement: its plan as lines, and whether one reads a whole table.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};

/// The plan as lines.
pub(super) async fn plan(db: &DatabaseConnection, statement: &Statement) -> Vec<String> {
    let explain = match statement.db_backend {
        DbBackend::Sqlite => "EXPLAIN QUERY PLAN",
        DbBackend::Postgres => "EXPLAIN (COSTS OFF)",
        _ => "EXPLAIN",
    };
    let statement = Statement { sql: format!("{explain} {}", statement.sql), ..statement.clone() };
    let rows = db.query_all_raw(statement.clone()).await.unwrap();
    match statement.db_backend {
        DbBackend::Sqlite => tree(&rows),
        DbBackend::Postgres => rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect(),
        _ => rows.iter().map(table_row).collect(),
    }
}

/// SQLite's rows name their parents.
fn tree(rows: &[QueryResult]) -> Vec<String> {
    let mut depths: Vec<(i32, usize)> = vec![(0, 0)];
    let line = |row: &QueryResult| {
        let (id, parent): (i32, i32) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        let depth = depths.iter().find(|(known, _)| *known == parent).unwrap().1;
        depths.push((id, depth + 1));
        let detail: String = row.try_get_by_index(3).unwrap();
        format!("{}{detail}", "  ".repeat(depth))
    };
    rows.iter().map(line).collect()
}

fn table_row(row: &QueryResult) -> String {
    let text = |name: &str| row.try_get::<Option<String>>("", name).unwrap().unwrap_or_else(|| "-".to_owned());
    let cells = ["select_type", "table", "type", "key", "Extra"].map(text);
    cells.join(" | ")
}

/// The small tables, and the aliases of the statements' own subqueries.
const SMALL: &[&str] = &[
    "areas",
    "a",
    "withdrawn_houses",
    "x",
    "page",
    "found",
    "w",
    "w0",
    "w1",
    "w2",
    "CONSTANT",
    "c",
    "house_rules",
    "r",
    "house_seasons",
    "s",
    "sa",
    "sd",
    "house_dates",
    "da",
    "dd",
    "7-ROW",
];

/// Whether a line reads a table from end to end, without even an index.
pub(super) fn is_full_scan(backend: DbBackend, line: &str) -> bool {
    let small = |table: &str| {
        SMALL.contains(&table)
            || table.ends_with("-ROW")
            || table.starts_with("(subquery")
            || table.starts_with("<derived")
    };
    match backend {
        DbBackend::Postgres => {
            line.split_once("Seq Scan on ").is_some_and(|(_, rest)| !small(rest.split_whitespace().next().unwrap()))
        }
        DbBackend::Sqlite => line
            .trim()
            .strip_prefix("SCAN ")
            .is_some_and(|rest| !rest.contains("USING") && !small(rest.split_whitespace().next().unwrap())),
        _ => {
            let cells: Vec<_> = line.split(" | ").collect();
            cells[2] == "ALL" && !small(cells[1])
        }
    }
}

/// The engine and its version.
pub(super) async fn version(db: &DatabaseConnection) -> String {
    let (name, sql) = match db.get_database_backend() {
        DbBackend::Sqlite => ("SQLite", "SELECT sqlite_version()"),
        DbBackend::Postgres => ("PostgreSQL", "SELECT split_part(current_setting('server_version'), ' ', 1)"),
        _ => ("MariaDB", "SELECT CONVERT(VERSION() USING utf8mb4)"),
    };
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let version: String = db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    // The major version decides about plans; a distribution's suffix does not.
    let parts = if name == "PostgreSQL" { 1 } else { 2 };
    format!("{name} {}", version.split('.').take(parts).collect::<Vec<_>>().join("."))
}
