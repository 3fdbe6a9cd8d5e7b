//! An S3 store: the `s3s` server, which checks signatures of version 4, on a folder.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{HeaderMap, Method, Request, Response, header::CONTENT_TYPE};
use s3s::{
    Body,
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tempfile::TempDir;

use crate::{
    Faults,
    server::{Server, Service},
};

/// A running S3 store with one bucket. It needs the true time: signatures of version 4 carry it.
#[derive(Debug)]
pub struct S3 {
    server: Server,
    folder: TempDir,
    last_put: Arc<Mutex<HeaderMap>>,
    listings: Arc<Mutex<Vec<String>>>,
}

impl S3 {
    /// The bucket.
    pub const BUCKET: &'static str = "minsu-pictures";
    /// The access key of its owner.
    pub const ACCESS_KEY: &'static str = "fake-access-key";
    /// The secret key of its owner.
    pub const SECRET_KEY: &'static str = "fake-secret-key";

    /// Starts one on a folder of its own.
    pub async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join(Self::BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(Self::ACCESS_KEY, Self::SECRET_KEY));
        let (last_put, listings) = (Arc::default(), Arc::default());
        let root = folder.path().to_owned();
        let store =
            Store { server: builder.build(), root, last_put: Arc::clone(&last_put), listings: Arc::clone(&listings) };
        Self { server: Server::start(Arc::new(store)).await, folder, last_put, listings }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Its faults. A refusal has the form `403 AccessDenied`.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// A header that the last object came with.
    pub fn last_put(&self, header: &str) -> Option<String> {
        let headers = self.last_put.lock().unwrap();
        headers.get(header).map(|value| value.to_str().unwrap().to_owned())
    }

    /// The queries of the requests for listings so far.
    pub fn listings(&self) -> Vec<String> {
        self.listings.lock().unwrap().clone()
    }

    /// The folder in which the bucket keeps its objects, as files by their keys.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join(Self::BUCKET)
    }

    /// The object that the bucket stores under a key.
    pub fn object(&self, key: &str) -> Option<Bytes> {
        std::fs::read(self.folder().join(key)).ok().map(Bytes::from)
    }
}

struct Store {
    server: S3Service,
    root: PathBuf,
    last_put: Arc<Mutex<HeaderMap>>,
    listings: Arc<Mutex<Vec<String>>>,
}

impl Store {
    /// Where the server below is a file system and not yet a store: it makes buckets as they come,
    /// and stumbles over keys that are folders of others or lie below one that is a file.
    fn unlike_a_file_system(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path = request.uri().path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/')?;
        let bucket = self.root.join(bucket);
        if !bucket.is_dir() {
            return Some(error(404, "NoSuchBucket"));
        }
        let place = bucket.join(key);
        let below_a_file = place.ancestors().skip(1).take_while(|above| *above != bucket).any(Path::is_file);
        (place.is_dir() || below_a_file).then(|| match *request.method() {
            Method::DELETE => Response::builder().status(204).body(Bytes::new()).unwrap(),
            _ => error(404, "NoSuchKey"),
        })
    }
}

#[async_trait]
impl Service for Store {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        if let Some(answer) = self.unlike_a_file_system(&request) {
            return answer;
        }
        if request.method() == Method::PUT {
            self.last_put.lock().unwrap().clone_from(request.headers());
        }
        if let Some(query) = request.uri().query().filter(|query| query.contains("list-type=2")) {
            self.listings.lock().unwrap().push(query.to_owned());
        }
        let answer = self.server.call(request.map(Body::from)).await.unwrap();
        let (head, body) = answer.into_parts();
        Response::from_parts(head, body.collect().await.unwrap().to_bytes())
    }

    fn refusal(&self, code: &str, _: &Request<Bytes>) -> Response<Bytes> {
        let (status, code) = code.split_once(' ').unwrap();
        error(status.parse().unwrap(), code)
    }
}

/// An error as the true ones have it: with the key id, and usually a good deal more.
fn error(status: u16, code: &str) -> Response<Bytes> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>refused</Message>\
         <AWSAccessKeyId>{}</AWSAccessKeyId></Error>",
        S3::ACCESS_KEY
    );
    Response::builder().status(status).header(CONTENT_TYPE, "application/xml").body(body.into()).unwrap()
}
