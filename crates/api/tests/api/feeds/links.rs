//! Links that other sites are given.

use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Stdio},
};

use chrono::{NaiveDate, TimeDelta};
use reqwest::Method;
use serde_json::json;

use super::{channel::Channel, scene::Scene};

#[tokio::test]
async fn a_link_has_the_occupied_days_and_the_same_bytes_for_the_same_days() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    channel.has(&scene.stays([50]));
    let id = scene.connect(&channel, "Airbnb").await;
    scene.order(40, 42).await.unwrap();
    let blocked = json!({"changes": [{"from": scene.day(45), "to": scene.day(46), "blocked": true}]});
    let path = format!("{}/schedule", scene.listing);
    let landlord = &scene.world.landlord;
    landlord.send(landlord.request(Method::PUT, &path).header("if-match", "*").json(&blocked)).await.done(200);
    let ((_, any), (own, of_channel)) = (scene.link(None).await, scene.link(Some(id)).await);
    let first = scene.fetch(&any, None).await;
    assert_eq!(first.status.as_u16(), 200);
    assert_eq!(first.headers["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(scene.offsets(&first.bytes), [40, 41, 42, 45, 46, 50].into());
    let told = scene.fetch(&of_channel, None).await;
    assert_eq!(scene.offsets(&told.bytes), [40, 41, 42, 45, 46].into(), "without the channel's own");
    let tag = first.headers["etag"].to_str().unwrap();
    scene.clock.forward(TimeDelta::hours(2));
    let again = scene.fetch(&any, None).await;
    assert_eq!((&again.bytes, again.headers["etag"].to_str().unwrap()), (&first.bytes, tag));
    let unchanged = scene.fetch(&any, Some(tag)).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.bytes.len()), (304, 0));
    scene.order(60, 60).await.unwrap();
    let changed = scene.fetch(&any, Some(tag)).await;
    assert_eq!(changed.status.as_u16(), 200);
    assert_eq!(scene.offsets(&changed.bytes), [40, 41, 42, 45, 46, 50, 60].into());
    // Renewed, the old one is as unknown as any; so is one that was deleted.
    let renew = format!("{}/exports/{own}/renew", scene.listing);
    let renewed = landlord.send(landlord.request(Method::POST, &renew)).await.done(200);
    let url = renewed["url"].as_str().unwrap().strip_prefix(&scene.world.server.base).unwrap().to_owned();
    assert_ne!(url, of_channel);
    assert_eq!(scene.fetch(&of_channel, None).await.status.as_u16(), 404);
    assert_eq!(scene.fetch(&url, None).await.status.as_u16(), 200);
    let listed = landlord.get(&format!("{}/exports", scene.listing)).await.done(200);
    assert!(!listed.to_string().contains("ical"), "{listed}");
    assert!(listed["items"][1]["fetched_at"].is_string());
    landlord.delete(&format!("{}/exports/{own}", scene.listing)).await.done(204);
    for unknown in [url.as_str(), "/ical/x.ics", &format!("/ical/{}.ics", "0".repeat(64))] {
        let answer = scene.fetch(unknown, None).await;
        assert_eq!((answer.status.as_u16(), answer.bytes.len()), (404, 0), "{unknown}");
    }
}

#[tokio::test]
async fn a_link_is_shown_once_also_when_its_request_is_repeated() {
    let scene = Scene::new().await;
    let landlord = &scene.world.landlord;
    let make = async || {
        let path = format!("{}/exports", scene.listing);
        let request = landlord.request(Method::POST, &path).header("idempotency-key", "same");
        landlord.send(request.json(&json!({"name": "Vrbo"}))).await.done(201)
    };
    let (first, again) = (make().await, make().await);
    assert_eq!(first["id"], again["id"]);
    assert!(first["url"].is_string() && again.get("url").is_none());
}

/// The calendar that is given away is read by the reader of this site, which leaves out its own events.
#[tokio::test]
async fn what_a_channel_gives_back_unchanged_shuts_no_day() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    let id = scene.connect(&channel, "Google").await;
    scene.order(40, 42).await.unwrap();
    let (_, path) = scene.link(Some(id)).await;
    let ours = scene.fetch(&path, None).await.bytes.to_vec();
    channel.answer(super::channel::Answers::Bytes(super::channel::answer_with("200 OK", &ours)));
    let feed = scene.next(id).await;
    assert_eq!((&feed["days_held"], &feed["events"]["own"]), (&0.into(), &1.into()));
}

/// The days of a calendar as the library `icalendar` of Python reads them.
fn read_by_python(calendar: &[u8]) -> BTreeSet<NaiveDate> {
    let script = "import sys, icalendar\n\
                  calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())\n\
                  assert not calendar.errors and calendar['VERSION'] == '2.0'\n\
                  for event in calendar.walk('VEVENT'):\n    \
                  assert not event.errors and set(event) == {'UID', 'DTSTAMP', 'DTSTART', 'DTEND', 'SUMMARY'}\n    \
                  print(event.decoded('DTSTART').isoformat(), event.decoded('DTEND').isoformat())";
    // The package is one of Debian, whatever other Python comes first.
    let mut command = Command::new("/usr/bin/python3");
    let mut python = command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    python.stdin.take().unwrap().write_all(calendar).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let range = |line: &str| -> (NaiveDate, NaiveDate) {
        let (first, end) = line.split_once(' ').unwrap();
        (first.parse().unwrap(), end.parse().unwrap())
    };
    let ranges = text.lines().map(range);
    ranges.flat_map(|(first, end)| first.iter_days().take_while(move |day| *day < end)).collect()
}

#[tokio::test]
async fn another_library_reads_the_days_of_a_link() {
    let scene = Scene::new().await;
    let (_, path) = scene.link(None).await;
    assert_eq!(read_by_python(&scene.fetch(&path, None).await.bytes), BTreeSet::new());
    let mut expected = BTreeSet::new();
    for (first, last) in [(20, 22), (23, 23), (40, 47), (99, 101)] {
        scene.order(first, last).await.unwrap();
        expected.extend((first..=last).map(|offset| scene.day(offset)));
    }
    assert_eq!(read_by_python(&scene.fetch(&path, None).await.bytes), expected);
}

#[tokio::test]
async fn the_export_of_an_account_names_its_calendars_and_no_secret() {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    let id = scene.connect(&channel, "Airbnb").await;
    let (link, path) = scene.link(Some(id)).await;
    let landlord = &scene.world.landlord;
    let export = landlord.get("/api/v2/me/export").await.done(200);
    let listing = &export["listings"][0];
    assert_eq!((&listing["feeds"][0]["id"], &listing["feeds"][0]["host"]), (&json!(id.get()), &json!("127.0.0.1")));
    assert_eq!(listing["calendar_links"][0]["id"], link);
    let text = export.to_string();
    assert!(!text.contains(&channel.url) && !text.contains(&path), "{text}");
}
