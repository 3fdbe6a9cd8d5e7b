//! Receivers of webhooks: one that takes everything at once, and others that take a message and never answer.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::error::BenchError;

/// How long a hanging receiver keeps a connection: longer than any sender waits.
const HANGS: Duration = Duration::from_secs(120);

/// The receivers; they end with the process.
#[derive(Debug)]
pub struct Receivers {
    sound: SocketAddr,
    hanging: SocketAddr,
    taken: Arc<AtomicUsize>,
}

impl Receivers {
    /// Starts them.
    ///
    /// # Errors
    /// When an address of loopback cannot be had.
    pub async fn start() -> Result<Self, BenchError> {
        let taken = Arc::new(AtomicUsize::new(0));
        let (sound_listener, sound) = listen().await?;
        let count = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = sound_listener.accept().await {
                tokio::spawn(take(stream, Arc::clone(&count)));
            }
        });
        let (hanging_listener, hanging) = listen().await?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = hanging_listener.accept().await {
                tokio::spawn(async move {
                    sleep(HANGS).await;
                    drop(stream);
                });
            }
        });
        Ok(Self { sound, hanging, taken })
    }

    /// Where everything is taken.
    pub fn sound(&self) -> String {
        format!("http://{}/hook", self.sound)
    }

    /// One of those that do not answer.
    pub fn hanging(&self, number: usize) -> String {
        format!("http://{}/hook/{number}", self.hanging)
    }

    /// Waits until so many messages were taken, and returns how long that took.
    ///
    /// # Errors
    /// [`BenchError::TooLong`].
    pub async fn until_taken(&self, count: usize, limit: Duration) -> Result<Duration, BenchError> {
        let begun = Instant::now();
        while self.taken.load(Ordering::SeqCst) < count {
            if begun.elapsed() > limit {
                return Err(BenchError::TooLong { name: "delivering events to webhooks".to_owned(), limit });
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(begun.elapsed())
    }
}

async fn listen() -> Result<(TcpListener, SocketAddr), BenchError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.map_err(BenchError::io("listen on an address of loopback"))?;
    let address = listener.local_addr().map_err(BenchError::io("ask for a port"))?;
    Ok((listener, address))
}

/// Takes one message; each comes over a connection of its own.
async fn take(mut stream: TcpStream, taken: Arc<AtomicUsize>) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        match stream.read_buf(&mut request).await {
            Ok(read) if read > 0 && request.len() < 65_536 => {}
            _ => return,
        }
    }
    if stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await.is_ok() {
        taken.fetch_add(1, Ordering::SeqCst);
        let _ = stream.shutdown().await;
    }
}

/// Whether a request has all of its body.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = lengths.next().and_then(|(_, value)| value.trim().parse::<usize>().ok());
    body.len() >= length.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_whole_with_its_last_byte() {
        let head = "POST /hook HTTP/1.1\r\nContent-Length: 4\r\n\r\n";
        assert!(!is_whole(b"POST /hook"));
        assert!(!is_whole(format!("{head}{{\"a").as_bytes()));
        assert!(is_whole(format!("{head}{{\"a\"").as_bytes()));
    }
}
