//! An S3 store: the `s3s` server, which checks signatures of version 4, on a folder.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{Request, Response, header::CONTENT_TYPE};
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
}

impl S3 {
    /// The bucket.
    pub const BUCKET: &'static str = "minsu-pictures";
    /// The access key of its owner.
    pub const ACCESS_KEY: &'static str = "standin-access-key";
    /// The secret key of its owner.
    pub const SECRET_KEY: &'static str = "standin-secret-key";

    /// Starts one on a folder of its own.
    pub async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join(Self::BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(Self::ACCESS_KEY, Self::SECRET_KEY));
        let service = Arc::new(Store(builder.build()));
        Self { server: Server::start(service).await, folder }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Its faults. A refusal has the form `403 AccessDenied`.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// What the bucket stores under a key.
    pub fn object(&self, key: &str) -> Option<Bytes> {
        std::fs::read(self.folder.path().join(Self::BUCKET).join(key)).ok().map(Bytes::from)
    }
}

struct Store(S3Service);

#[async_trait]
impl Service for Store {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let answer = self.0.call(request.map(Body::from)).await.unwrap();
        let (head, body) = answer.into_parts();
        Response::from_parts(head, body.collect().await.unwrap().to_bytes())
    }

    fn refusal(&self, code: &str, _: &Request<Bytes>) -> Response<Bytes> {
        let (status, code) = code.split_once(' ').unwrap();
        // As the true ones do, it tells the key id and a good deal more.
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>refused</Message>\
             <AWSAccessKeyId>{}</AWSAccessKeyId></Error>",
            S3::ACCESS_KEY
        );
        let status: u16 = status.parse().unwrap();
        Response::builder().status(status).header(CONTENT_TYPE, "application/xml").body(body.into()).unwrap()
    }
}
