//! Stores that speak the S3 protocol.

mod error;
mod listing;
mod options;
mod wire;

use async_trait::async_trait;
use bytes::Bytes;
use minsu_domain::PictureKey;
use minsu_http::{HttpClient, HttpOptions, SetupError, host_url, name, secret};
use minsu_ports::{ObjectError, ObjectListing, ObjectStore};
use object_store::{
    Attribute, Attributes, ObjectStore as _, ObjectStoreExt, PutOptions, PutPayload,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use secrecy::ExposeSecret;

pub use self::options::{Addressing, S3Options};
use self::{error::S3Error, listing::S3Listing, wire::Wire};
use crate::address::PublicBase;

/// The most bytes of a picture: the pipeline's are a tenth of it.
const MAX_PICTURE: u64 = 32 << 20;
/// Keys are made of content: what a browser has, it never needs to ask for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Objects in a bucket, through the `object_store` crate: signatures of version 4 over the content,
/// one repetition of a failed request.
pub struct S3Objects {
    http: HttpClient,
    bucket: AmazonS3,
    public_base: PublicBase,
}

impl std::fmt::Debug for S3Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Objects").field("public_base", &self.public_base).finish_non_exhaustive()
    }
}

impl S3Objects {
    /// Objects in a bucket.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: S3Options, http: &HttpOptions) -> Result<Self, SetupError> {
        let public_base = PublicBase::new(host_url("public_base", &options.public_base)?.as_str());
        let http = HttpClient::new(http)?;
        let endpoint = options.bucket_endpoint()?;
        let secret_key = secret("secret_key", options.secret_key)?;
        let bucket = AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_virtual_hosted_style_request(options.addressing == Addressing::VirtualHost)
            .with_region(name("region", &options.region)?)
            .with_bucket_name(name("bucket", &options.bucket)?)
            .with_access_key_id(name("access_key", &options.access_key)?)
            .with_secret_access_key(secret_key.expose_secret())
            // Not every store can delete many objects at once, and this adapter never does.
            .with_disable_bulk_delete(true)
            .with_retry(wire::once_more())
            .with_http_connector(Wire::new(&http))
            .build()
            .map_err(SetupError::part("the s3 client"))?;
        Ok(Self { http, bucket, public_base })
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, S3Error>>) -> Result<T, ObjectError> {
        self.http.in_time(work).await.map_err(|error| ObjectError::Failed(error.into()))
    }
}

/// `None` where there is no such object; no such bucket is an error.
fn present<T>(done: Result<T, object_store::Error>) -> Result<Option<T>, S3Error> {
    match done {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { source, .. }) if wire::is_about_the_object(&*source) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[async_trait]
impl ObjectStore for S3Objects {
    #[tracing::instrument(level = "trace", name = "objects put", skip_all, fields(otel.kind = "client"))]
    async fn put(&self, key: &PictureKey, jpeg: Bytes) -> Result<(), ObjectError> {
        let attributes =
            Attributes::from_iter([(Attribute::ContentType, "image/jpeg"), (Attribute::CacheControl, FOR_EVER)]);
        let options = PutOptions { attributes, ..PutOptions::default() };
        self.in_time(async {
            self.bucket.put_opts(&path(key), PutPayload::from_bytes(jpeg), options).await?;
            Ok(())
        })
        .await
    }

    #[tracing::instrument(level = "trace", name = "objects get", skip_all, fields(otel.kind = "client"))]
    async fn get(&self, key: &PictureKey) -> Result<Option<Bytes>, ObjectError> {
        self.in_time(async {
            let Some(found) = present(self.bucket.get(&path(key)).await)? else { return Ok(None) };
            if found.meta.size > MAX_PICTURE {
                return Err(S3Error::TooLong);
            }
            Ok(Some(found.bytes().await?))
        })
        .await
    }

    #[tracing::instrument(level = "trace", name = "objects delete", skip_all, fields(otel.kind = "client"))]
    async fn delete(&self, key: &PictureKey) -> Result<(), ObjectError> {
        self.in_time(async { present(self.bucket.delete(&path(key)).await).map(drop) }).await
    }

    fn list(&self, folder: &PictureKey) -> Box<dyn ObjectListing> {
        Box::new(S3Listing::new(self.http.clone(), self.bucket.clone(), folder))
    }

    fn public_url(&self, key: &PictureKey) -> String {
        self.public_base.of(key)
    }
}

/// Keys have no character that a path would encode.
fn path(key: &PictureKey) -> Path {
    Path::from(key.as_str())
}
