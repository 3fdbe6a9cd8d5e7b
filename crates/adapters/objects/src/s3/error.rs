//! What goes wrong with a bucket.

use minsu_http::CallError;
use thiserror::Error;

#[derive(Debug, Error)]
pub(super) enum S3Error {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the s3 store failed")]
    Store(#[from] object_store::Error),
    #[error("the object is larger than any picture")]
    TooLong,
    #[error("the listing does not get beyond a page")]
    SamePage,
}
