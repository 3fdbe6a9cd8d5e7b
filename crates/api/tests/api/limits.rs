//! Rate limits: they refuse the client that exceeds them and no other one.

use futures_util::future::join_all;
use minsu_application::Limits;
use minsu_web::{request_limiter::RequestLimiter, state::State};
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
        state.http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
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
async fn a_mobile_gets_one_sms_a_minute_from_any_address_and_whether_it_is_known_or_not() {
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
        // Four sign-ups in an hour.
        state.app.policy.limits.sms_per_day = 4 * 2 * 24;
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
    let refused = ask("192.0.2.3", 5).await.refused("4201");
    assert!((3000..=3600).contains(&retry_after(&refused)), "the site is open again in the next hour");
}

async fn ask_sms(client: &Client, mobile: &str, purpose: &str) -> Answer {
    let (id, text) = client.captcha().await;
    client.get(&format!("/api/v1.0/smscode/{mobile}?text={text}&id={id}&purpose={purpose}")).await
}

/// A customer of IPv6 has 256 addresses to count by; with a reader of captchas that was the whole site's SMS of
/// a day.
#[tokio::test]
async fn one_network_neither_spends_the_sms_of_the_site_nor_stops_a_reset() {
    let server = limited(|state| {
        // Thirty sign-ups in an hour, and those who sign up ask for a reset in the same minute.
        state.app.policy.limits.sms_per_day = 30 * 2 * 24;
        state.app.policy.limits.sms_per_mobile_minute = 0;
    })
    .await;
    let known = Client::from_address(&server, "192.0.2.1");
    known.register("13811111111").await;
    let mut spent = 0;
    for number in 0..40 {
        let attacker = Client::from_address(&server, &format!("2001:db8:1:aa{number:02x}::1"));
        spent += u32::from(ask_sms(&attacker, &format!("139{number:08}"), "register").await.code() == "0");
    }
    assert!((15..=20).contains(&spent), "{spent} sent for one network");
    // Spread over further networks, it meets smaller shares.
    for number in 0..20 {
        let attacker = Client::from_address(&server, &format!("2001:db8:1:{number:02x}00::1"));
        spent += u32::from(ask_sms(&attacker, &format!("137{number:08}"), "register").await.code() == "0");
    }
    assert!(spent <= 20, "{spent} sent for one wide network");
    for number in 0..10 {
        Client::from_address(&server, &format!("198.51.{number}.1")).register(&format!("136{number:08}")).await;
    }
    let elsewhere = Client::from_address(&server, "203.0.113.1");
    ask_sms(&elsewhere, "13600000001", "password").await.ok();
    ask_sms(&known, "13811111111", "password").await.ok();
}

#[tokio::test]
async fn captchas_that_never_were_close_nothing_for_the_neighbours() {
    let server = limited(|_| {}).await;
    let attacker = Client::from_address(&server, "192.0.2.1");
    for number in 0..60 {
        let id = uuid::Uuid::new_v4();
        attacker.get(&format!("/api/v1.0/smscode/138{number:08}?text=abcd&id={id}")).await.refused("4002");
        attacker.get(&format!("/api/v1.0/imagecode/{id}/audio")).await.refused("4002");
    }
    Client::from_address(&server, "192.0.2.1").register("13811111111").await;
}

#[tokio::test]
async fn wrong_logins_do_not_slow_the_neighbours() {
    let server = limited(|_| {}).await;
    Client::from_address(&server, "198.51.100.1").register("13822222222").await;
    let attacker = Client::from_address(&server, "192.0.2.1");
    for number in 0..20 {
        let wrong = json!({"mobile": format!("139{number:08}"), "password": "wrong password"});
        attacker.post("/api/v1.0/sessions", &wrong).await.refused("4004");
    }
    let right = json!({"mobile": "13822222222", "password": PASSWORD});
    Client::from_address(&server, "192.0.2.1").post("/api/v1.0/sessions", &right).await.ok();
}

/// After the wait that the first refusal gives, no other limit refuses.
#[tokio::test]
async fn the_longest_of_the_limits_that_are_full_says_when_to_come_back() {
    let ask = async |server: &TestServer| {
        let client = Client::from_address(server, "192.0.2.1");
        let (id, text) = client.captcha().await;
        client.get(&format!("/api/v1.0/smscode/13811111111?text={text}&id={id}")).await
    };
    let server = limited(|state| state.app.policy.limits.sms_per_mobile_hour = 1).await;
    ask(&server).await.ok();
    assert!(retry_after(&ask(&server).await.refused("4201")) > 3500);
    let server = limited(|state| state.app.policy.limits.sms_per_address_day = 1).await;
    ask(&server).await.ok();
    // The minute of the mobile refuses, and the day of the address is full by now.
    assert!(retry_after(&ask(&server).await.refused("4201")) > 80_000);
}

/// A login from an unknown address meets two delays: that of the address and that of the mobile.
#[tokio::test]
async fn a_login_that_two_gates_refuse_is_told_of_the_later_one() {
    let server = limited(|state| {
        (state.app.policy.limits.login_failures, state.app.policy.limits.login_failures_address) = (1, 1);
        state.app.policy.limits.login_delay = std::time::Duration::from_secs(50);
    })
    .await;
    Client::from_address(&server, "192.0.2.1").register("13811111111").await;
    let guess = async |address: &str| log_in(&Client::from_address(&server, address), "wrong password").await;
    // Starts the delay of the mobile, and later that of another address.
    guess("198.51.100.1").await.refused("4004");
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let second = retry_after(&guess("198.51.100.2").await.refused("4201"));
    assert_eq!(second, 50, "the delay of the address ends after that of the mobile");
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
    let server = limited(|state| {
        state.app.policy.limits.login_failures_address = 5;
        state.app.policy.limits.login_delay = std::time::Duration::from_secs(1);
    })
    .await;
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
    // The delay holds for other mobiles from this address too, and not for another address.
    let other = json!({"mobile": "13822222222", "password": "wrong password"});
    attacker.post("/api/v1.0/sessions", &other).await.refused("4201");
    Client::from_address(&server, "198.51.100.2").post("/api/v1.0/sessions", &other).await.refused("4004");
}

/// A patient guesser from many addresses has so many guesses a day, whether the owner logs in meanwhile or not, and
/// the owner has ways in: the open session, an address that is remembered, a new password by SMS.
#[tokio::test]
async fn a_mobile_has_so_many_guesses_of_strangers_a_day() {
    let server = limited(|state| {
        let limits = &mut state.app.policy.limits;
        // No delay holds back, as for one who waits.
        (limits.login_failures, limits.login_failures_per_mobile_day) = (0, 10);
        (limits.sms_per_mobile_minute, limits.login_failures_address) = (0, 0);
    })
    .await;
    let owner = Client::from_address(&server, "192.0.2.1");
    owner.register("13811111111").await;
    let mut compared = 0;
    for number in 0..40 {
        let guess = log_in(&Client::from_address(&server, &format!("198.51.100.{number}")), "wrong password").await;
        compared += u32::from(guess.code() == "4004");
        if number == 5 {
            log_in(&Client::from_address(&server, "203.0.113.1"), PASSWORD).await.ok();
        }
    }
    assert_eq!(compared, 10);
    let stranger = Client::from_address(&server, "203.0.113.2");
    let refused = log_in(&stranger, PASSWORD).await.refused("4201");
    assert!((1..=86_400).contains(&retry_after(&refused)), "{}", retry_after(&refused));
    owner.get("/api/v1.0/user").await.ok();
    for known in ["192.0.2.1", "203.0.113.1"] {
        log_in(&Client::from_address(&server, known), PASSWORD).await.ok();
    }
    // Another mobile is not touched.
    Client::from_address(&server, "203.0.113.3").register("13822222222").await;
    // From an unknown address the owner takes a new password, and is known there from then on.
    let code = stranger.ask_sms_for("password", "13811111111").await;
    let new = json!({"mobile": "13811111111", "sms_code": code, "password": "another untold secret"});
    stranger.post("/api/v1.0/user/password/reset", &new).await.ok();
    log_in(&stranger, "another untold secret").await.ok();
}

#[tokio::test]
async fn an_account_of_ones_own_does_not_buy_more_guesses() {
    let server = limited(|state| {
        (state.app.policy.limits.login_failures, state.app.policy.limits.login_failures_address) = (0, 5);
    })
    .await;
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
    // The orders of another guest are counted apart, and a decision makes room.
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
    // Paths of no dialect are limited too.
    for (address, path) in [("192.0.2.3", "/readyz"), ("192.0.2.4", "/media/a.jpg"), ("192.0.2.5", "/nothing")] {
        let client = Client::from_address(&server, address);
        let answers = join_all((0..20).map(|_| client.get(path))).await;
        assert!(answers.iter().filter(|answer| answer.status == 429).count() >= 15, "{path}");
    }
}
