//! Cookies that are not the site's own, and several that are: what browsers send beside a login.

use reqwest::{Method, header};
use serde_json::json;

use crate::support::{Answer, Client, TestServer, World, client::PASSWORD};

const MOBILE: &str = "13811111111";

/// How a dialect logs in, asks who is logged in, and logs out.
struct Dialect {
    log_in: &'static str,
    session: &'static str,
    log_out: (Method, &'static str),
    /// The code of the last two without a login.
    anonymous: &'static str,
    detail: &'static str,
}

const DIALECTS: [Dialect; 2] = [
    Dialect {
        log_in: "/api/v1.0/sessions",
        session: "/api/v1.0/session",
        log_out: (Method::DELETE, "/api/v1.0/session"),
        anonymous: "4101",
        detail: "/api/v1.0/houses/",
    },
    Dialect {
        log_in: "/api/login",
        session: "/api/check_login",
        log_out: (Method::GET, "/api/logout"),
        anonymous: "4102",
        detail: "/api/house/info?house_id=",
    },
];

/// `Cookie` lines around a token: what comes before and after it.
pub(crate) fn neighbours() -> Vec<(Vec<u8>, Vec<u8>)> {
    let many: String = (0..100).map(|number| format!("c{number}=v{number}; ")).collect();
    let texts: [(&[u8], &[u8]); 8] = [
        ("city=北京; ".as_bytes(), b""),
        (b"", "; city=北京".as_bytes()),
        (b"raw=\xff\xfe\x80; ", b"; \xe9t\xe9=1"),
        ("会话=1; xminsu_session=2; ".as_bytes(), b"; minsu_session_id=3"),
        (b"; ;=;;", b";;; = "),
        (b"broken; \"quoted=a;b\"; ", b"; a=\"x; y\""),
        (b"minsu_session=; minsu_session=garbage; ", b"; minsu_session"),
        (b"Minsu_Session=1; MINSU_SESSION=2; ", b""),
    ];
    let mut all: Vec<_> = texts.iter().map(|(before, after)| (before.to_vec(), after.to_vec())).collect();
    all.push((many.clone().into_bytes(), format!("; {many}").into_bytes()));
    all
}

/// A `Cookie` line with these tokens between others.
pub(crate) fn cookie(before: &[u8], tokens: &[&str], after: &[u8]) -> header::HeaderValue {
    let own: Vec<_> = tokens.iter().map(|token| format!("minsu_session={token}")).collect();
    header::HeaderValue::from_bytes(&[before, own.join("; ").as_bytes(), after].concat()).unwrap()
}

async fn call(client: &Client, (method, path): &(Method, &str), cookie: header::HeaderValue) -> Answer {
    client.send(client.request(method.clone(), path).header(header::COOKIE, cookie)).await
}

async fn log_in(server: &TestServer, dialect: &Dialect, cookie: Option<header::HeaderValue>) -> String {
    // Without a memory of its own cookies.
    let client = Client::new(server);
    let request = client.request(Method::POST, dialect.log_in).json(&json!({"mobile": MOBILE, "password": PASSWORD}));
    let request = match cookie {
        Some(cookie) => request.header(header::COOKIE, cookie),
        None => request,
    };
    let answer = client.send(request).await;
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    answer.ok();
    set.split(['=', ';']).nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn cookies_of_others_never_matter() {
    let server = TestServer::start().await;
    Client::new(&server).register(MOBILE).await;
    for dialect in &DIALECTS {
        let session = (Method::GET, dialect.session);
        for (before, after) in neighbours() {
            let label = format!("{} {:?}", dialect.session, String::from_utf8_lossy(&before));
            let client = Client::new(&server);
            let token = log_in(&server, dialect, Some(cookie(&before, &[], &after))).await;
            let sent = || cookie(&before, &[&token], &after);
            assert_eq!(call(&client, &session, sent()).await.code(), "0", "{label}");
            assert_eq!(call(&client, &dialect.log_out, sent()).await.code(), "0", "{label}");
            // The token is dead, not only the browser's copy of it.
            call(&client, &session, cookie(b"", &[&token], b"")).await.refused(dialect.anonymous);
        }
    }
}

#[tokio::test]
async fn of_several_cookies_of_the_own_name_the_valid_one_counts() {
    let server = TestServer::start().await;
    Client::new(&server).register(MOBILE).await;
    let dead = ["A", "B", "C", "D"].map(|letter| letter.repeat(42) + "A");
    for dialect in &DIALECTS {
        let session = (Method::GET, dialect.session);
        let client = Client::new(&server);
        for place in 0..4 {
            let token = log_in(&server, dialect, None).await;
            let mut tokens: Vec<&str> = dead[..3].iter().map(String::as_str).collect();
            tokens.insert(place, &token);
            let sent = || cookie(b"", &tokens, b"");
            call(&client, &session, sent()).await.ok();
            // The calls that need to know which of the tokens it is.
            let list = call(&client, &(Method::GET, "/api/v1.0/user/sessions"), sent()).await.ok();
            let rows = list["data"]["sessions"].as_array().unwrap();
            assert_eq!(rows.iter().filter(|row| row["current"] == true).count(), 1, "{list}");
            // A new login ends it, and so does a logout.
            let next = log_in(&server, dialect, Some(sent())).await;
            call(&client, &session, cookie(b"", &[&token], b"")).await.refused(dialect.anonymous);
            tokens[place] = &next;
            call(&client, &dialect.log_out, cookie(b"", &tokens, b"")).await.ok();
            call(&client, &session, cookie(b"", &[&next], b"")).await.refused(dialect.anonymous);
        }
        // Two that live: both are over after the logout.
        let two = [log_in(&server, dialect, None).await, log_in(&server, dialect, None).await];
        call(&client, &dialect.log_out, cookie(b"", &[&two[0], &two[1]], b"")).await.ok();
        for token in &two {
            call(&client, &session, cookie(b"", &[token], b"")).await.refused(dialect.anonymous);
        }
        // Beyond the bound none is tried; the same one again is one.
        let token = log_in(&server, dialect, None).await;
        let mut tokens: Vec<&str> = dead.iter().map(String::as_str).collect();
        tokens.push(&token);
        call(&client, &session, cookie(b"", &tokens, b"")).await.refused(dialect.anonymous);
        call(&client, &session, cookie(b"", &[&dead[0], &dead[0], &dead[0], &dead[0], &token], b"")).await.ok();
    }
}

#[tokio::test]
async fn a_page_with_its_viewer_finds_them_behind_other_cookies() {
    let world = World::new().await;
    let client = Client::new(&world.server);
    client.register(MOBILE).await;
    let user = client.get("/api/v1.0/user").await.ok()["data"]["user_id"].as_i64().unwrap();
    let dead = "A".repeat(43);
    for dialect in &DIALECTS {
        let token = log_in(&world.server, dialect, None).await;
        let page = (Method::GET, &*format!("{}{}", dialect.detail, world.house));
        // The second answer comes from the memory of the process.
        for _ in 0..2 {
            let mine = call(&client, &page, cookie("city=北京; ".as_bytes(), &[&dead, &token], b"; x=\xff")).await.ok();
            let others = call(&client, &page, cookie("city=北京; ".as_bytes(), &[], b"; x=\xff")).await.ok();
            let viewer =
                |json: &serde_json::Value| json["user_id"].as_i64().or(json["data"]["user_id"].as_i64()).unwrap();
            assert_eq!((viewer(&mine), viewer(&others)), (user, -1));
        }
    }
}

#[tokio::test]
async fn a_cookie_of_before_counts_behind_the_one_of_this_host() {
    let server = TestServer::start_with(|state| {
        state.http.session_cookie = "__Host-minsu_session".into();
        state.http.former_session_cookie = Some("minsu_session".into());
    })
    .await;
    let token = async |mobile: &str| {
        let client = Client::new(&server);
        client.register(mobile).await;
        let login = json!({"mobile": mobile, "password": PASSWORD});
        let answer = Client::new(&server).post("/api/v1.0/sessions", &login).await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        cookie.split(['=', ';']).nth(1).unwrap().to_owned()
    };
    let (victim, attacker) = (token("13800000071").await, token("13800000072").await);
    let asked = async |cookies: String| {
        let client = Client::new(&server);
        let request = client.request(Method::GET, "/api/v1.0/user").header("cookie", cookies);
        client.send(request).await.json["data"]["mobile"].clone()
    };
    let tossed = format!("minsu_session={attacker}; ").repeat(6);
    assert_eq!(asked(format!("{tossed}__Host-minsu_session={victim}")).await, "13800000071");
    assert_eq!(asked(format!("minsu_session={victim}")).await, "13800000071");
    assert_eq!(asked(format!("other={victim}")).await, serde_json::Value::Null);
}
