//! Passwords: the cost of hashing, and that its time does not tell whether an account exists.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use minsu_domain::{Password, PasswordPolicy, UserId};
use minsu_ports::PasswordHasher;
use minsu_system::{Argon2Hasher, Argon2Settings, OsRandomness};
use minsu_web::state::State;
use serde_json::json;

use crate::support::{Client, TestServer, client::PASSWORD};

/// A server with the hash parameters of production, and with these bounds.
async fn hashing(permits: usize, queue: usize, change: impl FnOnce(&mut State)) -> TestServer {
    let settings = Argon2Settings { memory_kib: 19 * 1024, iterations: 2, parallelism: 1, permits, queue };
    TestServer::start_with(move |state| {
        state.app.passwords = Arc::new(Argon2Hasher::new(settings, Arc::new(OsRandomness)).unwrap());
        change(state);
    })
    .await
}

async fn log_in(client: &Client, mobile: &str, password: &str) -> (crate::support::Answer, Duration) {
    let started = Instant::now();
    let answer = client.post("/api/v1.0/sessions", &json!({"mobile": mobile, "password": password})).await;
    (answer, started.elapsed())
}

#[tokio::test]
async fn a_megabyte_of_password_is_refused_at_once() {
    let megabyte = "x".repeat(1_000_000);
    let usual = hashing(1, 8, |_| {}).await;
    let client = Client::new(&usual);
    client.register("13811111111").await;
    let (answer, elapsed) = log_in(&client, "13811111111", &megabyte).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (413, "4103"));
    println!("a password of 1 MB over the body limit: {elapsed:?}");
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    // Where the body may be that large, the password still may not.
    let roomy = hashing(1, 8, |state| state.http.json_limit = 2_000_000).await;
    let client = Client::new(&roomy);
    client.register("13811111111").await;
    let (answer, elapsed) = log_in(&client, "13811111111", &megabyte).await;
    answer.refused("4004");
    println!("a password of 1 MB within the body limit: {elapsed:?}");
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
}

#[tokio::test]
async fn a_hash_of_old_settings_becomes_one_of_today_at_the_next_login() {
    let mut store = None;
    let server = hashing(1, 8, |state| store = Some(Arc::clone(&state.app.store))).await;
    let (store, client) = (store.unwrap(), Client::new(&server));
    let id = UserId::new(client.register("13811111111").await).unwrap();
    let hash_at_rest =
        async || store.read_own().await.unwrap().users().credentials_of(id).await.unwrap().unwrap().password_hash;
    let weak = Argon2Settings { memory_kib: 64, iterations: 1, parallelism: 1, permits: 1, queue: 1 };
    let weak = Argon2Hasher::new(weak, Arc::new(OsRandomness)).unwrap();
    let outdated = weak.hash(&Password::new(PASSWORD.to_owned(), PasswordPolicy::default()).unwrap()).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert!(unit.users().set_password_hash(id, &outdated).await.unwrap());
    unit.commit().await.unwrap();

    log_in(&client, "13811111111", "wrong password").await.0.refused("4004");
    assert_eq!(hash_at_rest().await, outdated, "renewed by a wrong password");
    log_in(&client, "13811111111", PASSWORD).await.0.ok();
    let renewed = hash_at_rest().await;
    assert!(renewed.0.contains("m=19456,t=2,p=1"), "{renewed:?}");
    log_in(&client, "13811111111", PASSWORD).await.0.ok();
    assert_eq!(hash_at_rest().await, renewed, "renewed once more");
}

#[tokio::test]
async fn more_logins_than_may_wait_are_told_so() {
    let server = hashing(1, 3, |_| {}).await;
    let answers = join_all((0..40).map(|number| {
        let client = Client::new(&server);
        async move { log_in(&client, &format!("139{number:08}"), "some password").await.0 }
    }))
    .await;
    let busy: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(!busy.is_empty(), "no login was refused");
    for answer in &busy {
        assert_eq!((answer.code().as_str(), answer.headers["retry-after"].to_str().unwrap()), ("4500", "1"));
    }
    let compared = answers.iter().filter(|answer| answer.code() == "4004").count();
    assert!(compared >= 4 && compared + busy.len() == 40, "{compared} compared, {} refused", busy.len());
}

#[tokio::test]
async fn an_unknown_mobile_takes_as_long_as_a_wrong_password() {
    let server = hashing(1, 8, |_| {}).await;
    let client = Client::new(&server);
    client.register("13811111111").await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..15 {
        let (answer, elapsed) = log_in(&client, "13811111111", "wrong password").await;
        known.push(elapsed);
        let bytes = answer.refused("4004").bytes;
        let (answer, elapsed) = log_in(&client, &format!("139{number:08}"), "wrong password").await;
        unknown.push(elapsed);
        assert_eq!(answer.refused("4004").bytes, bytes);
    }
    known.sort();
    unknown.sort();
    let ratio = known[7].as_secs_f64() / unknown[7].as_secs_f64();
    println!("wrong password {:?}, unknown mobile {:?}, ratio {ratio:.2}", known[7], unknown[7]);
    assert!((0.6..1.7).contains(&ratio), "{ratio:.2}");
}
