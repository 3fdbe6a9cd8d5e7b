//! A site whose clock is set.

use std::{sync::Arc, time::UNIX_EPOCH};

use chrono::TimeDelta;
use minsu_application::{
    App, Policy,
    jobs::{self, JobsRun},
};
use minsu_domain::Event;
use minsu_fakes::SetClock;
use minsu_ports::{Job, testkit::EventLog};
use minsu_store::{SqlStore, StoreOptions, migrate_up};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestServer, World};

/// A site on a database, with its clock, and the application behind it.
pub(super) struct Site {
    pub(super) world: World,
    pub(super) clock: SetClock,
    pub(super) app: App,
    pub(super) events: EventLog,
}

impl Site {
    pub(super) async fn on(url: &str) -> Self {
        Self::with(url, |_| {}).await
    }

    /// The same on a site with another policy.
    pub(super) async fn with(url: &str, change: impl FnOnce(&mut Policy)) -> Self {
        Self::at(url, UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed(), change).await
    }

    /// The same that begins at an instant, in seconds since 1970.
    pub(super) async fn at(url: &str, seconds: i64, change: impl FnOnce(&mut Policy)) -> Self {
        migrate_up(url).await.unwrap();
        let store = Arc::new(SqlStore::connect(&StoreOptions::new(url)).await.unwrap());
        let clock = SetClock::at(seconds);
        let (events, mut app) = (EventLog::default(), None);
        let server = TestServer::start_with(|state| {
            state.app.store = store;
            change(&mut state.app.policy);
            state.app.clock = Arc::new(clock.clone());
            state.app.subscribers.push(Arc::new(events.clone()));
            app = Some(state.app.clone());
        });
        let world = World::on(server.await).await;
        Self { world, clock, app: app.unwrap(), events }
    }

    /// A request of the guest that waits for an answer.
    pub(super) async fn requested(&self) -> Value {
        let day = self.world.free_day();
        let body = json!({"listing_id": self.world.house, "start": day, "end": day});
        post(&self.world.guest, "/api/v2/orders", &body).await.done(201)
    }

    pub(super) async fn seen(&self, order: &Value) -> Value {
        self.world.guest.get(&format!("/api/v2/orders/{}", order["id"])).await.done(200)
    }

    pub(super) async fn work(&self) -> JobsRun {
        // A job rests for a while after it found nothing to do.
        self.clock.forward(TimeDelta::seconds(20));
        jobs::run_job(&self.app, Job::ExpireOrders).await.unwrap()
    }

    pub(super) fn committed(&self, name: &str) -> usize {
        self.events.committed().iter().filter(|event: &&Event| event.name() == name).count()
    }
}

pub(super) async fn post(client: &Client, path: &str, body: &Value) -> Answer {
    let key = uuid::Uuid::new_v4().to_string();
    client.send(client.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}
