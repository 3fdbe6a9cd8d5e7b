//! Receivers that fail, each in its way.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use minsu_fakes::Fault;
use serde_json::json;

use super::scene::Scene;

#[tokio::test]
async fn a_receiver_that_fails_gets_everything_later_and_in_order() {
    let scene = Scene::new().await;
    let landlord = &scene.world.landlord;
    let (receiver, webhook) = scene.receiver(landlord).await;
    receiver.answers(500);
    scene.world.accepted_order().await;
    scene.deliver().await;
    let kinds = || receiver.deliveries().iter().map(|one| one.kind().to_owned()).collect::<Vec<_>>();
    // The second event of the order waits for the first one.
    assert_eq!(kinds(), ["order.placed"]);
    let deliveries = scene.deliveries(landlord, &webhook).await;
    assert_eq!((&deliveries[0]["status"], &deliveries[0]["attempts"]), (&json!(500), &json!(1)));
    assert_eq!((&deliveries[0]["error"], &deliveries[1]["attempts"]), (&json!("status"), &json!(0)));
    assert!(landlord.get(&webhook).await.done(200)["failing_since"].is_string());
    // Five seconds later, and not before.
    scene.deliver().await;
    assert_eq!(kinds().len(), 1);
    scene.deliver_after(&receiver, TimeDelta::seconds(3)).await;
    assert_eq!(kinds(), ["order.placed", "order.placed"]);
    receiver.answers(204);
    scene.deliver_after(&receiver, TimeDelta::seconds(290)).await;
    assert_eq!(kinds().len(), 2);
    scene.deliver_after(&receiver, TimeDelta::seconds(10)).await;
    assert_eq!(kinds(), ["order.placed", "order.placed", "order.placed", "order.accepted"]);
    let ids: Vec<_> = receiver.deliveries().into_iter().map(|one| one.id).collect();
    assert!(ids[0] == ids[1] && ids[1] == ids[2] && ids[2] != ids[3]);
    assert!(landlord.get(&webhook).await.done(200)["failing_since"].is_null());
}

/// A receiver that is away for a day: nothing is lost, and the order stays.
#[tokio::test]
async fn a_day_without_a_receiver_loses_nothing() {
    let scene = Scene::new().await;
    let (receiver, _) = scene.receiver(&scene.world.landlord).await;
    receiver.answers(503);
    let (first, second) = (scene.world.accepted_order().await, scene.world.accepted_order().await);
    for _ in 0..24 {
        scene.deliver_after(&receiver, TimeDelta::hours(1)).await;
    }
    assert_eq!(receiver.taken(), []);
    receiver.answers(200);
    for _ in 0..24 {
        scene.deliver_after(&receiver, TimeDelta::hours(1)).await;
    }
    let taken = receiver.taken();
    for order in [first, second] {
        let of_order: Vec<_> = taken.iter().filter(|one| one.order() == order).map(|one| one.kind()).collect();
        assert_eq!(of_order, ["order.placed", "order.accepted"]);
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_no_other() {
    let scene = Scene::new().await;
    let (guest, landlord) = (&scene.world.guest, &scene.world.landlord);
    let (hanging, webhook) = scene.receiver(landlord).await;
    hanging.faults().fail(Fault::Silence);
    let (other, _) = scene.receiver(guest).await;
    for _ in 0..6 {
        scene.world.order().await;
    }
    let begun = Instant::now();
    let watch = async {
        other.takes(6, Duration::from_secs(20)).await;
        let all = begun.elapsed();
        // What happens while the other one hangs comes, too.
        scene.world.order().await;
        let since = Instant::now();
        other.takes(7, Duration::from_secs(20)).await;
        (all, since.elapsed())
    };
    let ((), (all, later)) = tokio::join!(scene.deliver(), watch);
    let hung = begun.elapsed();
    println!("the other receiver had all after {all:?}, a later event after {later:?}; the run took {hung:?}");
    assert!(hung >= Duration::from_secs(2), "the receiver did not hang: {hung:?}");
    let deadline = Duration::from_secs(2);
    assert!(all < deadline && later < deadline, "{all:?} and {later:?}");
    let deliveries = scene.deliveries(landlord, &webhook).await;
    assert!(deliveries.iter().any(|one| one["error"] == "timeout"), "{deliveries:?}");
}

#[tokio::test]
async fn a_receiver_that_answers_slowly_gets_everything_and_delays_no_other() {
    const SLOW: Duration = Duration::from_millis(1500);
    let scene = Scene::new().await;
    let (guest, landlord) = (&scene.world.guest, &scene.world.landlord);
    let (slow, webhook) = scene.receiver(landlord).await;
    slow.faults().fail(Fault::Late(SLOW));
    let (other, _) = scene.receiver(guest).await;
    for _ in 0..6 {
        scene.world.order().await;
    }
    let begun = Instant::now();
    let watch = async {
        other.takes(6, Duration::from_secs(20)).await;
        begun.elapsed()
    };
    let ((), all) = tokio::join!(scene.deliver(), watch);
    println!("the other receiver had all after {all:?}; the run took {:?}", begun.elapsed());
    assert!(all < SLOW && begun.elapsed() >= 2 * SLOW, "{all:?}");
    assert_eq!((slow.taken().len(), slow.deliveries().len()), (6, 6));
    let deliveries = scene.deliveries(landlord, &webhook).await;
    assert!(deliveries.iter().all(|one| one["state"] == "delivered"), "{deliveries:?}");
    assert!(landlord.get(&webhook).await.done(200)["failing_since"].is_null());
}

#[tokio::test]
async fn what_is_no_success_is_told_by_its_code() {
    let scene = Scene::new().await;
    let landlord = &scene.world.landlord;
    let (receiver, webhook) = scene.receiver(landlord).await;
    for (fault, status, code) in [
        (None, 302, "redirect"),
        (None, 307, "redirect"),
        (None, 404, "status"),
        (Some(Fault::Redirect("http://127.0.0.1:9/".into())), 204, "redirect"),
        // With 204 there is no body that could trickle.
        (Some(Fault::Trickle), 200, "timeout"),
        (Some(Fault::Endless), 204, "too_large"),
        (Some(Fault::LostAnswer), 204, "connection_broke"),
    ] {
        receiver.answers(status);
        match &fault {
            Some(fault) => receiver.faults().fail(fault.clone()),
            None => receiver.faults().recover(),
        }
        let test = landlord.post(&format!("{webhook}/test"), &json!({})).await.done(202);
        scene.deliver().await;
        let deliveries = scene.deliveries(landlord, &webhook).await;
        let told = deliveries.iter().find(|one| one["id"] == test["id"]).unwrap();
        assert_eq!((&told["state"], &told["attempts"]), (&json!("parked"), &json!(1)), "{fault:?}");
        assert_eq!(told["error"], code, "{fault:?} {status}: {told}");
    }
    // Tests say nothing of the events.
    assert!(landlord.get(&webhook).await.done(200)["failing_since"].is_null());
}
