//! Qiniu Kodo by its own protocol.

mod error;
mod hash;
mod listing;
mod options;
mod retry;
mod sign;

use std::sync::Arc;

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE};
use bytes::Bytes;
use minsu_domain::PictureKey;
use minsu_http::{Answer, HttpClient, HttpOptions, SetupError, host_url, name, secret};
use minsu_ports::{Clock, ObjectError, ObjectListing, ObjectStore};
use reqwest::{
    Body,
    header::AUTHORIZATION,
    multipart::{Form, Part},
};
use serde::Deserialize;
use url::Url;

pub use self::options::{QiniuOptions, QiniuRegion};
use self::{error::QiniuError, hash::hash_of, listing::QiniuListing, retry::twice, sign::Signer};
use crate::address::PublicBase;

/// The most bytes of an answer that is not a picture.
const MAX_ANSWER: usize = 64 << 10;
/// The most bytes of a picture: the pipeline's are a tenth of it.
const MAX_PICTURE: usize = 32 << 20;
/// The media type of everything that is stored.
const JPEG: &str = "image/jpeg";

/// Objects in a bucket of Qiniu, uploaded with a token for one key, one size and one use, read
/// through the bucket's own domain.
///
/// An answer is trusted when Qiniu gave it (it has a request id) and when the hash in it is that
/// of the picture. A call that failed before it can have had an effect is repeated once.
pub struct QiniuObjects {
    http: HttpClient,
    signer: Arc<Signer>,
    bucket: String,
    upload: Url,
    resource: Url,
    list: Url,
    public_base: PublicBase,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for QiniuObjects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QiniuObjects").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

/// The good answer to an upload.
#[derive(Deserialize)]
struct Stored {
    hash: String,
    key: String,
}

impl QiniuObjects {
    /// Objects in a bucket. The clock dates the upload tokens.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: QiniuOptions, http: &HttpOptions, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        Ok(Self {
            http: HttpClient::new(http)?,
            signer: Arc::new(Signer::new(
                name("access_key", &options.access_key)?,
                secret("secret_key", options.secret_key)?,
            )),
            bucket: name("bucket", &options.bucket)?,
            upload: host_url("upload_url", &options.upload_url)?,
            resource: host_url("resource_url", &options.resource_url)?,
            list: host_url("list_url", &options.list_url)?,
            public_base: PublicBase::new(host_url("public_base", &options.public_base)?.as_str()),
            clock,
        })
    }

    async fn twice<T, F>(&self, work: impl Fn() -> F + Send) -> Result<T, ObjectError>
    where
        F: Future<Output = Result<T, QiniuError>> + Send,
    {
        twice(&self.http, &*self.clock, work).await
    }

    async fn upload(&self, key: &PictureKey, jpeg: &Bytes) -> Result<(), QiniuError> {
        let token = self.signer.upload_token(&self.bucket, key, jpeg.len(), self.clock.now());
        let length = jpeg.len() as u64;
        let file = Part::stream_with_length(Body::from(jpeg.clone()), length).file_name("picture.jpg");
        let file = file.mime_str(JPEG).map_err(QiniuError::Form)?;
        let form = Form::new().text("token", token).text("key", key.as_str().to_owned()).part("file", file);
        let request = self.http.client().post(self.upload.clone()).multipart(form);
        let answer = self.http.answer(request, MAX_ANSWER).await?;
        match error::good(&answer) {
            Ok(()) => {}
            // Keys are made of content, so the object there should be this picture.
            Err(QiniuError::Refused { status: 614, .. }) => return self.expect_same(key, jpeg).await,
            Err(error) => return Err(error),
        }
        let stored: Stored = serde_json::from_slice(&answer.body).map_err(QiniuError::Unreadable)?;
        if stored.key == key.as_str() && stored.hash == hash_of(jpeg) {
            return Ok(());
        }
        // It would block the right one for ever.
        self.remove(key).await?;
        Err(QiniuError::Changed)
    }

    async fn expect_same(&self, key: &PictureKey, jpeg: &Bytes) -> Result<(), QiniuError> {
        match self.download(key).await? {
            Some(there) if there == *jpeg => Ok(()),
            _ => Err(QiniuError::Taken),
        }
    }

    async fn download(&self, key: &PictureKey) -> Result<Option<Bytes>, QiniuError> {
        let answer = self.http.answer(self.http.client().get(self.public_base.of(key)), MAX_PICTURE).await?;
        match answer.status.as_u16() {
            // Other networks may deliver for Qiniu, so its request id is not demanded here; but the page of a
            // captive portal is no picture.
            200 if answer.media_type() == Some(JPEG) => Ok(Some(answer.body)),
            200 => Err(QiniuError::NotQiniu),
            404 | 612 => Ok(None),
            _ => Err(refused(&answer)),
        }
    }

    async fn remove(&self, key: &PictureKey) -> Result<(), QiniuError> {
        let entry = URL_SAFE.encode(format!("{}:{}", self.bucket, key.as_str()));
        let mut url = self.resource.clone();
        url.set_path(&format!("/delete/{entry}"));
        let authorization = self.signer.qbox(url.path());
        let request = self.http.client().post(url).header(AUTHORIZATION, authorization);
        match error::good(&self.http.answer(request, MAX_ANSWER).await?) {
            Err(QiniuError::Refused { status: 612, .. }) => Ok(()),
            done => done,
        }
    }
}

fn refused(answer: &Answer) -> QiniuError {
    error::good(answer).err().unwrap_or(QiniuError::NotQiniu)
}

#[async_trait]
impl ObjectStore for QiniuObjects {
    #[tracing::instrument(level = "trace", name = "objects put", skip_all, fields(otel.kind = "client"))]
    async fn put(&self, key: &PictureKey, jpeg: Bytes) -> Result<(), ObjectError> {
        self.twice(|| self.upload(key, &jpeg)).await
    }

    #[tracing::instrument(level = "trace", name = "objects get", skip_all, fields(otel.kind = "client"))]
    async fn get(&self, key: &PictureKey) -> Result<Option<Bytes>, ObjectError> {
        self.twice(|| self.download(key)).await
    }

    #[tracing::instrument(level = "trace", name = "objects delete", skip_all, fields(otel.kind = "client"))]
    async fn delete(&self, key: &PictureKey) -> Result<(), ObjectError> {
        self.twice(|| self.remove(key)).await
    }

    fn list(&self, folder: &PictureKey) -> Box<dyn ObjectListing> {
        let (http, signer, clock) = (self.http.clone(), Arc::clone(&self.signer), Arc::clone(&self.clock));
        Box::new(QiniuListing::new(http, signer, clock, self.list.clone(), self.bucket.clone(), folder))
    }

    fn public_url(&self, key: &PictureKey) -> String {
        self.public_base.of(key)
    }
}
