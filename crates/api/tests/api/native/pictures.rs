//! The pictures of a listing: order, captions, deletion.

use reqwest::Method;
use serde_json::{Value, json};

use super::listings::draft;
use crate::support::{
    Answer, Client, World,
    picture::{form, png},
};

async fn arrange(client: &Client, path: &str, pictures: Value, version: &str) -> Answer {
    let body = json!({"pictures": pictures});
    let request = client.request(Method::PUT, &format!("{path}/pictures")).header("if-match", version.to_owned());
    client.send(request.json(&body)).await
}

fn ids(listing: &Value) -> Vec<i64> {
    listing["pictures"].as_array().unwrap().iter().map(|picture| picture["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn pictures_take_their_order_and_their_captions() {
    let world = World::new().await;
    let landlord = &world.landlord;
    let path = format!("/api/v2/listings/{}", draft(landlord).await);
    let mut added = Vec::new();
    for shade in 1..=3 {
        let picture = landlord.upload(&format!("{path}/pictures"), form("picture", png(shade))).await.done(201);
        assert!(picture["caption"].is_null() && picture.as_object().unwrap().len() == 3, "{picture}");
        added.push(picture);
    }
    let id = |place: usize| added[place]["id"].clone();
    assert_eq!(landlord.get(&path).await.done(200)["pictures"], json!(added));
    let order = json!([{"id": id(2), "caption": " 院子 🏮 "}, {"id": id(0)}, {"id": id(1), "caption": "厨房"}]);
    let request = landlord.request(Method::PUT, &format!("{path}/pictures")).json(&json!({"pictures": order}));
    landlord.send(request).await.problem(428, "version_missing");
    arrange(landlord, &path, order.clone(), "\"3\"").await.problem(412, "version_stale");
    let arranged = arrange(landlord, &path, order, "\"4\"").await;
    assert_eq!(arranged.version(), "\"5\"");
    let arranged = arranged.done(200);
    let captions: Vec<_> =
        arranged["pictures"].as_array().unwrap().iter().map(|shown| shown["caption"].clone()).collect();
    assert_eq!(captions, [json!("院子 🏮"), Value::Null, json!("厨房")]);
    assert_eq!(ids(&arranged), [id(2), id(0), id(1)].map(|id| id.as_i64().unwrap()));
    assert_eq!(landlord.get(&path).await.done(200), arranged);
    // The first one is the cover in every list, and one more is behind the others.
    let last = landlord.upload(&format!("{path}/pictures"), form("picture", png(4))).await.done(201);
    let published = landlord.post(&format!("{path}/publish"), &json!({})).await.done(200);
    assert_eq!(published["pictures"][3], last);
    let found = world.anonymous.get("/api/v2/listings").await.done(200);
    let item = found["items"].as_array().unwrap().iter().find(|item| item["id"] == published["id"]).unwrap();
    assert_eq!(item["pictures"][0]["url"], added[2]["url"]);
    let detail = world.anonymous.get(&format!("/api/v1.0/houses/{}", published["id"])).await.ok();
    let urls: Vec<_> = [&added[2], &added[0], &added[1], &last].map(|picture| picture["url"].clone()).into();
    assert_eq!(detail["data"]["house"]["img_urls"], json!(urls));
    // A caption that is not named is taken away.
    let again = json!([{"id": id(0)}, {"id": id(1)}, {"id": id(2)}, {"id": last["id"]}]);
    let again = arrange(landlord, &path, again, "*").await.done(200);
    assert!(again["pictures"].as_array().unwrap().iter().all(|picture| picture["caption"].is_null()));
}

#[tokio::test]
async fn an_order_names_each_picture_once_and_every_fault_is_told() {
    let world = World::new().await;
    let landlord = &world.landlord;
    let path = format!("/api/v2/listings/{}", world.house);
    landlord.upload(&format!("{path}/pictures"), form("picture", png(2))).await.done(201);
    let listing = landlord.get(&path).await.done(200);
    let [one, two] = ids(&listing)[..] else { panic!("{listing}") };
    let faults = async |pictures: Value| {
        let refused = arrange(landlord, &path, pictures, "*").await.problem(422, "invalid_fields");
        refused.faults().into_iter().map(|(pointer, code)| format!("{pointer} {code}")).collect::<Vec<_>>()
    };
    assert_eq!(faults(json!([{"id": one}])).await, ["/pictures mismatch"]);
    assert_eq!(faults(json!([])).await, ["/pictures mismatch"]);
    assert_eq!(faults(json!([{"id": one}, {"id": two}, {"id": one}])).await, ["/pictures/2/id repeated"]);
    assert_eq!(faults(json!([{"id": one}, {"id": two}, {"id": 999_999}])).await, ["/pictures/2/id not_found"]);
    let wrong = json!([
        {"id": "1"}, 7, {"caption": "x"}, {"id": one, "caption": null}, {"id": two, "caption": "<b>", "place/x": 1},
        {"id": 0, "caption": "x".repeat(201)},
    ]);
    let told = faults(wrong).await;
    for fault in [
        "/pictures/0/id type",
        "/pictures/1 type",
        "/pictures/2/id required",
        "/pictures/3/caption type",
        "/pictures/4/caption format",
        "/pictures/4/place~1x unknown",
        "/pictures/5/id range",
        "/pictures/5/caption range",
    ] {
        assert!(told.iter().any(|known| known == fault), "{fault}: {told:?}");
    }
    assert_eq!(faults(json!(vec![json!({"id": one}); 1001])).await, ["/pictures range"]);
    assert_eq!(landlord.get(&path).await.done(200), listing);
    arrange(&world.guest, &path, json!([{"id": one}, {"id": two}]), "*").await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_picture_is_deleted_with_its_object_but_for_the_last_one_of_a_published_listing() {
    let world = World::new().await;
    let landlord = &world.landlord;
    let path = format!("/api/v2/listings/{}", world.house);
    landlord.upload(&format!("{path}/pictures"), form("picture", png(2))).await.done(201);
    let listing = landlord.get(&path).await.done(200);
    let [one, two] = ids(&listing)[..] else { panic!("{listing}") };
    let delete = async |client: &Client, id: i64| client.delete(&format!("{path}/pictures/{id}")).await;
    delete(&world.guest, one).await.problem(403, "forbidden");
    for nowhere in ["999999", "0", "x"] {
        landlord.delete(&format!("{path}/pictures/{nowhere}")).await.problem(404, "not_found");
    }
    let url = |place: usize, kind: &str| listing["pictures"][place][kind].as_str().unwrap().to_owned();
    delete(landlord, one).await.done(204);
    for kind in ["url", "small_url"] {
        assert_eq!(world.anonymous.get(&url(0, kind)).await.status.as_u16(), 404, "{kind}");
        assert_eq!(world.anonymous.get(&url(1, kind)).await.status.as_u16(), 200, "{kind}");
    }
    // The next one is the cover, in the lists of the old dialects too.
    let slides = world.anonymous.get("/api/v1.0/houses/index").await.ok();
    assert!(slides.to_string().contains(url(1, "url").rsplit('/').next().unwrap()), "{slides}");
    delete(landlord, one).await.problem(404, "not_found");
    delete(landlord, two).await.problem(409, "wrong_state");
    let unlisted = landlord.post(&format!("{path}/unlist"), &json!({})).await.done(200);
    assert_eq!((ids(&unlisted), &unlisted["version"]), (vec![two], &json!(5)));
    delete(landlord, two).await.done(204);
    landlord.post(&format!("{path}/publish"), &json!({})).await.problem(409, "picture_needed");
    // The same picture can be added again.
    landlord.upload(&format!("{path}/pictures"), form("picture", png(2))).await.done(201);
    assert_eq!(world.anonymous.get(&url(1, "url")).await.status.as_u16(), 200);
    landlord.post(&format!("{path}/publish"), &json!({})).await.done(200);
}
