//! The SMS services keep the contract of their port against fake services that check what the real
//! services check, and end in time with an error whatever goes wrong.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod aliyun;
mod faults;
mod yuntongxun;

use std::time::Duration;

use minsu_domain::Mobile;
use minsu_http::HttpOptions;
use minsu_ports::{SmsError, SmsSender};

/// Short enough for a test, and long enough for a request and its repetition.
const DEADLINE: Duration = Duration::from_millis(900);
const NUMBER: &str = "13800138642";
const CODE: &str = "975310";

fn http() -> HttpOptions {
    HttpOptions { deadline: DEADLINE, ..HttpOptions::default() }
}

async fn send(sender: &dyn SmsSender) -> Result<(), SmsError> {
    sender.send_code(&Mobile::new(NUMBER).unwrap(), CODE, Duration::from_secs(300)).await
}

/// The text and debug form of an error and of all its causes: everything that a log may contain.
fn told(error: &SmsError) -> String {
    let mut told = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        told.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    told
}
