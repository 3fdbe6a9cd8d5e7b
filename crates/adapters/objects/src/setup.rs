//! What can be wrong with the settings of a cloud.

use minsu_http::{HttpSetupError, SettingError};
use thiserror::Error;

/// No adapter could be made of these settings.
#[derive(Debug, Error)]
pub enum SetupError {
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The HTTP client.
    #[error(transparent)]
    Http(#[from] HttpSetupError),
    /// The S3 client.
    #[error("the s3 client cannot be set up")]
    S3(#[source] object_store::Error),
}
