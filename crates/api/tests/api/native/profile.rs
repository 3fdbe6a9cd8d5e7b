//! Versions of the profile, and the story of an account.

use serde_json::json;

use crate::{
    support::{
        Client, TestServer, World,
        picture::{form, png},
    },
    tables::fresh_mobile,
};

/// A captcha and its answer.
async fn captcha(client: &Client) -> (String, String) {
    let captcha = client.post("/api/v2/captchas", &json!({})).await.done(201);
    let id = captcha["id"].as_str().unwrap().to_owned();
    let text = client.captcha_text(&id);
    (id, text)
}

async fn code(client: &Client, mobile: &str, purpose: &str) -> String {
    let (id, text) = captcha(client).await;
    let body = json!({"mobile": mobile, "purpose": purpose, "captcha_id": id, "captcha_text": text});
    client.post("/api/v2/sms-codes", &body).await.done(202);
    client.sms_code(mobile)
}

#[tokio::test]
async fn an_account_from_its_first_day_on() {
    let server = TestServer::start().await;
    let (client, mobile) = (Client::new(&server), fresh_mobile());
    let body =
        json!({"mobile": mobile, "sms_code": code(&client, &mobile, "register").await, "password": "an untold secret"});
    let made = client.post("/api/v2/users", &body).await;
    assert_eq!(made.headers["location"], "/api/v2/me");
    let made = made.done(201);
    assert_eq!(client.get("/api/v2/session").await.done(200), made);
    // The same code does not work twice.
    client.post("/api/v2/users", &body).await.problem(422, "sms_code_wrong");
    let (id, _) = captcha(&client).await;
    let wrong = json!({"mobile": mobile, "purpose": "reset", "captcha_id": id, "captcha_text": "0000"});
    client.post("/api/v2/sms-codes", &wrong).await.problem(422, "captcha_wrong");
    client.delete("/api/v2/session").await.done(204);
    client.get("/api/v2/session").await.problem(401, "not_logged_in");

    let reset =
        json!({"mobile": mobile, "sms_code": code(&client, &mobile, "reset").await, "password": "another secret"});
    client.post("/api/v2/password-resets", &reset).await.done(204);
    let login = |password: &str| json!({"mobile": mobile, "password": password});
    client.post("/api/v2/session", &login("an untold secret")).await.problem(401, "wrong_credentials");
    assert_eq!(client.post("/api/v2/session", &login("another secret")).await.done(201)["id"], made["id"]);

    let other = Client::new(&server);
    other.post("/api/v2/session", &login("another secret")).await.done(201);
    let sessions = client.get("/api/v2/me/sessions").await.done(200);
    let foreign = sessions["items"].as_array().unwrap().iter().find(|it| it["current"] == false).unwrap();
    client.delete(&format!("/api/v2/me/sessions/{}", foreign["id"].as_str().unwrap())).await.done(204);
    other.get("/api/v2/me").await.problem(401, "not_logged_in");
}

#[tokio::test]
async fn a_captcha_is_shown_and_spoken_until_it_is_too_old() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    let made = client.post("/api/v2/captchas", &json!({})).await;
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let captcha = made.done(201);
    assert_eq!(captcha["image"], location.as_str());
    let first = client.get(&location).await;
    assert_eq!(
        (first.headers["content-type"].to_str().unwrap(), &first.bytes[..3]),
        ("image/jpeg", &[0xff, 0xd8, 0xff][..])
    );
    assert_eq!(client.get(&location).await.bytes, first.bytes, "the picture shows one answer");
    let audio = captcha["audio"].as_str().unwrap();
    for _ in 0..3 {
        assert_eq!(client.get(audio).await.headers["content-type"], "audio/wav");
    }
    client.get(audio).await.problem(409, "limit_reached");
    client.get("/api/v2/captchas/never-there.jpg").await.problem(404, "not_found");
    client.get("/api/v2/captchas/never-there.wav").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_profile_changes_only_from_the_version_that_was_read() {
    let world = World::new().await;
    let guest = &world.guest;
    let name = |name: &str| json!({"name": name});
    guest
        .send(guest.request(reqwest::Method::PATCH, "/api/v2/me").json(&name("Anna")))
        .await
        .problem(428, "version_missing");
    let first = guest.get("/api/v2/me").await.version();
    assert_eq!(guest.get("/api/v2/session").await.version(), first);
    let changed = guest.patch("/api/v2/me", &name("Anna"), &first).await;
    let second = changed.version();
    assert_eq!(changed.done(200)["name"], "Anna");
    assert_ne!(first, second);
    assert_eq!(guest.get("/api/v2/me").await.version(), second);
    for stale in [&first, "\"0123\"", "W/\"0123456789abcdef\"", &format!("W/{second}")] {
        guest.patch("/api/v2/me", &name("Berta"), stale).await.problem(412, "version_stale");
    }
    // A merge patch of nothing changes nothing, and demands the version all the same.
    guest.patch("/api/v2/me", &json!({}), &first).await.problem(412, "version_stale");
    assert_eq!(guest.patch("/api/v2/me", &json!({}), &second).await.done(200)["name"], "Anna");
    world.landlord.patch("/api/v2/me", &name("Anna"), "*").await.problem(409, "name_taken");

    let avatar = |version: &str| {
        let upload = guest.request(reqwest::Method::PUT, "/api/v2/me/avatar").multipart(form("picture", png(3)));
        guest.send(upload.header("if-match", version.to_owned()))
    };
    avatar(&first).await.problem(412, "version_stale");
    let third = avatar(&second).await.version();
    assert_ne!(third, second);
    let identity = |version: &str| {
        let body = json!({"real_name": "韩梅梅", "id_number": "440524188001010014"});
        guest.send(guest.request(reqwest::Method::PUT, "/api/v2/me/identity").header("if-match", version).json(&body))
    };
    guest.get("/api/v2/me/identity").await.problem(404, "not_found");
    identity(&second).await.problem(412, "version_stale");
    let fourth = identity(&third).await.version();
    assert_eq!(guest.get("/api/v2/me/identity").await.version(), fourth);
    identity(&fourth).await.problem(409, "already_verified");
    assert_eq!(guest.get("/api/v2/me").await.done(200)["identity_verified"], true);
    // A change through another dialect is one too.
    guest.put("/api/v1.0/user/name", &name("Clara")).await.ok();
    guest.patch("/api/v2/me", &name("Dora"), &fourth).await.problem(412, "version_stale");
}

#[tokio::test]
async fn of_simultaneous_changes_from_one_version_one_is_written() {
    let world = World::new().await;
    let version = world.guest.get("/api/v2/me").await.version();
    let changes =
        (0..8).map(|number| {
            let (guest, version) = (world.guest.clone(), version.clone());
            async move {
                guest.patch("/api/v2/me", &json!({"name": format!("name {number}")}), &version).await.status.as_u16()
            }
        });
    let mut statuses = futures_util::future::join_all(changes).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
}
