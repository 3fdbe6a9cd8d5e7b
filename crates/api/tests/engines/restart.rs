//! The embedded default, killed and started again: logins go on, and what was used does not work again.

use chrono::DateTime;
use minsu_domain::{Mobile, UserName};
use minsu_ports::{NewUser, PasswordHash, Store as _};
use minsu_store::{SqlStore, StoreOptions, migrate_up};
use reqwest::Client;
use serde_json::{Value, json};

use super::child::{Minsu, reqwest_client};

const PASSWORD: &str = "123456789";

/// A visitor of one server.
struct Visitor<'a> {
    server: &'a Minsu,
    client: Client,
}

impl Visitor<'_> {
    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, format!("{}/api/v1.0{path}", self.server.base));
        if !body.is_null() {
            request = request.json(&body);
        }
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn errno(&self, method: &str, path: &str, body: Value) -> String {
        self.call(method, path, body).await["errno"].as_str().unwrap().to_owned()
    }

    /// A captcha; its id and answer.
    async fn captcha(&self) -> (String, String) {
        let id = uuid::Uuid::new_v4().to_string();
        let picture = self.client.get(format!("{}/api/v1.0/imagecode/{id}", self.server.base)).send().await.unwrap();
        assert_eq!(picture.status(), 200);
        let text = in_outbox(self.server, "captcha", "id", &id, "text");
        (id, text)
    }

    async fn send_code(&self, mobile: &str, (id, text): &(String, String)) -> String {
        self.errno("GET", &format!("/smscode/{mobile}?text={text}&id={id}"), Value::Null).await
    }

    async fn register(&self, mobile: &str, code: &str) -> String {
        self.errno("POST", "/users", json!({"mobile": mobile, "sms_code": code, "password": PASSWORD})).await
    }

    async fn is_logged_in(&self) -> bool {
        self.errno("GET", "/session", Value::Null).await == "0"
    }
}

fn in_outbox(server: &Minsu, kind: &str, key: &str, value: &str, wanted: &str) -> String {
    let text = std::fs::read_to_string(&server.outbox).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line = lines.rfind(|line| line["kind"] == kind && line[key] == value).expect("a line");
    line[wanted].as_str().unwrap().to_owned()
}

fn visitor<'a>(server: &'a Minsu, client: &Client) -> Visitor<'a> {
    Visitor { server, client: client.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_outlive_the_process_and_nothing_works_twice() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/minsu.sqlite3", folder.path().display());
    // One message a day to each mobile, so that its count shows.
    let settings = [("DATABASE__URL", url.as_str()), ("LIMITS__SMS_PER_MOBILE_DAY", "1")];
    let mut server = Minsu::start_with(&settings).await;
    let (anna, berta, other) = (reqwest_client(), reqwest_client(), reqwest_client());
    let used_captcha = visitor(&server, &anna).captcha().await;
    assert_eq!(visitor(&server, &anna).send_code("13800000001", &used_captcha).await, "0");
    let used_code = in_outbox(&server, "sms", "mobile", "13800000001", "code");
    assert_eq!(visitor(&server, &anna).register("13800000001", &used_code).await, "0");
    // Berta has a code and a captcha, and uses them after the restart. Another session is logged out before it.
    let captcha = visitor(&server, &berta).captcha().await;
    assert_eq!(visitor(&server, &berta).send_code("13800000002", &captcha).await, "0");
    let code = in_outbox(&server, "sms", "mobile", "13800000002", "code");
    let unused_captcha = visitor(&server, &berta).captcha().await;
    let login = json!({"mobile": "13800000001", "password": PASSWORD});
    assert_eq!(visitor(&server, &other).errno("POST", "/sessions", login).await, "0");
    // The cookie as it was, which the logout makes the client forget.
    let cookie = {
        let login = json!({"mobile": "13800000001", "password": PASSWORD});
        let request = other.post(format!("{}/api/v1.0/sessions", server.base)).json(&login);
        let answer = request.send().await.unwrap();
        let header = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        header.split(';').next().unwrap().to_owned()
    };
    assert_eq!(visitor(&server, &other).errno("DELETE", "/session", Value::Null).await, "0");

    server.kill();
    server.start_again().await;

    assert!(visitor(&server, &anna).is_logged_in().await, "the cookie of before is worth nothing");
    let ended = Client::builder().no_proxy().build().unwrap();
    let request = ended.get(format!("{}/api/v1.0/session", server.base)).header("cookie", cookie);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_ne!(answer["errno"], "0", "a session that was ended lives again");
    // Not "expired" by chance: the same captcha answers of a message that is allowed would be 0.
    let again = visitor(&server, &other).send_code("13800000003", &used_captcha).await;
    assert_eq!(again, "4002", "a used captcha works again");
    let again = visitor(&server, &other).register("13800000001", &used_code).await;
    assert_eq!(again, "4002", "a used code works again");
    // The mobile had its message of the day.
    assert_eq!(visitor(&server, &other).send_code("13800000002", &unused_captcha).await, "4201");
    assert_eq!(visitor(&server, &berta).register("13800000002", &code).await, "0");
    assert!(visitor(&server, &berta).is_logged_in().await);
}

/// A process of profile dev that was killed while it published the demo houses, or that still does: their landlord is
/// there, and no house.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_start_that_was_killed_does_not_prevent_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/minsu.sqlite3", folder.path().display());
    migrate_up(&url).await.unwrap();
    let store = SqlStore::connect(&StoreOptions::new(url.clone())).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    let landlord = NewUser {
        name: UserName::new("别人").unwrap(),
        mobile: Mobile::new("13000000000").unwrap(),
        password_hash: PasswordHash("hash".to_owned()),
        created_at: DateTime::UNIX_EPOCH,
    };
    unit.users().insert(&landlord).await.unwrap();
    unit.commit().await.unwrap();
    drop(store);
    // It waits until the server is ready.
    Minsu::start(&url).await;
}
