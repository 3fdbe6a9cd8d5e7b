//! Captchas and SMS codes: once, for a while, by few tries.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Client, TestServer, client::PASSWORD};

/// A server on which every client may have an address of its own.
async fn behind_a_proxy() -> TestServer {
    TestServer::start_with(|state| state.http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await
}

#[tokio::test]
async fn a_captcha_is_used_up_by_any_answer() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    let sms = |id: &str, text: &str| format!("/api/v1.0/smscode/13811111111?text={text}&id={id}");
    let (id, text) = client.captcha().await;
    let wrong = client.get(&sms(&id, "????")).await.refused("4004");
    assert_eq!(wrong.errmsg(), "图片验证码不一致");
    assert_eq!(client.get(&sms(&id, &text)).await.refused("4002").errmsg(), "图片验证码过期");
    let (id, text) = client.captcha().await;
    client.get(&sms(&id, &text.to_lowercase())).await.ok();
    client.get(&sms(&id, &text)).await.refused("4002");
    assert_eq!(client.sms_codes("13811111111").len(), 1);
}

#[tokio::test]
async fn the_newer_captcha_of_an_id_replaces_the_older() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    let path = "/api/v1.0/imagecode/f78a6c48-70fc-4b6a-b564-7e8043903e24";
    let first = client.get(path).await;
    let old = client.captcha_text("f78a6c48-70fc-4b6a-b564-7e8043903e24");
    let second = client.get(path).await;
    assert_ne!(first.bytes, second.bytes);
    assert_eq!(second.headers["cache-control"], "no-store");
    let new = client.captcha_text("f78a6c48-70fc-4b6a-b564-7e8043903e24");
    assert_ne!(old, new);
    let id = "f78a6c48-70fc-4b6a-b564-7e8043903e24";
    client.get(&format!("/api/v1.0/smscode/13811111111?text={old}&id={id}")).await.refused("4004");
}

#[tokio::test]
async fn a_captcha_can_be_heard_until_it_is_answered() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    let (id, text) = client.captcha().await;
    let audio = format!("/api/v1.0/imagecode/{id}/audio");
    let (first, second) = (client.get(&audio).await, client.get(&audio).await);
    for spoken in [&first, &second] {
        assert_eq!((spoken.status.as_u16(), &spoken.bytes[..4]), (200, &b"RIFF"[..]));
        assert_eq!(spoken.headers["content-type"], "audio/wav");
        assert_eq!(spoken.headers["cache-control"], "no-store");
    }
    assert_ne!(first.bytes, second.bytes, "a recording that comes again can be recognised");

    // Heard twice, it is still worth one answer; after that there is nothing to hear.
    client.get(&format!("/api/v1.0/smscode/13811111111?text={text}&id={id}")).await.ok();
    assert_eq!(client.get(&audio).await.refused("4002").errmsg(), "图片验证码过期");
    let unknown = format!("/api/v1.0/imagecode/{}/audio", uuid::Uuid::new_v4());
    client.get(&unknown).await.refused("4002");
    client.get("/api/v1.0/imagecode/1/audio").await.refused("4103");
}

#[tokio::test]
async fn fifty_simultaneous_answers_send_one_sms() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    let (id, text) = client.captcha().await;
    let path = format!("/api/v1.0/smscode/13811111111?text={text}&id={id}");
    let answers = join_all((0..50).map(|_| client.get(&path))).await;
    assert_eq!(answers.iter().filter(|answer| answer.code() == "0").count(), 1);
    assert!(answers.iter().all(|answer| ["0", "4002"].contains(&answer.code().as_str())));
    assert_eq!(client.sms_codes("13811111111").len(), 1);
}

#[tokio::test]
async fn a_code_is_burnt_after_five_wrong_tries_in_parallel_too() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    let code = client.ask_sms("13811111111").await;
    let register = |code: String| {
        let body = json!({"mobile": "13811111111", "sms_code": code, "password": PASSWORD});
        let client = client.clone();
        async move { client.post("/api/v1.0/users", &body).await }
    };
    let guesses = (0..50).map(|i| register(format!("{:06}", (code.parse::<u32>().unwrap() + 1 + i) % 1_000_000)));
    let answers = join_all(guesses).await;
    let compared = answers.iter().filter(|answer| answer.code() == "4004").count();
    assert!(compared <= 5, "{compared} guesses were compared");
    assert!(answers.iter().all(|answer| ["4004", "4002"].contains(&answer.code().as_str())));
    register(code).await.refused("4002");
}

#[tokio::test]
async fn one_code_makes_one_account_and_opens_no_other() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    let code = client.ask_sms("13811111111").await;
    let other = json!({"mobile": "13822222222", "sms_code": code, "password": PASSWORD});
    // No code was asked for, which an address that did not ask is not told.
    client.post("/api/v1.0/users", &other).await.refused("4004");
    let body = json!({"mobile": "13811111111", "sms_code": code, "password": PASSWORD});
    let answers = join_all((0..20).map(|_| {
        let client = Client::new(&server);
        let body = body.clone();
        async move { client.post("/api/v1.0/users", &body).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.code() == "0").count(), 1);
    client.post("/api/v1.0/users", &body).await.refused("4002");
    // A second account for the number is refused even with a fresh code.
    let code = client.ask_sms("13811111111").await;
    let body = json!({"mobile": "13811111111", "sms_code": code, "password": PASSWORD});
    assert_eq!(client.post("/api/v1.0/users", &body).await.refused("4001").errmsg(), "用户已注册");
}

/// One call a second against a mobile killed every code of its owner, and told when one was on its way.
#[tokio::test]
async fn a_poller_burns_nobodys_code_and_learns_of_none() {
    let server = behind_a_proxy().await;
    let (owner, poller) = (Client::from_address(&server, "192.0.2.1"), Client::from_address(&server, "198.51.100.1"));
    let mobile = "13811111111";
    let with = |code: String| json!({"mobile": mobile, "sms_code": code, "password": PASSWORD});
    let poll = async || {
        let (v1, classic) =
            (with("000000".into()), json!({"mobile": mobile, "phonecode": "000000", "password": PASSWORD}));
        let v1 = poller.post("/api/v1.0/users", &v1).await;
        let classic = poller.post("/api/register", &classic).await;
        (v1.bytes, classic.bytes)
    };
    let without_code = poll().await;
    let code = owner.ask_sms(mobile).await;
    for _ in 0..10 {
        assert_eq!(poll().await, without_code, "the poller learnt something");
    }
    // The right code is worth nothing to the poller either by now, and is to the owner.
    poller.post("/api/v1.0/users", &with(code.clone())).await.refused("4004");
    let guess = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    owner.post("/api/v1.0/users", &with(guess)).await.refused("4004");
    owner.post("/api/v1.0/users", &with(code.clone())).await.ok();
    // The page that asked is told that its code is over.
    owner.post("/api/v1.0/users", &with(code)).await.refused("4002");
}

/// The telephone that gets the code need not be on the network of the page that asked for it.
#[tokio::test]
async fn a_right_code_works_from_another_address() {
    let server = behind_a_proxy().await;
    let code = Client::from_address(&server, "192.0.2.1").ask_sms("13811111111").await;
    let body = json!({"mobile": "13811111111", "sms_code": code, "password": PASSWORD});
    Client::from_address(&server, "198.51.100.1").post("/api/v1.0/users", &body).await.ok();
}
