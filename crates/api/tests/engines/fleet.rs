//! Two processes of one site, on one PostgreSQL and one Redis: both have the same state, and a flush of Redis
//! costs logins and nothing else.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use futures_util::future::join_all;
use minsu_testservers::{Database, postgres, redis::RedisServer};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::child::{Minsu, reqwest_client};

const PASSWORD: &str = "123456789";
/// How soon a change shows on the processes that did not make it: a second, and as much again for a busy machine.
const SOON: Duration = Duration::from_secs(2);

/// A site of two processes.
struct Fleet {
    redis: RedisServer,
    nodes: [Minsu; 2],
    _database: Database,
}

impl Fleet {
    async fn start() -> Self {
        let (redis, database) = (RedisServer::start(), postgres().await);
        let settings = [("DATABASE__URL", database.url()), ("CACHE__URL", &redis.url())];
        let nodes = [Minsu::start_with(&settings).await, Minsu::start_with(&settings).await];
        Self { redis, nodes, _database: database }
    }

    /// A new user with a session, made at the first process.
    async fn person(&self, mobile: &str) -> Client {
        let client = reqwest_client();
        let body = json!({"mobile": mobile, "sms_code": self.code_for(mobile).await, "password": PASSWORD});
        assert_eq!(self.call(0, &client, Method::POST, "/users", &body).await["errno"], "0");
        client
    }

    async fn landlord(&self, mobile: &str) -> Client {
        let landlord = self.person(mobile).await;
        let identity = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
        assert_eq!(self.call(0, &landlord, Method::POST, "/user/auth", &identity).await["errno"], "0");
        landlord
    }

    async fn publish(&self, landlord: &Client, title: &str) -> i64 {
        let form = json!({
            "title": title, "price": "100", "area_id": 1, "address": "某处", "room_count": 1, "acreage": 30,
            "unit": "一室", "capacity": 2, "beds": "双人床", "deposit": "0", "min_days": 1, "max_days": 0,
        });
        self.call(0, landlord, Method::POST, "/houses", &form).await["data"]["house_id"].as_i64().unwrap()
    }

    async fn code_for(&self, mobile: &str) -> String {
        let (id, text) = self.captcha().await;
        let sent = self.get(0, &reqwest_client(), &format!("/smscode/{mobile}?text={text}&id={id}")).await;
        assert_eq!(sent["errno"], "0");
        let sent = outbox(&self.nodes[0].outbox, "sms");
        sent.iter().rfind(|line| line["mobile"] == mobile).unwrap()["code"].as_str().unwrap().to_owned()
    }

    /// The id and the text of a new captcha, drawn by the first process.
    async fn captcha(&self) -> (String, String) {
        let id = uuid::Uuid::new_v4().to_string();
        let url = format!("{}/api/v1.0/imagecode/{id}", self.nodes[0].base);
        assert_eq!(reqwest_client().get(url).send().await.unwrap().status(), StatusCode::OK);
        let drawn = outbox(&self.nodes[0].outbox, "captcha");
        let text = drawn.iter().rfind(|line| line["id"] == *id).unwrap()["text"].as_str().unwrap().to_owned();
        (id, text)
    }

    async fn get(&self, node: usize, client: &Client, path: &str) -> Value {
        self.call(node, client, Method::GET, path, &Value::Null).await
    }

    async fn call(&self, node: usize, client: &Client, method: Method, path: &str, body: &Value) -> Value {
        self.answer(node, client, method, path, body).await.1
    }

    async fn answer(
        &self,
        node: usize,
        client: &Client,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let mut request = client.request(method, format!("{}/api/v1.0{path}", self.nodes[node].base));
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// How long until both processes show it: at the one that made the change at once, at the other
    /// within a second.
    async fn shows(&self, what: &str, path: &str, shown: impl Fn(&Value) -> bool) -> Duration {
        let anybody = reqwest_client();
        let changed = Instant::now();
        assert!(shown(&self.get(0, &anybody, path).await), "{what} does not show at once where it was made");
        while !shown(&self.get(1, &anybody, path).await) {
            assert!(changed.elapsed() < SOON, "{what} does not show at the other process");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        changed.elapsed()
    }

    /// Puts a page into the caches of both.
    async fn warm(&self, path: &str) {
        for node in [0, 1, 0, 1] {
            assert_eq!(self.get(node, &reqwest_client(), path).await["errno"], "0", "{path}");
        }
    }
}

fn outbox(path: &PathBuf, kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).filter(|line: &Value| line["kind"] == kind).collect()
}

fn has_house(list: &Value, id: i64) -> bool {
    list["data"]["houses"].as_array().unwrap().iter().any(|house| house["house_id"] == id)
}

fn day(offset: u64) -> NaiveDate {
    let seconds = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + 8 * 3600;
    NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + Days::new(seconds / 86_400 + 2 + offset)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_captchas_and_codes_are_the_sites_and_not_a_process_s() {
    let fleet = Fleet::start().await;
    let person = fleet.person("13800000001").await;
    // Both processes have the same host, so the cookie goes to both.
    assert_eq!(fleet.get(1, &person, "/user").await["data"]["mobile"], "13800000001");

    let (id, text) = fleet.captcha().await;
    let uses = (0..50).map(|number| {
        let path = format!("/smscode/137000000{number:02}?text={text}&id={id}");
        let fleet = &fleet;
        async move { fleet.get(number % 2, &reqwest_client(), &path).await["errno"].as_str().unwrap().to_owned() }
    });
    let sent = join_all(uses).await.into_iter().filter(|errno| errno == "0").count();
    let messages = fleet.nodes.iter().flat_map(|node| outbox(&node.outbox, "sms"));
    let messages = messages.filter(|line| line["mobile"].as_str().unwrap().starts_with("137")).count();
    assert_eq!((sent, messages), (1, 1), "one captcha, one message");

    let code = fleet.code_for("13900000001").await;
    let guess = |typed: String, node: usize| {
        let fleet = &fleet;
        async move {
            let body = json!({"mobile": "13900000001", "sms_code": typed, "password": PASSWORD});
            fleet.call(node, &reqwest_client(), Method::POST, "/users", &body).await["errmsg"].clone()
        }
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let answers = join_all((0..50).map(|number| guess(wrong.to_owned(), number % 2))).await;
    let checked = answers.iter().filter(|errmsg| **errmsg == "短信验证码错误").count();
    assert!((1..=5).contains(&checked), "{checked} guesses were compared");
    assert_ne!(guess(code, 1).await, "OK", "the code is burnt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_shows_at_once_here_and_within_a_second_there() {
    let fleet = Fleet::start().await;
    let (landlord, guest) = (fleet.landlord("13800000001").await, fleet.person("13800000002").await);
    let house = fleet.publish(&landlord, "旧房").await;
    let (list, dated) = ("/houses?aid=1".to_owned(), format!("/houses?aid=1&sd={}&ed={}", day(3), day(4)));
    let detail = format!("/houses/{house}");
    for path in [&list, &dated, &detail] {
        fleet.warm(path).await;
    }
    let mut took = Vec::new();

    let new = fleet.publish(&landlord, "新房").await;
    took.push(("a house", fleet.shows("a house", &list, |page| has_house(page, new)).await));

    fleet.warm(&dated).await;
    let stay = json!({"house_id": house, "start_date": day(3), "end_date": day(4)});
    let order = fleet.call(0, &guest, Method::POST, "/orders", &stay).await["data"]["order_id"].clone();
    took.push(("an order", fleet.shows("an order", &dated, |page| !has_house(page, house)).await));

    fleet.warm(&dated).await;
    let status = format!("/orders/{order}/status");
    let no = json!({"action": "reject", "reason": "不行"});
    assert_eq!(fleet.call(0, &landlord, Method::PUT, &status, &no).await["errno"], "0");
    took.push(("a rejection", fleet.shows("a rejection", &dated, |page| has_house(page, house)).await));

    fleet.warm(&detail).await;
    let picture = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([7, x as u8, y as u8]));
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::from(picture).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let part = reqwest::multipart::Part::bytes(png.into_inner()).file_name("picture.png");
    let url = format!("{}/api/v1.0/houses/{house}/images", fleet.nodes[0].base);
    let form = reqwest::multipart::Form::new().part("house_image", part);
    let stored: Value = landlord.post(url).multipart(form).send().await.unwrap().json().await.unwrap();
    assert_eq!(stored["errno"], "0");
    let pictures = |page: &Value| page["data"]["house"]["img_urls"].as_array().unwrap().len() == 1;
    took.push(("a picture", fleet.shows("a picture", &detail, pictures).await));

    fleet.warm(&detail).await;
    let order = fleet.call(0, &guest, Method::POST, "/orders", &stay).await["data"]["order_id"].clone();
    let yes = json!({"action": "accept"});
    let accepted = fleet.call(0, &landlord, Method::PUT, &format!("/orders/{order}/status"), &yes).await;
    assert_eq!(accepted["errno"], "0");
    let words = json!({"comment": "很好"});
    let commented = fleet.call(0, &guest, Method::PUT, &format!("/orders/{order}/comment"), &words).await;
    assert_eq!(commented["errno"], "0");
    let comments = |page: &Value| page["data"]["house"]["comments"].as_array().unwrap().len() == 1;
    took.push(("a comment", fleet.shows("a comment", &detail, comments).await));

    fleet.warm(&detail).await;
    let name = json!({"name": "新名字"});
    assert_eq!(fleet.call(0, &landlord, Method::PUT, "/user/name", &name).await["errno"], "0");
    let renamed = |page: &Value| page["data"]["house"]["user_name"] == "新名字";
    took.push(("a rename", fleet.shows("a rename", &detail, renamed).await));

    for (what, time) in took {
        println!("{what} shows at the other process after {} ms", time.as_millis());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flush_of_redis_logs_people_out_and_loses_nothing_else() {
    let fleet = Fleet::start().await;
    let (landlord, guest) = (fleet.landlord("13800000001").await, fleet.person("13800000002").await);
    let house = fleet.publish(&landlord, "一间房").await;
    let stay = json!({"house_id": house, "start_date": day(3), "end_date": day(4)});
    let placed = fleet.call(0, &guest, Method::POST, "/orders", &stay).await;
    fleet.warm("/houses").await;

    fleet.redis.command(&["FLUSHALL"]);
    for (node, person) in [(0, &landlord), (1, &guest)] {
        assert_eq!(fleet.get(node, person, "/user").await["errno"], "4101");
    }
    for (person, mobile) in [(&landlord, "13800000001"), (&guest, "13800000002")] {
        let body = json!({"mobile": mobile, "password": PASSWORD});
        assert_eq!(fleet.call(1, person, Method::POST, "/sessions", &body).await["errno"], "0");
    }
    let orders = fleet.get(0, &guest, "/user/orders?role=custom").await;
    assert_eq!(orders["data"]["orders"][0]["order_id"], placed["data"]["order_id"]);
    assert!(has_house(&fleet.get(1, &guest, "/houses").await, house));
    let again = fleet.call(1, &guest, Method::POST, "/orders", &stay).await;
    assert_eq!(again["errno"], "4004", "the days are still taken");
    let order = &placed["data"]["order_id"];
    let yes = json!({"action": "accept"});
    let accepted = fleet.call(1, &landlord, Method::PUT, &format!("/orders/{order}/status"), &yes).await;
    assert_eq!(accepted["errno"], "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_pages_still_come_and_it_recovers_by_itself() {
    let mut fleet = Fleet::start().await;
    let landlord = fleet.landlord("13800000001").await;
    let house = fleet.publish(&landlord, "一间房").await;
    let login = json!({"mobile": "13800000001", "password": PASSWORD});

    fleet.redis.kill();
    let anybody = reqwest_client();
    for path in ["/areas".to_owned(), "/houses/index".to_owned(), "/houses".to_owned(), format!("/houses/{house}")] {
        for node in [0, 1] {
            let begun = Instant::now();
            assert_eq!(fleet.get(node, &anybody, &path).await["errno"], "0", "{path}");
            // The deadline of the cache is half a second; some calls wait for it once.
            assert!(begun.elapsed() < Duration::from_secs(4), "{path} took {:?}", begun.elapsed());
        }
    }
    for _ in 0..3 {
        let begun = Instant::now();
        let (status, answer) = fleet.answer(0, &anybody, Method::POST, "/sessions", &login).await;
        assert_eq!((status, answer["errno"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("4500")));
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    }

    fleet.redis.restart();
    let back = Instant::now();
    for node in [0, 1] {
        while fleet.answer(node, &anybody, Method::POST, "/sessions", &login).await.0 != StatusCode::OK {
            assert!(back.elapsed() < Duration::from_secs(15), "process {node} does not recover");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    println!("both processes log in again {} ms after Redis is back", back.elapsed().as_millis());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_in_redis_is_the_site_s_documented_and_ends() {
    let fleet = Fleet::start().await;
    let (landlord, guest) = (fleet.landlord("13800000001").await, fleet.person("13800000002").await);
    let house = fleet.publish(&landlord, "一间房").await;
    let stay = json!({"house_id": house, "start_date": day(3), "end_date": day(4)});
    let order = fleet.call(0, &guest, Method::POST, "/orders", &stay).await["data"]["order_id"].clone();
    let yes = json!({"action": "accept"});
    fleet.call(0, &landlord, Method::PUT, &format!("/orders/{order}/status"), &yes).await;
    let words = json!({"comment": "很好"});
    fleet.call(0, &guest, Method::PUT, &format!("/orders/{order}/comment"), &words).await;
    fleet.call(0, &landlord, Method::PUT, "/user/name", &json!({"name": "新名字"})).await;
    // Pages are shared when they are asked for again after the process has let go of its own.
    for _ in 0..2 {
        for path in ["/areas", "/houses/index", "/houses?aid=1", &format!("/houses/{house}")] {
            fleet.warm(path).await;
        }
        fleet.warm(&format!("/houses?aid=1&sd={}&ed={}", day(5), day(6))).await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
    }
    for password in [PASSWORD, "wrong-password"] {
        let login = json!({"mobile": "13800000002", "password": password});
        fleet.call(1, &reqwest_client(), Method::POST, "/sessions", &login).await;
    }
    // A code that is not used.
    fleet.code_for("13900000009").await;
    // A captcha that is heard.
    let (captcha, _) = fleet.captcha().await;
    let audio = format!("{}/api/v1.0/imagecode/{captcha}/audio", fleet.nodes[0].base);
    assert_eq!(reqwest_client().get(audio).send().await.unwrap().status(), StatusCode::OK);

    let table = include_str!("../../../../docs/cache.md");
    let keys = fleet.redis.command(&["KEYS", "*"]);
    for kind in
        ["session:", "user-session:", "page:", "stamp:", "sms-register:", "captcha-spoken:", "guesses", "limit-"]
    {
        assert!(keys.contains(&format!("minsu{kind}")), "the story left no {kind}: {keys}");
    }
    for key in keys.lines() {
        let kind = key.strip_prefix("minsu").unwrap_or_else(|| panic!("{key} is not of this site"));
        let kind = kind.split(':').next().unwrap();
        let family = ["limit-", "guesses"].into_iter().any(|family| kind.starts_with(family));
        let documented = [format!("`{kind}:"), format!("`{kind}`")].iter().any(|name| table.contains(name));
        assert!(family || documented, "{key} is not in docs/cache.md");
        assert!(!key.contains("1380000000") && !key.contains("1390000000"), "{key} tells a mobile");
        let left: i64 = fleet.redis.command(&["PTTL", key]).parse().unwrap();
        // -2: it ended meanwhile.
        assert!(left == -2 || (0..=30 * 86_400_000).contains(&left), "{key} ends in {left} ms");
    }
}
