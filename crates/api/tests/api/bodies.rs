//! Bodies that are too large or too slow, at every call: the calls come from the tables.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use reqwest::{Body, Method, RequestBuilder};

use crate::{
    support::{Answer, Client, TestServer, World},
    tables::{self, Row, Sends, Who},
};

/// More than any JSON body and any picture of these tests may have, and less than the server reads
/// before it hangs up.
const TOO_LARGE: usize = 240_000;

/// The way in which a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// Its length is declared.
    Announced,
    /// In chunks, as many as there are.
    Chunked,
    /// It begins, and never ends.
    Endless,
}

async fn world(comes: Comes) -> World {
    World::on(
        TestServer::start_with(|state| {
            state.http.upload_limit = 200_000;
            if comes == Comes::Endless {
                state.http.body_timeout = Duration::from_millis(300);
            }
        })
        .await,
    )
    .await
}

fn body(comes: Comes, kind: &str) -> Body {
    // Neither JSON nor a multipart form is over before its end is there.
    let start = if kind.starts_with("multipart") { "nothing\r\n" } else { r#"{"extra":""# };
    let rest = Bytes::from(vec![b'x'; 10_000]);
    let chunks = std::iter::once(Bytes::from_static(start.as_bytes()));
    let large = chunks.clone().chain(std::iter::repeat_n(rest, TOO_LARGE / 10_000)).map(Ok::<_, std::io::Error>);
    match comes {
        Comes::Announced => Body::from(format!("{start}{}", "x".repeat(TOO_LARGE))),
        Comes::Chunked => Body::wrap_stream(stream::iter(large)),
        Comes::Endless => Body::wrap_stream(stream::iter(chunks.map(Ok::<_, std::io::Error>)).chain(stream::pending())),
    }
}

/// Whether a call may read a body.
fn reads(row: &Row) -> bool {
    !matches!(row.sends, Sends::Nothing) || row.route.starts_with("/house/list")
}

async fn call(world: &World, prefix: &str, row: &Row, comes: Comes) -> Answer {
    let client = match row.who {
        // One of the calls that read no body may end the session.
        _ if !reads(row) && row.method != Method::GET => {
            let newcomer = Client::new(&world.server);
            newcomer.register(&tables::fresh_mobile()).await;
            newcomer
        }
        Who::Anyone => world.anonymous.clone(),
        Who::Landlord => world.landlord.clone(),
        Who::Guest | Who::Party | Who::Newcomer => world.guest.clone(),
    };
    let kind = match row.sends {
        Sends::Picture(..) => "multipart/form-data; boundary=boundary",
        _ => "application/json",
    };
    let request = tables::request(world, &client, prefix, row).await.build().unwrap();
    let request = RequestBuilder::from_parts(
        client.http(),
        reqwest::Request::new(request.method().clone(), request.url().clone()),
    );
    let mut request = request.header("content-type", kind);
    if comes != Comes::Announced {
        // Not every method has it by itself.
        request = request.header("transfer-encoding", "chunked");
    }
    let request = request.body(body(comes, kind));
    // The body of a GET is beyond the document.
    if row.method == Method::GET {
        client.send_oddly(request.build().unwrap()).await
    } else {
        client.send(request).await
    }
}

async fn at_every_call(comes: Comes, status: u16, code: &str) {
    let world = world(comes).await;
    let mut read = 0;
    for (prefix, row) in tables::all() {
        let answer = call(&world, prefix, &row, comes).await;
        let label = format!("{} {prefix}{} {comes:?}: {} {}", row.method, row.path, answer.status, answer.json);
        if reads(&row) {
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{label}");
            read += 1;
        } else {
            assert!(answer.status.as_u16() < 500, "{label}");
            assert!(answer.json.is_null() || answer.code() != "4500", "{label}");
        }
    }
    assert!(read > 30, "only {read} calls read a body");
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused() {
    at_every_call(Comes::Announced, 413, "4103").await;
}

#[tokio::test]
async fn a_body_that_grows_too_large_is_refused() {
    at_every_call(Comes::Chunked, 413, "4103").await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    at_every_call(Comes::Endless, 408, "4201").await;
}
