//! A landlord with a house, a guest, a stranger.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::{
    Client, TestServer,
    picture::{form, png},
};

/// A site on which a landlord has published a house.
pub struct World {
    pub server: TestServer,
    pub landlord: Client,
    pub guest: Client,
    pub stranger: Client,
    pub anonymous: Client,
    pub house: i64,
    next_day: AtomicU64,
}

impl World {
    pub async fn new() -> Self {
        Self::on(TestServer::start().await).await
    }

    pub async fn on(server: TestServer) -> Self {
        let landlord = Client::new(&server);
        landlord.register("13800000001").await;
        verify(&landlord).await;
        let house = publish(&landlord).await;
        landlord.upload(&format!("/api/v1.0/houses/{house}/images"), form("house_image", png(1))).await.ok();
        let guest = Client::new(&server);
        guest.register("13800000002").await;
        let stranger = Client::new(&server);
        stranger.register("13800000003").await;
        let anonymous = Client::new(&server);
        Self { server, landlord, guest, stranger, anonymous, house, next_day: AtomicU64::new(30) }
    }

    /// A day that no other order uses.
    pub fn free_day(&self) -> String {
        day(self.next_day.fetch_add(2, Ordering::SeqCst))
    }

    /// The number of the day that [`Self::free_day`] gives next.
    pub fn next_day(&self) -> u64 {
        self.next_day.load(Ordering::SeqCst)
    }

    /// Books a day of its own for the guest.
    pub async fn order(&self) -> i64 {
        let day = self.free_day();
        order(&self.guest, self.house, &day, &day).await.ok()["data"]["order_id"].as_i64().unwrap()
    }

    /// An accepted order for a house of its own, whose stay begins today.
    pub async fn begun_order(&self) -> i64 {
        let (house, today) = (publish(&self.landlord).await, day(0));
        self.landlord.upload(&format!("/api/v1.0/houses/{house}/images"), form("house_image", png(1))).await.ok();
        let id = order(&self.guest, house, &today, &today).await.ok()["data"]["order_id"].as_i64().unwrap();
        self.landlord.put(&format!("/api/v1.0/orders/{id}/status"), &json!({"action": "accept"})).await.ok();
        id
    }

    /// An order that the landlord accepted.
    pub async fn accepted_order(&self) -> i64 {
        let id = self.order().await;
        self.landlord.put(&format!("/api/v1.0/orders/{id}/status"), &json!({"action": "accept"})).await.ok();
        id
    }
}

/// So many days from today (by the real clock; the server's day may be one ahead of UTC's).
pub fn day(offset: u64) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + 8 * 3600;
    let today = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + Days::new(now / 86_400);
    (today + Days::new(offset)).to_string()
}

pub async fn verify(client: &Client) {
    let body = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
    client.post("/api/v1.0/user/auth", &body).await.ok();
}

/// A house as the old pages send it: every number a string.
pub fn house_form() -> Value {
    let mut described = dwelling();
    for value in described.as_object_mut().unwrap().values_mut().filter(|value| value.is_number()) {
        *value = value.to_string().into();
    }
    let form = json!({"title": "什刹海四合院", "price": "19.99", "area_id": "2", "address": "西城区羊房胡同 1 号"});
    let rest = json!({"deposit": "500", "min_days": "1", "max_days": "0", "facility": ["1", "3", "7"]});
    with(&with(&form, &described), &rest)
}

/// What that house is like, as every answer says it that shows a whole house.
pub fn dwelling() -> Value {
    json!({"room_count": 2, "acreage": 60, "unit": "两室一厅", "capacity": 4, "beds": "双人床 2 张"})
}

/// The fields that the form may be without.
pub const OPTIONAL: &[&str] = &["facility"];

/// What a row of v1's lists says of it.
pub fn dwelling_in_lists() -> Value {
    json!({"room_count": 2})
}

/// An object with further fields.
pub fn with(object: &Value, fields: &Value) -> Value {
    Value::Object(object.as_object().unwrap().clone().into_iter().chain(fields.as_object().unwrap().clone()).collect())
}

pub async fn publish(client: &Client) -> i64 {
    client.post("/api/v1.0/houses", &house_form()).await.ok()["data"]["house_id"].as_i64().unwrap()
}

pub async fn order(client: &Client, house: i64, start: &str, end: &str) -> super::Answer {
    client.post("/api/v1.0/orders", &json!({"house_id": house, "start_date": start, "end_date": end})).await
}
