//! The contract, row by row: every call of every dialect stands in a table exactly once. The pages
//! of `docs/api` are written from the answers, and the answers themselves are recorded.

pub mod classic;
mod recorded;
pub mod v1;
mod v2;

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder, multipart::Form};
use serde_json::Value;

use crate::{
    docs::{
        calls::{CLASSIC_PAGE, Page, V1_PAGE},
        samples::{query_names, sampled},
    },
    support::{Answer, Client, World, picture, shape::mismatch},
};
use minsu_web::routes::Routes;

/// The client that makes a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// No login is needed.
    Anyone,
    Guest,
    Landlord,
    /// The guest and the landlord of the order alike; the guest's answer is documented.
    Party,
    /// A new account, used by this call alone.
    Newcomer,
}

/// The body of a request.
#[derive(Clone)]
pub enum Sends {
    Nothing,
    Json(Value),
    Picture(&'static str, &'static [(&'static str, &'static str)]),
}

/// The kind of an answer.
#[derive(Clone)]
pub enum Answers {
    /// JSON of this shape.
    Json(Value),
    /// A picture.
    Jpeg,
    /// A recording.
    Wav,
}

/// One call. `{house}`, `{order}` (waiting), `{accepted}`, `{begun}`, `{day}`, `{captcha}`, `{text}`,
/// `{mobile}` and `{code}` (or `{reset}`), `{session}` are filled in, in the path and in the body.
#[derive(Clone)]
pub struct Row {
    pub method: Method,
    /// The route as it is registered.
    pub route: &'static str,
    /// The path that is called, with its query.
    pub path: &'static str,
    /// Its aliases: of each the route and the path that is called.
    pub aliases: &'static [(&'static str, &'static str)],
    /// The route under which it is documented; for an alias not its own.
    pub documented: &'static str,
    pub who: Who,
    pub sends: Sends,
    pub answers: Answers,
    /// The code without a login.
    pub without_login: &'static str,
}

impl Row {
    /// The row of every path of the call: its own and one for each alias.
    fn spelled(&self) -> Vec<Self> {
        let alias = |(route, path): &(&'static str, &'static str)| Self { route, path, aliases: &[], ..self.clone() };
        std::iter::once(self.clone()).chain(self.aliases.iter().map(alias)).collect()
    }

    fn is_alias(&self) -> bool {
        self.route != self.documented
    }
}

/// Calls every row, at each of its paths, without a login, without each of its required fields, then once by
/// the client that it is for, and demands its shape.
async fn check(page: &Page, recorded: &str, routes: Routes, rows: Vec<Row>) {
    let prefix = page.prefix;
    let routed: BTreeSet<_> =
        routes.calls().iter().map(|call| (call.verb.method().to_string(), call.paths().collect::<Vec<_>>())).collect();
    let paths = |row: &Row| row.spelled().iter().map(|row| row.route).collect::<Vec<_>>();
    let listed: BTreeSet<_> = rows.iter().map(|row| (row.method.to_string(), paths(row))).collect();
    assert_eq!(routed, listed, "routes and rows differ");
    assert_eq!(rows.len(), listed.len(), "a route stands twice");
    let rows: Vec<_> = rows.iter().flat_map(Row::spelled).collect();

    let world = World::new().await;
    for row in rows.iter().filter(|row| row.who != Who::Anyone) {
        let answer = call(&world, &Client::new(&world.server), prefix, row).await;
        let label = format!("{} {prefix}{} without a login", row.method, row.path);
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (200, row.without_login), "{label}");
    }
    let mut exchanges = Vec::new();
    for row in rows {
        let label = format!("{} {prefix}{}", row.method, row.path);
        let client = match row.who {
            Who::Anyone => Client::new(&world.server),
            Who::Guest | Who::Party => world.guest.clone(),
            Who::Landlord => world.landlord.clone(),
            Who::Newcomer => {
                let newcomer = Client::new(&world.server);
                newcomer.register(&fresh_mobile()).await;
                newcomer
            }
        };
        demand_required_fields(&client, page, &row).await;
        let answer = call(&world, &client, prefix, &row).await;
        assert_eq!(answer.status.as_u16(), 200, "{label}: {}", answer.json);
        match &row.answers {
            Answers::Json(shape) => {
                assert_eq!(answer.headers["content-type"], "application/json", "{label}");
                assert_eq!(mismatch(&answer.json, shape), None, "{label}");
            }
            Answers::Jpeg => {
                assert_eq!(answer.headers["content-type"], "image/jpeg", "{label}");
                assert_eq!(&answer.bytes[..3], [0xff, 0xd8, 0xff], "{label}");
            }
            Answers::Wav => {
                assert_eq!(answer.headers["content-type"], "audio/wav", "{label}");
                assert_eq!((&answer.bytes[..4], &answer.bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]), "{label}");
            }
        }
        if !row.is_alias() {
            exchanges.push((row, answer));
        }
    }
    recorded::compare_answers(recorded, &exchanges);
    page.compare(&routes, &exchanges);
}

/// Leaves out one field after the other: each that the page calls required is missed.
async fn demand_required_fields(client: &Client, page: &Page, row: &Row) {
    let path = format!("{}{}", page.prefix, sampled(row.path));
    let request = |path: &str| client.request(row.method.clone(), path);
    let without = |name: &str| format!("{} {path} without {name}", row.method);
    for name in query_names(row.path).filter(|name| page.demands(row, name)) {
        let (start, query) = path.split_once('?').unwrap();
        let pairs = query.split('&').filter(|pair| !pair.starts_with(&format!("{name}=")));
        let path = format!("{start}?{}", pairs.collect::<Vec<_>>().join("&"));
        assert_eq!(client.get(&path).await.code(), "4103", "{}", without(name));
    }
    match &row.sends {
        Sends::Nothing => {}
        Sends::Json(body) => {
            let body: Value = serde_json::from_str(&sampled(&body.to_string())).unwrap();
            for name in body.as_object().unwrap().keys().filter(|name| page.demands(row, name)) {
                let mut body = body.clone();
                body.as_object_mut().unwrap().remove(name);
                assert_eq!(client.send(request(&path).json(&body)).await.code(), "4103", "{}", without(name));
            }
        }
        Sends::Picture(file, fields) => {
            let without_file = fields.iter().fold(Form::new(), |form, (name, value)| form.text(*name, sampled(value)));
            assert_eq!(client.upload(&path, without_file).await.code(), "4103", "{}", without(file));
            for (name, _) in fields.iter().filter(|(name, _)| page.demands(row, name)) {
                let answer = client.upload(&path, picture::form(file, picture::png(8))).await;
                assert_eq!(answer.code(), "4103", "{}", without(name));
            }
        }
    }
}

/// Every row of every dialect at each of its paths, with its prefix.
pub fn all() -> Vec<(&'static str, Row)> {
    let of = |prefix: &'static str, rows: Vec<Row>| {
        rows.into_iter().flat_map(|row| row.spelled()).map(move |row| (prefix, row))
    };
    of(minsu_dialect_v1::PREFIX, v1::rows()).chain(of(minsu_dialect_classic::PREFIX, classic::rows())).collect()
}

async fn call(world: &World, client: &Client, prefix: &str, row: &Row) -> Answer {
    let request = request(world, client, prefix, row).await;
    client.send(request).await
}

/// The request of a row, with everything that its placeholders need.
pub async fn request(world: &World, client: &Client, prefix: &str, row: &Row) -> RequestBuilder {
    let filled = async |text: String| fill(world, with_session(client, text).await).await;
    let path = filled(format!("{prefix}{}", row.path)).await;
    let request = client.request(row.method.clone(), &path);
    match &row.sends {
        Sends::Nothing => request,
        Sends::Json(body) => {
            let body = filled(body.to_string()).await;
            request.header("content-type", "application/json").body(body)
        }
        Sends::Picture(field, fields) => {
            let mut form = picture::form(field, picture::png(9));
            for (name, value) in *fields {
                form = form.text(*name, filled((*value).to_owned()).await);
            }
            request.multipart(form)
        }
    }
}

/// Names the caller's own session; a caller without one names any.
async fn with_session(client: &Client, text: String) -> String {
    if !text.contains("{session}") {
        return text;
    }
    let sessions = client.get("/api/v1.0/user/sessions").await;
    text.replace("{session}", sessions.json["data"]["sessions"][0]["session_id"].as_str().unwrap_or("0"))
}

async fn fill(world: &World, mut text: String) -> String {
    if text.contains("{captcha}") {
        let (id, answer) = world.anonymous.captcha().await;
        text = text.replace("{captcha}", &id).replace("{text}", &answer);
    }
    if text.contains("{code}") {
        let mobile = fresh_mobile();
        let code = world.anonymous.ask_sms(&mobile).await;
        text = text.replace("{mobile}", &mobile).replace("{code}", &code);
    }
    if text.contains("{reset}") {
        let mobile = fresh_mobile();
        let forgetful = Client::new(&world.server);
        forgetful.register(&mobile).await;
        let code = forgetful.ask_sms_for("password", &mobile).await;
        text = text.replace("{mobile}", &mobile).replace("{reset}", &code);
    }
    if text.contains("{change}") {
        let mobile = fresh_mobile();
        let code = world.anonymous.ask_sms_for("mobile", &mobile).await;
        text = text.replace("{mobile}", &mobile).replace("{change}", &code);
    }
    if text.contains("{order}") {
        text = text.replace("{order}", &world.order().await.to_string());
    }
    if text.contains("{begun}") {
        text = text.replace("{begun}", &world.begun_order().await.to_string());
    }
    if text.contains("{accepted}") {
        text = text.replace("{accepted}", &world.accepted_order().await.to_string());
    }
    text.replace("{day}", &world.free_day())
        .replace("{uuid}", &uuid::Uuid::new_v4().to_string())
        .replace("{mobile}", &fresh_mobile())
        .replace("{house}", &world.house.to_string())
}

pub fn fresh_mobile() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("139{:08}", NEXT.fetch_add(1, Ordering::SeqCst))
}

#[tokio::test]
async fn every_call_of_v1_answers_as_the_contract_says() {
    check(&V1_PAGE, "fixtures/answers/v1.txt", minsu_dialect_v1::routes(), v1::rows()).await;
}

#[tokio::test]
async fn every_call_of_the_classic_dialects_answers_as_the_contract_says() {
    check(&CLASSIC_PAGE, "fixtures/answers/classic.txt", minsu_dialect_classic::routes(), classic::rows()).await;
}
