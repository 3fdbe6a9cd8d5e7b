//! Orders that are not answered in time, and orders that are taken back: on every engine, against a clock that moves.

mod machine;
mod refunds;
mod requests;
mod site;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use minsu_application::{
    App,
    jobs::{self, JobsRun},
    orders::{self, Decision},
};
use minsu_domain::{Means, OrderId, Principal, Role, UserId};
use minsu_fakes::SetClock;
use minsu_ports::{Clock as _, Job};
use reqwest::Method;
use serde_json::{Value, json};

use self::site::{Site, post};
use crate::support::world;

/// A request expires a day after it was made: nothing happens before, and at that moment an answer comes too late.
async fn an_unanswered_request_expires(url: &str) {
    let site = Site::on(url).await;
    let order = site.requested().await;
    let expires_at: DateTime<Utc> = order["expires_at"].as_str().unwrap().parse().unwrap();
    let placed_at: DateTime<Utc> = order["created_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(expires_at - placed_at, TimeDelta::hours(24));
    assert_eq!(site.work().await, JobsRun::default());

    site.clock.forward(TimeDelta::hours(24));
    let accept = format!("/api/v2/orders/{}/accept", order["id"]);
    site.world.landlord.post(&accept, &json!({})).await.problem(409, "wrong_state");
    assert_eq!(site.work().await, JobsRun { done: 1, failed: 0 });
    assert_eq!(site.work().await, JobsRun::default());
    let expired = site.seen(&order).await;
    assert_eq!((&expired["state"], &expired["expires_at"]), (&json!("canceled"), &Value::Null));
    let last = &expired["history"][1];
    assert_eq!((&last["by"], &last["from"]), (&json!("clock"), &json!("wait_accept")));
    assert_eq!(site.committed("order.expired"), 1);
    // Its days are free, and old pages know the state.
    let again = json!({"listing_id": site.world.house, "start": order["start"], "end": order["end"]});
    post(&site.world.guest, "/api/v2/orders", &again).await.done(201);
    let list = site.world.guest.get("/api/v1.0/user/orders?role=custom").await.ok();
    let states: Vec<_> = list["data"]["orders"].as_array().unwrap().iter().map(|order| &order["status"]).collect();
    assert_eq!(states, ["WAIT_ACCEPT", "CANCELED"]);
}

/// Sixteen landlords' clicks of the last moment and two workers at the first moment after it, all at once, over and
/// over: one outcome, one event, and days that fit it.
async fn an_answer_and_an_expiry_have_one_outcome(url: &str) {
    let site = Site::on(url).await;
    let landlord = site.world.landlord.get("/api/v2/me").await.done(200)["id"].as_i64().unwrap();
    let landlord =
        Principal { user: UserId::new(landlord).unwrap(), role: Role::User, means: Means::Session { confirmed: true } };
    for round in 0..6 {
        let order = site.requested().await;
        let id = OrderId::new(order["id"].as_i64().unwrap()).unwrap();
        let expires_at: DateTime<Utc> = order["expires_at"].as_str().unwrap().parse().unwrap();
        let clock_at = |at: DateTime<Utc>| {
            let clock = SetClock::default();
            clock.forward(at - DateTime::from_timestamp(1_782_000_000, 0).unwrap());
            App { clock: Arc::new(clock), ..site.app.clone() }
        };
        let (before, after) =
            (clock_at(expires_at - TimeDelta::seconds(1)), clock_at(expires_at + TimeDelta::minutes(1)));
        let accepts = join_all(
            (0..16).map(|_| orders::decide(&before, landlord, id, &Decision::Accept { despite_conflict: false })),
        );
        let works = join_all((0..2).map(|_| jobs::run_job(&after, Job::ExpireOrders)));
        let (accepted, worked) = tokio::join!(accepts, works);
        let accepted = accepted.iter().filter(|result| result.is_ok()).count() as u64;
        let expired: u64 = worked.into_iter().map(|run| run.unwrap().done).sum();
        assert_eq!(accepted + expired, 1, "round {round}: {accepted} accepted, {expired} expired");
        let seen = site.seen(&order).await;
        let state = if accepted == 1 { "wait_comment" } else { "canceled" };
        assert_eq!((&seen["state"], seen["history"].as_array().unwrap().len()), (&json!(state), 2), "round {round}");
        let again = json!({"listing_id": site.world.house, "start": order["start"], "end": order["end"]});
        let answer = post(&site.world.guest, "/api/v2/orders", &again).await;
        if accepted == 1 {
            answer.problem(409, "days_taken");
        } else {
            answer.done(201);
        }
        // The job rests by the clock of the workers.
        site.clock.forward(TimeDelta::days(2));
    }
    assert_eq!(site.committed("order.accepted") + site.committed("order.expired"), 6);
}

/// A guest cancels with the refund that the preview told, and the days are free at once.
async fn a_guest_takes_an_accepted_order_back(url: &str) {
    let site = Site::on(url).await;
    let (guest, landlord) = (&site.world.guest, &site.world.landlord);
    let order = site.requested().await;
    let path = format!("/api/v2/orders/{}", order["id"]);
    landlord.post(&format!("{path}/accept"), &json!({})).await.done(200);
    let preview = guest.get(&format!("{path}/cancellation")).await.done(200);
    assert_eq!((&preview["refund"], &preview["kept"]), (&json!(1999), &json!(0)));
    let until: DateTime<Utc> = preview["until"].as_str().unwrap().parse().unwrap();
    site.clock.forward(until - site.clock.now() + TimeDelta::minutes(1));
    let later = guest.get(&format!("{path}/cancellation")).await.done(200);
    assert_eq!((&later["refund"], &later["kept"]), (&json!(1000), &json!(999)));
    let by_landlord = landlord.get(&format!("{path}/cancellation")).await.done(200);
    assert_eq!((&by_landlord["refund"], &by_landlord["kept"]), (&json!(1999), &json!(0)));

    let canceled = post(guest, &format!("{path}/cancel"), &json!({"reason": "改期"})).await.done(200);
    assert_eq!((&canceled["state"], &canceled["reason"]), (&json!("canceled"), &json!("改期")));
    let last = &canceled["history"][2];
    assert_eq!((&last["by"], &last["reason"]), (&json!("guest"), &json!("改期")));
    post(landlord, &format!("{path}/cancel"), &json!({})).await.problem(409, "wrong_state");
    let again = json!({"listing_id": site.world.house, "start": order["start"], "end": order["end"]});
    post(guest, "/api/v2/orders", &again).await.done(201);
}

/// An account with cancelled orders only can be deleted at once.
async fn cancelled_orders_keep_no_account(url: &str) {
    let site = Site::on(url).await;
    let order = site.requested().await;
    let guest = &site.world.guest;
    let password = json!({"password": crate::support::client::PASSWORD});
    guest.post("/api/v2/session/confirm", &password).await;
    let delete = async || {
        let version = guest.get("/api/v2/me").await.version();
        guest.send(guest.request(Method::DELETE, "/api/v2/me").header("if-match", version)).await
    };
    let refused = delete().await.problem(409, "open_orders");
    assert_eq!(refused.json["orders"], json!([order["id"]]));
    post(guest, &format!("/api/v2/orders/{}/cancel", order["id"]), &json!({})).await.done(200);
    assert_eq!(delete().await.status, 204);
    assert_eq!(
        world::order(
            &site.world.stranger,
            site.world.house,
            order["start"].as_str().unwrap(),
            order["end"].as_str().unwrap()
        )
        .await
        .code(),
        "0"
    );
}

macro_rules! on_every_engine {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[tokio::test]
            async fn on_sqlite() {
                let folder = tempfile::tempdir().unwrap();
                super::$test(&format!("sqlite://{}/site.sqlite3", folder.path().display())).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                super::$test(minsu_testservers::postgres().await.url()).await;
            }

            #[tokio::test]
            async fn on_mariadb() {
                super::$test(minsu_testservers::mariadb().await.url()).await;
            }
        }
    )+};
}

pub(crate) use on_every_engine;

on_every_engine! {
    an_unanswered_request_expires,
    an_answer_and_an_expiry_have_one_outcome,
    a_guest_takes_an_accepted_order_back,
    cancelled_orders_keep_no_account,
}
