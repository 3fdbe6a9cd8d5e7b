//! A landlord and guests.

mod simultaneous;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::{Days, NaiveDate};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    child::{Minsu, reqwest_client},
    ledger::{Entry, Ledger},
};

pub const PASSWORD: &str = "123456789";
/// The days on which guests want to stay, from tomorrow.
const WINDOW: u64 = 40;

/// The results of a round of random orders.
#[derive(Debug, Default)]
pub struct Outcome {
    pub placed: usize,
    pub refused: usize,
    pub rejected: usize,
    /// Orders that the server said it had taken.
    pub acknowledged: Vec<i64>,
    /// Answers that are neither success nor refusal.
    pub unexpected: Vec<String>,
}

/// A landlord who is about to delete their account.
pub struct Leaver {
    client: reqwest::Client,
    pub id: i64,
    pub house: i64,
}

/// A site with a landlord, some houses and some guests.
pub struct Site {
    base: String,
    outbox: PathBuf,
    landlord: reqwest::Client,
    guests: Vec<reqwest::Client>,
    houses: Vec<(i64, String)>,
}

impl Site {
    pub async fn new(server: &Minsu, houses: usize) -> Self {
        let mut site = Self {
            base: server.base.clone(),
            outbox: server.outbox.clone(),
            landlord: reqwest_client(),
            guests: Vec::new(),
            houses: Vec::new(),
        };
        site.register(&site.landlord.clone(), "13800000001").await;
        let identity = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
        assert_eq!(site.call(&site.landlord, "POST", "/user/auth", &identity).await["errno"], "0");
        for number in 0..houses {
            let title = format!("测试房 {number}");
            site.houses.push((site.publish(&title).await, title));
        }
        for number in 0..8 {
            let guest = reqwest_client();
            site.register(&guest, &format!("139000000{number:02}")).await;
            site.guests.push(guest);
        }
        site
    }

    /// Publishes one more house of the landlord; its id.
    pub async fn publish(&self, title: &str) -> i64 {
        self.publish_as(&self.landlord, title).await
    }

    async fn publish_as(&self, landlord: &reqwest::Client, title: &str) -> i64 {
        let form = json!({
            "title": title, "price": "100", "area_id": 1, "address": "某处", "room_count": 1, "acreage": 30,
            "unit": "一室", "capacity": 2, "beds": "双人床", "deposit": "0", "min_days": 1, "max_days": 0,
        });
        let made = self.call(landlord, "POST", "/houses", &form).await;
        made["data"]["house_id"].as_i64().unwrap()
    }

    pub fn landlord(&self) -> &reqwest::Client {
        &self.landlord
    }

    /// The first guest.
    pub fn guest(&self) -> &reqwest::Client {
        &self.guests[0]
    }

    /// The first house.
    pub fn house(&self) -> i64 {
        self.houses[0].0
    }

    /// A client without a login.
    pub fn stranger(&self) -> reqwest::Client {
        reqwest_client()
    }

    pub async fn get(&self, client: &reqwest::Client, path: &str) -> Value {
        client.get(format!("{}{path}", self.base)).send().await.unwrap().json().await.unwrap()
    }

    /// The id of the first guest.
    pub async fn guest_id(&self) -> i64 {
        self.get(&self.guests[0], "/api/v1.0/session").await["data"]["user_id"].as_i64().unwrap()
    }

    /// The status of the house list, which no cache has, for a stranger.
    pub async fn list_status(&self) -> u16 {
        let request = self.stranger().get(format!("{}/api/house/list", self.base));
        request.send().await.unwrap().status().as_u16()
    }

    /// The status of a rename of the first guest.
    pub async fn rename_status(&self) -> u16 {
        let request = self.guests[0].put(format!("{}/api/v1.0/user/name", self.base));
        request.json(&json!({"name": "另一个名字"})).send().await.unwrap().status().as_u16()
    }

    /// The status of the readiness probe.
    pub async fn ready_status(&self) -> u16 {
        self.stranger().get(format!("{}/readyz", self.base)).send().await.unwrap().status().as_u16()
    }

    /// The sessions of the in-process cache died with the process.
    pub async fn log_in_again(&self) {
        let mobiles = (0..self.guests.len()).map(|number| format!("139000000{number:02}"));
        let people = std::iter::once((&self.landlord, "13800000001".to_owned())).chain(self.guests.iter().zip(mobiles));
        for (client, mobile) in people {
            let body = json!({"mobile": mobile, "password": PASSWORD});
            assert_eq!(self.call(client, "POST", "/sessions", &body).await["errno"], "0");
        }
    }

    /// The first guest, logged in at another process.
    pub async fn guest_at(&self, base: &str) -> reqwest::Client {
        let (client, body) = (reqwest_client(), json!({"mobile": "13900000000", "password": PASSWORD}));
        let answer = client.post(format!("{base}/api/v1.0/sessions")).json(&body).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap()["errno"], "0");
        client
    }

    /// Makes a call of v1.
    pub async fn call(&self, client: &reqwest::Client, method: &str, path: &str, body: &Value) -> Value {
        self.try_call(client, method, path, body).await.expect("an answer")
    }

    async fn try_call(&self, client: &reqwest::Client, method: &str, path: &str, body: &Value) -> Option<Value> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = client.request(method, format!("{}/api/v1.0{path}", self.base));
        if !body.is_null() {
            request = request.json(body);
        }
        request.send().await.ok()?.json().await.ok()
    }

    async fn code_for(&self, mobile: &str) -> String {
        let client = reqwest_client();
        let id = uuid::Uuid::new_v4().to_string();
        let picture = client.get(format!("{}/api/v1.0/imagecode/{id}", self.base)).send().await.unwrap();
        assert_eq!(picture.status(), 200);
        let text = self.in_outbox("captcha", "id", &id, "text");
        let sent = self.call(&client, "GET", &format!("/smscode/{mobile}?text={text}&id={id}"), &Value::Null).await;
        assert_eq!(sent["errno"], "0");
        self.in_outbox("sms", "mobile", mobile, "code")
    }

    fn in_outbox(&self, kind: &str, key: &str, value: &str, wanted: &str) -> String {
        let text = std::fs::read_to_string(&self.outbox).unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let line = lines.rfind(|line| line["kind"] == kind && line[key] == value).expect("a line");
        line[wanted].as_str().unwrap().to_owned()
    }

    async fn register(&self, client: &reqwest::Client, mobile: &str) {
        let code = self.code_for(mobile).await;
        let body = json!({"mobile": mobile, "sms_code": code, "password": PASSWORD});
        assert_eq!(self.call(client, "POST", "/users", &body).await["errno"], "0");
    }

    /// Places so many orders of one to four days over so many connections; every third that is
    /// placed is rejected at once. The sequence follows from the seed; who wins does not.
    pub async fn place_at_random(&self, seed: u64, connections: usize, orders: usize) -> Outcome {
        let filters: Arc<Vec<(usize, u64, u64)>> = Arc::new({
            let mut random = fastrand::Rng::with_seed(seed);
            (0..orders).map(|_| (random.usize(..self.houses.len()), random.u64(..WINDOW), random.u64(..4))).collect()
        });
        let next = AtomicUsize::new(0);
        let outcomes = join_all((0..connections).map(|connection| {
            let (filters, next) = (filters.clone(), &next);
            let guest = &self.guests[connection % self.guests.len()];
            async move {
                let mut outcome = Outcome::default();
                while let Some((house, start, length)) = filters.get(next.fetch_add(1, Ordering::SeqCst)) {
                    self.filter(guest, self.houses[*house].0, *start, *length, &mut outcome).await;
                }
                outcome
            }
        }))
        .await;
        outcomes.into_iter().fold(Outcome::default(), |mut all, one| {
            all.placed += one.placed;
            all.refused += one.refused;
            all.rejected += one.rejected;
            all.acknowledged.extend(one.acknowledged);
            all.unexpected.extend(one.unexpected);
            all
        })
    }

    async fn filter(&self, guest: &reqwest::Client, house: i64, start: u64, length: u64, outcome: &mut Outcome) {
        let body = json!({"house_id": house, "start_date": day(start), "end_date": day(start + length)});
        let Some(answer) = self.try_call(guest, "POST", "/orders", &body).await else {
            return outcome.unexpected.push("no answer".to_owned());
        };
        match answer["errno"].as_str() {
            Some("0") => {
                let id = answer["data"]["order_id"].as_i64().unwrap();
                outcome.placed += 1;
                outcome.acknowledged.push(id);
                if id % 3 == 0 {
                    let no = json!({"action": "reject", "reason": "不行"});
                    match self.try_call(&self.landlord, "PUT", &format!("/orders/{id}/status"), &no).await {
                        Some(answer) if answer["errno"] == "0" => outcome.rejected += 1,
                        other => outcome.unexpected.push(format!("rejection: {other:?}")),
                    }
                }
            }
            Some("4004") => outcome.refused += 1,
            _ => outcome.unexpected.push(answer.to_string()),
        }
    }

    /// Every order, as the landlord sees it.
    pub async fn ledger(&self) -> Ledger {
        let listed = self.call(&self.landlord, "GET", "/user/orders?role=landlord", &Value::Null).await;
        let parse = |text: &Value| text.as_str().unwrap().parse::<NaiveDate>().unwrap();
        let entries = listed["data"]["orders"].as_array().unwrap().iter().map(|order| Entry {
            id: order["order_id"].as_i64().unwrap(),
            house: order["title"].as_str().unwrap().to_owned(),
            start: parse(&order["start_date"]),
            end: parse(&order["end_date"]),
            live: order["status"] != "REJECTED",
        });
        Ledger { entries: entries.collect() }
    }

    /// Rejects all that stands, so that the next round finds free days.
    pub async fn make_room(&self) {
        for entry in self.ledger().await.entries.iter().filter(|entry| entry.live) {
            let no = json!({"action": "reject", "reason": "腾房"});
            let answer = self.call(&self.landlord, "PUT", &format!("/orders/{}/status", entry.id), &no).await;
            assert_eq!(answer["errno"], "0");
        }
    }

    /// Every day of the window that a live order covers is refused, every other one can be had:
    /// no order without its days, no day without its order.
    pub async fn assert_days_and_orders_agree(&self) {
        let held = self.ledger().await.held();
        for (house, title) in &self.houses {
            for offset in 0..WINDOW + 4 {
                let body = json!({"house_id": house, "start_date": day(offset), "end_date": day(offset)});
                let code = self.call(&self.guests[0], "POST", "/orders", &body).await["errno"].clone();
                let expected = if held.contains(&(title.clone(), day(offset))) { "4004" } else { "0" };
                assert_eq!(code, expected, "{title} on {}", day(offset));
            }
        }
    }

    /// A new landlord with a published house.
    pub async fn leaver(&self, mobile: &str) -> Leaver {
        let client = reqwest_client();
        self.register(&client, mobile).await;
        let identity = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
        assert_eq!(self.call(&client, "POST", "/user/auth", &identity).await["errno"], "0");
        let id = self.get(&client, "/api/v1.0/session").await["data"]["user_id"].as_i64().unwrap();
        let house = self.publish_as(&client, "要走的房").await;
        Leaver { client, id, house }
    }

    /// Uploads a portrait of this shade; the code.
    pub async fn upload_portrait(&self, leaver: &Leaver, shade: u8) -> String {
        let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([shade, 7, 200]));
        let mut png = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(picture).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let part = reqwest::multipart::Part::bytes(png.into_inner()).file_name("portrait.png");
        let form = reqwest::multipart::Form::new().part("avatar", part);
        let url = format!("{}/api/v1.0/user/avatar", self.base);
        let answer: Value = leaver.client.post(url).multipart(form).send().await.unwrap().json().await.unwrap();
        answer["errno"].as_str().unwrap().to_owned()
    }

    /// Deletes the account; the code.
    pub async fn leave(&self, leaver: &Leaver) -> String {
        let password = json!({"password": PASSWORD});
        self.call(&leaver.client, "DELETE", "/user", &password).await["errno"].as_str().unwrap().to_owned()
    }

    /// Every guest orders a house for another day; the codes.
    pub async fn order_as_every_guest(&self, house: i64) -> Vec<String> {
        join_all(self.guests.iter().zip(0..).map(|(guest, offset)| async move {
            let body = json!({"house_id": house, "start_date": day(offset), "end_date": day(offset)});
            self.call(guest, "POST", "/orders", &body).await["errno"].as_str().unwrap().to_owned()
        }))
        .await
    }
}

/// So many days after tomorrow.
pub fn day(offset: u64) -> NaiveDate {
    let seconds = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + 8 * 3600;
    NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + Days::new(seconds / 86_400 + 2 + offset)
}
