//! How answers are signed, and messages on their way to the merchant.

use std::sync::{Mutex, PoisonError};

use minsu_ports::RawNotice;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// How a provider signs and writes its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answers {
    /// As it should.
    #[default]
    Usual,
    /// In GBK, as notices are, too. Alipay only.
    Gbk,
    /// With a signature by another key.
    WrongSignature,
    /// Without a signature.
    Unsigned,
}

/// A message and where the merchant wants it.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The URL that the merchant gave.
    pub url: String,
    /// The message, signed.
    pub notice: RawNotice,
}

impl Outgoing {
    /// Sends it to a URL on loopback, `http://host:port/path`, and returns the status and the body of the answer.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send_to(&self, url: &str) -> (u16, String) {
        let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let headers: String = self.notice.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = self.notice.body.len();
        let head = format!(
            "POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        let mut socket = TcpStream::connect(host).await.unwrap();
        socket.write_all(&[head.as_bytes(), &self.notice.body].concat()).await.unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

/// The messages that wait to be sent.
#[derive(Debug, Default)]
pub(super) struct Outbox(Mutex<Vec<Outgoing>>);

impl Outbox {
    pub(super) fn put(&self, outgoing: Outgoing) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(outgoing);
    }

    pub(super) fn take(&self) -> Vec<Outgoing> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
