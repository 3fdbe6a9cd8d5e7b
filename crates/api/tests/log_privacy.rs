//! The log of a whole story, everything on: no identity number, no real name, no mobile, no
//! password, no code, no token.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

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

fn start(folder: &Path, listen: &str) -> Killed {
    let log = File::create(folder.join("log")).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_minsu"))
        .arg("serve")
        .env("MINSU_PROFILE", "dev")
        .env("MINSU_DATA_DIR", folder.join("data"))
        .env("MINSU_SERVER__LISTEN", listen)
        .env("MINSU_LOG__FILTER", "trace")
        .env("MINSU_PASSWORDS__MEMORY_KIB", "64")
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap();
    Killed(child)
}

fn outbox(folder: &Path, kind: &str, field: &str) -> String {
    let text = fs::read_to_string(folder.join("data/dev-outbox.jsonl")).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.rfind(|line| line["kind"] == kind).unwrap()[field].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_story_leaves_no_personal_data_in_the_log() {
    // Somebody else in this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let _server = start(folder.path(), &listen);
    let client =
        reqwest::Client::builder().cookie_store(true).no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
    let api = format!("http://{listen}/api/v1.0");
    let started = Instant::now();
    while client.get(format!("http://{listen}/readyz")).send().await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "the server does not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let id = uuid::Uuid::new_v4();
    client.get(format!("{api}/imagecode/{id}")).send().await.unwrap();
    let text = outbox(folder.path(), "captcha", "text");
    let sms = client.get(format!("{api}/smscode/{MOBILE}?text={text}&id={id}")).send().await.unwrap();
    assert!(sms.text().await.unwrap().contains("\"0\""));
    let code = outbox(folder.path(), "sms", "code");
    let body = json!({"mobile": MOBILE, "sms_code": code, "password": PASSWORD});
    let registered = client.post(format!("{api}/users")).json(&body).send().await.unwrap();
    let cookie = registered.headers()["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    assert!(registered.text().await.unwrap().contains("\"0\""));
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
    client.delete(format!("{api}/user")).json(&json!({"password": PASSWORD})).send().await.unwrap();

    let log = fs::read_to_string(folder.path().join("log")).expect("a log");
    assert!(log.lines().count() > 20 && log.contains("answered"), "the log is off");
    for secret in [
        "11010519491231002",
        "440524188001010014",
        "韩梅梅",
        MOBILE,
        PASSWORD,
        "another one to look for",
        code.as_str(),
        cookie.as_str(),
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
