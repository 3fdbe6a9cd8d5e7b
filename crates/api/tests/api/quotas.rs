//! Quotas: each has a refusal of its own, in every dialect, and simultaneous requests do not pass one together.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{
    Answer, TestServer, World, picture,
    world::{day, house_form, order},
};

/// Demands a refusal with this sentence; whether waiting helps is told by `Retry-After`.
fn demand(answer: Answer, sentence: &str, waits: bool) {
    let refused = answer.refused("4201");
    assert_eq!((refused.errmsg(), refused.headers.contains_key("retry-after")), (sentence, waits));
}

#[tokio::test]
async fn a_landlord_has_so_many_houses_and_publishes_so_many_a_day() {
    let server = TestServer::start_with(|state| state.app.policy.quotas.houses_per_landlord = 4).await;
    let world = World::on(server).await;
    let (landlord, form) = (&world.landlord, house_form());
    let published = join_all((0..12).map(|_| landlord.post("/api/v1.0/houses", &form))).await;
    assert_eq!(published.iter().filter(|answer| answer.code() == "0").count(), 3);
    for call in ["/api/v1.0/houses", "/api/house/info"] {
        demand(landlord.post(call, &form).await, "房屋数量已达上限", false);
    }

    let server = TestServer::start_with(|state| state.app.policy.quotas.publications_per_day = 2).await;
    let world = World::on(server).await;
    world.landlord.post("/api/v1.0/houses", &house_form()).await.ok();
    demand(world.landlord.post("/api/v1.0/houses", &house_form()).await, "今日发布房屋次数已达上限", true);
}

#[tokio::test]
async fn a_house_has_so_many_pictures_and_a_landlord_so_many_bytes() {
    let server = TestServer::start_with(|state| state.app.policy.quotas.pictures_per_house = 3).await;
    let world = World::on(server).await;
    let path = format!("/api/v1.0/houses/{}/images", world.house);
    let add = |shade: u8| world.landlord.upload(&path, picture::form("house_image", picture::png(shade)));
    let added = join_all((10..18).map(add)).await;
    assert_eq!(added.iter().filter(|answer| answer.code() == "0").count(), 2);
    demand(add(30).await, "该房屋的图片数量已达上限", false);
    // What is there already is answered as before.
    add(1).await.ok();

    let server = TestServer::start_with(|state| state.app.policy.quotas.picture_bytes_per_landlord = 8_000).await;
    let world = World::on(server).await;
    let path = format!("/api/v1.0/houses/{}/images", world.house);
    let form = picture::form("house_image", picture::photograph());
    demand(world.landlord.upload(&path, form).await, "图片总容量已达上限", false);
}

#[tokio::test]
async fn a_guest_orders_so_often_a_day_and_so_many_waiting_days() {
    let server = TestServer::start_with(|state| state.app.policy.quotas.orders_per_day = 2).await;
    let world = World::on(server).await;
    let placed = join_all((1..9).map(|offset| {
        let guest = world.guest.clone();
        async move { order(&guest, world.house, &day(offset * 2), &day(offset * 2)).await }
    }))
    .await;
    assert_eq!(placed.iter().filter(|answer| answer.code() == "0").count(), 2);
    demand(order(&world.guest, world.house, &day(60), &day(60)).await, "今日下单次数已达上限", true);
    order(&world.stranger, world.house, &day(61), &day(61)).await.ok();

    let server = TestServer::start_with(|state| state.app.policy.quotas.waiting_days_per_guest = 10).await;
    let world = World::on(server).await;
    demand(order(&world.guest, world.house, &day(1), &day(11)).await, "待接单的订单天数过多", false);
    let first = order(&world.guest, world.house, &day(1), &day(6)).await.ok()["data"]["order_id"].clone();
    order(&world.guest, world.house, &day(11), &day(14)).await.ok();
    demand(order(&world.guest, world.house, &day(21), &day(21)).await, "待接单的订单天数过多", true);
    // The days of an accepted order wait no longer.
    world.landlord.put(&format!("/api/v1.0/orders/{first}/status"), &json!({"action": "accept"})).await.ok();
    order(&world.guest, world.house, &day(21), &day(26)).await.ok();
}

#[tokio::test]
async fn a_site_may_take_orders_of_verified_guests_only() {
    let server = TestServer::start_with(|state| state.app.policy.real_name_to_order = true).await;
    let world = World::on(server).await;
    order(&world.guest, world.house, &day(1), &day(1)).await.refused("4105");
    let name = json!({"real_name": "李雷", "id_card": "110101199003071233"});
    world.guest.post("/api/v1.0/user/auth", &name).await.ok();
    order(&world.guest, world.house, &day(1), &day(1)).await.ok();
}
