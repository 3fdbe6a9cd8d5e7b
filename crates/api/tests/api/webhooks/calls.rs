//! The calls about webhooks beyond their table.

use serde_json::json;

use super::scene::Scene;

#[tokio::test]
async fn addresses_and_kinds_are_checked() {
    let scene = Scene::new().await;
    let landlord = &scene.world.landlord;
    let own = format!("{}/hook", scene.world.server.base);
    for url in ["https://10.0.0.1/hook", "https://169.254.169.254/latest", "https://a:b@127.0.0.1/", "ftp://127.0.0.1/"]
    {
        landlord.post("/api/v2/webhooks", &json!({"url": url})).await.problem(422, "address_refused");
    }
    let long = format!("http://127.0.0.1/{}", "x".repeat(1000));
    for (url, rule) in [("receiver", "format"), ("", "format"), ("http://127.0.0.1/a b", "format"), (&long, "range")] {
        let refused = landlord.post("/api/v2/webhooks", &json!({"url": url})).await;
        assert_eq!(refused.problem(422, "invalid_fields").faults(), [("/url".to_owned(), rule.to_owned())], "{url}");
    }
    for events in [json!(["account.renamed"]), json!(["order.teleported"])] {
        let refused = landlord.post("/api/v2/webhooks", &json!({"url": own, "events": events})).await;
        assert_eq!(refused.problem(422, "invalid_fields").faults(), [("/events".to_owned(), "format".to_owned())]);
    }
}

#[tokio::test]
async fn urls_and_secrets_are_shown_once_and_versions_count() {
    let scene = Scene::new().await;
    let landlord = &scene.world.landlord;
    let key = uuid::Uuid::new_v4().to_string();
    let create = async || {
        let body = json!({"url": "http://127.0.0.1:9/secret-path", "events": ["order.paid"]});
        let request = landlord.request(reqwest::Method::POST, "/api/v2/webhooks").header("idempotency-key", &key);
        landlord.send(request.json(&body)).await
    };
    let created = create().await;
    let location = created.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(created.version(), "\"1\"");
    let created = created.done(201);
    let secret = created["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    assert_eq!(location, format!("/api/v2/webhooks/{}", created["id"]));
    let again = create().await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!((&again.json["id"], &again.json["secret"]), (&created["id"], &json!(null)));
    let listed = landlord.get("/api/v2/webhooks").await.done(200);
    assert!(!listed.to_string().contains("secret") && listed.to_string().contains("127.0.0.1"), "{listed}");
    let export = landlord.get("/api/v2/me/export").await.done(200);
    assert_eq!(
        (&export["webhooks"][0]["host"], export["webhooks"].to_string().contains("secret")),
        (&json!("127.0.0.1"), false)
    );
    assert!(export["sms"].as_array().unwrap().contains(&json!("order.placed")), "{export}");
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);

    landlord.patch(&location, &json!({"events": null}), "\"7\"").await.problem(412, "version_stale");
    let changed = landlord.patch(&location, &json!({"events": null}), "\"1\"").await;
    assert_eq!(changed.version(), "\"2\"");
    assert!(changed.done(200)["events"].is_null());
    let unversioned = landlord.request(reqwest::Method::PATCH, &location).json(&json!({"enabled": false}));
    landlord.send(unversioned).await.problem(428, "version_missing");

    // A token makes webhooks, and never gets another secret of one.
    let body = json!({"name": "hooks", "scopes": ["webhooks:read", "webhooks:write"]});
    let token = landlord.post("/api/v2/me/tokens", &body).await.done(201)["token"].as_str().unwrap().to_owned();
    let by_token =
        |method, path: &str| scene.world.anonymous.request(method, path).bearer_auth(&token).json(&json!({}));
    let secret = by_token(reqwest::Method::POST, &format!("{location}/secret"));
    scene.world.anonymous.send(secret).await.problem(403, "forbidden");
    let test = by_token(reqwest::Method::POST, &format!("{location}/test"));
    scene.world.anonymous.send(test).await.done(202);
}

#[tokio::test]
async fn a_person_has_twenty_webhooks_and_a_page_of_deliveries_leads_to_the_next() {
    let scene = Scene::new().await;
    let landlord = &scene.world.landlord;
    let body = json!({"url": "http://127.0.0.1:9/hook"});
    let mut last = String::new();
    for _ in 0..20 {
        last = format!("/api/v2/webhooks/{}", landlord.post("/api/v2/webhooks", &body).await.done(201)["id"]);
    }
    landlord.post("/api/v2/webhooks", &body).await.problem(409, "limit_reached");
    for _ in 0..3 {
        landlord.post(&format!("{last}/test"), &json!({})).await.done(202);
    }
    let first = landlord.get(&format!("{last}/deliveries?limit=2")).await.done(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let second = landlord.get(&format!("{last}/deliveries?limit=2&after={next}")).await.done(200);
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (1, &json!(null)));
    for query in ["after=x", "state=lost", "limit=0", "odd=1"] {
        landlord.get(&format!("{last}/deliveries?{query}")).await.problem(422, "invalid_fields");
    }
    let sixty = futures_util::future::join_all(
        (0..60).map(|_| async { landlord.post(&format!("{last}/test"), &json!({})).await.status.as_u16() }),
    );
    assert!(sixty.await.contains(&429));
}
