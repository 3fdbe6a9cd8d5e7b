//! Every page by its route: what a visitor without a login gets, and how forms are guarded.

use minsu_web::routes::Routes;
use reqwest::Method;

use super::{
    browser::{Browser, site},
    shop::Shop,
};
use crate::support::TestServer;

/// What a visitor without a login gets.
pub(super) enum Expected {
    /// A page.
    Shown,
    /// The login, and from there back.
    Login,
    /// Another page of the site.
    Elsewhere(&'static str),
    /// A file.
    File,
    /// Nothing is there.
    Missing,
}

use Expected::{Elsewhere, File, Login, Missing, Shown};

/// The pages that are read; `{id}` and `{picture}` are 1, and no house has it.
pub(super) const READ: &[(&str, Expected)] = &[
    ("/", Shown),
    ("/houses", Shown),
    ("/houses/{id}", Missing),
    ("/houses/{id}/book", Login),
    ("/assets/{file}", File),
    ("/language", Elsewhere("/")),
    ("/captcha/{file}", File),
    ("/signup", Shown),
    ("/signup/code", Elsewhere("/signup")),
    ("/login", Shown),
    ("/reset", Shown),
    ("/reset/code", Elsewhere("/reset")),
    ("/orders", Login),
    ("/orders/{id}", Login),
    ("/orders/{id}/cancel", Login),
    ("/orders/{id}/occupants", Login),
    ("/orders/{id}/occupants.csv", Login),
    ("/host", Login),
    ("/host/new", Login),
    ("/host/houses/{id}", Login),
    ("/host/houses/{id}/calendar", Login),
    ("/host/houses/{id}/rules", Login),
    ("/host/houses/{id}/feeds", Login),
    ("/host/houses/{id}/edit", Login),
    ("/host/houses/{id}/delete", Login),
    ("/host/orders", Login),
    ("/host/webhooks", Login),
    ("/host/webhooks/{id}", Login),
    ("/me", Login),
    ("/me/sessions", Login),
    ("/me/export", Login),
    ("/me/delete", Login),
];

/// The same of payments.
const READ_OF_PAYMENTS: &[(&str, Expected)] = &[
    ("/orders/{id}/pay", Login),
    ("/orders/{id}/receipt", Login),
    ("/host/statement", Login),
    ("/host/statement.csv", Login),
    ("/sandbox-payment/{token}", Missing),
];

/// The forms: whether they need a login.
const SENT: &[(&str, bool)] = &[
    ("/houses/{id}/book", true),
    ("/signup", false),
    ("/signup/code", false),
    ("/login", false),
    ("/logout", false),
    ("/reset", false),
    ("/reset/code", false),
    ("/orders/{id}/cancel", true),
    ("/orders/{id}/comment", true),
    ("/orders/{id}/occupants", true),
    ("/orders/{id}/occupants/confirm", true),
    ("/host/new", true),
    ("/host/houses/{id}/pictures", true),
    ("/host/houses/{id}/pictures/order", true),
    ("/host/houses/{id}/pictures/{picture}/delete", true),
    ("/host/houses/{id}/publish", true),
    ("/host/houses/{id}/unlist", true),
    ("/host/houses/{id}/calendar", true),
    ("/host/houses/{id}/rules", true),
    ("/host/houses/{id}/seasons", true),
    ("/host/houses/{id}/seasons/delete", true),
    ("/host/houses/{id}/feeds", true),
    ("/host/houses/{id}/feeds/{feed}", true),
    ("/host/houses/{id}/links", true),
    ("/host/houses/{id}/links/{link}", true),
    ("/host/houses/{id}/edit", true),
    ("/host/houses/{id}/delete", true),
    ("/host/orders/{id}/accept", true),
    ("/host/orders/{id}/reject", true),
    ("/host/webhooks", true),
    ("/host/webhooks/{id}/test", true),
    ("/host/webhooks/{id}/state", true),
    ("/host/webhooks/{id}/secret", true),
    ("/host/webhooks/{id}/delete", true),
    ("/host/webhooks/{id}/deliveries/{delivery}/redeliver", true),
    ("/me/name", true),
    ("/me/avatar", true),
    ("/me/identity", true),
    ("/me/password", true),
    ("/me/notifications", true),
    ("/me/sessions/{id}/end", true),
    ("/me/export", true),
    ("/me/delete", true),
];

/// The same of payments.
const SENT_OF_PAYMENTS: &[(&str, bool)] = &[("/orders/{id}/pay", true), ("/sandbox-payment/{token}", false)];

pub(super) fn at(route: &str) -> String {
    route
        .replace("{id}", "1")
        .replace("{picture}", "1")
        .replace("{feed}", "1")
        .replace("{link}", "1")
        .replace("{delivery}", "1")
        .replace("{token}", "x")
}

#[test]
fn every_page_has_a_row() {
    demand_rows(&minsu_site::routes(), READ, SENT);
    let of_payments = minsu_site::with_sandbox(minsu_site::with_payments(Routes::default()));
    demand_rows(&of_payments, READ_OF_PAYMENTS, SENT_OF_PAYMENTS);
}

fn demand_rows(routes: &Routes, read: &[(&'static str, Expected)], sent: &[(&'static str, bool)]) {
    let of = |wanted: Method| {
        let pages = routes.pages().iter().filter(move |(method, _)| method.as_str() == wanted.as_str());
        let mut paths: Vec<_> = pages.map(|(_, path)| *path).collect();
        paths.sort_unstable();
        paths
    };
    let sorted = |mut paths: Vec<&'static str>| {
        paths.sort_unstable();
        paths
    };
    assert_eq!(of(Method::GET), sorted(read.iter().map(|(path, _)| *path).collect()));
    assert_eq!(of(Method::POST), sorted(sent.iter().map(|(path, _)| *path).collect()));
}

#[tokio::test]
async fn a_stranger_sees_what_is_public_and_is_led_to_the_login_otherwise() {
    let server = site().await;
    demand_shown(&server, READ, SENT).await;
    demand_shown(&Shop::sandbox().await.server, READ_OF_PAYMENTS, SENT_OF_PAYMENTS).await;
    for path in ["/nowhere", "/houses/x", "/houses/0", "/host/houses/1/x", "/me/nothing"] {
        let page = Browser::new(&server).get(path).await;
        assert!([303, 404].contains(&page.status.as_u16()), "{path}: {}", page.status);
        assert!(page.text.contains("<main") || page.location().starts_with("/login"), "{path}");
    }
}

async fn demand_shown(server: &TestServer, read: &[(&str, Expected)], sent: &[(&str, bool)]) {
    for (route, expected) in read {
        let (path, browser) = (at(route), Browser::new(server));
        match expected {
            Shown => browser.get(&path).await.says(200, "<main id=\"main\""),
            Login => browser.get(&path).await.leads_to(&format!("/login?next={}", path.replace('/', "%2F"))),
            Elsewhere(target) => browser.get(&path).await.leads_to(target),
            Missing => browser.get(&path).await.says(404, "<main id=\"main\""),
            File => browser.get(&path).await.says(404, "没有找到这个页面"),
        }
        let head = browser.send(browser.request(Method::HEAD, &path)).await;
        assert!(head.text.is_empty(), "HEAD {path}");
        assert_eq!(head.status, browser.get(&path).await.status, "HEAD {path}");
        let is_form_too = sent.iter().any(|(sent, _)| sent == route);
        let wrong = browser.send(browser.request(Method::DELETE, &path)).await;
        wrong.says(405, "<main id=\"main\"");
        let allowed = wrong.headers["allow"].to_str().unwrap();
        assert_eq!(allowed, if is_form_too { "GET, POST, HEAD" } else { "GET, HEAD" }, "{path}");
    }
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    demand_tokens(&site().await, SENT).await;
    demand_tokens(&Shop::sandbox().await.server, SENT_OF_PAYMENTS).await;
}

async fn demand_tokens(server: &TestServer, sent: &[(&str, bool)]) {
    let (member, other) = (Browser::new(server), Browser::new(server));
    member.sign_up("13900000001").await;
    other.sign_up("13900000002").await;
    let foreign = other.get("/me").await.hidden("csrf");
    let own = member.get("/me").await.hidden("csrf");
    for (route, needs_login) in sent {
        let path = at(route);
        let is_upload = ["pictures", "avatar"].iter().any(|end| path.ends_with(end));
        for token in [None, Some(""), Some("0"), Some(&foreign[..]), Some(&"0".repeat(64)[..])] {
            let request = member.request(Method::POST, &path);
            let refused = if is_upload {
                let form = reqwest::multipart::Form::new();
                let form = token.into_iter().fold(form, |form, token| form.text("csrf", token.to_owned()));
                member.send(request.multipart(form)).await
            } else {
                let fields: Vec<_> = token.into_iter().map(|token| ("csrf", token)).collect();
                member.send(request.form(&fields)).await
            };
            // The house of a picture is looked at before its bytes are received.
            let expected = if path.ends_with("pictures") { 404 } else { 403 };
            refused.says(expected, "<main id=\"main\"");
        }
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = member.request(Method::POST, &path).header(name, value).form(&[("csrf", &own)]);
            member.send(request).await.says(403, "<main id=\"main\"");
        }
        if !is_upload {
            let json = member.request(Method::POST, &path).json(&serde_json::json!({"csrf": own}));
            member.send(json).await.says(415, "<main id=\"main\"");
        }
        let stranger = Browser::new(server);
        let sent = stranger.send(stranger.request(Method::POST, &path).form(&[("csrf", &own)])).await;
        if *needs_login { sent.leads_to("/login") } else { sent.says(403, "<main id=\"main\"") }
    }
    member.get("/me").await.says(200, "139****0001");
}

#[tokio::test]
async fn a_token_is_of_its_browser() {
    let server = site().await;
    let (one, other) = (Browser::new(&server), Browser::new(&server));
    let token = one.get("/login").await.hidden("csrf");
    assert_eq!(one.get("/signup").await.hidden("csrf"), token, "a browser has one");
    assert_ne!(other.get("/login").await.hidden("csrf"), token);
    let fields = [("csrf", token.as_str()), ("mobile", "13900000009"), ("password", "wrong")];
    let refused = other.send(other.request(Method::POST, "/login").form(&fields)).await;
    refused.says(403, "表单");
    one.send(one.request(Method::POST, "/login").form(&fields)).await.says(422, "用户名或密码错误");
}
