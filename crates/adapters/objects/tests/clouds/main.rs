//! The cloud adapters keep the contract of their port against fake services that check what the real
//! services check, and end in time with an error whatever goes wrong.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod qiniu;
mod s3;
mod slow;

use std::time::{Duration, Instant};

use bytes::Bytes;
use minsu_domain::PictureKey;
use minsu_fakes::Fault;
use minsu_http::HttpOptions;
use minsu_ports::{ObjectError, ObjectStore};

/// Short enough for a test, and long enough for a request and its repetition.
const DEADLINE: Duration = Duration::from_millis(900);

fn http() -> HttpOptions {
    HttpOptions { deadline: DEADLINE, ..HttpOptions::default() }
}

fn key(text: &str) -> PictureKey {
    PictureKey::new(text).unwrap()
}

fn picture() -> Bytes {
    Bytes::from(vec![0xD8; 200_000])
}

/// All faults of a network, independent of the service.
fn network_faults() -> Vec<Fault> {
    vec![
        Fault::Portal,
        Fault::Silence,
        Fault::ResetMidRequest,
        Fault::CutAnswer,
        Fault::Trickle,
        Fault::Endless,
        Fault::Redirect("http://127.0.0.1:1/".to_owned()),
    ]
}

/// The error of a call, which came in time, kept its cause and tells no secret.
async fn failure<T>(name: &str, call: impl Future<Output = Result<T, ObjectError>>) {
    let start = Instant::now();
    let Err(error) = call.await else { panic!("{name}: succeeded") };
    let taken = start.elapsed();
    assert!(taken < DEADLINE + Duration::from_secs(2), "{name}: {taken:?}");
    let mut told = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    assert!(cause.is_some(), "{name}: no cause");
    while let Some(error) = cause {
        told.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    for secret in ["fake-secret-key", "fake-access-key"] {
        assert!(!told.contains(secret), "{name}: {told}");
    }
}

/// Putting, getting, deleting and listing all fail.
async fn all_fail(name: &str, store: &dyn ObjectStore) {
    let key = key("houses/1/fault.jpg");
    failure(&format!("{name}: put"), store.put(&key, picture())).await;
    failure(&format!("{name}: get"), store.get(&key)).await;
    failure(&format!("{name}: delete"), store.delete(&key)).await;
    failure(&format!("{name}: list"), store.list(&key).next(10)).await;
}
