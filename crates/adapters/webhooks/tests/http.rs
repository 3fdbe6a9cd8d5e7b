//! The contract of webhooks over real sockets, and receivers that hang, trickle and talk without an end.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chrono::DateTime;
use minsu_domain::WebhookSecret;
use minsu_http::{OutboundOptions, OutboundRules};
use minsu_ports::{
    WebhookCall, WebhookFailure, WebhookMessage, WebhookSender,
    testkit::webhook_sender::{self as contract, Received, Receiver as _},
};
use minsu_webhooks::{HttpWebhooks, MOST_ANSWER_BYTES};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Statuses that are none: what the receiver does instead of an answer.
const HANGS: u16 = 1;
const TRICKLES: u16 = 2;
const TALKS: u16 = 3;
const BREAKS: u16 = 4;

struct Receiver {
    url: String,
    status: Arc<AtomicU16>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (status, received) = (Arc::new(AtomicU16::new(204)), Arc::new(Mutex::new(vec![])));
        let (own, answers, log) = (url.clone(), status.clone(), received.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (own, answers, log) = (own.clone(), answers.clone(), log.clone());
                tokio::spawn(async move { serve(socket, &own, answers.load(Ordering::SeqCst), &log).await });
            }
        });
        Self { url, status, received }
    }
}

async fn serve(mut socket: TcpStream, own: &str, status: u16, log: &Mutex<Vec<Received>>) {
    let Some(request) = request(&mut socket).await else { return };
    log.lock().unwrap().push(request);
    match status {
        HANGS => tokio::time::sleep(Duration::from_secs(60)).await,
        BREAKS => {}
        TRICKLES => {
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
            while socket.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        TALKS => {
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
            let piece = vec![b'x'; MOST_ANSWER_BYTES];
            while socket.write_all(&piece).await.is_ok() {}
        }
        status => {
            let head = format!("HTTP/1.1 {status} Status\r\nlocation: {own}\r\ncontent-length: 0\r\n\r\n");
            let _ = socket.write_all(head.as_bytes()).await;
        }
    }
}

async fn request(socket: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let (head, mut body) = loop {
        let mut piece = [0; 1024];
        let read = socket.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break (String::from_utf8(bytes[..end].to_vec()).ok()?, bytes[end + 4..].to_vec());
        }
    };
    assert!(head.starts_with("POST /hook HTTP/1.1\r\n"), "{head}");
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.clone().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    assert_eq!(header("content-type").as_deref(), Some("application/json"));
    assert_eq!((header("cookie"), header("referer")), (None, None));
    let length: usize = header("content-length")?.parse().ok()?;
    while body.len() < length {
        let mut piece = [0; 1024];
        let read = socket.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&piece[..read]);
    }
    Some(Received {
        id: header("webhook-id")?,
        timestamp: header("webhook-timestamp")?.parse().ok()?,
        signatures: header("webhook-signature")?.split(' ').map(str::to_owned).collect(),
        body,
    })
}

#[async_trait]
impl contract::Receiver for Receiver {
    fn url(&self) -> String {
        self.url.clone()
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    async fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn sender(allow_loopback: bool, deadline: Duration) -> HttpWebhooks {
    let rules = OutboundRules { allow_loopback, ..OutboundRules::default() };
    HttpWebhooks::new(OutboundOptions { rules, deadline, ..OutboundOptions::default() }).unwrap()
}

#[tokio::test]
async fn a_message_arrives_signed_by_each_secret() {
    let sender = sender(true, Duration::from_secs(5));
    contract::a_message_arrives_signed_by_each_secret(&sender, &Receiver::start().await).await;
}

#[tokio::test]
async fn only_a_success_is_one() {
    contract::only_a_success_is_one(&sender(true, Duration::from_secs(5)), &Receiver::start().await).await;
}

#[tokio::test]
async fn what_is_no_url_is_refused() {
    contract::what_is_no_url_is_refused(&sender(true, Duration::from_secs(5))).await;
    contract::what_is_no_url_is_refused(&sender(false, Duration::from_secs(5))).await;
}

async fn send(sender: &HttpWebhooks, url: &str) -> Result<u16, WebhookFailure> {
    let secrets = [WebhookSecret::new([1; 32]).unwrap()];
    let (at, message) = (DateTime::UNIX_EPOCH, WebhookMessage::Test(DateTime::UNIX_EPOCH));
    sender.send(WebhookCall { url, id: "test_1", at, secrets: &secrets, message }).await
}

#[tokio::test]
async fn a_receiver_that_does_not_end_is_left_at_the_deadline() {
    let receiver = Receiver::start().await;
    let sender = sender(true, Duration::from_millis(400));
    for (does, code) in [(HANGS, "timeout"), (TRICKLES, "timeout"), (TALKS, "too_large"), (BREAKS, "connection_broke")]
    {
        receiver.answer(does);
        let begun = Instant::now();
        assert_eq!(send(&sender, &receiver.url).await, Err(WebhookFailure::Unanswered(code)));
        assert!(begun.elapsed() < Duration::from_secs(2), "{code} after {:?}", begun.elapsed());
    }
    let closed = "http://127.0.0.1:1/hook";
    assert_eq!(send(&sender, closed).await, Err(WebhookFailure::Unanswered("no_connection")));
}

#[tokio::test]
async fn this_machine_is_called_only_where_it_may_be() {
    let receiver = Receiver::start().await;
    let sender = sender(false, Duration::from_secs(5));
    assert!(sender.host(&receiver.url).await.is_err());
    let sent = send(&sender, &receiver.url).await;
    assert!(matches!(sent, Err(WebhookFailure::Refused(_))), "{sent:?}");
    assert!(receiver.received().await.is_empty());
}
