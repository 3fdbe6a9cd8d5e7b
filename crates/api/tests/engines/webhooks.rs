//! Events on their way to a receiver while the process is killed between any two steps: each arrives at least once, under
//! one id, and those of an order in their order.

use std::time::{Duration, Instant};

use minsu_fakes::WebhookReceiver;
use minsu_ports::FaultPoint;
use serde_json::{Value, json};

use super::{Engine, Minsu, Site, on_every_engine, people::day};

/// How long the worker is given to come to where it stops.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long everything takes that is not stopped.
const LONGEST: Duration = Duration::from_secs(60);

fn settings(url: &str, works: bool, stop: Option<FaultPoint>) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("DATABASE__URL", url.to_owned()),
        ("OUTBOUND__ALLOW_LOOPBACK", "true".to_owned()),
        ("JOBS__IN_PROCESS", works.to_string()),
        ("JOBS__INTERVAL_SECONDS", "1".to_owned()),
    ];
    settings.extend(stop.map(|point| ("TESTING__STOP_AT", format!("{}:1", point.name()))));
    settings
}

async fn restart(server: &mut Minsu, url: &str, works: bool, stop: Option<FaultPoint>) {
    server.kill();
    // The leases of the dead process end after a minute, which is not waited for.
    for end in [
        "UPDATE jobs SET lease_ends = NULL, due_at = '2020-01-01 00:00:00+00:00'",
        "UPDATE webhook_deliveries SET next_at = '2020-01-01 00:00:00+00:00' WHERE state = 0",
    ] {
        let end = if url.starts_with("mysql") { end.replace("+00:00", "") } else { end.to_owned() };
        minsu_testservers::execute_on(url, &end).await;
    }
    let settings = settings(url, works, stop);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    server.restart_with(&settings).await;
}

async fn post(client: &reqwest::Client, url: String, body: &Value) -> Value {
    let answer = client.post(url).json(body).send().await.unwrap();
    let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
    assert!((200..300).contains(&status), "{status} {body}");
    body
}

/// `kill -9` at every point of the way of an event.
async fn a_kill_between_any_two_steps_loses_no_event(engine: Engine) {
    let url = engine.url();
    let begun = settings(&url, false, None);
    let begun: Vec<_> = begun.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut server = Minsu::start_with(&begun).await;
    let site = Site::new(&server, 1).await;
    let receiver = WebhookReceiver::start().await;
    let created = post(
        site.landlord(),
        format!("{}/api/v2/webhooks", server.base),
        &json!({"url": receiver.url(), "events": ["order.placed", "order.accepted"]}),
    )
    .await;
    receiver.knows(created["secret"].as_str().unwrap());
    for (round, point) in FaultPoint::OF_WEBHOOKS.into_iter().enumerate() {
        restart(&mut server, &url, false, None).await;
        site.log_in_again().await;
        let day = day(20 + round as u64);
        let body = json!({"house_id": site.house(), "start_date": day, "end_date": day});
        let placed = site.call(site.guest(), "POST", "/orders", &body).await;
        let order = placed["data"]["order_id"].as_i64().unwrap();
        let accept = json!({"action": "accept"});
        site.call(site.landlord(), "PUT", &format!("/orders/{order}/status"), &accept).await;

        restart(&mut server, &url, true, Some(point)).await;
        tokio::time::sleep(PATIENCE).await;
        let before = receiver.taken().iter().filter(|one| one.order() == order).count();
        assert!(before < 2, "{} did not stop the worker", point.name());
        restart(&mut server, &url, true, None).await;
        let begun = Instant::now();
        let came = receiver.takes(2 * (round + 1), LONGEST).await;
        let of_order: Vec<_> = came.iter().filter(|one| one.order() == order).collect();
        let kinds: Vec<_> = of_order.iter().map(|one| one.kind()).collect();
        assert_eq!(kinds, ["order.placed", "order.accepted"], "{}", point.name());
        println!("{}: {before} before the kill, all {:?} after the start", point.name(), begun.elapsed());
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
