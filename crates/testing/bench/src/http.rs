//! As much of HTTP/1.1 as a load generator needs: one connection that stays open, requests as
//! ready bytes, answers with a length.

mod connection;
mod request;
mod response;

pub use connection::{Answer, Connection};
pub use request::{get, with_json};
pub use response::Malformed;

use std::io;

use thiserror::Error;

/// No answer.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The connection failed.
    #[error("the connection failed")]
    Io(#[from] io::Error),
    /// The server closed the connection before or in the middle of an answer.
    #[error("the server closed the connection")]
    Closed,
    /// The answer is not the HTTP that is spoken here.
    #[error("the answer cannot be read")]
    Malformed(#[from] Malformed),
}
