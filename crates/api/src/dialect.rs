//! The HTTP dialects. Each owns its paths, its field names and its envelope, and nothing else:
//! a handler takes the request apart, calls a use case and wraps the result.

pub mod classic;
pub mod house_body;
pub mod present;
pub mod v1;

use actix_web::HttpRequest;
use bytes::Bytes;

use crate::http::errno::Errno;

/// A dialect, where the documents make the same failure look different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Documents 002 and 004.
    V1,
    /// Documents 000, 001 and 003.
    Classic,
}

/// The envelope that a dialect puts around its failures.
pub trait Envelope: 'static {
    /// Whose envelope it is.
    const DIALECT: Dialect;

    /// The JSON of a failed request.
    fn failure(request: &HttpRequest, errno: Errno, sentence: &'static str) -> Bytes;
}
