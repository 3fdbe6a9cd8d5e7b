//! A browser without a screen: keeps cookies, reads the development outbox.

use std::path::PathBuf;

use reqwest::{Method, StatusCode, header::HeaderMap, multipart::Form};
use serde_json::Value;

use super::TestServer;
use crate::openapi::demand_documented;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: bytes::Bytes,
    pub json: Value,
}

impl Answer {
    /// The code, a string in one dialect and a number on success in the other.
    pub fn code(&self) -> String {
        match &self.json["errno"] {
            Value::String(code) => code.clone(),
            Value::Number(code) => code.to_string(),
            _ => panic!("no errno in {} {:?}", self.status, String::from_utf8_lossy(&self.bytes)),
        }
    }

    pub fn errmsg(&self) -> &str {
        self.json["errmsg"].as_str().expect("an errmsg")
    }

    /// Demands a success and gives the JSON back.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!((self.status.as_u16(), self.code().as_str()), (200, "0"), "{}", self.json);
        self.json
    }

    /// Demands a success of the native API with this status and gives the JSON back.
    #[track_caller]
    pub fn done(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.json);
        self.json
    }

    /// Demands a problem of the native API.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.json["code"].as_str()), (status, Some(code)), "{}", self.json);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        self
    }

    /// The fields at fault of a problem, each with its code.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = self.json["errors"].as_array().into_iter().flatten();
        errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
    }

    /// The version of what was answered.
    pub fn version(&self) -> String {
        self.headers["etag"].to_str().unwrap().to_owned()
    }

    /// Demands a business failure with this code.
    #[track_caller]
    pub fn refused(self, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.code().as_str()), (200, code), "{}", self.json);
        self
    }
}

/// A person at a browser.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    outbox: PathBuf,
}

impl Client {
    pub fn new(server: &TestServer) -> Self {
        Self::with_headers(server, HeaderMap::new())
    }

    fn with_headers(server: &TestServer, headers: HeaderMap) -> Self {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .default_headers(headers)
            .no_proxy()
            .timeout(std::time::Duration::from_secs(60))
            .build()
            .unwrap();
        Self { http, base: server.base.clone(), outbox: server.outbox.clone() }
    }

    /// The browser itself, to send what another one prepared.
    pub fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) })
    }

    /// Makes a call. The answer must be in the OpenAPI document.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let (method, url) = (request.method().clone(), request.url().to_string());
        let answer = self.send_oddly(request).await;
        demand_documented(&method, &url, &answer);
        answer
    }

    /// Makes a call in a way that no document speaks of.
    pub async fn send_oddly(&self, request: reqwest::Request) -> Answer {
        let response = self.http.execute(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body");
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, bytes, json }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value, version: &str) -> Answer {
        self.send(self.request(Method::PATCH, path).header("if-match", version).json(body)).await
    }

    pub async fn upload(&self, path: &str, form: Form) -> Answer {
        self.send(self.request(Method::POST, path).multipart(form)).await
    }

    /// The same browser behind a proxy that says so about its address.
    pub fn from_address(server: &TestServer, address: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", address.parse().unwrap());
        Self::with_headers(server, headers)
    }

    /// Every line of the outbox so far.
    fn outbox_lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.outbox).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The answer of the newest captcha with this id.
    pub fn captcha_text(&self, id: &str) -> String {
        let lines = self.outbox_lines();
        let line = lines.iter().rfind(|line| line["kind"] == "captcha" && line["id"] == id).expect("a captcha");
        line["text"].as_str().unwrap().to_owned()
    }

    /// The newest code that went to a mobile.
    pub fn sms_code(&self, mobile: &str) -> String {
        self.sms_codes(mobile).pop().expect("an sms")
    }

    /// Every code that went to a mobile, oldest first.
    pub fn sms_codes(&self, mobile: &str) -> Vec<String> {
        let lines = self.outbox_lines();
        let codes = lines.iter().filter(|line| line["kind"] == "sms" && line["mobile"] == mobile);
        codes.map(|line| line["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Shows a captcha and reads it.
    pub async fn captcha(&self) -> (String, String) {
        let id = uuid::Uuid::new_v4().to_string();
        let answer = self.get(&format!("/api/v1.0/imagecode/{id}")).await;
        assert_eq!(answer.headers["content-type"], "image/jpeg");
        let text = self.captcha_text(&id);
        (id, text)
    }

    /// Gets an SMS code for a mobile.
    pub async fn ask_sms(&self, mobile: &str) -> String {
        self.ask_sms_for("register", mobile).await
    }

    /// Gets an SMS code for one purpose.
    pub async fn ask_sms_for(&self, purpose: &str, mobile: &str) -> String {
        let (id, text) = self.captcha().await;
        self.get(&format!("/api/v1.0/smscode/{mobile}?text={text}&id={id}&purpose={purpose}")).await.ok();
        self.sms_code(mobile)
    }

    /// Signs up; the browser is then logged in.
    pub async fn register(&self, mobile: &str) -> i64 {
        let code = self.ask_sms(mobile).await;
        let body = serde_json::json!({"mobile": mobile, "sms_code": code, "password": PASSWORD});
        self.post("/api/v1.0/users", &body).await.ok()["data"]["user_id"].as_i64().unwrap()
    }
}

/// The password of every test user; the sample of the documents.
pub const PASSWORD: &str = "123456789";
