//! The diagram of the tables in `docs/database.md`: tables, columns, types and keys are those of a migrated database.
//! The lines between tables, and the notes behind columns, are written by hand and kept.

use std::{collections::HashMap, fmt::Write as _, fs, path::Path};

use sea_orm::{ConnectionTrait, Database, Statement};

use crate::support::{Engine, migrated};

const PAGE: &str = "docs/database.md";
const MARKS: [&str; 2] = ["<!-- tables: begin -->\n", "<!-- tables: end -->\n"];

/// Every column: its table, name, type, and whether it is of the primary key, of a foreign key, unique by itself.
const COLUMNS: &str = "\
    SELECT t.relname::text, c.attname::text, format_type(c.atttypid, c.atttypmod), \
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary AND c.attnum = ANY (i.indkey)), \
    EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = t.oid AND f.contype = 'f' AND c.attnum = ANY (f.conkey)), \
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisunique AND i.indnkeyatts = 1 \
    AND c.attnum = ANY (i.indkey)) \
    FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid \
    WHERE t.relnamespace = current_schema()::text::regnamespace AND t.relkind = 'r' AND t.relname <> 'seaql_migrations' \
    AND c.attnum > 0 AND NOT c.attisdropped ORDER BY t.oid, c.attnum";

/// The columns of a table as the diagram has them, without notes: `bigint id PK`, each by its name.
struct Drawn {
    table: String,
    columns: Vec<(String, String)>,
}

async fn tables(url: &str) -> Vec<Drawn> {
    let db = Database::connect(url).await.unwrap();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), COLUMNS)).await.unwrap();
    let mut tables: Vec<Drawn> = Vec::new();
    for row in rows {
        let text = |place| row.try_get_by_index::<String>(place).unwrap();
        let key = [(3, " PK"), (4, " FK"), (5, " UK")]
            .into_iter()
            .find(|(place, _)| row.try_get_by_index(*place).unwrap())
            .map_or("", |(_, key)| key);
        let (table, name) = (text(0), text(1));
        let column = format!("{} {name}{key}", short(&text(2)));
        match tables.last_mut() {
            Some(last) if last.table == table => last.columns.push((name, column)),
            _ => tables.push(Drawn { table, columns: vec![(name, column)] }),
        }
    }
    tables
}

/// The types of PostgreSQL in the words of the page.
fn short(kind: &str) -> String {
    let names = [
        ("integer", "int"),
        ("character varying", "varchar"),
        ("bytea", "blob"),
        ("timestamp with time zone", "instant"),
    ];
    let short = names.iter().fold(kind.to_owned(), |kind, (long, short)| kind.replace(long, short));
    short.replace(['(', ')'], "")
}

/// The diagram with the columns of the database; the text above its first table, the order of its tables and the notes
/// are kept.
fn redrawn(shown: &str, mut tables: Vec<Drawn>) -> String {
    let (head, body) = shown.split_once("\n\n").unwrap();
    let (mut order, mut notes) = (Vec::new(), HashMap::new());
    for line in body.lines() {
        let (column, note) = line.split_once(" \"").map_or((line, ""), |(column, note)| (column, note));
        match column.split_whitespace().collect::<Vec<_>>()[..] {
            [table, "{"] => order.push(table),
            [_, name, ..] => drop(notes.insert((order.last().copied(), name), note)),
            _ => {}
        }
    }
    let place = |table: &str| order.iter().position(|known| *known == table).unwrap_or(order.len());
    tables.sort_by_key(|drawn| place(&drawn.table));
    let mut text = format!("{head}\n\n");
    for Drawn { table, columns } in tables {
        writeln!(text, "    {table} {{").unwrap();
        for (name, column) in columns {
            match notes.get(&(Some(&*table), &*name)) {
                Some(note) if !note.is_empty() => writeln!(text, "        {column} \"{note}").unwrap(),
                _ => writeln!(text, "        {column}").unwrap(),
            }
        }
        text.push_str("    }\n");
    }
    text + "```\n"
}

#[tokio::test]
async fn the_diagram_has_every_table_and_column() {
    let (url, _guard) = migrated(Engine::Postgres).await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(PAGE);
    let page = fs::read_to_string(&file).unwrap();
    let (head, rest) = page.split_once(MARKS[0]).unwrap();
    let (shown, tail) = rest.split_once(MARKS[1]).unwrap();
    let diagram = redrawn(shown, tables(&url).await);
    if shown != diagram {
        fs::write(&file, [head, MARKS[0], &diagram, MARKS[1], tail].concat()).unwrap();
        panic!("{PAGE} was out of date and has been written anew: look at it and commit it");
    }
}

#[test]
fn notes_and_order_are_kept_and_new_columns_come_in() {
    let shown = "```mermaid\nerDiagram\n    b ||--o{ a : has\n\n    b {\n        int id PK \"fixed\"\n        int gone\n    }\n    \
                 a {\n        bigint id PK\n        text said \"by whom\"\n    }\n```\n";
    let columns = |columns: &[(&str, &str)]| {
        columns.iter().map(|(name, kind)| ((*name).to_owned(), format!("{kind} {name}"))).collect()
    };
    let drawn = |table: &str, of: &[(&str, &str)]| Drawn { table: table.to_owned(), columns: columns(of) };
    let tables = vec![
        drawn("a", &[("id", "bigint"), ("said", "varchar9")]),
        drawn("b", &[("id", "int"), ("new", "date")]),
        drawn("c", &[("id", "int")]),
    ];
    let expected = "```mermaid\nerDiagram\n    b ||--o{ a : has\n\n    b {\n        int id \"fixed\"\n        date new\n    }\n    \
                    a {\n        bigint id\n        varchar9 said \"by whom\"\n    }\n    c {\n        int id\n    }\n```\n";
    assert_eq!(redrawn(shown, tables), expected);
    assert_eq!(
        ["character varying(64)", "timestamp with time zone", "integer"].map(short),
        ["varchar64", "instant", "int"]
    );
}
