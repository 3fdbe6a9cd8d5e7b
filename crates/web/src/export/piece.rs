//! The pieces of an export, and how it may end.

use std::time::Duration;

use bytes::Bytes;
use minsu_application::{AppError, users::LONGEST_EXPORT};
use thiserror::Error;

/// A piece of an answer.
#[derive(Debug)]
pub(super) enum Piece {
    /// More comes behind it.
    Part(Bytes),
    /// The end; an answer without it is incomplete.
    Last(Bytes),
    /// What went wrong instead.
    Failed(AppError),
}

/// Why an answer has no end.
#[derive(Debug, Error)]
pub(super) enum Ended {
    #[error("the client left")]
    ClientLeft,
    #[error("the client took nothing for {0:?}")]
    ClientStalled(Duration),
    #[error("it took longer than {LONGEST_EXPORT:?}")]
    TookTooLong,
    #[error(transparent)]
    Failed(#[from] AppError),
}
