//! A site with a clock of its own, whose jobs a test runs.

use std::{
    sync::{Arc, Mutex},
    time::UNIX_EPOCH,
};

use chrono::TimeDelta;
use minsu_application::{App, jobs};
use minsu_fakes::{SetClock, WebhookReceiver};
use minsu_ports::Job;
use minsu_web::state::State;
use serde_json::{Value, json};

use crate::support::{Client, TestServer, World};

/// The site.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) app: App,
    pub(super) clock: SetClock,
}

impl Scene {
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut State)) -> Self {
        let clock = SetClock::at(UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed());
        let (app, own) = (Arc::new(Mutex::new(None)), clock.clone());
        let kept = app.clone();
        let server = TestServer::start_with(move |state| {
            state.app.clock = Arc::new(own);
            change(state);
            *kept.lock().unwrap() = Some(state.app.clone());
        })
        .await;
        let app = app.lock().unwrap().take().unwrap();
        let world = World::on(server).await;
        Self { world, app, clock }
    }

    /// A receiver of a person's events, and the path of its webhook.
    pub(super) async fn receiver(&self, owner: &Client) -> (WebhookReceiver, String) {
        let receiver = WebhookReceiver::start().await;
        let created = owner.post("/api/v2/webhooks", &json!({"url": receiver.url()})).await.done(201);
        receiver.knows(created["secret"].as_str().unwrap());
        (receiver, format!("/api/v2/webhooks/{}", created["id"]))
    }

    /// Runs a job, when it is due again.
    pub(super) async fn run(&self, job: Job) {
        self.clock.forward(TimeDelta::seconds(2));
        jobs::run_job(&self.app, job).await.unwrap();
    }

    /// Hands events out, and makes the attempts that are due.
    pub(super) async fn deliver(&self) {
        self.run(Job::DeliverWebhooks).await;
    }

    /// The same so much later.
    pub(super) async fn deliver_after(&self, receiver: &WebhookReceiver, wait: TimeDelta) {
        self.clock.forward(wait);
        receiver.is_ahead(self.ahead());
        self.deliver().await;
    }

    /// By how many seconds the clock of the site is ahead.
    pub(super) fn ahead(&self) -> i64 {
        use minsu_ports::Clock as _;
        self.clock.now().timestamp() - UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed()
    }

    /// The deliveries of a webhook, the oldest first.
    pub(super) async fn deliveries(&self, owner: &Client, webhook: &str) -> Vec<Value> {
        let page = owner.get(&format!("{webhook}/deliveries?limit=100")).await.done(200);
        let mut items = page["items"].as_array().unwrap().clone();
        items.reverse();
        items
    }
}
