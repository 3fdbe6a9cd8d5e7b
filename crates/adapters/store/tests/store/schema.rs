//! Migrations: up, down, up again; by several processes at once; older and newer schemas.

use minsu_migrations::{MigratorTrait, SchemaManager};
use minsu_store::{MigrateError, SchemaState, SqlStore, StoreOptions, migrate_down, migrate_up, schema_status};
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::support::{Engine, add_user, empty, migrated, new_user, on_every_engine};

mod diagram;
mod kept_data;
mod kept_days;
mod kept_orders;
mod kept_pictures;
mod kept_prices;
mod kept_schedules;

on_every_engine! {
    up_down_and_up_again,
    an_older_schema_is_noticed,
    a_newer_schema_is_noticed_and_left_alone,
    looking_writes_nothing,
    several_processes_may_migrate_at_once,
    a_migration_that_was_broken_off_is_taken_up,
}

fn all() -> u32 {
    u32::try_from(minsu_migrations::names().len()).unwrap()
}

/// How many migrations to take back so that the one whose name ends like this is not applied.
fn steps_before(name: &str) -> u32 {
    let place = minsu_migrations::names().iter().position(|migration| migration.ends_with(name)).unwrap();
    all() - u32::try_from(place).unwrap()
}

/// Every table of the database but the one that records the migrations, in the order of their names.
async fn tables(engine: Engine, url: &str) -> Vec<String> {
    let db = Database::connect(url).await.unwrap();
    let catalog = match engine {
        Engine::Sqlite => {
            "SELECT name AS name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        }
        Engine::Postgres => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        }
        Engine::MariaDb => {
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), catalog)).await.unwrap();
    let names = rows.iter().map(|row| row.try_get::<String>("", "name").unwrap());
    names.filter(|name| name != "seaql_migrations").collect()
}

async fn up_down_and_up_again(engine: Engine) {
    let (url, _guard) = empty(engine).await;
    let mut first = vec![];
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        let made = tables(engine, &url).await;
        assert!(made.iter().any(|table| table == "orders"), "{made:?}");
        if first.is_empty() {
            first.clone_from(&made);
        }
        assert_eq!(made, first);
        assert_eq!(schema_status(&url).await.unwrap().state(), SchemaState::Current);
        migrate_up(&url).await.unwrap();
        migrate_down(&url, all()).await.unwrap();
        assert_eq!(tables(engine, &url).await, Vec::<String>::new());
    }
}

async fn an_older_schema_is_noticed(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    migrate_down(&url, 2).await.unwrap();
    let status = schema_status(&url).await.unwrap();
    assert_eq!(status.state(), SchemaState::Older);
    assert_eq!(status.applied.len() + 2, minsu_migrations::names().len());
    assert_eq!(status.pending, minsu_migrations::names()[status.applied.len()..]);
    assert_eq!(status.unknown, Vec::<String>::new());
}

async fn a_newer_schema_is_noticed_and_left_alone(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    migrate_down(&url, 2).await.unwrap();
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_later', 0)";
    Database::connect(&url).await.unwrap().execute_unprepared(later).await.unwrap();
    let status = schema_status(&url).await.unwrap();
    assert_eq!(status.state(), SchemaState::Newer);
    assert_eq!(status.unknown, ["m29991231_000001_later"]);
    for result in [migrate_up(&url).await, migrate_down(&url, 1).await] {
        let error = result.unwrap_err();
        assert!(matches!(&error, MigrateError::Newer(names) if names == &["m29991231_000001_later"]), "{error:?}");
    }
    assert_eq!(status.pending, minsu_migrations::names()[status.applied.len()..]);
}

async fn looking_writes_nothing(engine: Engine) {
    let (url, _guard) = empty(engine).await;
    let status = schema_status(&url).await.unwrap();
    assert_eq!((status.state(), status.pending.len()), (SchemaState::Older, minsu_migrations::names().len()));
    let db = Database::connect(&url).await.unwrap();
    assert!(!SchemaManager::new(&db).has_table("seaql_migrations").await.unwrap());
}

async fn several_processes_may_migrate_at_once(engine: Engine) {
    let (url, _guard) = empty(engine).await;
    let (a, b, c, d) = tokio::join!(migrate_up(&url), migrate_up(&url), migrate_up(&url), migrate_up(&url));
    for result in [a, b, c, d] {
        result.unwrap();
    }
    assert_eq!(schema_status(&url).await.unwrap().state(), SchemaState::Current);
}

/// A crash between a statement and its record: MySQL cannot take the statement back.
async fn a_migration_that_was_broken_off_is_taken_up(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let complete = tables(engine, &url).await;
    if engine == Engine::MariaDb {
        let forget = "DELETE FROM seaql_migrations WHERE version >= 'm20261121_000002'";
        Database::connect(&url).await.unwrap().execute_unprepared(forget).await.unwrap();
    } else {
        let db = Database::connect(&url).await.unwrap();
        let transaction = sea_orm::TransactionTrait::begin(&db).await.unwrap();
        minsu_migrations::Migrator::down(&transaction, Some(5)).await.unwrap();
        drop(transaction);
    }
    migrate_up(&url).await.unwrap();
    let status = schema_status(&url).await.unwrap();
    assert_eq!(status.state(), SchemaState::Current);
    assert_eq!(tables(engine, &url).await, complete);
    let store = SqlStore::connect(&StoreOptions::new(url)).await.unwrap();
    let areas = minsu_ports::Store::read(&store).await.unwrap().reference().areas().await.unwrap();
    assert_eq!(areas.len(), 16);
}

/// No other account of the machine can read the data, including the files that SQLite keeps next to the database.
#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (url, guard) = migrated(Engine::Sqlite).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    add_user(&store, &new_user(1)).await;
    let crate::support::Guard::Folder { folder } = &guard else { panic!("SQLite has a folder") };
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
        files += 1;
    }
    assert!(files >= 2, "{files}");
}

#[tokio::test]
async fn what_is_no_database_is_told_apart_without_the_password() {
    let refused = "postgres://minsu:geheim@127.0.0.1:1/minsu";
    for (url, expected) in [
        ("redis://:geheim@h", "UnknownScheme"),
        ("mysql://u:geheim@h:port/d", "MalformedUrl"),
        (refused, "Unreachable"),
    ] {
        let error = migrate_up(url).await.unwrap_err();
        assert!(matches!(error, MigrateError::Connect(_)), "{error:?}");
        assert!(format!("{error:?}").contains(expected), "{error:?}");
        assert!(!format!("{error:?} {error}").contains("geheim"), "{error:?}");
        let error = SqlStore::connect(&StoreOptions::new(url)).await.err().unwrap();
        assert!(!format!("{error:?} {error}").contains("geheim"), "{error:?}");
    }
}
