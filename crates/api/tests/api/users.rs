//! Names and real names: unique, once.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Client, TestServer, World};

#[tokio::test]
async fn twenty_real_name_posts_write_one() {
    let server = TestServer::start().await;
    let client = Client::new(&server);
    client.register("13811111111").await;
    let posts = (0..20).map(|i| {
        let body = json!({"real_name": format!("李雷{i}"), "id_card": "11010519491231002X"});
        let client = client.clone();
        async move { client.post("/api/v1.0/user/auth", &body).await.code() }
    });
    let codes = join_all(posts).await;
    assert_eq!(codes.iter().filter(|code| *code == "0").count(), 1);
    assert_eq!(codes.iter().filter(|code| *code == "4003").count(), 19);
}

#[tokio::test]
async fn twenty_people_who_want_one_name_get_it_once() {
    let server = TestServer::start().await;
    let mut people = Vec::new();
    for i in 0..20 {
        let client = Client::new(&server);
        client.register(&format!("138{i:08}")).await;
        people.push(client);
    }
    let body = json!({"name": "Anna"});
    let codes =
        join_all(people.iter().map(|person| async { person.put("/api/v1.0/user/name", &body).await.code() })).await;
    assert_eq!(codes.iter().filter(|code| *code == "0").count(), 1);
    assert_eq!(codes.iter().filter(|code| *code == "4001").count(), 19);
}

#[tokio::test]
async fn names_are_compared_to_the_letter_and_kept_by_their_owner() {
    let world = World::new().await;
    let rename = |client: &Client, name: &str| {
        let (client, body) = (client.clone(), json!({"name": name}));
        async move { client.put("/api/v1.0/user/name", &body).await }
    };
    rename(&world.guest, "Anna").await.ok();
    rename(&world.guest, "Anna").await.ok();
    assert_eq!(rename(&world.stranger, "Anna").await.refused("4001").errmsg(), "用户名已存在");
    assert_eq!(rename(&world.stranger, " anna ").await.ok()["data"]["name"], "anna");
    for bad in ["", "   ", &"x".repeat(33), &"x".repeat(10_000), "a\u{0}b", "a\u{202e}b"] {
        rename(&world.stranger, bad).await.refused("4103");
    }
    assert_eq!(world.stranger.get("/api/v1.0/user").await.ok()["data"]["name"], "anna");
}
