//! The default avatar of users without a portrait, under every field name that a page reads.

use serde_json::Value;

use crate::support::{
    TestServer, World,
    picture::{form, png},
};

/// Every call that shows the landlord, and where in its answer.
const SHOWN: [(&str, &[&str]); 12] = [
    ("/api/v1.0/user", &["/data/avatar", "/data/avatar_url"]),
    ("/api/v1.0/users/profile", &["/data/avatar", "/data/avatar_url"]),
    ("/api/v1.0/user/export", &["/data/user/avatar", "/data/user/avatar_url"]),
    ("/api/v1.0/user/houses", &["/data/houses/0/user_avatar"]),
    ("/api/v1.0/houses", &["/data/houses/0/user_avatar"]),
    ("/api/v1.0/houses?q=四合院", &["/data/houses/0/user_avatar"]),
    ("/api/v1.0/houses/{house}", &["/data/house/user_avatar"]),
    ("/api/profile", &["/data/avatar", "/data/avatar_url"]),
    ("/api/house/list", &["/data/0/avatar", "/data/0/avatar_url", "/houses/0/avatar", "/houses/0/avatar_url"]),
    ("/api/house/list2", &["/data/0/avatar", "/data/0/avatar_url", "/houses/0/avatar", "/houses/0/avatar_url"]),
    ("/api/house/info?house_id={house}", &["/house/user_avatar", "/data/user_avatar"]),
    ("/api/house/info?id={house}", &["/house/user_avatar", "/data/user_avatar"]),
];

async fn demand_shown(world: &World, expected: &str) {
    for (path, places) in SHOWN {
        let answer = world.landlord.get(&path.replace("{house}", &world.house.to_string())).await.ok();
        for place in places {
            assert_eq!(answer.pointer(place), Some(&Value::from(expected)), "{path} {place}");
        }
    }
}

#[tokio::test]
async fn people_without_a_portrait_get_the_default_avatar() {
    let avatar = "/static/images/portrait.jpg";
    let server = TestServer::start_with(|state| state.app.policy.default_avatar = avatar.to_owned()).await;
    let world = World::on(server).await;
    demand_shown(&world, avatar).await;
    let portrait = world.landlord.upload("/api/v1.0/user/avatar", form("avatar", png(3))).await.ok();
    demand_shown(&world, portrait["data"]["avatar_url"].as_str().unwrap()).await;
}

#[tokio::test]
async fn without_the_setting_the_address_is_empty() {
    demand_shown(&World::new().await, "").await;
}
