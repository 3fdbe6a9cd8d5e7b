//! A browser without scripts: it follows no redirect by itself, fills in forms with their token, and reads pages.

use std::sync::Arc;

use minsu_api::wiring::{Payments, registered_dialects, with_pages};
use minsu_web::state::State;
use reqwest::{Method, StatusCode, header::HeaderMap, multipart, redirect::Policy};

use crate::support::{Client, TestServer, client::PASSWORD, picture::png};

/// A server with the pages.
pub async fn site() -> TestServer {
    site_with(|_| {}).await
}

/// A server with the pages, whose state is changed.
pub async fn site_with(change: impl FnOnce(&mut State)) -> TestServer {
    TestServer::start_with(|state| {
        state.dialects =
            with_pages(registered_dialects(minsu_dialect_classic::Options::default()), &Payments::default());
        change(state);
    })
    .await
}

/// A page, or a redirect to one.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// Where it leads.
    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |location| location.to_str().unwrap())
    }

    /// Demands a redirect to here.
    #[track_caller]
    pub fn leads_to(&self, target: &str) {
        assert_eq!((self.status.as_u16(), self.location()), (303, target), "{}", self.text);
    }

    /// Demands a page with this status and text.
    #[track_caller]
    pub fn says(&self, status: u16, text: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert!(self.text.contains(text), "{text} in {}", self.text);
    }

    /// The value of the hidden field with this name, in the first form that has one.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&start).unwrap_or_else(|| panic!("no field {name} in {}", self.text));
        rest.split('"').next().unwrap().to_owned()
    }

    /// The code of the strip of profile dev.
    pub fn dev_code(&self) -> String {
        let (_, rest) = self.text.split_once("<strong class=\"dev-code\">").expect("the strip of profile dev");
        rest.split('<').next().unwrap().to_owned()
    }
}

/// A person at a browser without scripts.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    base: Arc<str>,
}

impl Browser {
    pub fn new(server: &TestServer) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        headers.insert("accept", "text/html,application/xhtml+xml".parse().unwrap());
        let http = reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).default_headers(headers);
        Self { http: http.no_proxy().build().unwrap(), base: server.base.as_str().into() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Page { status, headers, text: String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned() }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path)).await
    }

    /// A form with the token of the page that it stands on.
    pub async fn submit(&self, from: &str, to: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.get(from).await.hidden("csrf");
        let fields: Vec<_> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.send(self.request(Method::POST, to).form(&fields)).await
    }

    /// A form with a picture.
    pub async fn upload(&self, from: &str, to: &str, name: &str, bytes: Vec<u8>) -> Page {
        let csrf = self.get(from).await.hidden("csrf");
        let part = multipart::Part::bytes(bytes).file_name("picture.jpg");
        let form = multipart::Form::new().text("csrf", csrf).part(name.to_owned(), part);
        self.send(self.request(Method::POST, to).multipart(form)).await
    }

    /// The first step of signing up, read off the strip of profile dev.
    pub async fn ask_code(&self, path: &str, mobile: &str) -> Page {
        let page = self.get(path).await;
        let fields = [
            ("csrf", page.hidden("csrf")),
            ("captcha_id", page.hidden("captcha_id")),
            ("captcha", page.dev_code()),
            ("mobile", mobile.to_owned()),
        ];
        self.send(self.request(Method::POST, path).form(&fields)).await
    }

    /// Signs up.
    pub async fn sign_up(&self, mobile: &str) {
        self.ask_code("/signup", mobile).await.leads_to("/signup/code?next=%2Fme");
        let code = self.get("/signup/code").await.dev_code();
        let fields = [("code", code.as_str()), ("password", PASSWORD)];
        self.submit("/signup/code", "/signup/code", &fields).await.leads_to("/me?done=welcome");
    }

    /// Signs up, and publishes a house with this title and a picture; its id.
    pub async fn publish(&self, mobile: &str, title: &str) -> String {
        self.sign_up(mobile).await;
        let identity = [("real_name", "韩梅梅"), ("id_number", "11010519491231002X")];
        self.submit("/me", "/me/identity", &identity).await.leads_to("/me?done=verified");
        self.publish_another(title).await
    }

    /// Publishes a house with this title and a picture, as a landlord who is signed up; its id.
    pub async fn publish_another(&self, title: &str) -> String {
        let drafted = self.submit("/host/new", "/host/new", &house(title)).await;
        let path = drafted.location().split('?').next().unwrap().to_owned();
        let id = path.strip_prefix("/host/houses/").expect("a draft").to_owned();
        let pictures = format!("{path}/pictures");
        self.upload(&path, &pictures, "picture", png(1)).await.leads_to(&format!("{path}?done=pictured"));
        self.submit(&path, &format!("{path}/publish"), &[]).await.leads_to(&format!("{path}?done=published"));
        id
    }
}

/// The fields of a house with this title.
pub fn house(title: &str) -> Vec<(&str, &str)> {
    vec![
        ("title", title),
        ("area_id", "4"),
        ("unit", "两室一厅"),
        ("address", "西环路 9 号"),
        ("price", "199.90"),
        ("deposit", "500"),
        ("room_count", "2"),
        ("acreage", "60"),
        ("capacity", "4"),
        ("beds", "双人床 2 张"),
        ("min_days", "1"),
        ("max_days", "0"),
        ("facility", "1"),
        ("facility", "3"),
    ]
}

/// Another person of the API at the same server, for what no page does.
pub fn of_the_api(server: &TestServer) -> Client {
    Client::new(server)
}

/// A day from today on, in the time zone of the site.
pub fn day(offset: u64) -> String {
    crate::support::world::day(offset)
}
