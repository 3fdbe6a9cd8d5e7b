//! A proxy that does to connections what networks do to them.

use std::{io, time::Duration};

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// How long a packet takes on a slow connection.
const LATENCY: Duration = Duration::from_millis(500);

/// What a connection does with what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// They carry what is sent.
    Normal,
    /// What is sent arrives half a second later.
    Slow,
    /// They are reset, old and new ones.
    Reset,
    /// They stay open and carry nothing, not even after the state has changed back.
    HalfOpen,
}

/// A proxy before a server on loopback; it ends with this.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: watch::Sender<LinkState>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before this port.
    ///
    /// # Errors
    /// When loopback cannot be bound.
    pub async fn before(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let own = listener.local_addr()?.port();
        let (state, seen) = watch::channel(LinkState::Normal);
        Ok(Self { port: own, state, accepting: tokio::spawn(accept(listener, port, seen)) })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Changes what happens to connections.
    pub fn set(&self, state: LinkState) {
        self.state.send_replace(state);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, port: u16, state: watch::Receiver<LinkState>) {
    // Dropped with the proxy, and with it every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                let state = state.clone();
                connections.spawn(async move {
                    // An error is the end of a connection, which is an answer too.
                    let _ = carry(client, port, state).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn carry(mut client: TcpStream, port: u16, mut state: watch::Receiver<LinkState>) -> io::Result<()> {
    let mut now = *state.borrow_and_update();
    if now == LinkState::Reset {
        return reset(&client);
    }
    let mut server = match TcpStream::connect(("127.0.0.1", port)).await {
        Ok(server) => server,
        Err(_) => return reset(&client),
    };
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut dead, mut up, mut down) = (now == LinkState::HalfOpen, vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            changed = state.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
                now = *state.borrow_and_update();
                if now == LinkState::Reset {
                    reset(&client)?;
                    return reset(&server);
                }
                dead |= now == LinkState::HalfOpen;
            }
            read = client.read(&mut up), if !dead => match read? {
                0 => return Ok(()),
                length => pass(now, &up[..length], &mut server).await?,
            },
            read = server.read(&mut down), if !dead => match read {
                Ok(0) => return Ok(()),
                Ok(length) => pass(now, &down[..length], &mut client).await?,
                Err(_) => return reset(&client),
            },
        }
    }
}

async fn pass(state: LinkState, bytes: &[u8], to: &mut TcpStream) -> io::Result<()> {
    if state == LinkState::Slow {
        sleep(LATENCY).await;
    }
    to.write_all(bytes).await
}

/// A connection that lingers for no time is reset when it is closed.
fn reset(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    async fn echo() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut bytes = [0; 16];
                    while let Ok(length @ 1..) = stream.read(&mut bytes).await {
                        stream.write_all(&bytes[..length]).await.unwrap();
                    }
                });
            }
        });
        port
    }

    async fn asks(stream: &mut TcpStream) -> Option<Duration> {
        let (begun, mut answer) = (Instant::now(), [0; 1]);
        stream.write_all(b"?").await.ok()?;
        let read = tokio::time::timeout(Duration::from_secs(2), stream.read_exact(&mut answer)).await;
        read.ok()?.ok()?;
        Some(begun.elapsed())
    }

    #[tokio::test]
    async fn each_state_does_what_it_says() {
        let proxy = Proxy::before(echo().await).await.unwrap();
        let connect = async || TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
        let mut old = connect().await;
        assert!(asks(&mut old).await.unwrap() < Duration::from_millis(400));
        proxy.set(LinkState::Slow);
        assert!(asks(&mut old).await.unwrap() >= Duration::from_millis(900));
        proxy.set(LinkState::HalfOpen);
        assert_eq!(asks(&mut old).await, None);
        proxy.set(LinkState::Normal);
        assert_eq!(asks(&mut old).await, None, "a half-open connection does not come back");
        let mut new = connect().await;
        assert!(asks(&mut new).await.is_some());
        proxy.set(LinkState::Reset);
        assert_eq!(asks(&mut new).await, None);
        assert_eq!(asks(&mut connect().await).await, None);
    }
}
