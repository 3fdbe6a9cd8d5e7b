//! Orders that cost nothing.

use minsu_ports::Job;
use serde_json::json;

use super::site::Paying;
use crate::deadlines::on_every_engine;

/// A discount of everything: the accepted order waits for no payment, can be taken back and be commented.
async fn an_order_of_nothing_needs_no_payment(url: &str) {
    let site = Paying::with(url, "alipay").await;
    let (landlord, guest, house) = (&site.world.landlord, &site.world.guest, site.world.house);
    let path = format!("/api/v2/listings/{house}/rules");
    let current = landlord.get(&path).await;
    let mut rules = current.json.clone();
    rules["weekly_discount"] = 10_000.into();
    rules["instant"] = true.into();
    let put = landlord.request(reqwest::Method::PUT, &path).header("if-match", current.version()).json(&rules);
    landlord.send(put).await.done(200);
    let booked = async |from: u64| {
        let days = [from, from + 6].map(crate::support::world::day);
        let stay = json!({"listing_id": house, "start": days[0], "end": days[1]});
        let order = site.post("/api/v2/orders", &stay).await.done(201);
        assert_eq!((&order["total"], &order["state"]), (&json!(0), &json!("wait_comment")));
        order["id"].as_i64().unwrap()
    };
    let (kept, taken_back) = (booked(40).await, booked(50).await);
    site.try_start(kept, "alipay_page").await.problem(409, "wrong_state");
    let preview = guest.get(&format!("/api/v2/orders/{taken_back}/cancellation")).await.done(200);
    assert_eq!((&preview["paid"], &preview["refund"]), (&json!(0), &json!(0)));
    site.cancel(taken_back).await;
    guest.put(&format!("/api/v1.0/orders/{kept}/comment"), &json!({"comment": "很好"})).await.ok();
    for job in [Job::SettlePayments, Job::ExpireUnpaid, Job::SendRefunds] {
        assert_eq!(site.work(job).await, 0);
    }
    assert_eq!(site.side.faults().requests(), 0);
    site.demand_agreement().await;
}

on_every_engine!(an_order_of_nothing_needs_no_payment);
