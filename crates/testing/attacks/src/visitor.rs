//! A visitor of the site, honest or not: a client with cookies and a network address.

use std::{net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{
    Method, RequestBuilder, StatusCode,
    cookie::{CookieStore, Jar},
    header::{HeaderMap, HeaderValue},
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::{Site, site::lines};

/// The password of every visitor.
pub const PASSWORD: &str = "an untold secret";

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Bytes,
    /// The body as JSON; null where it is none.
    pub json: Value,
}

impl Answer {
    /// The code of the envelope; empty where there is none.
    pub fn code(&self) -> String {
        match &self.json["errno"] {
            Value::String(code) => code.clone(),
            Value::Number(code) => code.to_string(),
            _ => String::new(),
        }
    }

    /// The sentence of the envelope.
    pub fn sentence(&self) -> &str {
        self.json["errmsg"].as_str().unwrap_or_default()
    }

    /// Whether the call did what it was asked.
    pub fn is_ok(&self) -> bool {
        self.status == 200 && self.code() == "0"
    }

    /// Demands a success and gives `data` back.
    ///
    /// # Panics
    /// With what was answered instead.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.is_ok(), "{} {}", self.status, self.json);
        self.json["data"].clone()
    }
}

/// A visitor.
#[derive(Clone)]
pub struct Visitor {
    http: reqwest::Client,
    cookies: Arc<Jar>,
    base: String,
    outbox: PathBuf,
}

impl Visitor {
    /// A visitor from this network address.
    ///
    /// # Panics
    /// When no client can be made.
    pub fn from(site: &Site, address: IpAddr) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_str(&address.to_string()).unwrap());
        let cookies = Arc::new(Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(Arc::clone(&cookies))
            .default_headers(headers)
            .no_proxy()
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        Self { http, cookies, base: site.base.clone(), outbox: site.outbox_file() }
    }

    /// The cookies that it would send.
    pub fn cookie(&self) -> Option<String> {
        let cookies = self.cookies.cookies(&self.base.parse().ok()?)?;
        Some(cookies.to_str().ok()?.to_owned())
    }

    /// A request to a path of the site, to be changed before it is sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Sends a request.
    ///
    /// # Panics
    /// Without an answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.expect("an answer")
    }

    /// Sends a request; `None` without a whole answer.
    pub async fn try_send(&self, request: RequestBuilder) -> Option<Answer> {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.ok()?;
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Some(Answer { status, headers, bytes, json })
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// POST of a file in a multipart form.
    pub async fn upload(&self, path: &str, field: &'static str, file: Vec<u8>) -> Answer {
        let form = Form::new().part(field, Part::bytes(file).file_name("picture"));
        self.send(self.request(Method::POST, path).multipart(form)).await
    }

    /// Shows a captcha: its id, and its text as read in the outbox. `None` where none was drawn.
    pub async fn captcha(&self) -> Option<(String, String)> {
        let id = uuid::Uuid::new_v4().to_string();
        self.get(&format!("/api/v1.0/imagecode/{id}")).await;
        let text = lines(&self.outbox).into_iter().rfind(|line| line["kind"] == "captcha" && line["id"] == *id)?;
        Some((id, text["text"].as_str()?.to_owned()))
    }

    /// Asks for an SMS code by an answered captcha; `purpose` as the API spells it (`register`, `password`).
    pub async fn ask_for_code(&self, purpose: &str, mobile: &str) -> Answer {
        let (id, text) = self.captcha().await.unwrap_or_default();
        self.get(&format!("/api/v1.0/smscode/{mobile}?text={text}&id={id}&purpose={purpose}")).await
    }

    /// The newest code that went to a mobile.
    pub fn code(&self, mobile: &str) -> Option<String> {
        let line = lines(&self.outbox).into_iter().rfind(|line| line["kind"] == "sms" && line["mobile"] == mobile)?;
        Some(line["code"].as_str()?.to_owned())
    }

    /// Signs up and is logged in then; the answer that decided.
    pub async fn register(&self, mobile: &str) -> Answer {
        let asked = self.ask_for_code("register", mobile).await;
        if !asked.is_ok() {
            return asked;
        }
        let code = self.code(mobile).unwrap_or_default();
        self.post("/api/v1.0/users", &json!({"mobile": mobile, "sms_code": code, "password": PASSWORD})).await
    }

    /// Logs in.
    pub async fn log_in(&self, mobile: &str, password: &str) -> Answer {
        self.post("/api/v1.0/sessions", &json!({"mobile": mobile, "password": password})).await
    }

    /// Writes a real name with this identity number.
    pub async fn verify(&self, number: &str) -> Answer {
        self.post("/api/v1.0/user/auth", &json!({"real_name": "李雷", "id_card": number})).await
    }

    /// Publishes a house with this title.
    pub async fn publish(&self, title: &str) -> Answer {
        let house = json!({
            "title": title, "price": "199.90", "area_id": "2", "address": "西城区羊房胡同 1 号", "room_count": "2",
            "acreage": "60", "unit": "两室一厅", "capacity": "4", "beds": "双人床 2 张", "deposit": "500",
            "min_days": "1", "max_days": "0", "facility": ["1", "3"],
        });
        self.post("/api/v1.0/houses", &house).await
    }
}

/// An identity number that fits GB 11643-1999, one for each `sequence` from 0 to 999,999.
pub fn identity_number(sequence: u32) -> String {
    let (day, sequence) = (sequence / 1000, sequence % 1000);
    let (year, month, day) = (1950 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
    let digits = format!("110105{year}{month:02}{day:02}{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}
