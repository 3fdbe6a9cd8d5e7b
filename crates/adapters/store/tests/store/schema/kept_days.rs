//! The occupied days of a site of a version before stay with their orders.

use chrono::{DateTime, NaiveDate};
use minsu_domain::{CancellationPreset, OrderStatus, Stay, StayRule};
use minsu_migrations::SchemaManager;
use minsu_ports::NewOrder;
use minsu_store::{SqlStore, StoreOptions, migrate_down, migrate_up};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement};

use super::steps_before;
use crate::support::{Engine, day, migrated, on_every_engine, place, quote, scene};

on_every_engine! {
    days_from_before_belong_to_their_orders,
}

/// Every occupied day: house, day, order and, where the schema has it, the source.
async fn days(db: &DatabaseConnection, columns: &str) -> Vec<(i64, NaiveDate, Option<i64>, i16)> {
    let sql = format!("SELECT house_id, day, order_id, {columns} FROM house_day ORDER BY house_id, day");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let cells = |row: &QueryResult| {
        let source = row.try_get_by_index::<i16>(3).unwrap();
        (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap(), row.try_get_by_index(2).unwrap(), source)
    };
    rows.iter().map(cells).collect()
}

/// A site of the version before keeps its days, each as a day of its order; so does the way down.
async fn days_from_before_belong_to_their_orders(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let scene = scene(&store).await;
    let mut orders = vec![];
    for first in [1, 20] {
        let stay = Stay::new(day(first), day(first + 2), StayRule::Days).unwrap();
        let order = NewOrder {
            house: scene.house,
            stay,
            quote: quote(&stay),
            status: OrderStatus::WaitAccept,
            created_at: DateTime::UNIX_EPOCH,
            expires_at: None,
            guests: 1,
            cancellation: CancellationPreset::default(),
        };
        orders.push(place(&store, scene.guest, &order).await);
    }
    let steps = steps_before("house_day_source");
    migrate_down(&url, steps).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    let manager = SchemaManager::new(&db);
    assert!(!manager.has_column("house_day", "source").await.unwrap());
    // As the version before writes it.
    let (house, order) = (scene.house, orders[1]);
    let old = format!("INSERT INTO house_day (house_id, day, order_id) VALUES ({house}, '2027-03-01', {order})");
    db.execute_unprepared(&old).await.unwrap();
    let before = days(&db, "CAST(0 AS SIGNED)".replace("SIGNED", integer(engine)).as_str()).await;
    assert_eq!(before.len(), 7);

    migrate_up(&url).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    assert_eq!(days(&db, "source").await, before);
    assert!(SchemaManager::new(&db).has_index("house_day", "house_day_order").await.unwrap());
    let insert = |day: &str, order: &str, source: &str| {
        format!("INSERT INTO house_day (house_id, day, order_id, source) VALUES ({house}, '{day}', {order}, {source})")
    };
    let named = order.to_string();
    for (day, order, source) in [
        ("2027-03-02", "NULL", "0"),
        ("2027-03-02", &named, "1"),
        ("2027-03-02", "999999", "0"),
        ("2027-03-01", "NULL", "1"),
    ] {
        db.execute_unprepared(&insert(day, order, source)).await.unwrap_err();
    }
    db.execute_unprepared(&insert("2027-03-02", "NULL", "1")).await.unwrap();
    db.execute_unprepared(&insert("2027-03-03", "NULL", "2")).await.unwrap();
    // A process of the version before goes on writing during the upgrade.
    db.execute_unprepared(&old.replace("03-01", "03-04")).await.unwrap();

    migrate_down(&url, steps).await.unwrap();
    migrate_up(&url).await.unwrap();
    let after = days(&Database::connect(&url).await.unwrap(), "source").await;
    assert_eq!(after[..7], before);
    assert_eq!(after.len(), 8);
}

fn integer(engine: Engine) -> &'static str {
    match engine {
        Engine::MariaDb => "SIGNED",
        Engine::Sqlite | Engine::Postgres => "smallint",
    }
}
