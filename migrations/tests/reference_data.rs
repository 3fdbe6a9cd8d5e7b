//! The fixtures that front ends read are the rows that the migrations insert.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use minsu_migrations::{Migrator, MigratorTrait};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectOptions, ConnectionTrait, Database, QueryResult},
};
use serde_json::{Value, json};

async fn inserted(database: &impl ConnectionTrait, table: &'static str) -> Value {
    let id = Alias::new("id");
    let query = Query::select()
        .columns([id.clone(), Alias::new("name")])
        .from(Alias::new(table))
        .order_by(id, Order::Asc)
        .take();
    let rows = database.query_all(&query).await.unwrap();
    let entry = |row: &QueryResult| json!({"id": row.try_get_by_index::<i64>(0).unwrap(), "name": row.try_get_by_index::<String>(1).unwrap()});
    rows.iter().map(entry).collect()
}

#[tokio::test]
async fn fixtures_agree_with_the_migrations() {
    // One connection: each one has a memory of its own.
    let database =
        Database::connect(ConnectOptions::new("sqlite::memory:").max_connections(1).to_owned()).await.unwrap();
    Migrator::up(&database, None).await.unwrap();
    for (table, fixture) in [
        ("areas", include_str!("../../fixtures/areas.json")),
        ("facilities", include_str!("../../fixtures/facilities.json")),
    ] {
        let fixture: Value = serde_json::from_str(fixture).unwrap();
        assert_eq!(fixture, inserted(&database, table).await, "fixtures/{table}.json");
    }
}
