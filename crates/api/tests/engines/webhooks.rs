//! Events on their way to a receiver while the worker is killed between any two steps: each arrives at least once, under
//! one id, and those of an order in their order.

use std::time::{Duration, Instant};

use minsu_fakes::WebhookReceiver;
use minsu_ports::FaultPoint;
use serde_json::{Value, json};

use super::{Engine, Minsu, Site, child::Worker, on_every_engine, people::day};

/// How long everything takes that is not stopped.
const LONGEST: Duration = Duration::from_secs(60);

/// What the passing of a minute does: the lease of a worker that died has ended, and so has its claim of a delivery.
async fn a_minute_passes(url: &str) {
    for end in [
        "UPDATE jobs SET lease_ends = NULL, due_at = '2020-01-01 00:00:00+00:00'",
        "UPDATE webhook_deliveries SET next_at = '2020-01-01 00:00:00+00:00' WHERE state = 0",
    ] {
        let end = if url.starts_with("mysql") { end.replace("+00:00", "") } else { end.to_owned() };
        minsu_testservers::execute_on(url, &end).await;
    }
}

async fn post(client: &reqwest::Client, url: String, body: &Value) -> Value {
    let answer = client.post(url).json(body).send().await.unwrap();
    let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
    assert!((200..300).contains(&status), "{status} {body}");
    body
}

/// Waits until nothing is left to do: what is done again in the next round is then only what that round interrupts.
async fn everything_is_recorded(landlord: &reqwest::Client, deliveries: &str) {
    let begun = Instant::now();
    loop {
        let page = landlord.get(deliveries).send().await.unwrap().json::<Value>().await.unwrap();
        if page["items"].as_array().unwrap().iter().all(|one| one["state"] == "delivered") {
            return;
        }
        assert!(begun.elapsed() < LONGEST, "{page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// `kill -9` at every point of the way of an event.
async fn a_kill_between_any_two_steps_loses_no_event(engine: Engine) {
    let url = engine.url();
    let common = [("DATABASE__URL", url.as_str()), ("OUTBOUND__ALLOW_LOOPBACK", "true")];
    let server = Minsu::start_with(&[&common[..], &[("JOBS__IN_PROCESS", "false")]].concat()).await;
    let site = Site::new(&server, 1).await;
    let receiver = WebhookReceiver::start().await;
    let created = post(
        site.landlord(),
        format!("{}/api/v2/webhooks", server.base),
        &json!({"url": receiver.url(), "events": ["order.placed", "order.accepted"]}),
    )
    .await;
    receiver.knows(created["secret"].as_str().unwrap());
    let deliveries = format!("{}/api/v2/webhooks/{}/deliveries?limit=100", server.base, created["id"]);
    // The key that sealed the secret lies there.
    let data = server.media().parent().unwrap().to_owned();
    let works = [&common[..], &[("DATA_DIR", data.to_str().unwrap()), ("JOBS__INTERVAL_SECONDS", "1")]].concat();
    for (round, point) in FaultPoint::OF_WEBHOOKS.into_iter().enumerate() {
        let day = day(20 + round as u64).to_string();
        let body = json!({"house_id": site.house(), "start_date": day, "end_date": day});
        let placed = site.call(site.guest(), "POST", "/orders", &body).await;
        let order = placed["data"]["order_id"].as_i64().unwrap();
        let accept = json!({"action": "accept"});
        site.call(site.landlord(), "PUT", &format!("/orders/{order}/status"), &accept).await;

        a_minute_passes(&url).await;
        let stop = format!("{}:1", point.name());
        let stops = [&works[..], &[("TESTING__STOP_AT", stop.as_str())]].concat();
        Worker::start(&stops).killed_at("stopped at a fault point").await;
        let before = receiver.taken().iter().filter(|one| one.order() == order).count();
        assert!(before < 2, "{} did not stop the worker", point.name());
        a_minute_passes(&url).await;
        let begun = Instant::now();
        let worker = Worker::start(&works);
        let came = receiver.takes(2 * (round + 1), LONGEST).await;
        let took = begun.elapsed();
        everything_is_recorded(site.landlord(), &deliveries).await;
        drop(worker);
        let of_order: Vec<_> = came.iter().filter(|one| one.order() == order).collect();
        let kinds: Vec<_> = of_order.iter().map(|one| one.kind()).collect();
        assert_eq!(kinds, ["order.placed", "order.accepted"], "{}", point.name());
        println!("{}: {before} before the kill, all {took:?} after the start", point.name());
    }
    // What came twice came under the id that it had.
    let all = receiver.deliveries();
    for delivery in &all {
        assert_eq!(delivery.body["id"], delivery.id.as_str());
    }
    let mut ids: Vec<_> = all.iter().map(|delivery| &delivery.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2 * FaultPoint::OF_WEBHOOKS.len());
    assert!(all.len() > ids.len(), "no kill came between a message and its record");
}

on_every_engine!(a_kill_between_any_two_steps_loses_no_event);
