//! The providers keep the contract of their port against stand-ins that check what the real ones check, and take
//! nothing for granted that is not signed.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod alipay;
mod canary;
mod faults;
mod sandbox;
mod stripe;
mod unreadable;
mod wechat;

use std::time::Duration;

use minsu_http::HttpOptions;
use minsu_ports::{PaymentError, RefundState};

/// Short enough for a test, and long enough for a call and its repetition.
const DEADLINE: Duration = Duration::from_millis(1500);

fn http() -> HttpOptions {
    HttpOptions { deadline: DEADLINE, ..HttpOptions::default() }
}

/// The text and debug form of an error and of all its causes: everything that a log may contain.
fn told(error: &PaymentError) -> String {
    let mut told = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        told.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    told
}

/// Calls every function of the contract, each with a pair of its own.
macro_rules! contract {
    ($both:ident) => {
        #[tokio::test]
        async fn keeps_the_contract() {
            use minsu_ports::testkit::payments as contract;

            let (provider, other) = $both().await;
            contract::every_method_starts(&provider, &other).await;
            let (provider, other) = $both().await;
            contract::a_repeated_start_starts_no_second_attempt(&provider, &other).await;
            let (provider, other) = $both().await;
            contract::a_payment_is_told_to_the_fen(&provider, &other).await;
            let (provider, other) = $both().await;
            contract::a_closed_attempt_takes_no_money(&provider, &other).await;
            let (provider, other) = $both().await;
            contract::an_expired_attempt_takes_no_money(&provider, &other).await;
            let (provider, other) = $both().await;
            contract::refunds_are_carried_out_once(&provider, &other).await;
            let (provider, other) = $both().await;
            contract::messages_are_believed_when_they_are_signed(&provider, &other).await;
            let (provider, other) = $both().await;
            contract::the_bill_has_everything(&provider, &other).await;
            let (provider, other) = $both().await;
            contract::a_probe_changes_nothing(&provider, &other).await;
            contract::only_a_number_returns(&provider);
        }
    };
}
pub(crate) use contract;

/// The state of a refund that was accepted.
fn is_pending(state: &RefundState) -> bool {
    matches!(state, RefundState::Pending(_))
}
