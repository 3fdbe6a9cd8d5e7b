//! A proxy between the adapter and a server that fails as networks do.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Passes connections on to a port of this machine.
pub struct Proxy {
    port: u16,
    target: Arc<AtomicU16>,
    /// How often its connections were frozen.
    frozen: watch::Sender<u32>,
}

impl Proxy {
    /// Listens, on the runtime that this is called on.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            target: Arc::new(AtomicU16::new(port)),
            frozen: watch::channel(0).0,
        };
        let (target, frozen) = (Arc::clone(&proxy.target), proxy.frozen.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, target.load(Ordering::SeqCst), frozen.subscribe()));
            }
        });
        proxy
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Passes new connections on to another port; the old ones stay where they are.
    pub fn point_to(&self, port: u16) {
        self.target.store(port, Ordering::SeqCst);
    }

    /// From now on nothing passes through the connections that there are, and none is closed.
    pub fn freeze(&self) {
        self.frozen.send_modify(|times| *times += 1);
    }
}

async fn pass_on(mut client: TcpStream, port: u16, mut frozen: watch::Receiver<u32>) {
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        // Holds both ends open until the proxy is dropped, and with it the sender.
        Ok(()) = frozen.changed() => while frozen.changed().await.is_ok() {},
    }
}
