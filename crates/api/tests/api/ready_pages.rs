//! Cached pages: a repeated request gets the same answer, from the shortcut, the cache or the database.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use minsu_ports::{Entry, EntryKey, InvalidationTag, Lookup, Notified, RenderCache, RenderCacheCounts};
use minsu_web::request_limiter::RequestLimiter;
use reqwest::{
    Method,
    header::{HeaderMap, IF_NONE_MATCH},
};

use crate::support::{
    Client, TestServer, World,
    picture::{form, png},
    world::{day, order, publish},
};

/// Targets whose answers are the same for every visitor, and the routes by which they are counted.
const PAGES: [(&str, &str); 6] = [
    ("/api/v1.0/areas", "/api/v1.0/areas"),
    ("/api/v1.0/houses/index", "/api/v1.0/houses/index"),
    ("/api/v1.0/houses?aid=2&p=1", "/api/v1.0/houses"),
    ("/api/house/area", "/api/house/area"),
    ("/api/house/index", "/api/house/index"),
    ("/api/house/list2?aid=2&p=1", "/api/house/list2"),
];

/// How often each is asked for.
const TIMES: usize = 4;

/// The headers that do not differ from request to request. Each is there once.
fn lasting(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut lasting = BTreeMap::new();
    for (name, value) in headers {
        if !["date", "x-request-id"].contains(&name.as_str()) {
            let before = lasting.insert(name.to_string(), value.to_str().unwrap().to_owned());
            assert_eq!(before, None, "{name} twice");
        }
    }
    lasting
}

#[tokio::test]
async fn a_page_asked_for_again_is_the_same_answer_and_counts() {
    let world = World::on(TestServer::start().await).await;
    let client = &world.anonymous;
    for (target, _) in PAGES {
        let first = client.get(target).await;
        assert_eq!(first.status, 200, "{target}");
        let tag = first.headers["etag"].clone();
        let mut ids = vec![first.headers["x-request-id"].clone()];
        for _ in 2..TIMES {
            let again = client.get(target).await;
            assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{target}");
            assert_eq!(lasting(&again.headers), lasting(&first.headers), "{target}");
            assert!(!ids.contains(&again.headers["x-request-id"]), "{target}");
            ids.push(again.headers["x-request-id"].clone());
        }
        let known = client.request(Method::GET, target).header(IF_NONE_MATCH, &tag);
        let known = client.send(known).await;
        assert_eq!((known.status.as_u16(), known.bytes.len(), &known.headers["etag"]), (304, 0, &tag), "{target}");
        let posted = client.send(client.request(Method::PUT, target)).await;
        assert_eq!(posted.status, 405, "{target}");
    }
    let text = world.server.metrics.text().unwrap();
    for (target, route) in PAGES {
        for (status, times) in [(200, TIMES - 1), (304, 1)] {
            let line =
                format!("minsu_requests_total{{method=\"GET\",route=\"{route}\",status=\"{status}\"}} {times}\n");
            assert!(text.contains(&line), "{target}: no {line} in\n{text}");
        }
    }
}

#[tokio::test]
async fn a_house_asked_for_again_says_who_looks_at_it() {
    let world = World::new().await;
    let house = world.house;
    for (target, path) in [
        (format!("/api/v1.0/houses/{house}"), ["data", "user_id"].as_slice()),
        (format!("/api/house/info?id={house}"), ["user_id"].as_slice()),
    ] {
        for (client, expected) in
            [(&world.anonymous, -1), (&world.guest, 2), (&world.anonymous, -1), (&world.landlord, 1)]
        {
            for _ in 0..TIMES {
                let answer = client.get(&target).await;
                assert_eq!(answer.headers["cache-control"], "no-store", "{target}");
                let said = answer.ok();
                let said = path.iter().fold(&said, |value, name| &value[name]).as_i64().unwrap();
                assert_eq!(said, expected, "{target}");
            }
        }
        let wrong = world.anonymous.request(Method::GET, &target).header("cookie", "minsu_session=unknown");
        assert_eq!(world.anonymous.send(wrong).await.status, 200, "{target}");
    }
}

/// A page cache that records the keys that are looked up.
struct Told {
    pages: Arc<dyn RenderCache>,
    keys: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl RenderCache for Told {
    fn peek(&self, key: &EntryKey) -> Option<Entry> {
        self.keys.lock().unwrap().push(key.to_string());
        self.pages.peek(key)
    }

    async fn lookup(&self, key: &EntryKey) -> Lookup {
        self.keys.lock().unwrap().push(key.to_string());
        self.pages.lookup(key).await
    }

    fn invalidate(&self, tags: &[InvalidationTag]) -> Notified {
        self.pages.invalidate(tags)
    }

    fn counts(&self) -> RenderCacheCounts {
        self.pages.counts()
    }
}

/// Users with a session read their own writes, visitors without one read a replica: their pages are cached
/// apart, in whichever order they are requested.
#[tokio::test]
async fn members_get_the_pages_of_members() {
    let keys = Arc::<Mutex<Vec<String>>>::default();
    let told = Arc::clone(&keys);
    let server = TestServer::start_with(|state| {
        state.pages = Arc::new(Told { pages: Arc::clone(&state.pages), keys: told });
    })
    .await;
    let world = World::on(server).await;
    let wrong = async |target: &str| {
        let request = world.anonymous.request(Method::GET, target).header("cookie", "minsu_session=unknown");
        world.anonymous.send(request).await.ok();
    };
    for target in [format!("/api/v1.0/houses/{}", world.house), format!("/api/house/info?id={}", world.house)] {
        for round in 0..3 * TIMES {
            for (client, members) in [(&world.anonymous, false), (&world.guest, true), (&world.landlord, true)] {
                keys.lock().unwrap().clear();
                client.get(&target).await.ok();
                let keys = keys.lock().unwrap();
                assert!(!keys.is_empty());
                assert!(keys.iter().all(|key| key.contains("-members:") == members), "{target} {round}: {keys:?}");
            }
            wrong(&target).await;
        }
    }
}

/// A list may be asked for in a body too: that is another question.
#[tokio::test]
async fn a_body_asks_for_another_page_than_its_target() {
    let world = World::new().await;
    let client = &world.anonymous;
    let target = "/api/house/list2?x=1";
    let plain = client.get(target).await.ok();
    assert_ne!(plain["houses"].as_array().unwrap().len(), 0);
    let nowhere = async || {
        let request = client.request(Method::GET, target).header("content-type", "application/x-www-form-urlencoded");
        client.send(request.body("aid=16")).await.ok()["houses"].as_array().unwrap().len()
    };
    for _ in 0..TIMES {
        assert_eq!(nowhere().await, 0);
    }
    for _ in 0..TIMES {
        assert_eq!(client.get(target).await.ok(), plain);
        assert_eq!(nowhere().await, 0);
    }
}

#[tokio::test]
async fn a_change_shows_in_the_next_answer_however_often_the_page_was_asked_for() {
    let world = World::new().await;
    let free = world.free_day();
    let dated = format!("/api/v1.0/houses?sd={free}&ed={free}");
    let found = async |target: &str| {
        let mut found = 0;
        for _ in 0..TIMES {
            let houses = world.anonymous.get(target).await.ok()["data"]["houses"].as_array().unwrap().len();
            assert!(found == 0 || found == houses, "{target} says {found} and then {houses}");
            found = houses;
        }
        found
    };
    let (all, on_the_day) = (found("/api/v1.0/houses").await, found(&dated).await);
    let house = publish(&world.landlord).await;
    world.landlord.upload(&format!("/api/v1.0/houses/{house}/images"), form("house_image", png(2))).await.ok();
    assert_eq!((found("/api/v1.0/houses").await, found(&dated).await), (all + 1, on_the_day + 1));
    order(&world.guest, house, &free, &free).await.ok();
    assert_eq!((found("/api/v1.0/houses").await, found(&dated).await), (all + 1, on_the_day));
}

#[tokio::test]
async fn who_asks_too_often_gets_no_page_either() {
    let server = TestServer::start_with(|state| state.limiter = RequestLimiter::new(1, 5)).await;
    let client = Client::new(&server);
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(client.get("/api/v1.0/areas").await.status.as_u16());
    }
    assert_eq!(statuses[..5], [200; 5]);
    assert_eq!(statuses[7], 429);
}

#[tokio::test]
async fn a_search_that_is_refused_stays_refused() {
    let world = World::new().await;
    for target in
        ["/api/v1.0/houses?aid=x", "/api/v1.0/houses?p=0", &format!("/api/v1.0/houses?sd={}&ed={}", day(3), day(1))]
    {
        for _ in 0..TIMES {
            assert_ne!(world.anonymous.get(target).await.code(), "0", "{target}");
        }
    }
}
