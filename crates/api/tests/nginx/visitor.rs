//! A browser that believes nginx's certificate and finds its hosts on this machine.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use reqwest::{Method, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};

/// An answer, read to its end; status 0 for none.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

#[derive(Clone, Debug)]
pub struct Visitor {
    http: reqwest::Client,
    base: String,
    outbox: PathBuf,
}

impl Visitor {
    pub fn new(tls: u16, outbox: PathBuf) -> Self {
        Self::with(reqwest::Client::builder(), tls, outbox)
    }

    /// A client of HTTP/1.1 only: over HTTP/2 a request that is too large breaks the connection.
    pub fn of_the_nineties(tls: u16) -> Self {
        Self::with(reqwest::Client::builder().http1_only(), tls, PathBuf::new())
    }

    fn with(builder: reqwest::ClientBuilder, tls: u16, outbox: PathBuf) -> Self {
        let here: SocketAddr = ([127, 0, 0, 1], 0).into();
        let http = builder
            .cookie_store(true)
            .no_proxy()
            .tls_danger_accept_invalid_certs(true)
            .resolve("www.example.com", here)
            .resolve("classic.example.com", here)
            .redirect(Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self { http, base: format!("https://www.example.com:{tls}/api/v1.0"), outbox }
    }

    pub fn request(&self, method: Method, url: &str) -> reqwest::RequestBuilder {
        self.http.request(method, url)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        match request.send().await {
            Ok(response) => {
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                match response.bytes().await {
                    Ok(bytes) => {
                        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
                        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), json }
                    }
                    Err(error) => Self::none(&error),
                }
            }
            Err(error) => Self::none(&error),
        }
    }

    fn none(error: &reqwest::Error) -> Answer {
        Answer { status: 0, headers: HeaderMap::new(), text: format!("{error:?}"), json: Value::Null }
    }

    pub async fn get(&self, url: &str) -> Answer {
        self.send(self.request(Method::GET, url)).await
    }

    async fn demand(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.send(self.request(method, &format!("{}{path}", self.base)).json(body)).await;
        assert_eq!(answer.json["errno"], "0", "{path}: {}", answer.text);
        answer.json
    }

    pub async fn register(&self, mobile: &str) {
        let id = uuid::Uuid::new_v4().to_string();
        self.get(&format!("{}/imagecode/{id}", self.base)).await;
        let text = self.newest("captcha", "id", &id, "text");
        self.get(&format!("{}/smscode/{mobile}?text={text}&id={id}", self.base)).await;
        let code = self.newest("sms", "mobile", mobile, "code");
        let body = json!({"mobile": mobile, "sms_code": code, "password": "123456789"});
        self.demand(Method::POST, "/users", &body).await;
    }

    fn newest(&self, kind: &str, key: &str, value: &str, wanted: &str) -> String {
        let lines = std::fs::read_to_string(&self.outbox).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let line = lines.iter().rfind(|line| line["kind"] == kind && line[key] == value).expect("a line");
        line[wanted].as_str().unwrap().to_owned()
    }

    pub async fn verify(&self) {
        let identity = json!({"real_name": "李雷", "id_card": "11010519491231002X"});
        self.demand(Method::POST, "/user/auth", &identity).await;
    }

    pub async fn publish(&self) -> i64 {
        let form = json!({
            "title": "什刹海四合院", "price": "100", "area_id": 2, "address": "某处", "room_count": 1, "acreage": 30,
            "unit": "一室", "capacity": 2, "beds": "双人床", "deposit": "0", "min_days": 1, "max_days": 0,
        });
        self.demand(Method::POST, "/houses", &form).await["data"]["house_id"].as_i64().unwrap()
    }

    /// Orders one day, so many days from now.
    pub async fn order(&self, house: i64, offset: u64) -> Answer {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + 8 * 3600;
        let day = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new(now / 86_400 + offset);
        let body = json!({"house_id": house, "start_date": day.to_string(), "end_date": day.to_string()});
        self.send(self.request(Method::POST, &format!("{}/orders", self.base)).json(&body)).await
    }

    /// The ids of all orders for one's houses.
    pub async fn orders(&self) -> Vec<i64> {
        let answer = self.get(&format!("{}/user/orders?role=landlord", self.base)).await;
        let orders = answer.json["data"]["orders"].as_array().expect("orders").iter();
        orders.map(|order| order["order_id"].as_i64().unwrap()).collect()
    }

    /// The first page of all houses.
    pub async fn search(&self) -> Answer {
        self.get(&format!("{}/houses?aid=&sd=&ed=&sk=new&p=1", self.base)).await
    }

    /// One house.
    pub async fn house(&self, house: i64) -> Answer {
        self.get(&format!("{}/houses/{house}", self.base)).await
    }
}

/// A picture of this width.
pub fn png(width: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(width, 400, |x, y| image::Rgb([x as u8, y as u8, 7]));
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
