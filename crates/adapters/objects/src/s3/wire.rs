//! The HTTP layer between the S3 client and the network.

use std::{error::Error, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use minsu_http::HttpClient;
use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    client::{HttpClient as S3Client, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService},
};
use thiserror::Error as ThisError;

/// The most bytes of an error that are read.
const MAX_ERROR: usize = 64 << 10;

/// Gives the S3 client our own HTTP client, and checks the answers first.
///
/// S3 never answers with HTML: that is the page of a captive portal or of a wrong host, whatever its
/// status. Of an error only its code is passed on: the rest repeats the key id and the text
/// that was signed, which must not be logged.
#[derive(Debug, Clone)]
pub(super) struct Wire(reqwest::Client);

impl Wire {
    pub(super) fn new(http: &HttpClient) -> Self {
        Self(http.client().clone())
    }
}

/// One repetition, after a pause.
pub(super) fn once_more() -> RetryConfig {
    let pause = Duration::from_millis(200);
    RetryConfig {
        backoff: BackoffConfig { init_backoff: pause, max_backoff: pause, base: 2.0 },
        max_retries: 1,
        // The deadline around every use is shorter.
        retry_timeout: Duration::from_secs(60),
    }
}

/// Whether a 404 is about the object, and not about the bucket.
pub(super) fn is_about_the_object(source: &(dyn Error + 'static)) -> bool {
    !source.to_string().contains("NoSuchBucket")
}

#[derive(Debug, ThisError)]
enum WireError {
    #[error("the answer is html, so it is not one of an s3 store")]
    NotS3,
    #[error("the error is too long")]
    TooLong,
}

impl HttpConnector for Wire {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<S3Client> {
        Ok(S3Client::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (mut head, body) = self.0.call(request).await?.into_parts();
        let html = head.headers.get("content-type").is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
        if html {
            return Err(HttpError::new(HttpErrorKind::Decode, WireError::NotS3));
        }
        if head.status.is_success() {
            return Ok(HttpResponse::from_parts(head, body));
        }
        let code = code_of(&error_text(body).await?);
        head.headers.remove("content-length");
        Ok(HttpResponse::from_parts(head, code.into()))
    }
}

async fn error_text(body: object_store::client::HttpResponseBody) -> Result<Bytes, HttpError> {
    use futures_util::TryStreamExt;

    let mut stream = body.bytes_stream();
    let mut text = BytesMut::new();
    while let Some(piece) = stream.try_next().await? {
        if text.len() + piece.len() > MAX_ERROR {
            return Err(HttpError::new(HttpErrorKind::Decode, WireError::TooLong));
        }
        text.extend_from_slice(&piece);
    }
    Ok(text.freeze())
}

/// The code in an error of S3: a few letters.
fn code_of(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map_or("", |(code, _)| code);
    code.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_of_an_error_is_kept() {
        let error = b"<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>id</AWSAccessKeyId></Error>";
        assert_eq!(code_of(error), "SignatureDoesNotMatch");
        assert_eq!(code_of(b"<Code>a\nb</Code>"), "ab");
        assert_eq!(code_of(b"no xml"), "");
    }
}
