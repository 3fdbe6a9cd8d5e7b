//! Each hop is checked like the first URL.

use minsu_http::OutboundError;
use reqwest::header::HeaderMap;

use crate::server::{Server, answer, client, local, redirect};

async fn get(server: &Server) -> Result<u16, OutboundError> {
    client(local()).get(&server.url("/"), &HeaderMap::new()).await.map(|answer| answer.status.as_u16())
}

#[tokio::test]
async fn five_redirects_are_followed_and_not_six() {
    let hops = |count| vec![redirect("/next"); count].into_iter().chain([answer("200 OK", b"")]).collect();
    let server = Server::new(hops(5)).await;
    assert_eq!(get(&server).await, Ok(200));
    assert!(server.asked.lock().unwrap()[5].starts_with("GET /next "));
    let server = Server::new(hops(6)).await;
    assert_eq!(get(&server).await, Err(OutboundError::TooManyRedirects));
    assert_eq!(server.requests(), 6);
}

#[tokio::test]
async fn no_redirect_leads_where_the_url_could_not() {
    for (to, error) in [
        ("https://10.0.0.1/", OutboundError::Address),
        ("https://169.254.169.254/latest/meta-data/", OutboundError::Address),
        ("https://[::ffff:10.0.0.1]/", OutboundError::Address),
        ("//192.168.1.1/", OutboundError::Scheme),
        ("http://1.1.1.1/", OutboundError::Scheme),
        ("https://1.1.1.1:22/", OutboundError::Port),
        ("https://user:secret@a.example/", OutboundError::UserInfo),
        ("file:///etc/passwd", OutboundError::Url),
        ("ftp://127.0.0.1/", OutboundError::Scheme),
        ("http://", OutboundError::Redirect),
    ] {
        let server = Server::new(vec![redirect(to), answer("200 OK", b"")]).await;
        assert_eq!(get(&server).await, Err(error), "{to}");
        assert_eq!(server.requests(), 1, "{to}");
    }
    let nowhere = Server::new(vec![answer("302 Found", b"")]).await;
    assert_eq!(get(&nowhere).await, Err(OutboundError::Redirect));
}

#[tokio::test]
async fn a_redirect_of_a_post_is_an_answer() {
    let server = Server::new(vec![redirect("/next")]).await;
    let client = client(local());
    let answer = client.post(&server.url("/"), &HeaderMap::new(), "{}".into()).await.unwrap();
    assert_eq!(answer.status.as_u16(), 302);
    assert!(server.asked.lock().unwrap()[0].ends_with("{}"));
    assert_eq!(server.requests(), 1);
}
