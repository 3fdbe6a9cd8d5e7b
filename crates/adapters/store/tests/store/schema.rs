//! Migrations: up, down, up again; by several at once; older and newer schemas.

use minsu_migrations::{MigratorTrait, SchemaManager};
use minsu_ports::Store as _;
use minsu_store::{MigrateError, SchemaState, SqlStore, StoreOptions, migrate_down, migrate_up, schema_status};
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::support::{Engine, add_user, empty, migrated, new_house, new_user, on_every_engine};

on_every_engine! {
    up_down_and_up_again,
    an_older_schema_is_noticed,
    a_newer_schema_is_noticed_and_left_alone,
    looking_writes_nothing,
    several_processes_may_migrate_at_once,
    a_migration_that_was_broken_off_is_taken_up,
    houses_from_before_get_their_words,
    houses_that_are_withdrawn_leave_no_words,
}

fn all() -> u32 {
    u32::try_from(minsu_migrations::names().len()).unwrap()
}

async fn tables(url: &str) -> Vec<&'static str> {
    let db = Database::connect(url).await.unwrap();
    let manager = SchemaManager::new(&db);
    let mut tables = vec![];
    for table in [
        "users",
        "areas",
        "facilities",
        "houses",
        "house_facilities",
        "house_pictures",
        "orders",
        "house_day",
        "house_words",
        "strays",
    ] {
        if manager.has_table(table).await.unwrap() {
            tables.push(table);
        }
    }
    tables
}

async fn up_down_and_up_again(engine: Engine) {
    let (url, _guard) = empty(engine).await;
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        assert_eq!(tables(&url).await.len(), 10);
        assert_eq!(schema_status(&url).await.unwrap().state(), SchemaState::Current);
        migrate_up(&url).await.unwrap();
        migrate_down(&url, all()).await.unwrap();
        assert_eq!(tables(&url).await, Vec::<&str>::new());
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
    assert_eq!(tables(&url).await.len(), 10);
    let store = SqlStore::connect(&StoreOptions::new(url)).await.unwrap();
    let areas = minsu_ports::Store::read(&store).await.unwrap().reference().areas().await.unwrap();
    assert_eq!(areas.len(), 16);
}

async fn words(url: &str) -> Vec<(i64, i64)> {
    let db = Database::connect(url).await.unwrap();
    let sql = "SELECT pair, house_id FROM house_words ORDER BY pair, house_id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
}

/// The migration writes what the store writes with a new house.
async fn houses_from_before_get_their_words(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let landlord = add_user(&store, &new_user(1)).await;
    let mut unit = store.begin().await.unwrap();
    for title in ["什刹海四合院 近地铁", "Ｌｏｆｔ İstanbul 🛏 国贸", "x"] {
        let mut house = new_house(landlord);
        house.offer.title = title.to_owned();
        unit.houses().insert(&house).await.unwrap();
    }
    unit.commit().await.unwrap();
    let written = words(&url).await;
    assert!(written.len() > 20);
    migrate_down(&url, 2).await.unwrap();
    migrate_up(&url).await.unwrap();
    assert_eq!(words(&url).await, written);
}

/// What a house said of its place is gone with it.
async fn houses_that_are_withdrawn_leave_no_words(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let (one, other) = (add_user(&store, &new_user(1)).await, add_user(&store, &new_user(2)).await);
    let mut unit = store.begin().await.unwrap();
    let staying = unit.houses().insert(&new_house(other)).await.unwrap();
    unit.houses().insert(&new_house(one)).await.unwrap();
    unit.houses().insert(&new_house(one)).await.unwrap();
    assert_eq!(unit.houses().withdraw_all(one, chrono::DateTime::UNIX_EPOCH).await.unwrap().len(), 2);
    unit.commit().await.unwrap();
    let words = words(&url).await;
    assert!(!words.is_empty() && words.iter().all(|(_, house)| *house == staying.get()));
    let db = Database::connect(&url).await.unwrap();
    let sql = format!("SELECT title, address, unit, beds FROM houses WHERE landlord_id = {one}");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    assert_eq!(rows.len(), 2);
    for column in ["title", "address", "unit", "beds"] {
        assert!(rows.iter().all(|row| row.try_get::<String>("", column).unwrap() == "已下架"), "{column}");
    }
}

/// Nobody else on the machine reads the people's data, with the files beside the database.
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
