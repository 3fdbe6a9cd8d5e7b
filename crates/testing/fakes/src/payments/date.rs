//! The date of an answer, by the clock of the service.

use chrono::{DateTime, Utc};
use hyper::{
    Response,
    header::{DATE, HeaderValue},
};

/// The answer with the date of this instant.
pub(super) fn dated<T>(mut answer: Response<T>, now: DateTime<Utc>) -> Response<T> {
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    answer.headers_mut().insert(DATE, HeaderValue::from_str(&date).unwrap());
    answer
}
