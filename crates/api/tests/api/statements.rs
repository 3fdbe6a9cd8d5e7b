//! How many statements every call that reads sends, on each engine: always the same number, however
//! much there is to read.

use std::{collections::BTreeMap, sync::Arc};

use minsu_store::{SqlStore, StoreOptions, migrate_up};
use minsu_testservers::Database;
use minsu_web::openapi::call::Verb;
use reqwest::Method;
use serde_json::json;

use crate::{
    support::{
        TestServer, World,
        picture::{form, png},
        world::publish,
    },
    tables::{self, Who},
};

/// Statements of each GET when no cache has the answer; a call that is missing here breaks the test.
const COSTS: &[(&str, u64)] = &[
    ("/api/v1.0/areas", 1),
    // An alias of the same page shares it.
    ("/api/v1.0/facilities", 1),
    ("/api/v1.0/facilitys", 0),
    ("/api/v1.0/house/index", 0),
    // The house with its landlord, facilities, pictures, comments.
    ("/api/v1.0/houses/{id}", 4),
    ("/api/v1.0/houses/index", 1),
    // The count and the page; each asks first how frequent the words are that are looked for.
    ("/api/v1.0/houses", 4),
    ("/api/v1.0/image_codes/{id}", 0),
    ("/api/v1.0/imagecode/{id}", 0),
    ("/api/v1.0/imagecode/{id}/audio", 0),
    ("/api/v1.0/session", 1),
    ("/api/v1.0/sessions", 1),
    ("/api/v1.0/sms_codes/{mobile}", 0),
    ("/api/v1.0/smscode/{spec:.*}", 0),
    ("/api/v1.0/user", 1),
    ("/api/v1.0/user/auth", 1),
    // The profile, the real name, webhooks and wanted messages, a page of houses with what belongs to them, their
    // calendars and links, a page of orders of either side.
    ("/api/v1.0/user/export", 12),
    ("/api/v1.0/user/houses", 1),
    ("/api/v1.0/user/orders", 1),
    ("/api/v1.0/user/sessions", 0),
    ("/api/v1.0/users", 1),
    ("/api/v1.0/users/auth", 1),
    ("/api/v1.0/users/houses", 1),
    ("/api/v1.0/users/orders", 1),
    ("/api/v1.0/users/profile", 1),
    ("/api/check_login", 1),
    ("/api/house/area", 1),
    ("/api/house/index", 2),
    ("/api/house/info", 4),
    ("/api/house/list", 2),
    ("/api/house/list2", 2),
    ("/api/house/my", 1),
    ("/api/imagecode", 0),
    ("/api/logout", 0),
    ("/api/order/my", 1),
    ("/api/piccode", 0),
    ("/api/profile", 1),
    ("/api/profile/auth", 1),
];

/// The statements of every GET, each asked for once.
async fn measured(url: &str, more: usize) -> BTreeMap<String, u64> {
    migrate_up(url).await.unwrap();
    let store = Arc::new(SqlStore::connect(&StoreOptions::new(url)).await.unwrap());
    let server = TestServer::start_with(|state| state.app.store = store.clone()).await;
    let world = World::on(server).await;
    for number in 0..more {
        publish(&world.landlord).await;
        let picture = form("house_image", png(u8::try_from(10 + number).unwrap()));
        world.landlord.upload(&format!("/api/v1.0/houses/{}/images", world.house), picture).await.ok();
        let order = world.accepted_order().await;
        let comment = json!({"comment": "很好"});
        world.guest.put(&format!("/api/v1.0/orders/{order}/comment"), &comment).await.ok();
        world.order().await;
    }
    let dialects = [
        (minsu_dialect_v1::routes(), minsu_dialect_v1::PREFIX),
        (minsu_dialect_classic::routes(), minsu_dialect_classic::PREFIX),
    ];
    let mut costs = BTreeMap::new();
    for (routes, prefix) in dialects {
        let rows = tables::all().into_iter().filter(|(of, _)| *of == prefix).map(|(_, row)| row);
        // Logging out comes last: the session is needed before.
        let (last, first): (Vec<_>, Vec<_>) = rows.partition(|row| row.route == "/logout");
        for row in first.into_iter().chain(last).filter(|row| row.method == Method::GET) {
            let client = match row.who {
                Who::Anyone => &world.anonymous,
                Who::Guest | Who::Party | Who::Newcomer => &world.guest,
                Who::Landlord => &world.landlord,
            };
            let request = tables::request(&world, client, prefix, &row).await;
            let before = store.counts().statements;
            let answer = client.send(request).await;
            assert_eq!(answer.status, 200, "{prefix}{}", row.path);
            costs.insert(format!("{prefix}{}", row.route), store.counts().statements - before);
        }
        let reads = routes.calls().iter().filter(|call| call.verb == Verb::Get);
        for path in reads.flat_map(|read| read.paths()) {
            assert!(costs.contains_key(&format!("{prefix}{path}")), "{path} was not measured");
        }
    }
    costs
}

async fn every_read_sends_its_pinned_number(few: &str, many: &str) {
    let pinned: BTreeMap<_, _> = COSTS.iter().map(|(route, cost)| ((*route).to_owned(), *cost)).collect();
    assert_eq!(measured(few, 1).await, pinned, "with few rows");
    assert_eq!(measured(many, 12).await, pinned, "with more rows");
}

#[tokio::test]
async fn every_read_sends_its_pinned_number_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}/{name}.sqlite3", folder.path().display());
    every_read_sends_its_pinned_number(&url("few"), &url("many")).await;
}

async fn on_servers(few: Database, many: Database) {
    every_read_sends_its_pinned_number(few.url(), many.url()).await;
}

#[tokio::test]
async fn every_read_sends_its_pinned_number_on_postgres() {
    on_servers(minsu_testservers::postgres().await, minsu_testservers::postgres().await).await;
}

#[tokio::test]
async fn every_read_sends_its_pinned_number_on_mariadb() {
    on_servers(minsu_testservers::mariadb().await, minsu_testservers::mariadb().await).await;
}
