//! One call and how it can end.

use bytes::{Bytes, BytesMut};
use reqwest::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};
use thiserror::Error;

/// No answer, or not all of it.
#[derive(Debug, Error)]
pub enum CallError {
    /// There was no connection, so the request was not sent: it can be repeated safely.
    #[error("no connection to the service")]
    Connect(#[source] reqwest::Error),
    /// The deadline passed. The service may have done what it was asked all the same.
    #[error("no answer from the service in time")]
    Timeout,
    /// The connection broke. The service may have done what it was asked all the same.
    #[error("the connection to the service broke")]
    Broken(#[source] reqwest::Error),
    /// The answer is longer than any that the service gives.
    #[error("the answer of the service is too long")]
    TooLong,
}

impl CallError {
    pub(crate) fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_connect() {
            Self::Connect(error)
        } else if error.is_timeout() {
            Self::Timeout
        } else {
            Self::Broken(error)
        }
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The status, good or bad.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    pub(crate) async fn read(mut response: Response, most: usize) -> Result<Self, CallError> {
        let mut body = BytesMut::new();
        while let Some(piece) = response.chunk().await.map_err(CallError::of)? {
            if body.len() + piece.len() > most {
                return Err(CallError::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        Ok(Self { status: response.status(), headers: response.headers().clone(), body: body.freeze() })
    }

    /// The media type without its parameters.
    pub fn media_type(&self) -> Option<&str> {
        let value = self.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        value.split(';').next().map(str::trim)
    }
}
