//! Simultaneous edits of one listing over HTTP, against a process of its own on each database.

use futures_util::future::join_all;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::{Engine, child::Minsu, on_every_engine, people::Site};

/// Simultaneous edits of one version.
const EDITS: usize = 20;

async fn read(client: &Client, url: &str) -> (String, Value) {
    let answer = client.get(url).send().await.unwrap();
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    (tag, answer.json().await.unwrap())
}

/// Twenty edits of each version at once: one is written, and the others learn that theirs is stale. Every version that
/// anyone reads is one that was written.
async fn one_of_twenty_edits_wins_each_version(engine: Engine) {
    let server = Minsu::start(&engine.url()).await;
    let site = Site::new(&server, 1).await;
    let (client, house) = (site.landlord(), site.publish("一间房").await);
    let url = format!("{}/api/v2/listings/{house}", server.base);
    for round in 1..=5 {
        let (seen, _) = read(client, &url).await;
        assert_eq!(seen, format!("\"{round}\""));
        let edits = (0..EDITS).map(|number| {
            let price = 1000 * round + number;
            let change = json!({"price": price, "title": format!("房 {price}"), "facilities": [1 + number % 23]});
            let edit = client.patch(&url).header("if-match", &seen).json(&change);
            async move { (edit.send().await.unwrap().status(), price) }
        });
        let answers = join_all(edits).await;
        let won: Vec<_> = answers.iter().filter(|(status, _)| *status == StatusCode::OK).collect();
        let stale = answers.iter().filter(|(status, _)| *status == StatusCode::PRECONDITION_FAILED).count();
        assert_eq!((won.len(), stale), (1, EDITS - 1), "{answers:?}");
        let (tag, listing) = read(client, &url).await;
        let price = won[0].1;
        assert_eq!(tag, format!("\"{}\"", round + 1));
        assert_eq!((&listing["price"], &listing["title"]), (&json!(price), &json!(format!("房 {price}"))));
        assert_eq!(listing["facilities"], json!([1 + (price - 1000 * round) % 23]));
    }
}

/// Eight guests order while the landlord deletes the listing: either it is deleted and has no order, or it stays and
/// names those that it has.
async fn no_listing_is_deleted_with_an_order(engine: Engine) {
    let server = Minsu::start(&engine.url()).await;
    let site = Site::new(&server, 1).await;
    let mut deleted_at_all = 0;
    for round in 0..8u64 {
        let house = site.publish("一间房").await;
        let url = format!("{}/api/v2/listings/{house}", server.base);
        let delete = async {
            tokio::time::sleep(std::time::Duration::from_millis(3 * round)).await;
            let answer = site.landlord().delete(&url).header("if-match", "*").send().await.unwrap();
            let status = answer.status();
            (status, if status == StatusCode::NO_CONTENT { Value::Null } else { answer.json().await.unwrap() })
        };
        let ((status, refused), answers) = tokio::join!(delete, site.order_as_every_guest(house));
        assert!(answers.iter().all(|code| ["0", "4002"].contains(&code.as_str())), "{answers:?}");
        let placed = answers.iter().filter(|code| *code == "0").count();
        match status {
            StatusCode::NO_CONTENT => {
                assert_eq!(placed, 0, "round {round}");
                deleted_at_all += 1;
            }
            StatusCode::CONFLICT => {
                assert_eq!(refused["code"], "open_orders");
                let named = refused["orders"].as_array().unwrap().len();
                assert!((1..=placed).contains(&named), "round {round}: {named} of {placed}");
            }
            status => panic!("round {round}: {status} {refused}"),
        }
    }
    println!("{deleted_at_all} of 8 listings were deleted before their orders");
}

on_every_engine!(one_of_twenty_edits_wins_each_version, no_listing_is_deleted_with_an_order);
