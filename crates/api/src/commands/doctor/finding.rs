//! The result of a check.

use std::error::Error;

/// `Ok`: what was found; `Err`: what is wrong, with its remedy.
pub(super) type Finding = Result<String, String>;

/// What a call came to, with the remedy where it failed.
pub(super) fn told<E: Error + 'static>(result: Result<String, E>, remedy: &str) -> Finding {
    result.map_err(|error| with_remedy(&error, remedy))
}

/// An error with its causes and its remedy.
pub(super) fn with_remedy(error: &(dyn Error + 'static), remedy: &str) -> String {
    format!("{}; {remedy}", with_causes(error))
}

/// An error with its causes.
pub(super) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
