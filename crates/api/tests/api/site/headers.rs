//! How pages are sent: policy, caches, languages, failures.

use std::sync::Arc;

use minsu_ports::{StoreError, testkit::MockStore};
use minsu_web::request_limiter::RequestLimiter;
use reqwest::Method;

use super::browser::{Browser, Page, of_the_api, site, site_with};

fn header<'a>(page: &'a Page, name: &str) -> &'a str {
    page.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' ";

#[tokio::test]
async fn a_page_runs_nothing_but_the_files_of_the_site() {
    let server = site().await;
    let browser = Browser::new(&server);
    browser.sign_up("13900000001").await;
    for path in ["/", "/houses", "/login", "/signup", "/me", "/host/new", "/nowhere", "/houses/1"] {
        let page = browser.get(path).await;
        let policy = header(&page, "content-security-policy");
        assert!(policy.starts_with(POLICY), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && policy.ends_with("base-uri 'none'; frame-ancestors 'none'"), "{policy}");
        assert_eq!(header(&page, "x-content-type-options"), "nosniff");
        assert_eq!(header(&page, "x-frame-options"), "DENY");
        assert_eq!(header(&page, "referrer-policy"), "same-origin");
        assert_eq!(header(&page, "content-language"), "zh-CN");
        assert_eq!(page.headers.get_all("content-security-policy").iter().count(), 1, "{path}");
        for inline in ["<script>", "<style", " style=", " onclick=", "javascript:"] {
            assert!(!page.text.contains(inline), "{inline} at {path}");
        }
    }
}

#[tokio::test]
async fn public_pages_are_kept_and_asked_for_again_and_others_are_not_kept() {
    let server = site().await;
    let landlord = Browser::new(&server);
    let house = landlord.publish("13900000001", "小屋").await;
    let listing = format!("/houses/{house}");
    for path in ["/", "/houses", listing.as_str()] {
        let browser = Browser::new(&server);
        browser.get(path).await;
        let page = browser.get(path).await;
        assert_eq!(header(&page, "cache-control"), "private, no-cache", "{path}");
        assert!(header(&page, "vary").contains("Cookie") && header(&page, "vary").contains("Accept-Language"));
        assert!(!page.headers.contains_key("set-cookie"), "{path}");
        let tag = header(&page, "etag").to_owned();
        let known = browser.send(browser.request(Method::GET, path).header("if-none-match", &tag)).await;
        assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""), "{path}");
        let english = browser.request(Method::GET, path).header("accept-language", "en").header("if-none-match", &tag);
        let english = browser.send(english).await;
        english.says(200, "lang=\"en\"");
        landlord.get(path).await.says(200, "href=\"/me\"");
        page.says(200, "href=\"/login\"");
    }
    for path in ["/me", "/orders", "/host", "/host/orders", "/login", "/signup"] {
        assert_eq!(header(&landlord.get(path).await, "cache-control"), "no-store", "{path}");
    }
    let page = landlord.get("/").await;
    for part in ["/assets/site-", "/assets/icon-"] {
        let path = page.text.split('"').find(|text| text.starts_with(part)).unwrap();
        let file = landlord.get(path).await;
        assert_eq!(
            (file.status.as_u16(), header(&file, "cache-control")),
            (200, "public, max-age=31536000, immutable")
        );
        assert_eq!(header(&file, "x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn pages_are_current() {
    let server = site().await;
    let (landlord, stranger) = (Browser::new(&server), Browser::new(&server));
    stranger.get("/houses").await.says(200, "没有找到合适的房源");
    let house = landlord.publish("13900000001", "玉渊潭的小屋").await;
    for path in ["/", "/houses"] {
        stranger.get(path).await.says(200, "玉渊潭的小屋");
    }
    let path = format!("/houses/{house}");
    let first = super::browser::day(1);
    let taken = format!("class=\"taken\" data-day=\"{first}\"");
    assert!(!stranger.get(&path).await.text.contains(&taken));
    let guest = of_the_api(&server);
    guest.register("13900000002").await;
    let id: i64 = house.parse().unwrap();
    let stay = serde_json::json!({"house_id": id, "start_date": first, "end_date": first});
    guest.post("/api/v1.0/orders", &stay).await.ok();
    stranger.get(&path).await.says(200, &taken);
    landlord.submit("/me", "/me/name", &[("name", "新名字")]).await;
    stranger.get(&path).await.says(200, "新名字");
}

#[tokio::test]
async fn the_language_is_the_chosen_one_or_that_of_the_browser() {
    let server = site().await;
    let browser = Browser::new(&server);
    browser.get("/login").await.says(200, "<html lang=\"zh-CN\">");
    let english = browser.request(Method::GET, "/login").header("accept-language", "en-GB,en;q=0.9");
    browser.send(english).await.says(200, "<html lang=\"en\">");
    let referer = format!("{}/houses?area=4", server.base);
    let switch = browser.request(Method::GET, "/language?to=en").header("referer", referer);
    browser.send(switch).await.leads_to("/houses?area=4");
    browser.get("/houses?area=4").await.says(200, "<html lang=\"en\">");
    let wrong = browser.submit("/login", "/login", &[("mobile", "1"), ("password", "x")]).await;
    wrong.says(422, "This is not a mobile number.");
    browser.get("/nowhere").await.says(404, "There is nothing here");
}

#[tokio::test]
async fn a_path_that_nothing_has_is_a_page_for_people_and_json_for_programs() {
    let server = site().await;
    let browser = Browser::new(&server);
    browser.get("/nowhere").await.says(404, "没有找到这个页面");
    let program = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = program.get(format!("{}/nowhere", server.base)).send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.headers()["content-type"], "application/json; charset=utf-8");
    for path in ["/healthz", "/openapi.json", "/api/v1.0/areas", "/api/v2/site"] {
        let answer = program.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    // The APIs answer as ever, whatever a browser accepts.
    browser.get("/api/v1.0/nowhere").await.says(404, "\"errno\"");
}

#[tokio::test]
async fn who_comes_too_often_is_told_when_to_come_back() {
    let server = site_with(|state| state.limiter = RequestLimiter::new(1, 1)).await;
    let browser = Browser::new(&server);
    let mut refused = browser.get("/").await;
    for _ in 0..20 {
        if refused.status == 429 {
            break;
        }
        refused = browser.get("/").await;
    }
    refused.says(429, "<main id=\"main\"");
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=2).contains(&wait));
}

#[tokio::test]
async fn an_outage_is_a_page_that_says_when_to_come_back() {
    let server = site_with(|state| {
        let mut store = MockStore::new();
        store.expect_read().returning(|| Err(StoreError::Unavailable("no database".into())));
        store.expect_read_for_search().returning(|| Err(StoreError::Unavailable("no database".into())));
        state.app.store = Arc::new(store);
    })
    .await;
    let browser = Browser::new(&server);
    for path in ["/", "/houses", "/houses/1"] {
        let page = browser.get(path).await;
        page.says(503, "<main id=\"main\"");
        assert_eq!((header(&page, "retry-after"), header(&page, "cache-control")), ("1", "no-store"), "{path}");
        assert!(!page.text.contains("no database"), "{path}");
    }
}

#[tokio::test]
async fn a_site_without_pages_has_nothing_but_the_apis() {
    let server = crate::support::TestServer::start().await;
    let browser = Browser::new(&server);
    for path in ["/", "/houses", "/login"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text.starts_with('{'), "{path}: {}", answer.text);
    }
}
