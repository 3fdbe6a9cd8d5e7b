//! Answers are bounded in time and length.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use minsu_http::{OutboundError, OutboundOptions};
use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderValue, IF_NONE_MATCH, RETRY_AFTER, SET_COOKIE},
};

use crate::server::{Server, answer, client, local};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn get(answers: Vec<Vec<u8>>, options: OutboundOptions) -> Result<Vec<u8>, OutboundError> {
    let server = Server::new(answers).await;
    client(options).get(&server.url("/"), &HeaderMap::new()).await.map(|answer| answer.body.to_vec())
}

#[tokio::test]
async fn a_packed_answer_is_unpacked_and_a_bomb_is_not() {
    let packed = |bytes: &[u8]| answer("200 OK\r\nContent-Encoding: gzip", &gzip(bytes));
    assert_eq!(get(vec![packed(b"BEGIN:VCALENDAR")], local()).await, Ok(b"BEGIN:VCALENDAR".to_vec()));
    let bomb = gzip(&vec![0; 200 << 20]);
    assert!(bomb.len() < 1 << 20);
    let begun = Instant::now();
    let error = get(vec![answer("200 OK\r\nContent-Encoding: gzip", &bomb)], local()).await;
    assert_eq!(error, Err(OutboundError::TooLong));
    assert!(begun.elapsed() < Duration::from_secs(3));
    for encoding in ["br", "gzip, gzip", "deflate"] {
        let other = answer(&format!("200 OK\r\nContent-Encoding: {encoding}"), b"x");
        assert_eq!(get(vec![other], local()).await, Err(OutboundError::Encoding), "{encoding}");
    }
}

#[tokio::test]
async fn an_answer_is_read_to_its_limit_and_no_further() {
    let bounded = || OutboundOptions { most: 4, ..local() };
    assert_eq!(get(vec![answer("200 OK", b"abcd")], bounded()).await, Ok(b"abcd".to_vec()));
    assert_eq!(get(vec![answer("200 OK", b"abcde")], bounded()).await, Err(OutboundError::TooLong));
    assert_eq!(get(vec![answer("304 Not Modified\r\nContent-Encoding: gzip", b"")], bounded()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_a_refusal_asks_for_does_not_depend_on_its_body() {
    let refusal = "429 Too Many Requests\r\nRetry-After: 120";
    let large = answer(refusal, &vec![b'x'; 20 << 20]);
    let badly_packed = answer(&format!("{refusal}\r\nContent-Encoding: gzip"), b"x");
    let endless = format!("HTTP/1.1 {refusal}\r\nContent-Length: 4\r\n\r\nab").into_bytes();
    for refused in [large, badly_packed, endless] {
        let server = Server::new(vec![refused]).await;
        let begun = Instant::now();
        let answer = client(local()).get(&server.url("/"), &HeaderMap::new()).await.unwrap();
        assert_eq!((answer.status, answer.body.len()), (StatusCode::TOO_MANY_REQUESTS, 0));
        assert_eq!(answer.headers.get(RETRY_AFTER), Some(&HeaderValue::from_static("120")));
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn silence_ends_at_the_deadline_wherever_it_begins() {
    for answer in [b"".as_slice(), b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"] {
        let options = OutboundOptions { deadline: Duration::from_millis(300), ..local() };
        let begun = Instant::now();
        assert_eq!(get(vec![answer.to_vec()], options).await, Err(OutboundError::Timeout));
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
    assert_eq!(get(vec![b"SSH-2.0-x\r\n\r\n".to_vec()], local()).await, Err(OutboundError::Broken));
}

#[tokio::test]
async fn nothing_is_sent_but_what_was_asked_for_and_no_connection_is_kept() {
    let cookie = format!("200 OK\r\n{SET_COOKIE}: a=b");
    let server = Server::new(vec![answer(&cookie, b""), answer("200 OK", b"")]).await;
    let client = client(local());
    let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("\"1\""))]);
    for _ in 0..2 {
        client.get(&server.url("/c.ics?secret"), &headers).await.unwrap();
    }
    let asked = server.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2, "a connection for each");
    let second = asked[1].to_ascii_lowercase();
    assert!(second.contains("if-none-match: \"1\"") && second.contains("accept-encoding: gzip"));
    assert!(!second.contains("cookie") && !second.contains("referer") && !second.contains("authorization"));
}

#[tokio::test]
async fn a_closed_port_is_told_apart() {
    let closed = Server::new(vec![]).await;
    let mut url = closed.url("/?secret");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    drop(listener);
    let error = client(local()).get(&url, &HeaderMap::new()).await.unwrap_err();
    assert_eq!(error, OutboundError::Connect);
}
