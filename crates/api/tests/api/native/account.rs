//! Confirmed sessions, tokens, and the end of an account.

use reqwest::Method;
use serde_json::json;

use crate::{
    support::{Client, TestServer, World},
    tables::fresh_mobile,
};

/// A person whose session was confirmed long ago.
async fn unconfirmed(server: &TestServer) -> Client {
    let client = Client::new(server);
    client.register(&fresh_mobile()).await;
    client
}

#[tokio::test]
async fn a_login_confirms_and_so_does_the_password() {
    let server = TestServer::start().await;
    let client = unconfirmed(&server).await;
    let body = json!({"name": "sync", "scopes": ["profile:read"]});
    let made = client.post("/api/v2/me/tokens", &body).await;
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let made = made.done(201);
    client
        .post("/api/v2/session/confirm", &json!({"password": "wrong password"}))
        .await
        .problem(401, "wrong_credentials");
    client.post("/api/v2/session/confirm", &json!({"password": "123456789"})).await.done(204);
    let listed = client.get("/api/v2/me/tokens").await.done(200);
    assert_eq!((&listed["items"][0]["id"], listed["items"][0].get("token")), (&made["id"], None));

    let program = Client::new(&server);
    let me = async || {
        let request = program.request(Method::GET, "/api/v2/me").bearer_auth(made["token"].as_str().unwrap());
        program.send(request).await
    };
    assert_eq!(me().await.done(200)["id"], client.get("/api/v2/me").await.done(200)["id"]);
    // Neither a wrong digit nor another scheme is a token.
    let mut wrong = made["token"].as_str().unwrap().to_owned();
    let last = wrong.pop().unwrap();
    wrong.push(if last == 'A' { 'B' } else { 'A' });
    for value in [format!("Bearer {wrong}"), "Basic YTpi".into(), "Bearer".into()] {
        let request = program.request(Method::GET, "/api/v2/me").header("authorization", value);
        let refused = program.send(request).await.problem(401, "token_invalid");
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
    }
    client.delete(&location).await.done(204);
    me().await.problem(401, "token_invalid");
    client.delete(&location).await.problem(404, "not_found");
    for (body, pointer, code) in [
        (json!({"name": "x", "scopes": []}), "/scopes", "range"),
        (json!({"name": "x", "scopes": ["everything"]}), "/scopes", "format"),
        (json!({"name": "", "scopes": ["orders:read"]}), "/name", "range"),
        (json!({"name": "x", "scopes": ["orders:read"], "expires_at": "tomorrow"}), "/expires_at", "format"),
        (json!({"name": "x", "scopes": ["orders:read"], "expires_at": "2020-01-01T00:00:00Z"}), "/expires_at", "range"),
    ] {
        let refused = client.post("/api/v2/me/tokens", &body).await.problem(422, "invalid_fields");
        assert_eq!(refused.faults(), [(pointer.into(), code.into())], "{body}");
    }
}

#[tokio::test]
async fn an_account_with_open_orders_stays_and_goes_without_them() {
    let world = World::new().await;
    let order = world.order().await;
    let version = world.guest.get("/api/v2/me").await.version();
    let delete = |version: &str| {
        world.guest.send(world.guest.request(Method::DELETE, "/api/v2/me").header("if-match", version.to_owned()))
    };
    world.guest.delete("/api/v2/me").await.problem(428, "version_missing");
    delete("\"0000000000000000\"").await.problem(412, "version_stale");
    let refused = delete(&version).await.problem(409, "open_orders");
    assert_eq!(refused.json["orders"], json!([order]));
    world.landlord.post(&format!("/api/v2/orders/{order}/reject"), &json!({"reason": "装修"})).await.done(200);
    delete(&version).await.done(204);
    world.guest.get("/api/v2/me").await.problem(401, "not_logged_in");
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let server = TestServer::start().await;
    let (client, mobile) = (Client::new(&server), fresh_mobile());
    client.register(&mobile).await;
    let other = Client::new(&server);
    other.post("/api/v2/session", &json!({"mobile": mobile, "password": "123456789"})).await.done(201);
    let wrong = json!({"password": "another secret", "old_password": "not the password"});
    client.put("/api/v2/me/password", &wrong).await.problem(401, "wrong_credentials");
    client.put("/api/v2/me/password", &json!({"password": "short"})).await.problem(422, "invalid_fields");
    client.put("/api/v2/me/password", &json!({"password": "another secret"})).await.done(204);
    other.get("/api/v2/session").await.problem(401, "not_logged_in");
    client.get("/api/v2/session").await.done(200);
    let identity = json!({"real_name": "李雷", "id_number": "11010519491231002X"});
    let tag = client.get("/api/v2/me").await.version();
    let put = client.request(Method::PUT, "/api/v2/me/identity").header("if-match", tag).json(&identity);
    client.send(put).await.done(200);
    assert_eq!(client.get("/api/v2/me/identity").await.done(200)["id_number"], "1101**********002X");
    let export = client.get("/api/v2/me/export").await.done(200);
    assert_eq!((&export["user"]["mobile"], &export["identity"]), (&json!(mobile), &identity));
}
