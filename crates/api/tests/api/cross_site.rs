//! Pages of other sites cannot act in a visitor's name.

use minsu_dialect_classic as classic;
use minsu_dialect_v1 as v1;
use reqwest::Method;
use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn what_changes_state_is_refused_and_what_reads_is_not() {
    let world = World::new().await;
    let guest = &world.guest;
    let cross = |request: reqwest::RequestBuilder| request.header("sec-fetch-site", "cross-site");

    let body = json!({"name": "Mallory"});
    let rename = cross(guest.request(Method::PUT, "/api/v1.0/user/name")).json(&body);
    assert_eq!(guest.send(rename).await.refused("4201").errmsg(), "非法请求");
    let rename = guest.request(Method::PUT, "/api/v1.0/user/name").header("origin", "https://evil.example").json(&body);
    guest.send(rename).await.refused("4201");
    let body = json!({"name": "Mallory"});
    guest.send(cross(guest.request(Method::POST, "/api/profile/name")).json(&body)).await.refused("4201");

    // The GETs of the documents that change state.
    guest.send(cross(guest.request(Method::GET, "/api/logout"))).await.refused("4201");
    let (id, text) = guest.captcha().await;
    let sms = format!("/api/v1.0/smscode/13855555555?text={text}&id={id}");
    guest.send(cross(guest.request(Method::GET, &sms))).await.refused("4201");
    assert_eq!(guest.sms_codes("13855555555").len(), 0);

    // Reads are not refused: browsers keep their answers from other sites. The session is still there.
    assert_ne!(guest.send(cross(guest.request(Method::GET, "/api/v1.0/user"))).await.ok()["data"]["name"], "Mallory");
    guest.get(&sms).await.ok();
}

/// The table of routes tells which calls change state; the others are never refused.
#[tokio::test]
async fn every_call_that_changes_something_is_refused_to_other_sites() {
    let world = World::new().await;
    let mut refused = 0;
    for (prefix, info, path) in [(v1::PREFIX, v1::routes()), (classic::PREFIX, classic::routes())]
        .iter()
        .flat_map(|(prefix, routes)| routes.calls().iter().map(move |info| (prefix, info)))
        .flat_map(|(prefix, info)| info.paths().map(move |path| (prefix, info, path)))
    {
        let path = path.replace("{spec:.*}", "13855555555").replace(['{', '}'], "");
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = world
                .stranger
                .request(info.verb.method().as_str().parse().unwrap(), &format!("{prefix}{path}"))
                .header(name, value);
            let answer = world.stranger.send(request).await;
            let no = answer.json["errmsg"] == "非法请求";
            assert_eq!(no, info.changes_state, "{} {prefix}{path} with {name}: {}", info.verb.key(), answer.json);
            refused += usize::from(no);
        }
    }
    assert!(refused >= 60, "only {refused} calls");
}

#[tokio::test]
async fn csrf_headers_of_old_pages_are_ignored() {
    let world = World::new().await;
    let request = world.guest.request(Method::PUT, "/api/v1.0/user/name");
    let request = request.header("x-csrftoken", "1234").header("x-xsrftoken", "5678");
    world.guest.send(request.json(&json!({"name": "Anna"}))).await.ok();
}
