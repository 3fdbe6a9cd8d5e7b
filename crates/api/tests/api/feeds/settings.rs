//! What a landlord may connect, and how often.

use reqwest::Method;
use serde_json::{Value, json};

use super::{channel::Channel, scene::Scene};

#[tokio::test]
async fn a_house_has_eight_calendars_at_https_addresses_of_the_internet() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    let (landlord, feeds) = (&scene.world.landlord, format!("{}/feeds", scene.listing));
    for (url, code) in [
        ("http://10.0.0.1/c.ics", "address_refused"),
        ("https://10.0.0.1/c.ics", "address_refused"),
        ("https://169.254.169.254/", "address_refused"),
        ("https://[::1]:1/", "invalid"),
        ("ftp://127.0.0.1/c.ics", "address_refused"),
        ("https://user:word@127.0.0.1/c.ics", "address_refused"),
    ] {
        let answer = landlord.post(&feeds, &json!({"name": "x", "url": url})).await;
        if code == "invalid" {
            // Loopback is called in these tests.
            answer.done(201);
        } else {
            answer.problem(422, code);
        }
    }
    for url in ["", "calendar", "https://", &format!("https://127.0.0.1/{}", "x".repeat(2000))] {
        let answer = landlord.post(&feeds, &json!({"name": "x", "url": url})).await.problem(422, "invalid_fields");
        assert_eq!(answer.faults()[0].0, "/url", "{url}");
    }
    for (body, at) in [
        (json!({"name": "", "url": channel.url}), "/name"),
        (json!({"name": "x", "url": channel.url, "start_offset": 1}), "/start_offset"),
        (json!({"name": "x", "url": channel.url, "end_offset": 3}), "/end_offset"),
    ] {
        let answer = landlord.post(&feeds, &body).await.problem(422, "invalid_fields");
        assert_eq!(answer.faults(), [(at.to_owned(), "range".to_owned())]);
    }
    for _ in 1..8 {
        landlord.post(&feeds, &json!({"name": "x", "url": channel.url})).await.done(201);
    }
    landlord.post(&feeds, &json!({"name": "x", "url": channel.url})).await.problem(409, "limit_reached");
    assert_eq!(landlord.get(&feeds).await.done(200)["items"].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn a_calendar_is_read_now_once_a_minute() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    let id = scene.connect(&channel, "Airbnb").await;
    scene.clock.forward(chrono::TimeDelta::seconds(1));
    let before = scene.feed(id).await["fetched_at"].clone();
    channel.has(&scene.stays([30]));
    scene.act(id, "sync").await.done(202);
    scene.polled(id, &before).await;
    assert_eq!(scene.feed(id).await["days_held"], 1);
    let again = scene.act(id, "sync").await.problem(429, "rate_limited");
    assert_eq!(again.headers["retry-after"], "60");
    scene.clock.forward(chrono::TimeDelta::seconds(60));
    scene.act(id, "sync").await.done(202);
}

#[tokio::test]
async fn changes_are_of_the_version_that_was_seen() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    channel.has(&scene.stays(30..34));
    let id = scene.connect(&channel, "Airbnb").await;
    let (landlord, path) = (&scene.world.landlord, format!("{}/feeds/{id}", scene.listing));
    let version = landlord.get(&path).await.version();
    let rename = json!({"name": "Vrbo"});
    let unnamed = landlord.send(landlord.request(Method::PATCH, &path).json(&rename)).await;
    unnamed.problem(428, "version_missing");
    scene.clock.forward(chrono::TimeDelta::seconds(1));
    let changed = landlord.patch(&path, &rename, &version).await;
    assert_ne!(changed.version(), version);
    assert_eq!(changed.done(200)["name"], "Vrbo");
    landlord.patch(&path, &rename, &version).await.problem(412, "version_stale");
    // Another address: what the new calendar does not have goes without a hold.
    let other = Channel::start().await;
    other.has(&scene.stays([36]));
    scene.clock.forward(chrono::TimeDelta::seconds(1));
    let before = scene.feed(id).await["fetched_at"].clone();
    landlord.patch(&path, &json!({"url": other.url}), "*").await.done(200);
    scene.polled(id, &before).await;
    assert_eq!(scene.closed().await, [30, 31, 32, 33, 36].into());
    // However often names and addresses change, the other site is asked once a minute.
    let requests = other.asked().len();
    for number in 0..20 {
        landlord.patch(&path, &json!({"name": format!("{number}"), "url": other.url}), "*").await.done(200);
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(other.asked().len(), requests);
    // Each address was a new one: what it does not have is missed twice, as always.
    scene.next(id).await;
    scene.next(id).await;
    assert_eq!(scene.closed().await, [36].into());
    landlord.delete(&path).await.done(204);
    assert!(scene.closed().await.is_empty());
    landlord.get(&path).await.problem(404, "not_found");
    assert_eq!(landlord.get(&format!("{}/feeds", scene.listing)).await.done(200)["items"], Value::Array(vec![]));
}

#[tokio::test]
async fn the_job_polls_what_is_due_and_no_more() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    let id = scene.connect(&channel, "Airbnb").await;
    let ran = async || minsu_application::jobs::run_job(&scene.app, minsu_ports::Job::PollFeeds).await.unwrap().done;
    assert_eq!(ran().await, 0);
    scene.clock.forward(chrono::TimeDelta::minutes(19));
    channel.has(&scene.stays([30]));
    assert_eq!(ran().await, 1);
    assert_eq!(scene.feed(id).await["days_held"], 1);
    assert!(scene.now() > chrono::DateTime::UNIX_EPOCH);
}
