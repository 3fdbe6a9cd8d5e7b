//! The answer to a failure, which the dialects of the documents give.

use std::time::Duration;

use actix_web::http::StatusCode;

use super::errno::Errno;

/// The answer to a failure: code, sentence, status and wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The code.
    pub errno: Errno,
    /// The fixed sentence.
    pub sentence: &'static str,
    /// The status of what is no business answer; `None`: 200, or the semantic one by setting.
    pub status: Option<StatusCode>,
    /// The semantic status, where it is not the code's usual one.
    pub semantic: Option<StatusCode>,
    /// How long the client should wait before it tries again.
    pub retry_after: Option<Duration>,
}

impl Verdict {
    /// A business answer: 200, or the status of the code by setting.
    pub const fn business(errno: Errno, sentence: &'static str) -> Self {
        Self { errno, sentence, status: None, semantic: None, retry_after: None }
    }

    pub(crate) const fn technical(errno: Errno, sentence: &'static str, status: StatusCode) -> Self {
        Self { errno, sentence, status: Some(status), semantic: None, retry_after: None }
    }

    pub(crate) const fn too_often(sentence: &'static str, retry_after: Duration) -> Self {
        let semantic = Some(StatusCode::TOO_MANY_REQUESTS);
        Self { semantic, retry_after: Some(retry_after), ..Self::business(Errno::ReqErr, sentence) }
    }

    /// A quota is reached, and waiting does not help.
    pub(crate) const fn full(sentence: &'static str) -> Self {
        Self { semantic: Some(StatusCode::CONFLICT), ..Self::business(Errno::ReqErr, sentence) }
    }

    pub(crate) const fn retry_after(self, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..self }
    }
}
