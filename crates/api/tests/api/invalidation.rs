//! Invalidation of ready pages, as a property: whatever call changes the site, no page that was asked
//! for before it shows anything else afterwards than a page that was made after it.

use std::{collections::BTreeSet, sync::Arc};

use minsu_cache::Uncached;
use minsu_web::{request_limiter::RequestLimiter, state::State, upload_turns::UploadTurns};
use reqwest::Method;
use serde_json::json;

use crate::{
    support::{
        Client, TestServer, World,
        picture::{form, png},
        world::day,
    },
    tables::{self, Row, Who},
};

/// Calls that change what some page shows. Each is seen to change one here, so that the comparison
/// is not one of pages that never change.
const SHOWN: &[&str] = &[
    "POST /houses",
    "POST /houses/{id}/images",
    "POST /orders",
    "PUT /orders/{id}/comment",
    "PUT /orders/{id}/status",
    "PUT /user/name",
];

/// A site, and a server on the same data that keeps no page.
struct Twins {
    world: World,
    uncached: Client,
    _second: TestServer,
}

impl Twins {
    async fn new() -> Self {
        let mut second = None;
        let world = World::on(TestServer::start_with(|state| second = Some(without_pages(state))).await).await;
        let second = world.server.sharing_cache_with(second.unwrap());
        Self { uncached: Client::new(&second), world, _second: second }
    }

    /// The targets of pages that visitors may read, with searches of these days.
    fn targets(&self, days: std::ops::Range<u64>) -> Vec<String> {
        let house = self.world.house;
        let mut targets = vec![
            "/api/v1.0/areas".to_owned(),
            "/api/v1.0/houses/index".to_owned(),
            "/api/v1.0/houses".to_owned(),
            "/api/v1.0/houses?aid=2&sk=booking".to_owned(),
            format!("/api/v1.0/houses/{house}"),
            "/api/house/index".to_owned(),
            "/api/house/list2?aid=2".to_owned(),
            format!("/api/house/info?id={house}"),
        ];
        for offset in days {
            let day = day(offset);
            targets.push(format!("/api/v1.0/houses?sd={day}&ed={day}"));
            targets.push(format!("/api/house/list2?sd={day}&ed={day}"));
        }
        targets
    }

    /// Asks for every page until it is kept.
    async fn warm(&self, targets: &[String]) -> Vec<Vec<u8>> {
        let mut pages = Vec::with_capacity(targets.len());
        for target in targets {
            self.world.anonymous.get(target).await.ok();
            pages.push(self.world.anonymous.get(target).await.bytes.to_vec());
        }
        pages
    }

    /// Compares every page with one that is made now; whether any differs from before.
    async fn compare(&self, label: &str, targets: &[String], before: &[Vec<u8>]) -> bool {
        let mut changed = false;
        for (target, before) in targets.iter().zip(before) {
            let kept = self.world.anonymous.get(target).await;
            let made = self.uncached.get(target).await;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(text(&kept.bytes), text(&made.bytes), "{target} after {label}");
            changed |= made.bytes != before.as_slice();
        }
        changed
    }
}

/// Adds a comment of the guest, so that every page shows data of both users.
async fn commented(world: &World) {
    let id = world.accepted_order().await;
    world.guest.put(&format!("/api/v1.0/orders/{id}/comment"), &json!({"comment": "很好"})).await.ok();
}

#[tokio::test]
async fn no_call_leaves_a_page_that_shows_what_was_before_it() {
    let mut shown = BTreeSet::new();
    for dialect in [minsu_dialect_v1::PREFIX, minsu_dialect_classic::PREFIX] {
        let twins = Twins::new().await;
        let world = &twins.world;
        commented(world).await;
        for (prefix, row) in tables::all().into_iter().filter(|(prefix, _)| *prefix == dialect) {
            let client = client_of(world, &row).await;
            let first = world.next_day();
            let request = tables::request(world, &client, prefix, &row).await;
            let targets = twins.targets(first..world.next_day());
            let before = twins.warm(&targets).await;
            let answer = client.send(request).await;
            let label = format!("{} {}", row.method, row.route);
            assert_eq!(answer.status.as_u16(), 200, "{label}");
            if twins.compare(&label, &targets, &before).await {
                shown.insert(label);
            }
        }
    }
    let forgotten: Vec<_> = SHOWN.iter().filter(|label| !shown.contains(**label)).collect();
    assert!(forgotten.is_empty(), "{forgotten:?} changed no page");
}

async fn client_of(world: &World, row: &Row) -> Client {
    match row.who {
        Who::Anyone => Client::new(&world.server),
        Who::Guest | Who::Party => world.guest.clone(),
        Who::Landlord => world.landlord.clone(),
        Who::Newcomer => {
            let newcomer = Client::new(&world.server);
            newcomer.register(&tables::fresh_mobile()).await;
            newcomer
        }
    }
}

/// Changes that no row makes: released days come back into the dated lists, a landlord's portrait changes, and
/// deleting the account takes the listings off the pages.
#[tokio::test]
async fn released_days_and_deleted_accounts_show_at_once() {
    let twins = Twins::new().await;
    let world = &twins.world;
    let first = world.next_day();
    let order = world.order().await;
    let targets = twins.targets(first..world.next_day());
    let before = twins.warm(&targets).await;
    let reject = json!({"action": "reject", "reason": "已满"});
    world.landlord.put(&format!("/api/v1.0/orders/{order}/status"), &reject).await.ok();
    assert!(twins.compare("rejecting", &targets, &before).await);

    let before = twins.warm(&targets).await;
    world.landlord.upload("/api/v1.0/user/avatar", form("avatar", png(3))).await.ok();
    assert!(twins.compare("a new portrait", &targets, &before).await);

    let before = twins.warm(&targets).await;
    let request = world.landlord.request(Method::DELETE, "/api/v1.0/user");
    let left = world.landlord.send(request.json(&json!({"password": "123456789"}))).await;
    assert_eq!(left.code(), "0", "{}", left.json);
    assert!(twins.compare("leaving", &targets, &before).await);
}

/// Changes of the native API show at once on the pages of the others: fields, pictures, states, deletion.
#[tokio::test]
async fn changed_and_deleted_listings_show_at_once() {
    let twins = Twins::new().await;
    let world = &twins.world;
    let path = format!("/api/v2/listings/{}", world.house);
    let landlord = &world.landlord;
    let added = landlord.upload(&format!("{path}/pictures"), form("picture", png(7))).await.done(201);
    let first = landlord.get(&path).await.done(200)["pictures"][0]["id"].clone();
    let order = json!({"pictures": [{"id": added["id"]}, {"id": first}]});
    let changes = [
        (Method::PATCH, path.clone(), json!({"title": "鼓楼小院", "price": 7})),
        (Method::PUT, format!("{path}/pictures"), order),
        (Method::DELETE, format!("{path}/pictures/{}", added["id"]), json!({})),
        (Method::POST, format!("{path}/unlist"), json!({})),
        (Method::POST, format!("{path}/publish"), json!({})),
        (Method::DELETE, path.clone(), json!({})),
    ];
    // A house without a row of its own in the lists keeps them from being empty.
    let targets: Vec<_> =
        twins.targets(30..31).into_iter().filter(|target| !target.contains(&world.house.to_string())).collect();
    for (method, target, body) in changes {
        let before = twins.warm(&targets).await;
        let request = landlord.request(method.clone(), &target).header("if-match", "*").json(&body);
        assert!(landlord.send(request).await.status.is_success(), "{method} {target}");
        assert!(twins.compare(&format!("{method} {target}"), &targets, &before).await, "{method} {target}");
        let shown = world.anonymous.get(&path).await;
        assert_eq!(shown.status, twins.uncached.get(&path).await.status, "{method} {target}");
    }
}

/// The same site without its page cache.
fn without_pages(state: &State) -> State {
    State {
        app: state.app.clone(),
        pages: Arc::new(Uncached::default()),
        http: state.http.clone(),
        dialects: state.dialects.clone(),
        openapi: state.openapi,
        metrics: Arc::clone(&state.metrics),
        traces: Arc::clone(&state.traces),
        limiter: RequestLimiter::new(0, 1),
        upload_budget: state.upload_budget.clone(),
        uploads: UploadTurns::default(),
    }
}
