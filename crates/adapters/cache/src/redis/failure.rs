//! Why a call failed.

use std::{sync::Arc, time::Duration};

use deadpool_redis::{PoolError, redis::RedisError};
use thiserror::Error;

/// The cause within [`minsu_ports::CacheError::Unavailable`].
#[derive(Debug, Clone, Error)]
pub enum RedisFailure {
    /// No answer within the deadline.
    #[error("redis gave no answer within {0:?}")]
    NoAnswer(Duration),
    /// No connection; every call that waited for it gets the same cause.
    #[error("redis cannot be reached")]
    NoConnection(#[source] Arc<PoolError>),
    /// The runtime of the connection ended.
    #[error("the redis connection was given up")]
    GivenUp,
    /// The connection broke, or the server refused the command.
    #[error("a redis command failed")]
    Command(#[source] RedisError),
}
