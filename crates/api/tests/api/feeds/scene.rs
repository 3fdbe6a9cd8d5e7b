//! A site with a clock that is set, and channels that a landlord connects.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::{Days, NaiveDate, TimeDelta};
use minsu_application::{App, feeds};
use minsu_domain::FeedId;
use minsu_fakes::SetClock;
use minsu_ports::{Clock as _, testkit::EventLog};
use reqwest::Method;
use serde_json::{Value, json};

use super::channel::Channel;
use crate::support::{Answer, TestServer, World};

pub(super) struct Scene {
    pub(super) world: World,
    pub(super) clock: SetClock,
    pub(super) app: App,
    pub(super) events: EventLog,
    /// The path of the listing.
    pub(super) listing: String,
    /// The day on which the story begins.
    first: NaiveDate,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let (clock, events, mut app) = (SetClock::default(), EventLog::default(), None);
        let server = TestServer::start_with(|state| {
            state.app.clock = Arc::new(clock.clone());
            state.app.subscribers.push(Arc::new(events.clone()));
            state.app.policy.session_lifetime = Duration::from_secs(400 * 86_400);
            state.app.policy.session_idle = Duration::from_secs(400 * 86_400);
            app = Some(state.app.clone());
        });
        let world = World::on(server.await).await;
        let listing = format!("/api/v2/listings/{}", world.house);
        let app: App = app.unwrap();
        Self { first: app.today(), world, clock, app, events, listing }
    }

    /// A day, so many days from the first one.
    pub(super) fn day(&self, offset: u64) -> NaiveDate {
        self.first + Days::new(offset)
    }

    /// Stays of one day each.
    pub(super) fn stays(&self, offsets: impl IntoIterator<Item = u64>) -> Vec<(NaiveDate, NaiveDate)> {
        offsets.into_iter().map(|offset| (self.day(offset), self.day(offset + 1))).collect()
    }

    /// Connects a channel; its first poll is over.
    pub(super) async fn connect(&self, channel: &Channel, name: &str) -> FeedId {
        let body = json!({"name": name, "url": channel.url});
        let made = self.world.landlord.post(&format!("{}/feeds", self.listing), &body).await.done(201);
        let id = FeedId::new(made["id"].as_i64().unwrap()).unwrap();
        self.polled(id, &Value::Null).await;
        id
    }

    /// Waits until a feed was fetched since.
    pub(super) async fn polled(&self, id: FeedId, before: &Value) {
        for _ in 0..1000 {
            if self.feed(id).await["fetched_at"] != *before {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the feed is not polled");
    }

    pub(super) async fn feed(&self, id: FeedId) -> Value {
        self.world.landlord.get(&format!("{}/feeds/{id}", self.listing)).await.done(200)
    }

    pub(super) async fn act(&self, id: FeedId, act: &str) -> Answer {
        let path = format!("{}/feeds/{id}/{act}", self.listing);
        self.world.landlord.send(self.world.landlord.request(Method::POST, &path)).await
    }

    /// Lets a quarter of an hour pass, and what a poll may be late, and polls.
    pub(super) async fn next(&self, id: FeedId) -> Value {
        self.clock.forward(TimeDelta::minutes(19));
        assert!(feeds::poll(&self.app, id).await.unwrap(), "not due");
        self.feed(id).await
    }

    /// The offsets of the closed days from the 20th to the 99th, as everybody sees them.
    pub(super) async fn closed(&self) -> BTreeSet<u64> {
        let path = format!("{}/calendar?from={}&to={}", self.listing, self.day(20), self.day(99));
        let calendar = self.world.anonymous.get(&path).await.done(200);
        let days = calendar["items"].as_array().unwrap().iter().zip(20..);
        days.filter(|(day, _)| day["state"] == "closed").map(|(_, offset)| offset).collect()
    }

    /// Whose a day is, as the landlord sees it.
    pub(super) async fn whose(&self, offset: u64) -> Value {
        let day = self.day(offset);
        let schedule = self.world.landlord.get(&format!("{}/schedule?from={day}&to={day}", self.listing)).await;
        schedule.done(200)["items"][0]["whose"].clone()
    }

    /// An order of the guest for these days.
    pub(super) async fn order(&self, first: u64, last: u64) -> Option<i64> {
        let body = json!({"listing_id": self.world.house, "start": self.day(first), "end": self.day(last)});
        let answer = self.keyed("/api/v2/orders", &body).await;
        (answer.status.as_u16() == 201).then(|| answer.json["id"].as_i64().unwrap())
    }

    pub(super) async fn cancel(&self, order: i64) {
        self.keyed(&format!("/api/v2/orders/{order}/cancel"), &json!({})).await.done(200);
    }

    async fn keyed(&self, path: &str, body: &Value) -> Answer {
        let key = uuid::Uuid::new_v4().to_string();
        let guest = &self.world.guest;
        guest.send(guest.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    /// A new link; the path of its calendar.
    pub(super) async fn link(&self, feed: Option<FeedId>) -> (i64, String) {
        let mut body = json!({"name": "link"});
        if let Some(feed) = feed {
            body["feed_id"] = feed.get().into();
        }
        let made = self.world.landlord.post(&format!("{}/exports", self.listing), &body).await.done(201);
        let url = made["url"].as_str().unwrap();
        let path = url.strip_prefix(&self.world.server.base).unwrap().to_owned();
        (made["id"].as_i64().unwrap(), path)
    }

    /// A calendar as another site fetches it.
    pub(super) async fn fetch(&self, path: &str, tag: Option<&str>) -> Answer {
        let request = self.world.anonymous.request(Method::GET, path);
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-none-match", tag));
        self.world.anonymous.send_oddly(request.build().unwrap()).await
    }

    /// The offsets of the days of a calendar of ours.
    pub(super) fn offsets(&self, calendar: &[u8]) -> BTreeSet<u64> {
        let text = String::from_utf8(calendar.to_vec()).unwrap();
        let dates = |name: &str| -> Vec<NaiveDate> {
            let lines = text.lines().filter_map(|line| line.strip_prefix(name));
            lines.map(|date| NaiveDate::parse_from_str(date.trim(), "%Y%m%d").unwrap()).collect()
        };
        let ranges = dates("DTSTART;VALUE=DATE:").into_iter().zip(dates("DTEND;VALUE=DATE:"));
        let days = ranges.flat_map(|(first, end)| first.iter_days().take_while(move |day| *day < end));
        days.filter_map(|day| u64::try_from((day - self.day(0)).num_days()).ok()).collect()
    }

    pub(super) fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }

    pub(super) fn committed(&self, name: &str) -> usize {
        self.events.committed().iter().filter(|event| event.name() == name).count()
    }
}
