//! Pages as browsers ask for them: with cookies of others beside their own, from links on other sites, through caches.

use std::collections::BTreeMap;

use reqwest::{
    Method, StatusCode,
    header::{self, HeaderMap, HeaderValue},
};

use super::{
    browser::{Browser, Page, site, site_with},
    matrix::{READ, at},
};
use crate::{
    cookies::{cookie, neighbours},
    support::{TestServer, client::PASSWORD},
};

const MOBILE: &str = "13811111111";
const MASKED: &str = "138****1111";

/// Asks with these cookies and no memory of others.
async fn with_cookies(
    server: &TestServer,
    method: Method,
    path: &str,
    cookies: &HeaderValue,
    form: &[(&str, &str)],
) -> Page {
    let browser = Browser::new(server);
    let request = browser.request(method.clone(), path).header(header::COOKIE, cookies.clone());
    browser.send(if method == Method::POST { request.form(form) } else { request }).await
}

/// The cookies that an answer sets, with their attributes.
fn set_cookies(headers: &HeaderMap) -> Vec<(String, String, String)> {
    let lines = headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    let parts = lines.map(|line| line.split_once(';').unwrap_or((line, "")));
    let named = parts.map(|(pair, attributes)| (pair.split_once('=').unwrap(), attributes));
    named.map(|((name, value), attributes)| (name.to_owned(), value.to_owned(), attributes.to_owned())).collect()
}

/// Signs up; the token of the session.
async fn session(server: &TestServer) -> String {
    let browser = Browser::new(server);
    browser.sign_up(MOBILE).await;
    let fields = [("mobile", MOBILE), ("password", PASSWORD)];
    browser.submit("/me", "/logout", &[]).await.leads_to("/");
    let page = browser.submit("/login", "/login", &fields).await;
    page.leads_to("/me");
    set_cookies(&page.headers).into_iter().find(|(name, ..)| name == "minsu_session").unwrap().1
}

#[tokio::test]
async fn cookies_of_others_never_matter() {
    let server = site().await;
    let token = session(&server).await;
    let dead = ["A", "B"].map(|letter| letter.repeat(42) + "A");
    for (before, after) in neighbours() {
        let label = String::from_utf8_lossy(&before).into_owned();
        let stranger = cookie(&before, &[&dead[0]], &after);
        with_cookies(&server, Method::GET, "/me", &stranger, &[]).await.leads_to("/login?next=%2Fme");
        with_cookies(&server, Method::GET, "/", &stranger, &[]).await.says(200, "href=\"/login\"");
        // Of several of the own name the valid one counts, wherever it is.
        for place in 0..=2 {
            let mut tokens: Vec<&str> = dead.iter().map(String::as_str).collect();
            tokens.insert(place, &token);
            let known = cookie(&before, &tokens, &after);
            with_cookies(&server, Method::GET, "/", &known, &[]).await.says(200, "href=\"/me\"");
            let me = with_cookies(&server, Method::GET, "/me", &known, &[]).await;
            me.says(200, MASKED);
            assert!(set_cookies(&me.headers).is_empty(), "{label}");
            let csrf = me.hidden("csrf");
            let fields = [("csrf", csrf.as_str()), ("name", "Anna")];
            let renamed = with_cookies(&server, Method::POST, "/me/name", &known, &fields).await;
            renamed.leads_to("/me?done=renamed");
        }
    }
}

#[tokio::test]
async fn cookies_travel_over_tls_only_to_this_host_only_and_to_no_script() {
    let server = site_with(|state| {
        state.http.secure_cookies = true;
        state.http.session_cookie = "__Host-minsu_session".into();
    })
    .await;
    let mut jar = BTreeMap::<String, String>::new();
    let mut seen = Vec::new();
    let mut ask = async |method: Method, path: &str, form: &[(&str, &str)]| {
        let pairs: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = HeaderValue::from_str(&pairs.join("; ")).unwrap();
        let page = with_cookies(&server, method, path, &cookies, form).await;
        for (name, value, attributes) in set_cookies(&page.headers) {
            // The language is no secret, and the same over TLS and without.
            assert!(name.starts_with("__Host-") || name == "minsu_language", "{name}");
            for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(attributes.contains(attribute), "{name} at {path}: {attributes}");
            }
            assert!(!attributes.contains("Domain"), "{name}: {attributes}");
            seen.push(name.clone());
            jar.insert(name, value);
        }
        page
    };
    ask(Method::GET, "/language?to=en", &[]).await;
    let page = ask(Method::GET, "/signup", &[]).await;
    let (csrf, captcha, text) = (page.hidden("csrf"), page.hidden("captcha_id"), page.dev_code());
    let fields = [("csrf", csrf.as_str()), ("captcha_id", &captcha), ("captcha", &text), ("mobile", MOBILE)];
    assert_eq!(ask(Method::POST, "/signup", &fields).await.status, StatusCode::SEE_OTHER);
    let code = ask(Method::GET, "/signup/code", &[]).await.dev_code();
    let fields = [("csrf", csrf.as_str()), ("code", &code), ("password", PASSWORD)];
    ask(Method::POST, "/signup/code", &fields).await.leads_to("/me?done=welcome");
    ask(Method::GET, "/me", &[]).await.says(200, MASKED);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 4, "language, token of forms, mobile number and session: {seen:?}");
}

#[tokio::test]
async fn only_what_is_the_same_for_many_is_kept() {
    let server = site().await;
    let (landlord, stranger) = (Browser::new(&server), Browser::new(&server));
    let house = landlord.publish("13900000001", "小屋").await;
    assert_eq!(house, "1", "the id that the paths of the table have");
    for (route, _) in READ.iter().filter(|(route, _)| *route != "/assets/{file}") {
        let is_public = ["/", "/houses", "/houses/{id}"].contains(route);
        let path = at(route);
        for (who, browser) in [("a stranger", &stranger), ("a member", &landlord)] {
            let page = browser.get(&path).await;
            let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap());
            let expected = if is_public { "private, no-cache" } else { "no-store" };
            assert_eq!(header("cache-control"), expected, "{path} for {who}: {}", page.status);
            assert_eq!(page.headers.contains_key("etag"), is_public, "{path} for {who}");
            if page.text.contains("<main") {
                assert!(header("vary").contains("Accept-Language, Cookie"), "{path} for {who}: {}", header("vary"));
            }
        }
        // What one visitor has is of no use to another one: the tag is of the page for strangers.
        if is_public {
            let tag = stranger.get(&path).await.headers["etag"].clone();
            let asked = landlord.request(Method::GET, &path).header(header::IF_NONE_MATCH, &tag);
            landlord.send(asked).await.says(200, "href=\"/me\"");
        }
    }
}

#[tokio::test]
async fn links_on_other_sites_lead_to_the_same_pages() {
    let server = site().await;
    let landlord = Browser::new(&server);
    landlord.publish("13900000001", "小屋").await;
    for browser in [&landlord, &Browser::new(&server)] {
        for (route, _) in READ {
            let path = at(route);
            let followed = browser.request(Method::GET, &path);
            let followed = followed.header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate");
            let followed =
                browser.send(followed.header("origin", "null").header("referer", "https://evil.example/")).await;
            let typed = browser.get(&path).await;
            assert_eq!((followed.status, followed.location()), (typed.status, typed.location()), "{path}");
        }
    }
}
