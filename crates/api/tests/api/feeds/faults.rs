//! What another site may answer, one after the other: a bad answer frees no day.

use std::{collections::BTreeSet, io::Write as _, sync::Arc};

use chrono::TimeDelta;
use minsu_application::feeds;
use serde_json::Value;
use tokio::sync::Notify;

use super::{
    channel::{Answers, Channel, answer_with, calendar, ok},
    scene::Scene,
};

fn set(offsets: impl IntoIterator<Item = u64>) -> BTreeSet<u64> {
    offsets.into_iter().collect()
}

/// A feed with ten stays.
async fn ten() -> (Scene, Channel, minsu_domain::FeedId) {
    let (scene, channel) = (Scene::new().await, Channel::start().await);
    channel.has(&scene.stays(40..50));
    let id = scene.connect(&channel, "Airbnb").await;
    assert_eq!(scene.closed().await, set(40..50));
    (scene, channel, id)
}

#[tokio::test]
async fn no_bad_answer_frees_a_day_and_good_ones_go_on() {
    let (scene, channel, id) = ten().await;
    let whole = calendar(&scene.stays(40..50));
    let cut = whole.find("BEGIN:VEVENT").unwrap()
        + whole[whole.find("BEGIN:VEVENT").unwrap() + 1..].find("BEGIN:VEVENT").unwrap();
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        bomb.write_all(&vec![b'A'; 1 << 20]).unwrap();
    }
    let gzip = "200 OK\r\nContent-Encoding: gzip";
    let location = |to: &str| answer_with(&format!("302 Found\r\nLocation: {to}"), b"");
    let nested = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:VEVENT\r\n".repeat(20_000));
    let bad: Vec<(Vec<u8>, &str)> = vec![
        (ok("<!DOCTYPE html><title>Log in</title>"), "not_a_calendar"),
        (ok(""), "not_a_calendar"),
        (ok(&whole[..whole.len() - 20]), "unbalanced"),
        (ok(&whole[..=cut]), "cut_off"),
        (ok(&nested), "too_deep"),
        (answer_with(gzip, &bomb.finish().unwrap()), "too_large"),
        (answer_with("403 Forbidden", whole.as_bytes()), "http_403"),
        (answer_with("404 Not Found", b""), "http_404"),
        (answer_with("500 Internal Server Error", b""), "http_500"),
        (answer_with("206 Partial Content", whole.as_bytes()), "http_206"),
        (location("http://10.0.0.1/c.ics"), "scheme_refused"),
        (location("https://10.0.0.1/c.ics"), "address_refused"),
        (location("https://169.254.169.254/latest/meta-data/"), "address_refused"),
        (location("https://[::ffff:7f00:1]/"), "address_refused"),
        (location("file:///etc/passwd"), "url"),
        (location(&channel.url), "too_many_redirects"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nBEGIN:VCALENDAR\r\n".to_vec(), "connection_broke"),
    ];
    for (number, (answer, code)) in (1..).zip(bad) {
        channel.answer(Answers::Bytes(answer));
        // The pause between two polls has grown meanwhile.
        scene.clock.forward(TimeDelta::hours(6));
        let feed = scene.next(id).await;
        assert_eq!((&feed["state"], &feed["error"]), (&"failing".into(), &code.into()), "{number}");
        assert_eq!(feed["days_held"], 10, "{code}");
    }
    assert_eq!(scene.committed("listing.schedule_changed"), 1);
    channel.has(&scene.stays(39..49));
    scene.clock.forward(TimeDelta::hours(6));
    let feed = scene.next(id).await;
    assert_eq!((&feed["state"], feed.get("error"), &feed["days_held"]), (&"ok".into(), None, &11.into()));
    let feed = scene.next(id).await;
    assert_eq!(feed["days_held"], 10);
    assert_eq!(scene.closed().await, set(39..49));
}

#[tokio::test]
async fn an_empty_or_halved_calendar_is_held_until_its_landlord_says_so() {
    let (scene, channel, id) = ten().await;
    channel.has(&[]);
    let feed = scene.next(id).await;
    assert_eq!(
        (&feed["state"], &feed["days_held"], &feed["held_back"]),
        (&"suspicious".into(), &10.into(), &10.into())
    );
    for _ in 0..5 {
        assert_eq!(scene.next(id).await["days_held"], 10);
    }
    assert_eq!(scene.committed("listing.feed_held"), 1, "told once");
    // They come back, and it is forgotten.
    channel.has(&scene.stays(40..50));
    assert_eq!(scene.next(id).await["state"], "ok");
    channel.has(&scene.stays(40..44));
    let feed = scene.next(id).await;
    assert_eq!((&feed["state"], &feed["held_back"]), (&"suspicious".into(), &6.into()));
    let released = scene.act(id, "release").await.done(200);
    assert_eq!((&released["state"], &released["days_held"]), (&"ok".into(), &4.into()));
    assert_eq!(scene.closed().await, set(40..44));
    // Without an act of the landlord they are free after a day.
    channel.has(&[]);
    scene.next(id).await;
    scene.clock.forward(TimeDelta::hours(24));
    assert_eq!(scene.next(id).await["days_held"], 0);
}

#[tokio::test]
async fn unchanged_content_is_asked_for_by_its_tag_and_counts_as_an_answer() {
    let (scene, channel, id) = ten().await;
    channel.answer(Answers::Tagged(calendar(&scene.stays(40..49)), "abc"));
    scene.next(id).await;
    let asked = channel.asked().len();
    let feed = scene.next(id).await;
    assert_eq!(feed["days_held"], 9, "missing in two good answers");
    assert!(channel.asked()[asked].contains("if-none-match: \"abc\""));
    assert!(channel.asked().iter().all(|head| !head.contains("cookie") && !head.contains("referer")));
    // Once a day the whole content is asked for, and after a change of the landlord.
    scene.clock.forward(TimeDelta::hours(24));
    scene.next(id).await;
    assert!(!channel.asked().last().unwrap().contains("if-none-match"));
    let path = format!("{}/feeds/{id}", scene.listing);
    let version = scene.world.landlord.get(&path).await.version();
    let before = scene.feed(id).await["fetched_at"].clone();
    scene.clock.forward(TimeDelta::seconds(5));
    scene.world.landlord.patch(&path, &serde_json::json!({"end_offset": 1}), &version).await.done(200);
    scene.polled(id, &before).await;
    assert!(!channel.asked().last().unwrap().contains("if-none-match"));
    assert_eq!(scene.feed(id).await["days_held"], 10, "every event ends a day later");
}

#[tokio::test]
async fn a_site_that_asks_for_a_pause_gets_it() {
    let (scene, channel, id) = ten().await;
    channel.answer(Answers::Bytes(answer_with("429 Too Many Requests\r\nRetry-After: 7200", b"")));
    assert_eq!(scene.next(id).await["error"], "http_429");
    scene.clock.forward(TimeDelta::minutes(119));
    assert!(!feeds::poll(&scene.app, id).await.unwrap());
    scene.clock.forward(TimeDelta::minutes(6));
    assert!(feeds::poll(&scene.app, id).await.unwrap());
}

#[tokio::test]
async fn a_feed_that_is_changed_or_deleted_during_its_poll_is_left_alone() {
    for is_deleted in [true, false] {
        let (scene, channel, id) = ten().await;
        let resume = Arc::new(Notify::new());
        channel.answer(Answers::Late(calendar(&scene.stays(60..70)), resume.clone()));
        scene.clock.forward(TimeDelta::minutes(19));
        let asked = channel.asked().len();
        let meanwhile = async {
            while channel.asked().len() == asked {
                tokio::task::yield_now().await;
            }
            let path = format!("{}/feeds/{id}", scene.listing);
            if is_deleted {
                scene.world.landlord.delete(&path).await.done(204);
            } else {
                let body = serde_json::json!({"paused": true});
                scene.world.landlord.patch(&path, &body, "*").await.done(200);
            }
            resume.notify_one();
        };
        let (polled, ()) = tokio::join!(feeds::poll(&scene.app, id), meanwhile);
        assert!(polled.unwrap());
        let expected = if is_deleted { set([]) } else { set(40..50) };
        assert_eq!(scene.closed().await, expected);
        if !is_deleted {
            let feed = scene.feed(id).await;
            assert_eq!((&feed["state"], &feed["version"]), (&"paused".into(), &2.into()));
            scene.act(id, "sync").await.problem(409, "wrong_state");
        }
    }
}

#[tokio::test]
async fn nothing_of_an_event_but_its_days_is_kept() {
    let (scene, channel, id) = ten().await;
    let answers = [scene.feed(id).await, scene.world.landlord.get(&format!("{}/feeds", scene.listing)).await.done(200)];
    for answer in answers {
        let text = answer.to_string();
        for secret in ["Hanmeimei", "4417", "0123456789", "calendar.ics", &channel.url] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    assert_eq!(scene.whose(41).await, Value::from("feed"));
    let (_, path) = scene.link(None).await;
    let export = String::from_utf8(scene.fetch(&path, None).await.bytes.to_vec()).unwrap();
    assert!(!export.contains("Hanmeimei") && !export.contains("Reserved"));
}
