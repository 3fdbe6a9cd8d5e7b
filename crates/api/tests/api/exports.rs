//! Large exports: piece by piece, one at a time, and cut off where they fail.

use std::{process::Command, sync::Arc, time::Duration};

use chrono::{DateTime, Days, NaiveDate, TimeDelta};
use minsu_domain::{Comment, HouseId, Mobile, Money, OrderStatus, Quote, Stay, StayRule, UserId, UserName};
use minsu_ports::{NewUser, PasswordHash};
use minsu_store::{GuestBatch, PastOrder, SqlStore, StoreOptions, migrate_up};
use reqwest::{Method, Response};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::support::{Client, TestServer, World};

/// Orders of the landlord, each with a comment of 3,000 bytes: more than the buffers of two sockets hold.
const ORDERS: u64 = 6_000;

const EXPORTS: [&str; 2] = ["/api/v1.0/user/export", "/api/v2/me/export"];

/// A site whose landlord has many orders, and its database.
struct Large {
    world: World,
    store: Arc<SqlStore>,
    folder: TempDir,
}

impl Large {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/large.sqlite3", folder.path().display());
        migrate_up(&url).await.unwrap();
        let options = StoreOptions { max_connections: 8, ..StoreOptions::new(url) };
        let store = Arc::new(SqlStore::connect(&options).await.unwrap());
        let world = World::on(TestServer::start_with(|state| state.app.store = store.clone()).await).await;
        let landlord = world.landlord.get("/api/v1.0/user").await.ok()["data"]["user_id"].as_i64().unwrap();
        store.load_guests(&[orders(world.house, landlord)]).await.unwrap();
        Self { world, store, folder }
    }

    /// Asks and reads the head of the answer only.
    async fn ask(&self, path: &str) -> Response {
        let client = &self.world.landlord;
        let response = client.http().execute(client.request(Method::GET, path).build().unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        response
    }

    /// Waits until no statement was sent for a while, and tells how many there were.
    async fn quiet(&self) -> u64 {
        let mut before = self.store.counts().statements;
        loop {
            sleep(Duration::from_millis(400)).await;
            let now = self.store.counts().statements;
            if now == before {
                return now;
            }
            before = now;
        }
    }

    fn sql(&self, statement: &str) {
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=20); c.execute(sys.argv[2]); \
                      c.commit()";
        let file = self.folder.path().join("large.sqlite3");
        assert!(Command::new("python3").args(["-c", script]).arg(file).arg(statement).status().unwrap().success());
    }
}

fn orders(house: i64, landlord: i64) -> GuestBatch {
    let comment = Comment::new(&"好".repeat(1000)).unwrap();
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
    let order = |number: u64| {
        let day = first + Days::new(number);
        let stay = Stay::new(day, day, StayRule::Days).unwrap();
        PastOrder {
            house: HouseId::new(house).unwrap(),
            landlord: UserId::new(landlord).unwrap(),
            quote: Quote::at_one_price(&stay, Money::from_fen(1).unwrap()).unwrap(),
            stay,
            status: OrderStatus::Complete,
            comment: Some(comment.clone()),
            // Three at each instant.
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::try_from(number / 3).unwrap()),
        }
    };
    let guest = NewUser {
        name: UserName::new("a frequent guest").unwrap(),
        mobile: Mobile::new("13900000099").unwrap(),
        password_hash: PasswordHash("none".to_owned()),
        created_at: DateTime::UNIX_EPOCH,
    };
    GuestBatch { guest, orders: (0..ORDERS).map(order).collect() }
}

/// The ids of the orders in an export, in its order.
fn ids(export: &Value) -> Vec<i64> {
    let export = export.get("data").unwrap_or(export);
    let orders = export["orders_as_landlord"].as_array().unwrap();
    orders.iter().map(|order| order.get("order_id").unwrap_or(&order["id"]).as_i64().unwrap()).collect()
}

/// Exports as soon as the place is free.
async fn whole(client: &Client, path: &str) -> Value {
    for _ in 0..100 {
        let answer = client.get(path).await;
        if answer.status != 429 && answer.json["errno"] != "4201" {
            assert_eq!(answer.status, 200, "{path}");
            return answer.json;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("the place of the export was not freed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_holds_no_connection_and_keeps_only_its_own_place() {
    let large = Large::new().await;
    let landlord = &large.world.landlord;
    for path in EXPORTS {
        let before = large.store.counts().statements;
        let unread = large.ask(path).await;
        let statements = large.quiet().await - before;
        assert!(statements < ORDERS / 200, "{path}: {statements} statements, and nothing was read");
        let connections = large.store.connections();
        assert_eq!(connections.idle, connections.open, "{path}: {connections:?}");

        for (other, errno) in [(EXPORTS[0], Some("4201")), (EXPORTS[1], None)] {
            let refused = landlord.get(other).await;
            assert!(refused.headers.contains_key("retry-after"), "{other}: {:?}", refused.headers);
            match errno {
                Some(errno) => assert_eq!(refused.code(), errno),
                None => drop(refused.problem(429, "rate_limited")),
            }
        }
        large.world.guest.get(path).await;
        // The client hangs up: its place is free.
        drop(unread);
        let export = whole(landlord, path).await;
        let mut sorted = ids(&export);
        sorted.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!((ids(&export).len() as u64, ids(&export) == sorted), (ORDERS, true), "{path}");
        // One that was read to its end frees its place before.
        assert_eq!(ids(&landlord.get(path).await.json), sorted, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_that_fails_in_the_middle_is_cut_off() {
    let large = Large::new().await;
    for path in EXPORTS {
        let mut response = large.ask(path).await;
        large.quiet().await;
        large.sql("ALTER TABLE orders RENAME TO lost");
        let mut bytes = Vec::new();
        let end = loop {
            match response.chunk().await {
                Ok(Some(more)) => bytes.extend_from_slice(&more),
                end => break end,
            }
        };
        assert!(end.is_err(), "{path}: a failed export looks complete");
        assert!(bytes.len() > 100_000, "{path}: {} bytes", bytes.len());
        assert!(serde_json::from_slice::<Value>(&bytes).is_err(), "{path}: what was sent is complete");
        // Before the first piece it is an answer like every other.
        let failed = large.world.landlord.get(path).await;
        assert!(failed.status == 500 || failed.json["errno"] == "4500", "{path}: {} {}", failed.status, failed.json);
        large.sql("ALTER TABLE lost RENAME TO orders");
        assert_eq!(ids(&whole(&large.world.landlord, path).await).len() as u64, ORDERS, "{path}");
    }
}

#[tokio::test]
async fn a_short_export_comes_in_one_piece_with_its_length() {
    let world = World::new().await;
    world.accepted_order().await;
    for path in EXPORTS {
        let answer = world.landlord.get(path).await;
        assert_eq!(answer.headers["content-length"], answer.bytes.len().to_string(), "{path}");
        assert_eq!(answer.headers["content-type"], "application/json", "{path}");
        let head = world.landlord.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!((head.status().as_u16(), world.landlord.get(path).await.status.as_u16()), (200, 200), "{path}");
    }
}
