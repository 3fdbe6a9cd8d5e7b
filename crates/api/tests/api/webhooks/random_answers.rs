//! What random answers leave: every event arrives, and those of an order in their order.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::Value;

use super::scene::Scene;

/// Answers of the receiver: half of them are failures.
const ANSWERS: [u16; 6] = [200, 204, 202, 301, 404, 500];

/// Numbers that look random (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// The id of an event and its order.
fn of_order(event: &Value) -> (String, i64) {
    (event["id"].as_str().unwrap().to_owned(), event["data"]["order_id"].as_i64().unwrap_or_default())
}

async fn walk(seed: u64) {
    let scene = Scene::with(|state| {
        // Sessions stay meanwhile.
        state.app.policy.session_lifetime = std::time::Duration::from_secs(30 * 86_400);
        state.app.policy.session_idle = state.app.policy.session_lifetime;
    })
    .await;
    let landlord = &scene.world.landlord;
    let from = landlord.get("/api/v2/events?limit=100").await.done(200)["next"].as_str().unwrap().to_owned();
    let (receiver, webhook) = scene.receiver(landlord).await;
    let mut random = Random(seed);
    for _ in 0..16 {
        for _ in 0..random.below(3) {
            match random.below(2) {
                0 => scene.world.order().await,
                _ => scene.world.accepted_order().await,
            };
        }
        receiver.answers(ANSWERS[random.below(ANSWERS.len() as u64) as usize]);
        scene.deliver_after(&receiver, TimeDelta::seconds(random.below(1800).cast_signed())).await;
    }
    receiver.answers(204);
    // The longest pause of the attempts that there were is ten hours.
    for _ in 0..10 {
        scene.deliver_after(&receiver, TimeDelta::hours(11)).await;
    }
    let feed = landlord.get(&format!("/api/v2/events?after={from}&limit=100")).await.done(200);
    let of_feed: Vec<_> = feed["items"].as_array().unwrap().iter().map(of_order).collect();
    let taken: Vec<_> = receiver.taken().iter().map(|one| of_order(&one.body)).collect();
    let ids = |events: &[(String, i64)]| events.iter().map(|(id, _)| id.clone()).collect::<BTreeSet<_>>();
    assert_eq!(ids(&taken), ids(&of_feed), "seed {seed}");
    for order in of_feed.iter().map(|(_, order)| *order).collect::<BTreeSet<_>>() {
        let only = |events: &[(String, i64)]| -> Vec<String> {
            events.iter().filter(|(_, of)| *of == order).map(|(id, _)| id.clone()).collect()
        };
        assert_eq!(only(&taken), only(&of_feed), "seed {seed}, order {order}");
    }
    let attempts = receiver.deliveries().len();
    assert!(!taken.is_empty() && attempts > taken.len(), "seed {seed} tried nothing twice: {attempts}");
    let deliveries = scene.deliveries(landlord, &webhook).await;
    assert!(deliveries.iter().all(|one| one["state"] == "delivered"), "seed {seed}: {deliveries:?}");
}

#[tokio::test]
async fn whatever_a_receiver_answers_each_order_keeps_its_order() {
    for seed in 1..=4 {
        walk(seed).await;
    }
}
