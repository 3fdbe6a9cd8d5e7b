//! Amounts on the wire of the providers: to the fen, from 1 to 19999.

use minsu_ports::Job;
use serde_json::json;

use super::{
    service::Service,
    site::{Paying, with_every_provider},
};
use crate::support::{
    picture::{form, png},
    world::{house_form, with},
};

/// What a listing costs, in 元 as the old pages send it, and what it is in 分.
const PRICES: [(&str, i64, &str); 3] = [("0.01", 1, "0.01"), ("199.99", 19_999, "199.99"), ("0.10", 10, "0.10")];

async fn one_fen_and_19999_fen_on_the_wire(url: &str, kind: &str) {
    let site = Paying::with(url, kind).await;
    let (landlord, guest) = (&site.world.landlord, &site.world.guest);
    for (price, fen, yuan) in PRICES {
        let house = with(&house_form(), &json!({"price": price}));
        let house = landlord.post("/api/v1.0/houses", &house).await.ok()["data"]["house_id"].as_i64().unwrap();
        landlord.upload(&format!("/api/v1.0/houses/{house}/images"), form("house_image", png(1))).await.ok();
        let day = site.world.free_day();
        let placed = crate::support::world::order(guest, house, &day, &day).await.ok();
        let order = placed["data"]["order_id"].as_i64().unwrap();
        landlord.put(&format!("/api/v1.0/orders/{order}/status"), &json!({"action": "accept"})).await.ok();
        let started = site.start(order).await;
        match &site.side {
            Service::Alipay(_) => {
                let url = started.action["redirect"].as_str().unwrap();
                let url = reqwest::Url::parse(url).unwrap();
                let content = url.query_pairs().find(|(name, _)| name == "biz_content").unwrap().1;
                assert!(content.contains(&format!("\"total_amount\":\"{yuan}\"")), "{content}");
            }
            Service::Stripe(service) => assert_eq!(service.session(&started.number)["amount_total"], fen),
            Service::Wechat(_) => {}
        }
        for notice in site.pay(&started) {
            assert!(site.deliver(&notice).await, "{kind}: {price}");
        }
        let paid = site.order(order).await;
        assert_eq!((&paid["state"], &paid["payments"][0]["amount"]), (&json!("paid"), &json!(fen)), "{kind}");
        site.cancel(order).await;
        site.work(Job::SendRefunds).await;
        site.come_to_rest().await;
        let refund = site.order(order).await["payments"][0]["refunds"][0].clone();
        assert_eq!((&refund["state"], &refund["amount"]), (&json!("done"), &json!(fen)), "{kind}: {price}");
    }
    // The provider's bill has the same amounts.
    site.demand_agreement().await;
}

with_every_provider!(one_fen_and_19999_fen_on_the_wire);
