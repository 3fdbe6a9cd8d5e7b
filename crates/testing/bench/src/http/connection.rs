//! One connection that stays open.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    HttpError,
    response::{Body, Head, MAX_BODY, Malformed, end_of_chunks, parse_head},
};

/// A connection on which one request follows the other.
///
/// It sets no deadline itself: its caller bounds a whole series of exchanges, because a timer for each request
/// would cost the generator as much as the request.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as long as the next request is not sent.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The head.
    pub head: Head,
    /// The body; chunks as they came.
    pub body: &'a [u8],
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// [`HttpError::Io`].
    pub async fn open(address: SocketAddr) -> Result<Self, HttpError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(32 * 1024) })
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// [`HttpError`]; the connection is of no use then.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, HttpError> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.receive().await?;
            if let Some(head) = parse_head(&self.buffer)? {
                break head;
            }
        };
        let end = match head.body {
            Body::Length(bytes) => {
                while self.buffer.len() < head.bytes + bytes {
                    self.receive().await?;
                }
                head.bytes + bytes
            }
            Body::Chunks => loop {
                if let Some(end) = end_of_chunks(&self.buffer[head.bytes..])? {
                    break head.bytes + end;
                }
                self.receive().await?;
            },
            Body::UntilClosed => loop {
                match self.receive().await {
                    Err(HttpError::Closed) => break self.buffer.len(),
                    Ok(()) if self.buffer.len() > MAX_BODY => return Err(Malformed::Length.into()),
                    result => result?,
                }
            },
        };
        Ok(Answer { body: &self.buffer[head.bytes..end], head })
    }

    async fn receive(&mut self) -> Result<(), HttpError> {
        self.buffer.reserve(4096);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(HttpError::Closed),
            _ => Ok(()),
        }
    }
}
