//! Idempotency keys over HTTP, against processes of their own: fifty simultaneous requests with one key have one effect
//! and one answer, on each database, through two processes that share database and Redis, and when the process is
//! killed in the middle.

use std::{collections::BTreeSet, time::Duration};

use chrono::{Days, NaiveDate};
use futures_util::future::join_all;
use minsu_testservers::{postgres, redis::RedisServer};
use reqwest::{Client, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::{
    Engine,
    child::{Minsu, reqwest_client},
    on_every_engine,
    people::{PASSWORD, Site},
};

/// Simultaneous requests with one key.
const REQUESTS: usize = 50;

/// An answer to a request with a key.
#[derive(Debug, Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    fn is_replayed(&self) -> bool {
        self.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
    }

    /// What must be the same in every answer to one request.
    fn told(&self) -> (u16, Vec<u8>, Option<String>, Option<String>) {
        let header = |name: &str| self.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        (self.status.as_u16(), self.body.clone(), header("location"), header("etag"))
    }
}

/// A guest who orders one house.
struct Guest {
    client: Client,
    house: i64,
}

impl Guest {
    async fn log_in(server: &Minsu, house: i64) -> Self {
        let client = reqwest_client();
        let login = json!({"mobile": "13900000000", "password": PASSWORD});
        let answer = client.post(format!("{}/api/v2/session", server.base)).json(&login).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        Self { client, house }
    }

    /// An order of one day, so many days ahead.
    fn stay(&self, ahead: u64) -> Value {
        let seconds = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + 8 * 3600;
        let day = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + Days::new(seconds / 86_400 + ahead);
        json!({"listing_id": self.house, "start": day, "end": day})
    }

    /// One request; nothing where the connection broke.
    async fn order(&self, server: &str, key: &str, body: &Value) -> Option<Answer> {
        let request = self.client.post(format!("{server}/api/v2/orders")).header("idempotency-key", key).json(body);
        let answer = request.send().await.ok()?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Some(Answer { status, headers, body: answer.bytes().await.ok()?.to_vec() })
    }

    /// The same again until the first of them has answered, as a client does; also how often another one was running.
    async fn insist(&self, server: &str, key: &str, body: &Value) -> (Answer, usize) {
        let mut running = 0;
        loop {
            let answer = self.order(server, key, body).await.expect("an answer");
            match (answer.status.as_u16(), answer.code().as_str()) {
                (409, "in_progress") => running += 1,
                (503, "unavailable") => {}
                _ => return (answer, running),
            }
            let wait = answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
            assert!((1..=2).contains(&wait), "{wait}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn orders(&self, server: &str) -> Vec<i64> {
        let answer = self.client.get(format!("{server}/api/v2/orders?limit=100")).send().await.unwrap();
        let page: Value = answer.json().await.unwrap();
        page["items"].as_array().unwrap().iter().map(|order| order["id"].as_i64().unwrap()).collect()
    }
}

/// Sends one request fifty times at once to these servers in turn: one answer, byte by byte, and one order.
async fn fifty(guest: &Guest, servers: &[&str], key: &str, ahead: u64) -> usize {
    let body = guest.stay(ahead);
    let before = guest.orders(servers[0]).await.len();
    let requests = (0..REQUESTS).map(|number| guest.insist(servers[number % servers.len()], key, &body));
    let answers = join_all(requests).await;
    let told: BTreeSet<_> = answers.iter().map(|(answer, _)| answer.told()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let (first, _) = &answers[0];
    assert_eq!(first.status, StatusCode::CREATED, "{:?}", first.json());
    assert_eq!(first.headers["location"], format!("/api/v2/orders/{}", first.json()["id"]).as_str());
    assert_eq!(answers.iter().filter(|(answer, _)| !answer.is_replayed()).count(), 1, "one request had the effect");
    for server in servers {
        let orders = guest.orders(server).await;
        assert_eq!((orders.len(), &json!(orders[0])), (before + 1, &first.json()["id"]));
        let reused = guest.order(server, key, &guest.stay(ahead + 1)).await.unwrap();
        assert_eq!((reused.status.as_u16(), reused.code().as_str()), (422, "idempotency_key_reused"));
    }
    answers.iter().map(|(_, running)| running).sum()
}

/// A server with one house, and a guest.
async fn scene(server: &Minsu) -> Guest {
    let site = Site::new(server, 1).await;
    Guest::log_in(server, site.publish("一间房").await).await
}

/// Requests that come while the first one runs are told so, and get its answer afterwards.
async fn fifty_requests_with_one_key_have_one_effect_and_one_answer(engine: Engine) {
    let server = Minsu::start(&engine.url()).await;
    let guest = scene(&server).await;
    let mut running = 0;
    for round in 1..=4 {
        running += fifty(&guest, &[&server.base], &format!("round-{round}"), 10 * round).await;
    }
    println!("{running} requests were told that another one runs");
    // A refusal is an answer as well, and is replayed.
    let taken = guest.stay(10);
    let refused = guest.insist(&server.base, "taken", &taken).await.0;
    let again = guest.insist(&server.base, "taken", &taken).await.0;
    assert_eq!((refused.code().as_str(), &refused.json()["days"]), ("days_taken", &json!([taken["start"]])));
    assert_eq!((refused.told(), refused.is_replayed(), again.is_replayed()), (again.told(), false, true));
}

/// `kill -9` while fifty requests run: after the restart the same key has the one effect, and every answer that came
/// before is the one that comes after.
async fn a_killed_process_leaves_one_effect_and_no_stuck_key(engine: Engine) {
    let mut server = Minsu::start(&engine.url()).await;
    let guest = scene(&server).await;
    let mut effects = 0;
    for (round, delay) in (1..).zip([2, 8, 20]) {
        let (key, base, body) = (format!("killed-{round}"), server.base.clone(), guest.stay(10 * round));
        let requests = join_all((0..REQUESTS).map(|_| guest.order(&base, &key, &body)));
        let (answers, ()) = tokio::join!(requests, async {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            server.kill();
        });
        server.start_again().await;
        let (after, _) = guest.insist(&server.base, &key, &body).await;
        assert_eq!(after.status, StatusCode::CREATED, "{:?}", after.json());
        effects += 1;
        assert_eq!(guest.orders(&server.base).await.len(), effects, "round {round}");
        let answered: Vec<_> = answers.into_iter().flatten().collect();
        for answer in answered.iter().filter(|answer| answer.status == StatusCode::CREATED) {
            assert_eq!(answer.told(), after.told(), "round {round}: another answer than before");
        }
        println!("killed after {delay} ms: {} of {REQUESTS} had an answer", answered.len());
        let (again, _) = guest.insist(&server.base, &key, &body).await;
        assert_eq!((again.told(), again.is_replayed()), (after.told(), true));
    }
}

on_every_engine!(
    fifty_requests_with_one_key_have_one_effect_and_one_answer,
    a_killed_process_leaves_one_effect_and_no_stuck_key
);

/// Two processes of one site share the keys, and one of them answers for the other when it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_share_database_and_redis_have_one_effect() {
    let (redis, database) = (RedisServer::start(), postgres().await);
    let settings = [("DATABASE__URL", database.url()), ("CACHE__URL", &redis.url())];
    let (mut one, other) = (Minsu::start_with(&settings).await, Minsu::start_with(&settings).await);
    let guest = scene(&one).await;
    for round in 1..=4 {
        fifty(&guest, &[&one.base, &other.base], &format!("round-{round}"), 10 * round).await;
    }
    let (base, body) = (one.base.clone(), guest.stay(90));
    let requests = join_all((0..REQUESTS).map(|_| guest.order(&base, "killed", &body)));
    let (answers, ()) = tokio::join!(requests, async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        one.kill();
    });
    let (after, _) = guest.insist(&other.base, "killed", &body).await;
    assert_eq!(after.status, StatusCode::CREATED, "{:?}", after.json());
    assert_eq!(guest.orders(&other.base).await.len(), 5);
    for answer in answers.into_iter().flatten().filter(|answer| answer.status == StatusCode::CREATED) {
        assert_eq!(answer.told(), after.told());
    }
}
