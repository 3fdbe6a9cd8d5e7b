//! The site behind nginx, as `docs/operations/nginx` sets it up: that very file, with the folder of
//! what differs from site to site written for this machine. Two processes of the api share one
//! PostgreSQL and one Redis; one is killed in the middle of the work, and both are restarted in turn.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod api;
mod hearsay;
mod load;
mod proxy;
mod refusals;
mod visitor;

use std::{os::unix::fs::PermissionsExt, time::Duration};

use minsu_testservers::{Database, redis::RedisServer};
use reqwest::{Method, multipart};
use serde_json::json;

use api::{Api, Socket};
use load::Load;
use proxy::Nginx;
use visitor::{Answer, Visitor, png};

/// No limit that this test could reach.
const GENEROUS: &str = "
    limit_req_zone $binary_remote_addr zone=minsu_requests:1m rate=100000r/s;
    limit_req_zone $binary_remote_addr zone=minsu_notices:1m rate=100000r/s;
    limit_conn_zone $binary_remote_addr zone=minsu_connections:1m;";

struct Cluster {
    // Dropped in this order: nginx before the processes, these before what they use.
    nginx: Nginx,
    apis: Vec<Api>,
    _redis: RedisServer,
    _database: Database,
    folder: tempfile::TempDir,
}

impl Cluster {
    async fn start(socket: Socket, limits: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        proxy::site_folder(folder.path());
        let (database, redis) = (minsu_testservers::postgres().await, RedisServer::start());
        let mut apis = Vec::new();
        for _ in 0..2 {
            apis.push(Api::start(socket, database.url(), &redis.url(), folder.path(), &[]).await);
        }
        let backends: Vec<_> = apis.iter().map(|api| api.address.clone()).collect();
        let nginx = Nginx::start(folder.path(), &backends, limits).await;
        Self { nginx, apis, _redis: redis, _database: database, folder }
    }

    fn visitor(&self) -> Visitor {
        Visitor::new(self.nginx.tls, self.folder.path().join("dev-outbox.jsonl"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_front_ends_pictures_and_the_story_come_through() {
    let mut cluster = Cluster::start(Socket::Own, GENEROUS).await;
    let visitor = cluster.visitor();
    let plain = visitor.get(&format!("http://www.example.com:{}/", cluster.nginx.plain)).await;
    assert_eq!(plain.status, 308);
    assert_eq!(plain.headers["location"], "https://www.example.com/");
    for (host, says) in [("www", "the front end of v1"), ("classic", "the front end of classic")] {
        let page = visitor.get(&cluster.nginx.url(host, "/")).await;
        assert_eq!((page.status, page.text.trim()), (200, says));
        assert_eq!(page.headers["cache-control"], "no-cache");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("script-src 'self' ") && policy.ends_with("frame-ancestors 'none'"), "{policy}");
        says_once_that_tls_is_wanted(&page);
    }

    let landlord = cluster.visitor();
    landlord.register("13800000001").await;
    landlord.verify().await;
    let house = landlord.publish().await;
    let form = multipart::Form::new().part("house_image", multipart::Part::bytes(png(600)).file_name("a.png"));
    let images = cluster.nginx.url("www", &format!("/api/v1.0/houses/{house}/images"));
    let stored = landlord.send(landlord.request(Method::POST, &images).multipart(form)).await;
    assert_eq!(stored.json["errno"], "0", "{}", stored.text);
    let path = stored.json["data"]["url"].as_str().unwrap().strip_prefix("https://www.example.com/media/").unwrap();
    let (file, url) =
        (cluster.folder.path().join("media").join(path), cluster.nginx.url("www", &format!("/media/{path}")));
    let picture = visitor.get(&url).await;
    is_a_picture(&picture);
    assert!(picture.headers.contains_key("etag"), "nginx serves it from the disk: {}", cluster.nginx.log("error.log"));
    if proxy::is_root() {
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640, "others read it too");
        // Files that nginx may not read, or in folders that it may not enter, come from the api.
        for closed in [file.as_path(), &cluster.folder.path().join("media")] {
            let rights = std::fs::metadata(closed).unwrap().permissions();
            std::fs::set_permissions(closed, PermissionsExt::from_mode(0o600)).unwrap();
            let from_the_api = visitor.get(&url).await;
            is_a_picture(&from_the_api);
            assert!(!from_the_api.headers.contains_key("etag"), "{closed:?}: {from_the_api:?}");
            std::fs::set_permissions(closed, rights).unwrap();
        }
    }
    assert_eq!(visitor.get(&cluster.nginx.url("www", "/media/houses/no.jpg")).await.status, 404);

    let guest = cluster.visitor();
    guest.register("13800000002").await;
    let order = guest.order(house, 10).await;
    assert_eq!(order.json["errno"], "0", "{}", order.text);
    assert_eq!(guest.order(house, 10).await.json["errno"], "4004");
    let index = visitor.get(&cluster.nginx.url("classic", "/api/house/index")).await;
    assert_eq!(index.json["houses"][0]["house_id"].as_i64(), Some(house), "{}", index.text);
    compressed_and_unchanged(&visitor, &cluster.nginx.url("www", "/api/v1.0/areas")).await;
    let docs = visitor.get(&cluster.nginx.url("www", "/docs/")).await;
    assert!(docs.text.contains("swagger-ui") && docs.headers.contains_key("content-security-policy"));
    // Metrics and probes are not served to clients.
    for path in ["/metrics", "/readyz", "/healthz"] {
        assert_eq!(visitor.get(&cluster.nginx.url("www", path)).await.status, 404, "{path}");
    }

    let large = json!({ "title": "x".repeat(100_000) });
    let refused =
        guest.send(guest.request(Method::POST, &cluster.nginx.url("www", "/api/v1.0/houses")).json(&large)).await;
    assert_eq!((refused.status, &refused.json["errno"]), (413, &json!("4103")), "{}", refused.text);
    let foreign = guest.request(Method::POST, &cluster.nginx.url("www", "/api/v1.0/orders")).json(&json!({}));
    let foreign = guest.send(foreign.header("origin", "https://evil.example")).await;
    assert_eq!(foreign.json["errno"], "4201", "{}", foreign.text);
    says_once_that_tls_is_wanted(&foreign);
    // Pictures need no process of the api.
    for api in &mut cluster.apis {
        api.kill();
    }
    is_a_picture(&visitor.get(&url).await);
}

fn is_a_picture(answer: &Answer) {
    assert_eq!((answer.status, &answer.headers["content-type"]), (200, &"image/jpeg".parse().unwrap()), "{answer:?}");
    assert_eq!(answer.headers["cache-control"], "public, max-age=31536000, immutable");
    says_once_that_tls_is_wanted(answer);
}

/// With the value of the api, which sends the header too.
#[track_caller]
fn says_once_that_tls_is_wanted(answer: &Answer) {
    let said: Vec<_> = answer.headers.get_all("strict-transport-security").iter().collect();
    assert_eq!(said, ["max-age=31536000; includeSubDomains"], "{answer:?}");
}

/// A page that nginx compressed is known again by the api.
async fn compressed_and_unchanged(visitor: &Visitor, url: &str) {
    let plain = visitor.get(url).await;
    assert!(plain.status == 200 && !plain.headers.contains_key("content-encoding"), "{plain:?}");
    let ask = || visitor.request(Method::GET, url).header("accept-encoding", "gzip");
    let packed = visitor.send(ask()).await;
    assert_eq!((packed.status, &packed.headers["content-encoding"]), (200, &"gzip".parse().unwrap()));
    assert!(packed.headers["vary"].to_str().unwrap().contains("Accept-Encoding"), "{:?}", packed.headers);
    assert!(packed.text.chars().count() < plain.text.len() / 2, "{} characters", packed.text.chars().count());
    let again = visitor.send(ask().header("if-none-match", &packed.headers["etag"])).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_dies_and_no_read_fails() {
    let mut cluster = Cluster::start(Socket::Own, GENEROUS).await;
    let load = Load::begin(&cluster.nginx, || cluster.visitor()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    cluster.apis[0].kill();
    tokio::time::sleep(Duration::from_secs(2)).await;
    cluster.apis[0].start_again().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let outcome = load.end().await;
    assert_eq!(outcome.failed_reads, Vec::<String>::new(), "of {} reads", outcome.reads);
    assert!(outcome.reads > 200 && outcome.acknowledged.len() > 50, "{outcome:?}");
    // A POST that was sent is not sent twice: what was in flight at the process that died may fail.
    assert!(outcome.failed_writes.len() <= load::WRITERS, "{:?}", outcome.failed_writes);
    let kept = outcome.landlord.orders().await;
    let lost: Vec<_> = outcome.acknowledged.iter().filter(|id| !kept.contains(id)).collect();
    assert_eq!(lost, Vec::<&i64>::new(), "acknowledged and lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_processes_restart_in_turn_without_a_failed_request() {
    let mut cluster = Cluster::start(Socket::Held, GENEROUS).await;
    let load = Load::begin(&cluster.nginx, || cluster.visitor()).await;
    for api in &mut cluster.apis {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let status = api.terminate().await;
        assert_eq!(status.code(), Some(0), "SIGTERM ends it with status 0");
        api.start_again().await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let outcome = load.end().await;
    let complaints = cluster.nginx.complaints();
    assert_eq!(outcome.failed_reads, Vec::<String>::new(), "of {} reads; {complaints:#?}", outcome.reads);
    let writes = outcome.acknowledged.len();
    assert_eq!(outcome.failed_writes, Vec::<String>::new(), "of {writes} writes; {complaints:#?}");
    assert!(outcome.reads > 200 && outcome.acknowledged.len() > 50, "{outcome:?}");
}
