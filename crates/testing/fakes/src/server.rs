//! An HTTP server on loopback, with faults.

use std::{io, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Frame, Incoming},
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{Fault, Faults};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// What a fake service does with a request.
#[async_trait]
pub(crate) trait Service: Send + Sync + 'static {
    /// The answer, after all checks.
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes>;

    /// The service's own way to refuse a request.
    fn refusal(&self, code: &str, request: &Request<Bytes>) -> Response<Bytes>;
}

/// A running server; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    url: String,
    faults: Arc<Faults>,
    accepting: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(service: Arc<dyn Service>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let faults = Arc::new(Faults::default());
        let accepting = tokio::spawn(accept(listener, service, Arc::clone(&faults)));
        Self { url, faults, accepting }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, service: Arc<dyn Service>, faults: Arc<Faults>) {
    // Connections end with the server: dropping the set stops them.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        let (service, faults) = (Arc::clone(&service), Arc::clone(&faults));
        connections.spawn(async move {
            let handler = service_fn(|request| handle(request, &*service, &faults));
            // An error here is a client that went away, or a fault that was asked for.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), handler).await;
        });
    }
}

async fn handle(request: Request<Incoming>, service: &dyn Service, faults: &Faults) -> io::Result<Response<Body>> {
    let fault = faults.of_this_request();
    let (head, mut body) = request.into_parts();
    if fault == Some(Fault::ResetMidRequest) {
        let _ = body.frame().await;
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Request::from_parts(head, body);
    Ok(match fault {
        None => whole(service.answer(request).await),
        Some(Fault::Refusal(code)) => whole(service.refusal(&code, &request)),
        Some(Fault::CutAnswer) => cut(service.answer(request).await),
        Some(Fault::Trickle) => trickle(service.answer(request).await),
        Some(Fault::Portal) => whole(portal()),
        Some(Fault::Redirect(to)) => whole(redirect(&to)),
        Some(Fault::Endless) => endless(),
        Some(Fault::Garbled) => whole(service.answer(request.map(garbled)).await),
        Some(Fault::LostAnswer) => {
            service.answer(request).await;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Some(Fault::Late(by)) => {
            let answer = service.answer(request).await;
            tokio::time::sleep(by).await;
            whole(answer)
        }
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::ResetMidRequest) => unreachable!("handled above"),
    })
}

fn whole(answer: Response<Bytes>) -> Response<Body> {
    answer.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync())
}

fn garbled(body: Bytes) -> Bytes {
    let mut body = body.to_vec();
    let middle = body.len() / 2;
    body[middle] ^= 1;
    body.into()
}

/// The first half of the answer; its length is that of all of it.
fn cut(answer: Response<Bytes>) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    head.headers.insert(CONTENT_LENGTH, (body.len() + 1).into());
    let half = body.slice(..body.len() / 2);
    // The error comes later than the first half, or that would not be sent.
    let end = stream::once(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::ErrorKind::ConnectionReset.into())
    });
    let pieces = stream::iter([Ok(Frame::data(half))]).chain(end);
    Response::from_parts(head, StreamBody::new(pieces.boxed()).boxed_unsync())
}

fn trickle(answer: Response<Bytes>) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    // An answer of a few bytes would be through too soon.
    head.headers.insert(CONTENT_LENGTH, (body.len() + 1000).into());
    let bytes = (0..body.len()).map(move |at| body.slice(at..=at)).chain(std::iter::repeat(Bytes::from_static(b" ")));
    let pieces = stream::iter(bytes).then(|byte| async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(Frame::data(byte))
    });
    Response::from_parts(head, StreamBody::new(pieces.boxed()).boxed_unsync())
}

fn endless() -> Response<Body> {
    let pieces = stream::repeat_with(|| Ok(Bytes::from(vec![b'x'; 1 << 16]))).map_ok(Frame::data);
    Response::new(StreamBody::new(pieces.boxed()).boxed_unsync())
}

fn portal() -> Response<Bytes> {
    let page = "<html><body>Welcome to our hotel. Please sign in.</body></html>";
    Response::builder()
        .header(CONTENT_TYPE, "text/html; charset=utf-8")
        .body(Bytes::from_static(page.as_bytes()))
        .unwrap()
}

fn redirect(to: &str) -> Response<Bytes> {
    Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header(LOCATION, to).body(Bytes::new()).unwrap()
}
