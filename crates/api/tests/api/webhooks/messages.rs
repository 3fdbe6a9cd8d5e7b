//! Messages to people: to the one who must act, as that person wants it.

use minsu_domain::{MessageKind, MessageTemplate, MessageValue};
use minsu_ports::Job;
use serde_json::{Value, json};

use super::scene::Scene;

async fn scene() -> Scene {
    Scene::with(|state| {
        let template = || MessageTemplate { id: "T".into(), values: vec![MessageValue::Listing] };
        state.app.policy.messages.templates = MessageKind::ALL.map(|kind| (kind, template())).into();
        state.app.policy.limits.messages_per_mobile_hour = 3;
    })
    .await
}

impl Scene {
    /// Sends what there is to send; mobile and event of every message so far.
    async fn messages(&self) -> Vec<(String, String)> {
        self.deliver().await;
        self.run(Job::SendMessages).await;
        let lines = std::fs::read_to_string(&self.world.server.outbox).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        let messages = lines.filter(|line| line["kind"] == "message").inspect(|line| {
            assert!(line["text"].as_str().is_some_and(|text| text.contains("什刹海四合院")), "{line}");
        });
        messages.map(|line| (text(&line, "mobile"), text(&line, "event"))).collect()
    }
}

fn told(mobile: &str, event: &str) -> (String, String) {
    (mobile.to_owned(), event.to_owned())
}

const LANDLORD: &str = "13800000001";
const GUEST: &str = "13800000002";

#[tokio::test]
async fn the_one_who_must_act_is_told() {
    let scene = scene().await;
    let order = scene.world.accepted_order().await;
    let expected = [told(LANDLORD, "order.placed"), told(GUEST, "order.accepted")];
    assert_eq!(scene.messages().await, expected);
    // The guest cancels: the landlord is told, and the guest is not.
    let cancel = scene.world.guest.request(reqwest::Method::POST, &format!("/api/v2/orders/{order}/cancel"));
    let cancel = cancel.header("idempotency-key", uuid::Uuid::new_v4().to_string()).json(&json!({}));
    scene.world.guest.send(cancel).await.done(200);
    let all = scene.messages().await;
    assert_eq!(all[2..], [told(LANDLORD, "order.canceled")]);
}

#[tokio::test]
async fn a_person_chooses_under_the_version_of_the_profile() {
    let scene = scene().await;
    let landlord = &scene.world.landlord;
    let me = landlord.get("/api/v2/me").await.version();
    let seen = landlord.get("/api/v2/me/notifications").await;
    assert_eq!(seen.version(), me);
    let seen = seen.done(200);
    assert_eq!(seen["sms"], seen["available"]);
    let none = json!({"sms": []});
    let put = |version: &str, body: &Value| {
        landlord.request(reqwest::Method::PUT, "/api/v2/me/notifications").header("if-match", version).json(body)
    };
    let chosen = landlord.send(put(&me, &none)).await;
    let after = chosen.version();
    assert_eq!(chosen.done(200)["sms"], json!([]));
    assert!(after != me && after == landlord.get("/api/v2/me").await.version());
    landlord.send(put(&me, &none)).await.problem(412, "version_stale");
    landlord.patch("/api/v2/me", &json!({"name": "韩梅梅"}), &me).await.problem(412, "version_stale");
    let wrong = landlord.send(put(&after, &json!({"sms": ["order.teleported"]}))).await;
    assert_eq!(wrong.problem(422, "invalid_fields").faults(), [("/sms".to_owned(), "format".to_owned())]);
    scene.world.accepted_order().await;
    assert_eq!(scene.messages().await, [told(GUEST, "order.accepted")]);
}

#[tokio::test]
async fn messages_above_the_limit_wait() {
    let scene = scene().await;
    for _ in 0..5 {
        scene.world.order().await;
    }
    assert_eq!(scene.messages().await, vec![told(LANDLORD, "order.placed"); 3]);
    scene.clock.forward(chrono::TimeDelta::minutes(59));
    assert_eq!(scene.messages().await.len(), 3);
}
