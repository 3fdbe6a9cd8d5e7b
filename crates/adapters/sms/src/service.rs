//! Code that the services share.

use minsu_http::{Answer, CallError, HttpClient, PAUSE};
use minsu_ports::{Clock, SmsError};
use serde::de::DeserializeOwned;
use thiserror::Error;

/// The most bytes of an answer.
pub(crate) const MAX_ANSWER: usize = 64 << 10;

/// The service refused a request, or its answer is not usable.
#[derive(Debug, Error)]
pub(crate) enum ServiceError {
    #[error(transparent)]
    Call(#[from] CallError),
    /// The service's own code and text, without digits that may identify the receiver.
    #[error("the sms service refused with {code}: {text}")]
    Refused { code: String, text: String },
    /// A captive portal, a wrong host. Without the cause, which would show a piece of the answer.
    #[error("the answer with status {0} is not one of the sms service")]
    NotTheService(u16),
}

impl ServiceError {
    /// A refusal with the service's code and text.
    pub(crate) fn refused(code: &str, text: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        Self::Refused { code: code.chars().filter(plain).take(64).collect(), text: without_digits(text) }
    }
}

/// Reads an answer of the service, whatever its status.
pub(crate) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ServiceError> {
    serde_json::from_slice(&answer.body).map_err(|_| ServiceError::NotTheService(answer.status.as_u16()))
}

/// Does something before the deadline, and once more when there was no connection the first time.
pub(crate) async fn in_time<T, F>(
    http: &HttpClient,
    clock: &dyn Clock,
    work: impl Fn() -> F + Send,
) -> Result<T, SmsError>
where
    F: Future<Output = Result<T, ServiceError>> + Send,
{
    let is_unsent = |error: &ServiceError| matches!(error, ServiceError::Call(CallError::Connect(_)));
    let done = http.twice("sms", clock.sleep(PAUSE), is_unsent, work).await;
    done.map_err(|error| match &error {
        ServiceError::Call(CallError::Timeout | CallError::Broken(_) | CallError::TooLong)
        | ServiceError::NotTheService(_) => SmsError::Unanswered(error.into()),
        ServiceError::Call(CallError::Connect(_)) | ServiceError::Refused { .. } => SmsError::Failed(error.into()),
    })
}

/// A line of text in which every run of four digits or more, a number or a code, is cut out.
fn without_digits(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    // The line feed ends the last run, and is a control character like any other.
    for c in text.chars().take(300).chain(['\n']) {
        if c.is_numeric() {
            run.push(c);
            continue;
        }
        if run.chars().count() < 4 {
            out.push_str(&run);
        } else {
            out.push('…');
        }
        run.clear();
        if !c.is_control() {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use minsu_fakes::{SetClock, unused_url};
    use minsu_http::HttpOptions;

    use super::*;

    #[tokio::test]
    async fn only_what_was_not_sent_is_repeated() {
        let http = HttpClient::new(&HttpOptions::default()).unwrap();
        let clock = SetClock::default();
        let tries = AtomicUsize::new(0);
        let refused_once = || async {
            if tries.fetch_add(1, Ordering::SeqCst) == 0 {
                http.answer(http.client().get(unused_url()), MAX_ANSWER).await?;
            }
            Ok(())
        };
        in_time(&http, &clock, refused_once).await.unwrap();
        assert_eq!(tries.load(Ordering::SeqCst), 2);

        for error in [|| CallError::Timeout.into(), || CallError::TooLong.into(), || ServiceError::NotTheService(200)] {
            tries.store(0, Ordering::SeqCst);
            let failed = in_time(&http, &clock, || async {
                tries.fetch_add(1, Ordering::SeqCst);
                Err::<(), ServiceError>(error())
            });
            assert!(failed.await.is_err());
            assert_eq!(tries.load(Ordering::SeqCst), 1);
        }
    }

    #[test]
    fn numbers_and_codes_are_cut_out() {
        assert_eq!(without_digits("13800138642 got 975310 in 5 of 300s"), "… got … in 5 of 300s");
        assert_eq!(without_digits("模板【１２３４】\n975310"), "模板【…】…");
        assert_eq!(without_digits("123"), "123");
        assert_eq!(without_digits(&"x".repeat(1000)).len(), 300);
    }

    #[test]
    fn the_code_of_a_refusal_is_a_word() {
        let error = ServiceError::refused("isv.BUSINESS_LIMIT-1 \n<b>", "too many for 13800138642");
        assert_eq!(error.to_string(), "the sms service refused with isv.BUSINESS_LIMIT-1b: too many for …");
    }
}
