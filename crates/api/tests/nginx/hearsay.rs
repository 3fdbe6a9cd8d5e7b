//! nginx drops the forwarding headers that a client sends.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{GENEROUS, proxy::Nginx, visitor::Visitor};

/// A backend that answers with the head of the request that it got; its address.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = socket.read_u8().await else { return };
                    head.push(byte);
                }
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", head.len());
                let _ = socket.write_all(&[answer.as_bytes(), &head].concat()).await;
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_visitor_claims_about_the_way_he_came_is_dropped() {
    // Another test of this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    crate::proxy::site_folder(folder.path());
    let nginx = Nginx::start(folder.path(), &[echo().await], GENEROUS).await;
    let visitor = Visitor::new(nginx.tls, folder.path().join("none"));
    let mut request = visitor.request(reqwest::Method::GET, &nginx.url("www", "/api/v1.0/areas"));
    let claims = [
        ("x-forwarded-for", "6.6.6.6"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "for=6.6.6.7"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("tracestate", "evil=1"),
    ];
    for (name, value) in claims {
        request = request.header(name, value);
    }
    let head = visitor.send(request).await.text.to_lowercase();
    assert!(head.starts_with("get /api/v1.0/areas http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nx-forwarded-for: 127.0.0.1\r\n"), "{head}");
    assert!(head.contains("\r\nx-forwarded-proto: https\r\n"), "{head}");
    for (name, value) in claims {
        assert!(!head.contains(value), "the api is told {name}: {head}");
    }
}
