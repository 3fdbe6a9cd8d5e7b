//! How often something may be done, and that limits hit who goes too far and nobody else.

use futures_util::future::join_all;
use minsu_api::http::{request_limiter::RequestLimiter, state::State};
use minsu_application::Limits;
use serde_json::json;

use crate::support::{
    Answer, Client, TestServer, World,
    client::PASSWORD,
    world::{day, order},
};

/// A server with the limits of production, on which this machine is a trusted proxy.
async fn limited(change: impl FnOnce(&mut State)) -> TestServer {
    TestServer::start_with(|state| {
        state.app.policy.limits = Limits::default();
        state.http.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        change(state);
    })
    .await
}

/// The seconds that a refusal tells to wait.
fn retry_after(answer: &Answer) -> u64 {
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

async fn log_in(client: &Client, password: &str) -> Answer {
    client.post("/api/v1.0/sessions", &json!({"mobile": "13811111111", "password": password})).await
}

#[tokio::test]
async fn a_mobile_gets_one_sms_a_minute_whoever_asks_and_whether_it_is_known_or_not() {
    let server = limited(|_| {}).await;
    let known = Client::from_address(&server, "192.0.2.1");
    known.register("13811111111").await;
    Client::from_address(&server, "192.0.2.1").ask_sms("13822222222").await;
    let mut refusals = Vec::new();
    for (address, mobile) in [("192.0.2.1", "13811111111"), ("192.0.2.2", "13822222222")] {
        let client = Client::from_address(&server, address);
        let (id, text) = client.captcha().await;
        let answer = client.get(&format!("/api/v1.0/smscode/{mobile}?text={text}&id={id}")).await.refused("4201");
        assert!((1..=60).contains(&retry_after(&answer)));
        assert_eq!(client.sms_codes(mobile).len(), 1);
        refusals.push(answer.bytes);
    }
    assert_eq!(refusals[0], refusals[1]);
    // The classic dialect counts together with v1.
    let client = Client::from_address(&server, "192.0.2.3");
    let (id, text) = client.captcha().await;
    let body = json!({"mobile": "13811111111", "image_code_id": id, "image_code_text": text});
    client.post("/api/smscode", &body).await.refused("4201");
}

#[tokio::test]
async fn an_address_and_the_whole_site_send_so_many_sms_a_day() {
    let server = limited(|state| {
        state.app.policy.limits.sms_per_address_day = 3;
        state.app.policy.limits.sms_per_day = 4;
    })
    .await;
    let ask = async |address: &str, mobile: u32| {
        let client = Client::from_address(&server, address);
        let (id, text) = client.captcha().await;
        client.get(&format!("/api/v1.0/smscode/138{mobile:08}?text={text}&id={id}")).await
    };
    for mobile in 0..3 {
        ask("192.0.2.1", mobile).await.ok();
    }
    assert!(retry_after(&ask("192.0.2.1", 3).await.refused("4201")) > 80_000);
    ask("192.0.2.2", 4).await.ok();
    ask("192.0.2.3", 5).await.refused("4201");
}

#[tokio::test]
async fn an_address_gets_so_many_captchas_a_minute() {
    let server = limited(|state| state.app.policy.limits.captchas_per_address_minute = 5).await;
    let client = Client::from_address(&server, "192.0.2.1");
    let path = |number: u32| format!("/api/imagecode?codeid={number}");
    let answers = join_all((0..20).map(|number| {
        let (client, path) = (client.clone(), path(number));
        async move { client.get(&path).await }
    }))
    .await;
    let pictures = answers.iter().filter(|answer| answer.headers["content-type"] == "image/jpeg").count();
    assert_eq!(pictures, 5);
    for refused in answers.into_iter().filter(|answer| answer.headers["content-type"] != "image/jpeg") {
        assert!(retry_after(&refused.refused("4201")) <= 60);
    }
    let other = Client::from_address(&server, "192.0.2.2").get(&path(99)).await;
    assert_eq!(other.headers["content-type"], "image/jpeg");
}

#[tokio::test]
async fn parallel_guesses_gain_nothing_and_their_victim_is_not_locked_out() {
    let server = limited(|_| {}).await;
    let victim = Client::from_address(&server, "192.0.2.1");
    victim.register("13811111111").await;
    // Fifty addresses, one guess each: only the mobile ties them together.
    let guesses = join_all((0..50).map(|number| {
        let attacker = Client::from_address(&server, &format!("198.51.100.{number}"));
        async move { log_in(&attacker, &format!("guess {number:04}")).await }
    }))
    .await;
    let compared = guesses.iter().filter(|answer| answer.code() == "4004").count();
    assert_eq!(compared, 5);
    assert!(guesses.iter().filter(|answer| answer.code() == "4201").all(|answer| retry_after(answer) <= 4));
    // The right password gains nothing from a new address either …
    log_in(&Client::from_address(&server, "198.51.100.99"), PASSWORD).await.refused("4201");
    // … but the open session works, and so does a login from where its owner logged in before.
    victim.get("/api/v1.0/user").await.ok();
    log_in(&Client::from_address(&server, "192.0.2.1"), PASSWORD).await.ok();
}

#[tokio::test]
async fn delays_grow_with_the_failures_and_end() {
    let server = limited(|state| state.app.policy.limits.login_delay = std::time::Duration::from_secs(1)).await;
    let owner = Client::from_address(&server, "192.0.2.1");
    owner.register("13811111111").await;
    let attacker = Client::from_address(&server, "198.51.100.1");
    for _ in 0..5 {
        log_in(&attacker, "wrong password").await.refused("4004");
    }
    let first = retry_after(&log_in(&attacker, "wrong password").await.refused("4201"));
    tokio::time::sleep(std::time::Duration::from_millis(1050)).await;
    log_in(&attacker, "wrong password").await.refused("4004");
    let second = retry_after(&log_in(&attacker, "wrong password").await.refused("4201"));
    assert!(first == 1 && second == 2, "{first} and {second} seconds");
    // The address pays for it with other mobiles too; somebody else does not.
    let other = json!({"mobile": "13822222222", "password": "wrong password"});
    attacker.post("/api/v1.0/sessions", &other).await.refused("4201");
    Client::from_address(&server, "198.51.100.2").post("/api/v1.0/sessions", &other).await.refused("4004");
}

#[tokio::test]
async fn an_account_of_ones_own_does_not_buy_more_guesses() {
    let server = limited(|state| state.app.policy.limits.login_failures = 0).await;
    Client::from_address(&server, "192.0.2.1").register("13811111111").await;
    let attacker = Client::from_address(&server, "198.51.100.1");
    let guess = |mobile: u32| json!({"mobile": format!("139{mobile:08}"), "password": "wrong password"});
    for mobile in 0..3 {
        attacker.post("/api/v1.0/sessions", &guess(mobile)).await.refused("4004");
    }
    log_in(&attacker, PASSWORD).await.ok();
    for mobile in 3..5 {
        attacker.post("/api/v1.0/sessions", &guess(mobile)).await.refused("4004");
    }
    attacker.post("/api/v1.0/sessions", &guess(6)).await.refused("4201");
}

#[tokio::test]
async fn only_trusted_proxies_tell_where_a_client_is() {
    let server = limited(|state| {
        state.http.trusted_proxies.clear();
        state.app.policy.limits.captchas_per_address_minute = 1;
    })
    .await;
    Client::from_address(&server, "192.0.2.1").get("/api/imagecode?codeid=1").await;
    Client::from_address(&server, "192.0.2.2").get("/api/imagecode?codeid=2").await.refused("4201");
}

#[tokio::test]
async fn a_guest_has_so_many_waiting_orders_also_at_once() {
    let server = TestServer::start_with(|state| state.app.policy.limits.waiting_orders_per_guest = 3).await;
    let world = World::on(server).await;
    let answers = join_all((1..20).map(|offset| {
        let guest = world.guest.clone();
        async move { order(&guest, world.house, &day(offset * 2), &day(offset * 2)).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.code() == "0").count(), 3);
    let placed = answers.iter().find(|answer| answer.code() == "0").unwrap().json["data"]["order_id"].clone();
    for refused in answers.into_iter().filter(|answer| answer.code() != "0") {
        assert!(retry_after(&refused.refused("4201")) > 0);
    }
    // Somebody else's are their own, and an answer makes room.
    order(&world.stranger, world.house, &day(60), &day(60)).await.ok();
    world.landlord.put(&format!("/api/v1.0/orders/{placed}/status"), &json!({"action": "accept"})).await.ok();
    order(&world.guest, world.house, &day(61), &day(61)).await.ok();
}

#[tokio::test]
async fn floods_get_429_in_the_envelope_of_their_dialect() {
    let server = limited(|state| state.limiter = RequestLimiter::new(1, 3)).await;
    for (address, path, classic) in [("192.0.2.1", "/api/v1.0/areas", false), ("192.0.2.2", "/api/house/area", true)] {
        let client = Client::from_address(&server, address);
        let answers = join_all((0..20).map(|_| client.get(path))).await;
        let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
        assert!(refused.len() >= 15, "{} refused", refused.len());
        for answer in refused {
            assert_eq!((answer.code().as_str(), retry_after(answer)), ("4201", 1));
            assert_eq!(answer.json.get("errcode").is_some(), classic);
        }
    }
    let unlimited = Client::from_address(&server, "192.0.2.1");
    let answers = join_all((0..20).map(|_| unlimited.get("/healthz"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
}
