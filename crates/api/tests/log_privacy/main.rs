//! The log and the traces of a whole story, everything on: no identity number, no real name, no mobile,
//! no password, no code, no token. And what the traces do tell.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod payments;

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

use minsu_fakes::{Collector, Fault, Span};
use serde_json::{Value, json};

const MOBILE: &str = "13812345678";
const PASSWORD: &str = "a password to look for";

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Killed {
    /// Asks it to stop, waits until it has, and says how long that took.
    async fn stop(mut self) -> Duration {
        let asked = Instant::now();
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        while self.0.try_wait().unwrap().is_none() {
            assert!(asked.elapsed() < Duration::from_secs(60), "the server does not stop");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        asked.elapsed()
    }
}

/// A server with everything in its log, and with traces where there is a collector.
async fn start(folder: &Path, collector: Option<&Collector>) -> (Killed, String) {
    start_with(folder, collector, &[]).await
}

/// The same with further settings.
async fn start_with(folder: &Path, collector: Option<&Collector>, settings: &[(&str, String)]) -> (Killed, String) {
    // Another test of this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let log = File::create(folder.join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_minsu"));
    command
        .arg("serve")
        .env("MINSU_PROFILE", "dev")
        .env("MINSU_DATA_DIR", folder.join("data"))
        .env("MINSU_SERVER__LISTEN", &listen)
        .env("MINSU_LOG__FILTER", "trace")
        .env("MINSU_PASSWORDS__MEMORY_KIB", "64")
        .env("MINSU_OUTBOUND__ALLOW_LOOPBACK", "true")
        .envs(settings.iter().map(|(key, value)| (format!("MINSU_{key}"), value)))
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    if let Some(collector) = collector {
        command
            .env("MINSU_TRACES__ENDPOINT", collector.url())
            .env("MINSU_TRACES__HEADERS", format!("authorization={}", Collector::AUTHORIZATION))
            .env("MINSU_TRACES__SAMPLE_RATIO", "1")
            .env("MINSU_TRACES__INTERVAL_MS", "100")
            .env("MINSU_TRACES__DEADLINE_MS", "1000")
            .env("MINSU_TRACES__QUEUE", "512")
            .env("MINSU_SERVER__TRUSTED_PROXIES", "127.0.0.2");
    }
    let server = Killed(command.spawn().unwrap());
    let started = Instant::now();
    while client().get(format!("http://{listen}/readyz")).send().await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "the server does not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (server, listen)
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().cookie_store(true).no_proxy().timeout(Duration::from_secs(30)).build().unwrap()
}

fn outbox(folder: &Path, kind: &str, field: &str) -> String {
    let text = fs::read_to_string(folder.join("data/dev-outbox.jsonl")).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.rfind(|line| line["kind"] == kind).unwrap()[field].as_str().unwrap().to_owned()
}

/// Registers a user; the code and the cookie.
async fn register(client: &reqwest::Client, folder: &Path, api: &str, mobile: &str) -> [String; 2] {
    let id = uuid::Uuid::new_v4();
    client.get(format!("{api}/imagecode/{id}")).send().await.unwrap();
    let text = outbox(folder, "captcha", "text");
    let sms = client.get(format!("{api}/smscode/{mobile}?text={text}&id={id}")).send().await.unwrap();
    assert!(sms.text().await.unwrap().contains("\"0\""));
    let code = outbox(folder, "sms", "code");
    let body = json!({"mobile": mobile, "sms_code": code, "password": PASSWORD});
    let registered = client.post(format!("{api}/users")).json(&body).send().await.unwrap();
    let cookie = registered.headers()["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    assert!(registered.text().await.unwrap().contains("\"0\""));
    [code, cookie]
}

/// The calls of one user; returns the values that must not appear in the log or the traces.
async fn story(folder: &Path, listen: &str) -> Vec<String> {
    let (client, api) = (client(), format!("http://{listen}/api/v1.0"));
    let [code, cookie] = register(&client, folder, &api, MOBILE).await;
    for (real_name, id_card) in [("韩梅梅", "11010519491231002X"), ("韩梅梅", "440524188001010014"), ("韩", "1")]
    {
        let body = json!({"real_name": real_name, "id_card": id_card});
        client.post(format!("{api}/user/auth")).json(&body).send().await.unwrap();
    }
    for path in ["/user/auth", "/user", "/user/export", "/user/sessions"] {
        client.get(format!("{api}{path}")).send().await.unwrap();
    }
    let wrong = json!({"mobile": MOBILE, "password": "another one to look for"});
    client.post(format!("{api}/sessions")).json(&wrong).send().await.unwrap();
    let broken = format!("{{\"mobile\": \"{MOBILE}\", \"password\": \"{PASSWORD}");
    let request = client.post(format!("{api}/sessions")).header("content-type", "application/json").body(broken);
    request.send().await.unwrap();
    let link = calendars(&client, listen).await;
    client.delete(format!("{api}/user")).json(&json!({"password": PASSWORD})).send().await.unwrap();

    let known = ["11010519491231002", "440524188001010014", "韩梅梅", MOBILE, PASSWORD, "another one to look for"];
    known.into_iter().map(str::to_owned).chain([code, cookie, link, FEED.to_owned()]).collect()
}

/// A part of the address of a calendar.
const FEED: &str = "a-feed-to-look-for";

/// Connects a calendar at which nothing answers, and makes and fetches a link; its secret.
async fn calendars(client: &reqwest::Client, listen: &str) -> String {
    let (site, native) = (format!("http://{listen}"), format!("http://{listen}/api/v2"));
    let post = async |path: String, body: Value| -> Value {
        let answer = client.post(path).json(&body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201);
        answer.json().await.unwrap()
    };
    let listing = json!({
        "title": "x", "area_id": 1, "address": "x", "price": 100, "deposit": 0, "room_count": 1, "acreage": 1, "unit": "x",
        "capacity": 1, "beds": "x", "min_days": 1, "max_days": 0, "facilities": [],
    });
    let id = post(format!("{native}/listings"), listing).await["id"].to_string();
    let feed = json!({"name": "x", "url": format!("http://127.0.0.1:9/{FEED}.ics")});
    post(format!("{native}/listings/{id}/feeds"), feed).await;
    let link = post(format!("{native}/listings/{id}/exports"), json!({"name": "x"})).await;
    let path = link["url"].as_str().unwrap().strip_prefix(&site).unwrap().to_owned();
    assert_eq!(client.get(format!("{site}{path}")).send().await.unwrap().status().as_u16(), 200);
    // The calendar is fetched meanwhile.
    let listed = format!("{native}/listings/{id}/feeds");
    for _ in 0..100 {
        let feeds: Value = client.get(&listed).send().await.unwrap().json().await.unwrap();
        if feeds["items"][0]["fetched_at"].is_string() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    path.trim_start_matches("/ical/").trim_end_matches(".ics").to_owned()
}

fn holds_none_of(log: &str, secrets: &[String]) {
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_story_leaves_no_personal_data_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, listen) = start(folder.path(), None).await;
    let secrets = story(folder.path(), &listen).await;
    let log = fs::read_to_string(folder.path().join("log")).expect("a log");
    assert!(log.lines().count() > 20 && log.contains("answered"), "the log is off");
    assert!(!log.contains('\u{1b}'), "colours in a file: {log}");
    holds_none_of(&log, &secrets);
}

/// The only span of this name.
fn only<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(found.len(), 1, "{name} in {:?}", spans.iter().map(|span| &span.name).collect::<Vec<_>>());
    found[0]
}

#[tokio::test]
async fn a_story_is_traced_with_what_it_waited_for_and_without_personal_data() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let (server, listen) = start(folder.path(), Some(&collector)).await;
    let secrets = story(folder.path(), &listen).await;
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    for (from, path) in [("127.0.0.2", "areas"), ("127.0.0.1", "session")] {
        let client = reqwest::Client::builder().no_proxy().local_address(from.parse().ok()).build().unwrap();
        let call = client.get(format!("http://{listen}/api/v1.0/{path}"));
        let answer = call.header("traceparent", format!("00-{trace}-{parent}-01")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    server.stop().await;

    let spans = collector.spans();
    let register = only(&spans, "POST /api/v1.0/users");
    assert_eq!((&*register.service, register.kind, &*register.parent, register.failed), ("minsu", 2, "", false));
    for (name, expected) in [
        ("http.request.method", "POST"),
        ("http.route", "/api/v1.0/users"),
        ("http.response.status_code", "200"),
        ("minsu.errno", "0"),
    ] {
        assert_eq!(register.attribute(name), expected, "{name} of {register:?}");
    }
    assert_eq!(register.attribute("id").len(), 36, "the id of the request is missing: {register:?}");
    let under = |name: &str| spans.iter().filter(|span| span.parent == register.id && span.name == name).count();
    for name in ["password hash", "INSERT", "COMMIT"] {
        assert!(under(name) > 0, "{name} is not below the request");
    }
    let insert = spans.iter().find(|span| span.parent == register.id && span.name == "INSERT").unwrap();
    assert!(insert.attribute("db.query.text").starts_with("INSERT INTO"), "{insert:?}");
    assert!(insert.kind == 3 && insert.trace == register.trace, "{insert:?}");
    assert!(register.start <= insert.start && insert.end <= register.end, "{insert:?} in {register:?}");
    assert_eq!(only(&spans, "sms").kind, 3);
    let refused = spans.iter().filter(|span| span.name == "POST /api/v1.0/sessions");
    let codes: Vec<_> = refused.map(|span| span.attribute("minsu.errno")).collect();
    assert_eq!(codes, ["4004", "4103"]);

    // A proxy of the site is believed about the trace, a visitor is not.
    let believed = only(&spans, "GET /api/v1.0/areas");
    assert_eq!((&*believed.trace, &*believed.parent), (trace, parent));
    let begun = only(&spans, "GET /api/v1.0/session");
    assert!(begun.trace != trace && begun.parent.is_empty(), "{begun:?}");

    // Every trace is a request, and no line of the log is in one.
    assert!(spans.iter().filter(|span| span.parent.is_empty()).all(|span| span.kind == 2));
    assert!(spans.iter().all(|span| span.events == 0));
    for secret in &secrets {
        assert!(!collector.was_told(secret), "{secret} is in the traces");
    }
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("answered") && !log.contains('\u{1b}'), "traces take the log away, or colour it");
    holds_none_of(&log, &secrets);
}

#[tokio::test]
async fn a_collector_that_is_gone_costs_spans_and_no_request() {
    for fault in [Fault::Silence, Fault::Refusal("503".to_owned())] {
        let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
        collector.faults().fail(fault.clone());
        let (server, listen) = start(folder.path(), Some(&collector)).await;
        let client = client();
        let mut slowest = Duration::ZERO;
        // More spans than there are places in the queue.
        for _ in 0..400 {
            let asked = Instant::now();
            let answer = client.get(format!("http://{listen}/api/v1.0/session")).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            slowest = slowest.max(asked.elapsed());
        }
        assert!(slowest < Duration::from_millis(900), "{slowest:?} with {fault:?}: a request waited for the collector");
        let took = server.stop().await;
        assert!(took < Duration::from_secs(10), "{took:?}: the end waits for the collector");
        let log = fs::read_to_string(folder.path().join("log")).unwrap();
        assert_eq!(log.matches("the collector takes no traces").count(), 1, "with {fault:?}");
        assert!(collector.spans().is_empty() && collector.faults().requests() > 0);
    }
}
