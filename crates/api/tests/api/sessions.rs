//! The session cookie: opaque, new at every login, never adopted, nothing for visitors.

use reqwest::{Method, header};
use serde_json::json;

use crate::support::{Client, TestServer, World, client::PASSWORD};

#[tokio::test]
async fn the_cookie_is_for_the_browser_alone() {
    let server = TestServer::start().await;
    Client::new(&server).register("13811111111").await;
    let body = json!({"mobile": "13811111111", "password": PASSWORD});
    let answer = Client::new(&server).post("/api/v1.0/sessions", &body).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["minsu_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"] {
        assert!(cookie.contains(part), "{part} is not in {cookie}");
    }
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    assert!(token.len() >= 22, "a token of less than 128 bits: {token}");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn visitors_get_no_cookie() {
    let world = World::new().await;
    for path in ["/api/v1.0/areas", "/api/v1.0/houses", "/api/v1.0/session", "/api/house/index", "/api/check_login"] {
        let answer = Client::new(&world.server).get(path).await;
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "{path}");
    }
}

#[tokio::test]
async fn a_token_that_the_client_made_up_is_not_adopted() {
    let server = TestServer::start().await;
    Client::new(&server).register("13811111111").await;
    let forged = "A".repeat(43);
    let client = Client::new(&server);
    let body = json!({"mobile": "13811111111", "password": PASSWORD});
    let request = client.request(Method::POST, "/api/v1.0/sessions").json(&body);
    let answer = client.send(request.header("cookie", format!("minsu_session={forged}"))).await;
    assert!(!answer.headers[header::SET_COOKIE].to_str().unwrap().contains(&forged));
    let other = Client::new(&server);
    let request = other.request(Method::GET, "/api/v1.0/user").header("cookie", format!("minsu_session={forged}"));
    other.send(request).await.refused("4101");
}

#[tokio::test]
async fn a_new_login_ends_the_session_before_it_and_a_logout_ends_it_everywhere() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    client.register("13811111111").await;
    let body = json!({"mobile": "13811111111", "password": PASSWORD});
    let token = |answer: &crate::support::Answer| {
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    };
    let first = token(&client.post("/api/v1.0/sessions", &body).await);
    let second = token(&client.post("/api/v1.0/sessions", &body).await);
    assert_ne!(first, second);
    let ask = |cookie: String| {
        let client = Client::new(&server);
        async move { client.send(client.request(Method::GET, "/api/v1.0/user").header("cookie", cookie)).await }
    };
    ask(first).await.refused("4101");
    ask(second.clone()).await.ok();
    client.delete("/api/v1.0/session").await.ok();
    ask(second).await.refused("4101");
}

#[tokio::test]
async fn garbage_in_the_cookie_is_no_session() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    for cookie in
        ["minsu_session=", "minsu_session=1", "minsu_session=../../x", "minsu_session=%00", "=;=;", "minsu_session"]
    {
        let request = client.request(Method::GET, "/api/v1.0/user").header("cookie", cookie);
        client.send(request).await.refused("4101");
    }
}

#[tokio::test]
async fn wrong_passwords_and_unknown_mobiles_get_the_same_answer() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    client.register("13811111111").await;
    let login = |mobile: &str, password: &str| {
        let body = json!({"mobile": mobile, "password": password});
        let client = client.clone();
        async move { client.post("/api/v1.0/sessions", &body).await }
    };
    let wrong = login("13811111111", "123456780").await.refused("4004");
    let unknown = login("13899999999", "123456789").await.refused("4004");
    assert_eq!(wrong.bytes, unknown.bytes);
    assert_eq!(wrong.errmsg(), "用户名或密码错误");
    login("13811111111", "").await.refused("4004");
    login("13811111111", &"x".repeat(2000)).await.refused("4004");
    login("1381111111", "123456789").await.refused("4103");
}
