//! Five days of failure, deliveries by hand, and what becomes of old ones.

use chrono::TimeDelta;
use minsu_application::{jobs, maintenance};
use minsu_domain::{MessageKind, MessageTemplate};
use minsu_ports::Job;
use serde_json::json;

use super::scene::Scene;

#[tokio::test]
async fn five_days_of_failure_turn_it_off_and_its_owner_is_told() {
    let scene = Scene::with(|state| {
        let template = MessageTemplate { id: "T".into(), values: vec![] };
        state.app.policy.messages.templates = vec![(MessageKind::WebhookDisabled, template)];
        // Sessions stay meanwhile.
        state.app.policy.session_lifetime = std::time::Duration::from_secs(30 * 86_400);
        state.app.policy.session_idle = state.app.policy.session_lifetime;
    })
    .await;
    let landlord = &scene.world.landlord;
    let (receiver, webhook) = scene.receiver(landlord).await;
    receiver.answers(500);
    scene.world.accepted_order().await;
    scene.deliver().await;
    scene.deliver_after(&receiver, TimeDelta::days(5)).await;
    let deliveries = scene.deliveries(landlord, &webhook).await;
    assert!(deliveries.iter().all(|one| one["state"] == "parked"), "{deliveries:?}");
    assert_eq!(landlord.get(&webhook).await.done(200)["state"], "given_up");
    scene.deliver().await;
    scene.run(Job::SendMessages).await;
    let told = std::fs::read_to_string(&scene.world.server.outbox).unwrap();
    assert_eq!(told.matches("\"event\":\"account.webhook_disabled\"").count(), 1, "{told}");

    // By hand once, also while it is off.
    let parked = deliveries[0]["id"].clone();
    let again = format!("{webhook}/deliveries/{parked}/redeliver");
    assert_eq!(landlord.post(&again, &json!({})).await.done(202)["attempts"], 0);
    landlord.post(&again, &json!({})).await.problem(409, "wrong_state");
    receiver.answers(200);
    scene.deliver().await;
    let deliveries = scene.deliveries(landlord, &webhook).await;
    assert_eq!((&deliveries[0]["state"], &deliveries[1]["state"]), (&json!("delivered"), &json!("parked")));
    let version = landlord.get(&webhook).await.version();
    let on = landlord.patch(&webhook, &json!({"enabled": true}), &version).await.done(200);
    assert_eq!((&on["state"], &on["failing_since"]), (&json!("on"), &json!(null)));
}

#[tokio::test]
async fn old_deliveries_are_forgotten() {
    let scene = Scene::new().await;
    let (receiver, _) = scene.receiver(&scene.world.landlord).await;
    scene.world.order().await;
    scene.deliver().await;
    assert_eq!(receiver.taken().len(), 1);
    let keep = std::time::Duration::from_secs(1000 * 86_400);
    scene.clock.forward(TimeDelta::days(13));
    assert_eq!(maintenance::preview(&scene.app, keep, |_, _| {}).await.unwrap().deliveries, 0);
    scene.clock.forward(TimeDelta::days(2));
    assert_eq!(maintenance::preview(&scene.app, keep, |_, _| {}).await.unwrap().deliveries, 1);
    assert_eq!(maintenance::prune(&scene.app, keep).await.unwrap().deliveries, 1);
    jobs::run_job(&scene.app, Job::DeliverWebhooks).await.unwrap();
}

/// Its deliveries go, too, those that wait included.
#[tokio::test]
async fn a_webhook_goes_with_the_account() {
    let scene = Scene::new().await;
    let stranger = &scene.world.stranger;
    let (receiver, webhook) = scene.receiver(stranger).await;
    stranger.post(&format!("{webhook}/test"), &json!({})).await.done(202);
    let version = stranger.get("/api/v2/me").await.version();
    let delete = stranger.request(reqwest::Method::DELETE, "/api/v2/me").header("if-match", version);
    stranger.send(delete).await.done(204);
    scene.deliver().await;
    assert_eq!(receiver.deliveries(), []);
}
