//! What nginx itself refuses, and what it writes down.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use futures_util::future::join_all;

use crate::{
    Cluster, GENEROUS,
    api::Socket,
    proxy, says_once_that_tls_is_wanted,
    visitor::{Answer, Visitor},
};

/// Whom the log must not name.
const MOBILE: &str = "13912345678";
/// What the log must not tell.
const CAPTCHA: &str = "qZ7k";

#[track_caller]
fn is_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, &answer.json["errno"]), (status, &code.into()), "{answer:?}");
    assert_eq!(answer.json["errcode"], code);
    says_once_that_tls_is_wanted(answer);
}

/// The path that names somebody, in this spelling.
fn sms_path(spelling: &str) -> String {
    format!("/api/v1.0/{spelling}/{MOBILE}?text={CAPTCHA}&id=6f1c8a52-0000-4000-8000-000000000000")
}

/// Neither log has what they must not have; the one of requests has the rest.
fn logs_tell_nobody(cluster: &Cluster) {
    let (access, error) = (cluster.nginx.log("access.log"), cluster.nginx.log("error.log"));
    for secret in [MOBILE, CAPTCHA] {
        assert!(!access.contains(secret), "{secret}: {access}");
        assert!(!error.contains(secret), "{secret}: {error}");
    }
    assert!(access.contains("\"GET /api/v1.0/smscode/- HTTP/"), "{access}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_are_refused_in_the_envelope_of_the_api() {
    let shipped = std::fs::read_to_string(proxy::shipped("minsu/limits.conf")).unwrap();
    let cluster = Cluster::start(Socket::Own, &shipped).await;
    let visitor = cluster.visitor();
    let url = cluster.nginx.url("www", "/api/v1.0/areas");
    let answers = join_all((0..200).map(|_| visitor.get(&url))).await;
    let served = answers.iter().filter(|answer| answer.status == 200).count();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert_eq!(served + refused.len(), answers.len());
    assert!(served >= 30 && !refused.is_empty(), "{served} of {} served", answers.len());
    for answer in refused {
        is_refused(answer, 429, "4201");
        assert_eq!(answer.headers["retry-after"], "1");
    }
    let url = cluster.nginx.url("www", &sms_path("smscode"));
    let answers = join_all((0..200).map(|_| visitor.get(&url))).await;
    assert!(answers.iter().any(|answer| answer.status == 429));
    logs_tell_nobody(&cluster);
}

/// Where pictures are there is an error page of another kind too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_pictures_are_refused_in_it_too() {
    let limits = format!(
        "{GENEROUS}\nlimit_req_zone $binary_remote_addr zone=everything:1m rate=1r/m;\nlimit_req zone=everything;"
    );
    let cluster = Cluster::start(Socket::Own, &limits).await;
    let visitor = cluster.visitor();
    let url = cluster.nginx.url("www", "/media/houses/no.jpg");
    assert_eq!(visitor.get(&url).await.status, 404);
    let refused = visitor.get(&url).await;
    is_refused(&refused, 429, "4201");
    assert_eq!(refused.headers["retry-after"], "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_cannot_be_read_are_refused_in_the_envelope_too() {
    let cluster = Cluster::start(Socket::Own, GENEROUS).await;
    let visitor = Visitor::of_the_nineties(cluster.nginx.tls);
    let url = cluster.nginx.url("www", "/api/v1.0/areas");
    let large = visitor.request(reqwest::Method::GET, &url).header("x-large", "x".repeat(9_000));
    is_refused(&visitor.send(large).await, 400, "4103");
    is_refused(&visitor.get(&format!("{url}?{}", "x".repeat(9_000))).await, 414, "4103");
    // Without TLS, and no HTTP at all: a request that has no path.
    for request in ["GET /api/v1.0/areas HTTP/1.1\r\nHost: www.example.com\r\n\r\n", "nothing\r\n\r\n"] {
        let mut socket = TcpStream::connect(("127.0.0.1", cluster.nginx.tls)).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("\"errno\":\"4103\""), "{answer}");
    }
    // These addresses are nobody's to ask for.
    assert_eq!(visitor.get(&cluster.nginx.url("www", "/minsu-refuses/bad-request")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_logs_name_nobody() {
    let mut cluster = Cluster::start(Socket::Own, GENEROUS).await;
    let visitor = cluster.visitor();
    let ask = async |spelling| visitor.get(&cluster.nginx.url("www", &sms_path(spelling))).await;
    for spelling in ["smscode", "%73mscode", "SMSCODE", "/smscode", "x/../smscode"] {
        assert_ne!(ask(spelling).await.status, 0, "{spelling}");
    }
    visitor.get(&cluster.nginx.url("www", "/api/v1.0/houses?aid=1&p=1")).await;
    for api in &mut cluster.apis {
        api.kill();
    }
    let ask = async |spelling| visitor.get(&cluster.nginx.url("www", &sms_path(spelling))).await;
    is_refused(&ask("smscode").await, 503, "4500");
    is_refused(&ask("%73mscode").await, 503, "4500");
    logs_tell_nobody(&cluster);
    assert!(cluster.nginx.log("access.log").contains("\"GET /api/v1.0/houses?aid=1&p=1 HTTP/"));
}
