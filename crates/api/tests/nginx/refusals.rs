//! Requests that nginx itself refuses, and the content of its logs.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

use futures_util::future::join_all;

use crate::{
    Cluster, GENEROUS,
    api::Socket,
    proxy, says_once_that_tls_is_wanted,
    visitor::{Answer, Visitor},
};

/// The mobile that no log may contain.
const MOBILE: &str = "13912345678";
/// The captcha answer that no log may contain.
const CAPTCHA: &str = "qZ7k";

#[track_caller]
fn is_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, &answer.json["errno"]), (status, &code.into()), "{answer:?}");
    assert_eq!(answer.json["errcode"], code);
    says_once_that_tls_is_wanted(answer);
}

/// The path with the mobile, in this spelling.
fn sms_path(spelling: &str) -> String {
    format!("/api/v1.0/{spelling}/{MOBILE}?text={CAPTCHA}&id=6f1c8a52-0000-4000-8000-000000000000")
}

/// The answer to a request that no HTTP client would send, over TLS.
fn over_tls(port: u16, request: &str) -> String {
    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-ign_eof", "-servername", "www.example.com", "-connect"])
        .arg(format!("127.0.0.1:{port}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl is installed");
    client.stdin.as_mut().unwrap().write_all(request.as_bytes()).unwrap();
    let answer = client.wait_with_output().unwrap().stdout;
    String::from_utf8(answer).unwrap()
}

/// Neither log has the mobile or the captcha answer; the access log has the rest of the request.
fn logs_have_no_personal_data(cluster: &Cluster) {
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
    logs_have_no_personal_data(&cluster);
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
    // These locations are internal.
    assert_eq!(visitor.get(&cluster.nginx.url("www", "/minsu-refuses/bad-request")).await.status, 404);
}

/// What nginx reads and the api does not is refused by the api, what nginx does not read by nginx; and no log has the
/// mobile of such a request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_that_only_the_api_cannot_read_are_refused_in_its_envelope() {
    let cluster = Cluster::start(Socket::Own, GENEROUS).await;
    let ask = |path: &str, more: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n{more}\r\n");
        over_tls(cluster.nginx.tls, &head)
    };
    let (sms, mistyped) = (sms_path("smscode"), sms_path("smscod"));
    for path in ["/api/v1.0/areas?aid=<b>", "/api/house/area?aid=<b>", &format!("{sms}<"), &format!("{mistyped}<")] {
        let answer = ask(path, "");
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("\"errno\":\"4103\""), "{path}: {answer}");
        assert!(answer.contains("请求头格式错误") && answer.to_lowercase().contains("x-request-id: "), "{answer}");
    }
    let native = ask("/api/v2/site?a=<b>", "");
    assert!(native.starts_with("HTTP/1.1 400 ") && native.contains("\"code\":\"malformed\""), "{native}");
    for path in [&sms, &mistyped, &format!("/{MOBILE}")] {
        for more in ["no header\r\n", &format!("X-Large: {}\r\n", "x".repeat(9_000))] {
            let answer = ask(path, more);
            // A header without a colon is nothing to nginx.
            assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        }
    }
    logs_have_no_personal_data(&cluster);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spellings_of_the_sms_path_leave_no_personal_data_in_the_logs() {
    let mut cluster = Cluster::start(Socket::Own, GENEROUS).await;
    let visitor = cluster.visitor();
    let ask = async |spelling| visitor.get(&cluster.nginx.url("www", &sms_path(spelling))).await;
    for spelling in ["smscode", "sms_codes", "%73mscode", "SMSCODE", "/smscode", "x/../smscode"] {
        assert_ne!(ask(spelling).await.status, 0, "{spelling}");
    }
    visitor.get(&cluster.nginx.url("www", "/api/v1.0/houses?aid=1&p=1")).await;
    for mistyped in ["/api/v1.0/smscod", "/api/sms%63od", "/v1.0/code", "/api/v1.0/users/x"] {
        let url = cluster.nginx.url("www", &format!("{mistyped}/{MOBILE}?text={CAPTCHA}"));
        assert_eq!(visitor.get(&url).await.status, 404, "{mistyped}");
    }
    for api in &mut cluster.apis {
        api.kill();
    }
    let ask = async |spelling| visitor.get(&cluster.nginx.url("www", &sms_path(spelling))).await;
    is_refused(&ask("smscode").await, 503, "4500");
    is_refused(&ask("%73mscode").await, 503, "4500");
    is_refused(&ask("smscod").await, 503, "4500");
    is_refused(&ask("sms_codes").await, 503, "4500");
    logs_have_no_personal_data(&cluster);
    assert!(cluster.nginx.log("access.log").contains("\"GET /api/v1.0/houses?aid=1&p=1 HTTP/"));
}
