//! A Redis that is full and evicts nothing, as docs/cache.md advises: existing entries are kept, failed writes
//! are answered with an error, and pages are rendered without it.

use minsu_testservers::redis::RedisServer;
use serde_json::json;

use super::{Engine, Minsu, Site, people::PASSWORD};

/// Sessions that Redis has.
fn sessions(redis: &RedisServer) -> usize {
    redis.command(&["KEYS", "minsu*session:*"]).lines().count()
}

/// The status of a login of the first guest.
async fn login_status(server: &Minsu, client: &reqwest::Client) -> u16 {
    let body = json!({"mobile": "13900000000", "password": PASSWORD});
    let request = client.post(format!("{}/api/v1.0/sessions", server.base)).json(&body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_is_lost_and_pages_are_served() {
    let (engine, redis) = (Engine::sqlite(), RedisServer::start_with(&["--maxmemory-policy", "noeviction"]));
    let server = Minsu::start_with(&[("DATABASE__URL", &engine.url()), ("CACHE__URL", &redis.url())]).await;
    let site = Site::new(&server, 1).await;
    let before = sessions(&redis);
    assert!(before >= 9, "{before} sessions");

    redis.command(&["CONFIG", "SET", "maxmemory", "1"]);
    assert!(site.guest_id().await > 0);
    assert_eq!(site.rename_status().await, 200);
    let stranger = site.stranger();
    for path in ["/api/v1.0/houses?aid=1&sd=&ed=&sk=new&p=1", "/api/v1.0/houses/index", "/api/v1.0/areas"] {
        assert_eq!(site.get(&stranger, path).await["errno"], "0", "{path}");
    }
    assert_eq!(login_status(&server, &stranger).await, 503);
    assert_eq!(sessions(&redis), before);

    redis.command(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(login_status(&server, &stranger).await, 200);
}
