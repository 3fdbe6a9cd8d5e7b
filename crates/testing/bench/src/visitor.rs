//! A client that makes the data of a measurement: the calls of the v1 dialect one after the other.

use std::{net::SocketAddr, path::Path, time::Duration};

use chrono::NaiveDate;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    error::BenchError,
    http::{Connection, get, with_json},
    load::describe,
    outbox,
};

/// How long one call may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A visitor with a connection and, once logged in, a session.
pub struct Visitor {
    connection: Connection,
    cookie: Option<String>,
}

impl Visitor {
    /// Opens a connection.
    ///
    /// # Errors
    /// When the connection is refused.
    pub async fn arrive(address: SocketAddr) -> Result<Self, BenchError> {
        let connection = Connection::open(address).await.map_err(BenchError::http("connecting"))?;
        Ok(Self { connection, cookie: None })
    }

    /// Signs up by captcha and SMS code, and is logged in then.
    ///
    /// # Errors
    /// When an answer is not the expected one.
    pub async fn register(&mut self, mobile: &str, password: &str, outbox: &Path) -> Result<(), BenchError> {
        let id = format!("00000000-0000-4000-8000-{mobile:0>12}");
        self.ask(&format!("/api/v1.0/imagecode/{id}")).await?;
        let text = outbox::newest(outbox, "captcha", ("id", &id), "text")?;
        self.ask(&format!("/api/v1.0/smscode/{mobile}?text={text}&id={id}")).await?;
        let code = outbox::newest(outbox, "sms", ("mobile", mobile), "code")?;
        self.post("/api/v1.0/users", &json!({"mobile": mobile, "sms_code": code, "password": password})).await?;
        Ok(())
    }

    /// Logs in.
    ///
    /// # Errors
    /// When an answer is not the expected one.
    pub async fn log_in(&mut self, credentials: &str) -> Result<(), BenchError> {
        self.send(&with_json("POST", "/api/v1.0/sessions", None, credentials)).await.map(drop)
    }

    /// Writes a real name, without which a user may not publish. The number is the sample of GB 11643-1999,
    /// which belongs to no person.
    ///
    /// # Errors
    /// When the answer is not the expected one.
    pub async fn verify(&mut self) -> Result<(), BenchError> {
        let identity = json!({"real_name": "张三", "id_card": "11010519491231002X"});
        self.post("/api/v1.0/user/auth", &identity).await.map(drop)
    }

    /// Publishes a house that can be booked for single days.
    ///
    /// # Errors
    /// When the answer is not the expected one.
    pub async fn publish(&mut self) -> Result<i64, BenchError> {
        let house = json!({
            "title": "什刹海四合院", "price": "199", "area_id": "2", "address": "西城区羊房胡同 1 号",
            "room_count": "2", "acreage": "60", "unit": "两室一厅", "capacity": "4", "beds": "双人床 2 张",
            "deposit": "500", "min_days": "1", "max_days": "0", "facility": ["1", "3", "7"],
        });
        let answer = self.post("/api/v1.0/houses", &house).await?;
        let id = answer["data"]["house_id"].as_i64();
        id.ok_or_else(|| BenchError::Unreadable(format!("the answer to a house: {answer}")))
    }

    /// Orders a house for a day.
    ///
    /// # Errors
    /// When the answer is not the expected one.
    pub async fn order(&mut self, house: i64, day: NaiveDate) -> Result<i64, BenchError> {
        let order = json!({"house_id": house, "start_date": day, "end_date": day});
        let answer = self.post("/api/v1.0/orders", &order).await?;
        let id = answer["data"]["order_id"].as_i64();
        id.ok_or_else(|| BenchError::Unreadable(format!("the answer to an order: {answer}")))
    }

    /// Accepts an order for a house of one's own.
    ///
    /// # Errors
    /// When the answer is not the expected one.
    pub async fn accept(&mut self, order: i64) -> Result<(), BenchError> {
        let path = format!("/api/v1.0/orders/{order}/status");
        let body = json!({"action": "accept"}).to_string();
        self.send(&with_json("PUT", &path, self.cookie.as_deref(), &body)).await.map(drop)
    }

    /// Starts to pay an order; the page to which the browser goes.
    ///
    /// # Errors
    /// When the answer is not the expected one.
    pub async fn pay(&mut self, order: i64) -> Result<String, BenchError> {
        let answer = self.post(&format!("/api/v1.0/orders/{order}/payment"), &json!({})).await?;
        let page = answer["data"]["pay_url"].as_str().map(str::to_owned);
        page.ok_or_else(|| BenchError::Unreadable(format!("the answer to a payment: {answer}")))
    }

    /// Makes something by the native API.
    ///
    /// # Errors
    /// When the answer is not the expected one.
    pub async fn create(&mut self, path: &str, body: &Value) -> Result<Value, BenchError> {
        self.exchange(&with_json("POST", path, self.cookie.as_deref(), &body.to_string()), 201).await
    }

    /// The id of the account.
    ///
    /// # Errors
    /// Before a login.
    pub async fn id(&mut self) -> Result<i64, BenchError> {
        let answer = self.ask("/api/v1.0/user").await?;
        let id = answer["data"]["user_id"].as_i64();
        id.ok_or_else(|| BenchError::Unreadable(format!("the answer to who somebody is: {answer}")))
    }

    /// The session, as the header `Cookie` carries it.
    ///
    /// # Errors
    /// Before a login.
    pub fn cookie(self) -> Result<String, BenchError> {
        self.cookie.ok_or_else(|| BenchError::Unreadable("a login without a cookie".to_owned()))
    }

    async fn ask(&mut self, path: &str) -> Result<Value, BenchError> {
        self.send(&get(path, self.cookie.as_deref())).await
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<Value, BenchError> {
        self.send(&with_json("POST", path, self.cookie.as_deref(), &body.to_string())).await
    }

    /// Sends a request of v1 and demands a success.
    async fn send(&mut self, request: &[u8]) -> Result<Value, BenchError> {
        self.exchange(request, 200).await
    }

    /// Sends a request and demands this status; what is no JSON is a picture.
    async fn exchange(&mut self, request: &[u8], status: u16) -> Result<Value, BenchError> {
        let line = String::from_utf8_lossy(request).lines().next().unwrap_or_default().to_owned();
        let answer = timeout(LIMIT, self.connection.exchange(request)).await;
        let answer = answer.map_err(|_| BenchError::TooLong { name: line.clone(), limit: LIMIT })?;
        let answer = answer.map_err(BenchError::http(line.clone()))?;
        let json: Value = serde_json::from_slice(answer.body).unwrap_or_default();
        if answer.head.status != status || (status == 200 && json.is_object() && json["errno"] != "0") {
            return Err(BenchError::Unexpected { request: line, answer: describe(&answer) });
        }
        if let Some(cookie) = answer.head.cookie {
            self.cookie = Some(cookie);
        }
        Ok(json)
    }
}
