//! Qiniu's errors.

use minsu_http::{Answer, CallError};
use serde::Deserialize;
use thiserror::Error;

/// Qiniu refused a request, or its answer is not usable.
#[derive(Debug, Error)]
pub(super) enum QiniuError {
    #[error(transparent)]
    Call(#[from] CallError),
    /// The service's own status and text; the text is Qiniu's, cut to a line.
    #[error("qiniu refused with status {status}: {text}")]
    Refused { status: u16, text: String },
    /// Another server answered: a captive portal, a wrong host.
    #[error("the answer is not one of qiniu")]
    NotQiniu,
    #[error("the answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
    #[error("qiniu stored something else")]
    Changed,
    #[error("the listing does not get beyond a page")]
    SamePage,
    #[error("there is another object under the key")]
    Taken,
    #[error("the upload form cannot be made")]
    Form(#[source] reqwest::Error),
}

impl QiniuError {
    /// Whether the same request may succeed a moment later. Repeating it does no harm: an upload
    /// only adds, under a key made of its content.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Call(error) => matches!(error, CallError::Connect(_) | CallError::Broken(_)),
            Self::Refused { status, .. } => {
                *status >= 500
                    && !matches!(status, 501 | 573 | 579 | 599 | 608 | 612 | 614 | 616 | 618 | 630..=632 | 640 | 701)
            }
            _ => false,
        }
    }
}

/// The body of a refusal.
#[derive(Deserialize)]
struct ErrorBody {
    error: String,
}

/// Checks that an answer is a good one, and Qiniu's own.
pub(super) fn good(answer: &Answer) -> Result<(), QiniuError> {
    let from_qiniu = answer.headers.contains_key("x-reqid");
    match answer.status.as_u16() {
        200 if from_qiniu => Ok(()),
        200..=399 => Err(QiniuError::NotQiniu),
        status => {
            let text = serde_json::from_slice(&answer.body).map(|body: ErrorBody| body.error).unwrap_or_default();
            let text = text.chars().filter(|c| !c.is_control()).take(200).collect();
            Err(QiniuError::Refused { status, text })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_repeated() {
        let refused = |status| QiniuError::Refused { status, text: String::new() };
        for status in [500, 502, 503, 504, 571] {
            assert!(refused(status).may_pass(), "{status}");
        }
        let lasting =
            [400, 401, 403, 406, 413, 419, 501, 573, 579, 599, 608, 612, 614, 616, 618, 630, 631, 632, 640, 701];
        for status in lasting {
            assert!(!refused(status).may_pass(), "{status}");
        }
        assert!(!QiniuError::Call(CallError::Timeout).may_pass());
        assert!(!QiniuError::NotQiniu.may_pass());
    }
}
