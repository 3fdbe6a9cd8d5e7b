//! Sessions, passwords, the export of personal data and the deletion of accounts.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Client, TestServer, World,
    client::PASSWORD,
    world::{day, house_form, order},
};

const MOBILE: &str = "13811111111";

async fn log_in(server: &TestServer, password: &str) -> (Client, Answer) {
    let client = Client::new(server);
    let answer = client.post("/api/v1.0/sessions", &json!({"mobile": MOBILE, "password": password})).await;
    (client, answer)
}

async fn logged_in(server: &TestServer) -> Client {
    let (client, answer) = log_in(server, PASSWORD).await;
    answer.ok();
    client
}

async fn sessions(client: &Client) -> Vec<Value> {
    client.get("/api/v1.0/user/sessions").await.ok()["data"]["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let server = TestServer::start().await;
    let first = Client::new(&server);
    first.register(MOBILE).await;
    let second = logged_in(&server).await;
    let listed = sessions(&first).await;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|session| session["address"] == "127.0.0.1"));
    let other = listed.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/api/v1.0/user/sessions/{}", other["session_id"].as_str().unwrap());
    first.delete(&path).await.ok();
    second.get("/api/v1.0/user").await.refused("4101");
    first.get("/api/v1.0/user").await.ok();
    first.delete(&path).await.refused("4002");
    assert_eq!(sessions(&first).await.len(), 1);
    // A logout takes it off the list too.
    let third = logged_in(&server).await;
    third.delete("/api/v1.0/session").await.ok();
    assert_eq!(sessions(&first).await.len(), 1);
    for bad in ["0", "%00", "a".repeat(500).as_str(), "*"] {
        first.delete(&format!("/api/v1.0/user/sessions/{bad}")).await.refused("4002");
    }
}

#[tokio::test]
async fn the_seventeenth_session_ends_the_first() {
    let server = TestServer::start().await;
    let first = Client::new(&server);
    first.register(MOBILE).await;
    for _ in 0..15 {
        logged_in(&server).await;
    }
    first.get("/api/v1.0/user").await.ok();
    let last = logged_in(&server).await;
    first.get("/api/v1.0/user").await.refused("4101");
    assert_eq!(sessions(&last).await.len(), 16);
}

#[tokio::test]
async fn a_session_ends_by_its_age_and_by_not_being_used() {
    let server = TestServer::start_with(|state| {
        state.app.policy.session_lifetime = Duration::from_secs(5);
        state.app.policy.session_idle = Duration::from_secs(2);
    })
    .await;
    let used = Client::new(&server);
    used.register(MOBILE).await;
    let idle = logged_in(&server).await;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(600)).await;
        used.get("/api/v1.0/user").await.ok();
    }
    idle.get("/api/v1.0/user").await.refused("4101");
    tokio::time::sleep(Duration::from_millis(2600)).await;
    used.get("/api/v1.0/user").await.refused("4101");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let server = TestServer::start().await;
    let owner = Client::new(&server);
    owner.register(MOBILE).await;
    let thief = logged_in(&server).await;
    let change = |old: &str, new: &str| json!({"old_password": old, "password": new});
    owner.put("/api/v1.0/user/password", &change("not my password", "an untold secret")).await.refused("4106");
    owner.put("/api/v1.0/user/password", &change(PASSWORD, "short")).await.refused("4103");
    thief.get("/api/v1.0/user").await.ok();
    owner.put("/api/v1.0/user/password", &change(PASSWORD, "an untold secret")).await.ok();
    thief.get("/api/v1.0/user").await.refused("4101");
    owner.get("/api/v1.0/user").await.ok();
    log_in(&server, PASSWORD).await.1.refused("4004");
    log_in(&server, "an untold secret").await.1.ok();
}

#[tokio::test]
async fn a_login_under_the_old_password_survives_no_change() {
    let server = TestServer::start().await;
    let owner = Client::new(&server);
    owner.register(MOBILE).await;
    let change = json!({"old_password": PASSWORD, "password": "an untold secret"});
    let logins = (0..20).map(|_| log_in(&server, PASSWORD));
    let (changed, logins) = futures_util::future::join(
        owner.put("/api/v1.0/user/password", &change),
        futures_util::future::join_all(logins),
    )
    .await;
    changed.ok();
    for (client, _) in logins {
        client.get("/api/v1.0/user").await.refused("4101");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_code_of_that_purpose_only() {
    let server = TestServer::start().await;
    let thief = Client::new(&server);
    thief.register(MOBILE).await;
    let owner = Client::new(&server);
    let reset = |code: &str| json!({"mobile": MOBILE, "sms_code": code, "password": "an untold secret"});
    let for_registration = owner.ask_sms(MOBILE).await;
    owner.post("/api/v1.0/user/password/reset", &reset(&for_registration)).await.refused("4004");
    let code = owner.ask_sms_for("password", MOBILE).await;
    let register = json!({"mobile": MOBILE, "sms_code": code, "password": PASSWORD});
    assert_ne!(owner.post("/api/v1.0/users", &register).await.code(), "0");
    owner.post("/api/v1.0/user/password/reset", &reset(&code)).await.ok();
    owner.post("/api/v1.0/user/password/reset", &reset(&code)).await.refused("4002");
    thief.get("/api/v1.0/user").await.refused("4101");
    log_in(&server, PASSWORD).await.1.refused("4004");
    log_in(&server, "an untold secret").await.1.ok();
    // A client with the code of a number without an account is told that there is no account.
    let code = owner.ask_sms_for("password", "13822222222").await;
    let body = json!({"mobile": "13822222222", "sms_code": code, "password": PASSWORD});
    owner.post("/api/v1.0/user/password/reset", &body).await.refused("4104");
    let (id, text) = owner.captcha().await;
    owner.get(&format!("/api/v1.0/smscode/{MOBILE}?text={text}&id={id}&purpose=login")).await.refused("4103");
}

#[tokio::test]
async fn guesses_in_an_open_session_are_delayed_too() {
    let server = TestServer::start_with(|state| {
        state.app.policy.limits.login_failures = 5;
    })
    .await;
    let thief = Client::new(&server);
    thief.register(MOBILE).await;
    let guess = |client: &Client| {
        let client = client.clone();
        async move {
            let body = json!({"password": "not my password"});
            client.send(client.request(Method::DELETE, "/api/v1.0/user").json(&body)).await.code()
        }
    };
    let codes = futures_util::future::join_all((0..20).map(|_| guess(&thief))).await;
    assert_eq!(codes.iter().filter(|code| *code == "4106").count(), 5);
    assert_eq!(codes.iter().filter(|code| *code == "4201").count(), 15);
}

async fn delete(client: &Client, password: &str) -> Answer {
    client.send(client.request(Method::DELETE, "/api/v1.0/user").json(&json!({"password": password}))).await
}

#[tokio::test]
async fn an_export_has_everything_of_its_owner_and_nothing_of_others() {
    let world = World::new().await;
    world.accepted_order().await;
    let landlord = world.landlord.get("/api/v1.0/user/export").await.ok()["data"].clone();
    assert_eq!(landlord["user"]["mobile"], "13800000001");
    assert_eq!(landlord["identity"]["id_card"], "1101**********002X");
    let house = &landlord["houses"][0];
    assert_eq!(house["house_id"], world.house);
    let form = house_form();
    // The form has its numbers as text.
    let plain = |value: &Value| value.to_string().replace('"', "");
    let numbers = ["area_id", "acreage", "room_count", "capacity", "min_days", "max_days"];
    assert_eq!(house["facilities"], json!([1, 3, 7]));
    for name in numbers.into_iter().chain(["title", "address", "unit", "beds"]) {
        assert_eq!(plain(&house[name]), plain(&form[name]), "{name}");
    }
    assert_eq!((&house["price"], &house["deposit"]), (&json!(1999), &json!(50_000)));
    assert_eq!(house["img_urls"].as_array().unwrap().len(), 1);
    assert_eq!(landlord["orders_as_landlord"].as_array().unwrap().len(), 1);
    assert_eq!(landlord["orders_as_guest"], json!([]));
    let guest = world.guest.get("/api/v1.0/user/export").await.ok()["data"].clone();
    assert_eq!(guest["orders_as_guest"].as_array().unwrap().len(), 1);
    assert_eq!(guest["identity"]["real_name"], Value::Null);
    let text = guest.to_string();
    assert!(!text.contains("13800000001") && !text.contains("李雷"), "{text}");
}

#[tokio::test]
async fn a_deleted_account_leaves_comments_and_nothing_of_the_person() {
    let world = World::new().await;
    let mut guest_name = world.guest.get("/api/v1.0/user").await.ok()["data"]["name"].take();
    let guest_name = guest_name.take().as_str().unwrap().to_owned();
    let id = world.accepted_order().await;
    delete(&world.guest, "not my password").await.refused("4106");
    delete(&world.guest, PASSWORD).await.refused("4004");
    delete(&world.landlord, PASSWORD).await.refused("4004");
    world.guest.put(&format!("/api/v1.0/orders/{id}/comment"), &json!({"comment": "很安静"})).await.ok();
    let cookie = delete(&world.guest, PASSWORD).await;
    assert!(cookie.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    cookie.ok();
    world.guest.get("/api/v1.0/user").await.refused("4101");
    let login = json!({"mobile": "13800000002", "password": PASSWORD});
    Client::new(&world.server).post("/api/v1.0/sessions", &login).await.refused("4004");
    let house = format!("/api/v1.0/houses/{}", world.house);
    let detail = world.anonymous.get(&house).await.ok();
    let comment = &detail["data"]["house"]["comments"][0];
    assert_eq!(comment["comment"], "很安静");
    let author = comment["user_name"].as_str().unwrap();
    assert!(author.starts_with("已注销用户") && author != guest_name, "{author}");
    // The number is free for a new start, which has nothing of the old one.
    let again = Client::new(&world.server);
    again.register("13800000002").await;
    assert_eq!(again.get("/api/v1.0/user/orders").await.ok()["data"]["orders"], json!([]));
}

#[tokio::test]
async fn the_houses_of_a_landlord_who_left_are_gone() {
    let world = World::new().await;
    let house = format!("/api/v1.0/houses/{}", world.house);
    let picture = world.anonymous.get(&house).await.ok()["data"]["house"]["img_urls"][0].as_str().unwrap().to_owned();
    let list = "/api/v1.0/houses?sk=new&p=1";
    assert_eq!(world.anonymous.get(list).await.ok()["data"]["houses"].as_array().unwrap().len(), 1);
    let id = world.order().await;
    let reject = json!({"action": "reject", "reason": "我搬走了"});
    world.landlord.put(&format!("/api/v1.0/orders/{id}/status"), &reject).await.ok();
    delete(&world.landlord, PASSWORD).await.ok();
    world.anonymous.get(&house).await.refused("4002");
    assert_eq!(world.anonymous.get(list).await.ok()["data"]["houses"], json!([]));
    assert_eq!(world.anonymous.get("/api/v1.0/houses/index").await.ok()["data"], json!([]));
    assert_eq!(world.anonymous.get(&picture).await.status, 404);
    order(&world.guest, world.house, &day(40), &day(40)).await.refused("4002");
    // The guest's list stays, without what the landlord wrote about the house.
    let orders = world.guest.get("/api/v1.0/user/orders").await.ok();
    assert_eq!(orders["data"]["orders"][0]["title"], "已下架");
}

#[tokio::test]
async fn the_mobile_of_an_account_changes_by_its_code_and_a_proof() {
    const NEW: &str = "13833333333";
    let server = TestServer::start().await;
    let owner = Client::new(&server);
    owner.register(MOBILE).await;
    let other = logged_in(&server).await;
    Client::new(&server).register("13844444444").await;
    let change = "/api/v1.0/user/mobile";
    let code = owner.ask_sms_for("mobile", NEW).await;
    let body =
        |mobile: &str, code: &str, proof: (&str, &str)| json!({"mobile": mobile, "sms_code": code, proof.0: proof.1});
    owner.put(change, &json!({"mobile": NEW, "sms_code": code})).await.refused("4103");
    owner.put(change, &body(NEW, &code, ("password", "not my password"))).await.refused("4106");
    owner.put(change, &body(MOBILE, &code, ("password", PASSWORD))).await.refused("4103");
    let taken = owner.ask_sms_for("mobile", "13844444444").await;
    owner.put(change, &body("13844444444", &taken, ("password", PASSWORD))).await.refused("4001");
    let old = owner.ask_sms_for("mobile", MOBILE).await;
    owner.put(change, &body(NEW, &code, ("old_sms_code", &old))).await.ok();
    assert_eq!(owner.get("/api/v1.0/user").await.ok()["data"]["mobile"], NEW);
    other.get("/api/v1.0/user").await.refused("4101");
    log_in(&server, PASSWORD).await.1.refused("4004");
    let login = json!({"mobile": NEW, "password": PASSWORD});
    Client::new(&server).post("/api/v1.0/sessions", &login).await.ok();
    // The old mobile is free for its next owner.
    Client::new(&server).register(MOBILE).await;
}

#[tokio::test]
async fn one_identity_number_belongs_to_one_account_and_is_shown_masked() {
    let server = TestServer::start_with(|state| state.app.policy.accounts_per_identity = 1).await;
    let (first, second) = (Client::new(&server), Client::new(&server));
    first.register(MOBILE).await;
    second.register("13822222222").await;
    let body = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
    first.post("/api/v1.0/user/auth", &body).await.ok();
    second.post("/api/v1.0/user/auth", &body).await.refused("4003");
    second.post("/api/profile/auth", &body).await.refused("4003");
    for path in ["/api/v1.0/user/auth", "/api/profile/auth"] {
        let shown = first.get(path).await.ok()["data"].clone();
        assert_eq!((&shown["real_name"], &shown["id_card"]), (&json!("李雷"), &json!("1101**********002X")), "{path}");
    }
    // A deleted account frees the number.
    delete(&first, PASSWORD).await.ok();
    second.post("/api/v1.0/user/auth", &body).await.ok();
}

#[tokio::test]
async fn a_code_alone_does_not_open_a_verified_account_from_elsewhere() {
    let server =
        TestServer::start_with(|state| state.http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let owner = Client::from_address(&server, "192.0.2.1");
    owner.register(MOBILE).await;
    crate::support::world::verify(&owner).await;
    let next_owner = Client::from_address(&server, "198.51.100.1");
    let code = next_owner.ask_sms_for("password", MOBILE).await;
    let path = "/api/v1.0/user/password/reset";
    let mut body = json!({"mobile": MOBILE, "sms_code": code, "password": "an untold secret"});
    next_owner.post(path, &body).await.refused("4105");
    body["id_last4"] = json!("0021");
    next_owner.post(path, &body).await.refused("4004");
    body["id_last4"] = json!("002x");
    next_owner.post(path, &body).await.ok();
    let code = owner.ask_sms_for("password", MOBILE).await;
    owner.post(path, &json!({"mobile": MOBILE, "sms_code": code, "password": "an untold secret"})).await.ok();
}

#[tokio::test]
async fn the_mobile_is_no_password() {
    let server = TestServer::start().await;
    let owner = Client::new(&server);
    let code = owner.ask_sms(MOBILE).await;
    let body = json!({"mobile": MOBILE, "sms_code": code, "password": MOBILE});
    let refused = owner.post("/api/v1.0/users", &body).await.refused("4103");
    assert_eq!(refused.errmsg(), "密码不能包含手机号");
}
