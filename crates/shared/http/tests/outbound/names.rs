//! Names are checked by the resolver that the connection uses.

use minsu_http::{OutboundClient, OutboundError, OutboundOptions, OutboundRules};
use reqwest::header::HeaderMap;
use url::Url;

use crate::server::{Names, Server, answer, client, local};

async fn get(client: &OutboundClient, url: &Url) -> Result<u16, OutboundError> {
    client.get(url, &HeaderMap::new()).await.map(|answer| answer.status.as_u16())
}

/// The URL of a server under a name.
fn named(server: &Server) -> Url {
    let mut url = server.url("/c.ics");
    url.set_host(Some("calendar.example")).unwrap();
    url
}

#[tokio::test]
async fn a_name_that_changes_its_mind_reaches_nothing_private() {
    let server = Server::new(vec![answer("200 OK", b"")]).await;
    let names =
        Names::new(&[&["127.0.0.1"], &["10.0.0.1"], &["127.0.0.1", "169.254.169.254"], &["::ffff:127.0.0.1"], &[]]);
    let client = OutboundClient::with_lookup(local(), names).unwrap();
    assert_eq!(get(&client, &named(&server)).await, Ok(200));
    for expected in [OutboundError::Address, OutboundError::Address, OutboundError::Address, OutboundError::Name] {
        assert_eq!(get(&client, &named(&server)).await, Err(expected));
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_check_before_does_not_count_for_the_connection() {
    let server = Server::new(vec![answer("200 OK", b"")]).await;
    let names = Names::new(&[&["1.1.1.1"], &["127.0.0.1"]]);
    let options = OutboundOptions { deadline: local().deadline, ..OutboundOptions::default() };
    let client = OutboundClient::with_lookup(options, names).unwrap();
    let url = Url::parse("https://calendar.example/c.ics").unwrap();
    assert_eq!(client.check(&url).await, Ok(()));
    assert_eq!(get(&client, &url).await, Err(OutboundError::Address));
    assert_eq!(client.check(&url).await, Err(OutboundError::Address));
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn without_the_setting_this_machine_is_not_called() {
    let server = Server::new(vec![answer("200 OK", b"")]).await;
    let strict = client(OutboundOptions { deadline: local().deadline, ..OutboundOptions::default() });
    assert_eq!(get(&strict, &server.url("/")).await, Err(OutboundError::Scheme));
    let localhost = Url::parse("https://localhost/").unwrap();
    assert_eq!(get(&strict, &localhost).await, Err(OutboundError::Address));
    assert_eq!(get(&strict, &Url::parse("https://127.0.0.1/").unwrap()).await, Err(OutboundError::Address));
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn loopback_is_all_that_its_setting_allows() {
    let server = Server::new(vec![answer("200 OK", b"")]).await;
    let public = OutboundClient::with_lookup(local(), Names::new(&[&["1.1.1.1"]])).unwrap();
    assert_eq!(get(&public, &named(&server)).await, Err(OutboundError::Address));
    let private = OutboundClient::with_lookup(local(), Names::new(&[&["192.168.0.1"]])).unwrap();
    assert_eq!(get(&private, &named(&server)).await, Err(OutboundError::Address));
    assert_eq!(get(&client(local()), &server.url("/")).await, Ok(200));
}

#[tokio::test]
async fn the_site_does_not_call_itself() {
    let server = Server::new(vec![]).await;
    let rules = OutboundRules { own_urls: vec![server.url("/")], ..local().rules };
    let site = client(OutboundOptions { rules, ..local() });
    assert_eq!(get(&site, &server.url("/c.ics")).await, Err(OutboundError::Address));
    let own = ["127.0.0.1".parse().unwrap()];
    let rules = OutboundRules { own_addresses: own.into(), ..local().rules };
    let site =
        OutboundClient::with_lookup(OutboundOptions { rules, ..local() }, Names::new(&[&["127.0.0.1"]])).unwrap();
    assert_eq!(get(&site, &named(&server)).await, Err(OutboundError::Address));
    assert_eq!(server.requests(), 0);
}
