//! The faults that both services share.

use std::time::{Duration, Instant};

use minsu_fakes::{Fault, Faults, SmsInbox};
use minsu_ports::SmsSender;

use crate::{CODE, DEADLINE, NUMBER, send, told};

/// A failed send: in time, with an error that may be logged. Returns the text of the error.
pub(crate) async fn failure(name: &str, sender: &dyn SmsSender) -> String {
    let start = Instant::now();
    let Err(error) = send(sender).await else { panic!("{name}: sent") };
    let taken = start.elapsed();
    assert!(taken < DEADLINE + Duration::from_secs(2), "{name}: {taken:?}");
    let told = told(&error);
    for secret in [NUMBER, CODE, "fake-auth-token", "fake-key-secret", "sig=", "Signature="] {
        assert!(!told.contains(secret), "{name}: {told}");
    }
    told
}

/// Every fault is an error in time, and no message is ever sent twice.
pub(crate) async fn every_fault_is_an_error_and_no_message_is_sent_twice(
    sender: &dyn SmsSender,
    faults: &Faults,
    inbox: &SmsInbox,
) {
    for fault in [
        Fault::Portal,
        Fault::Silence,
        Fault::ResetMidRequest,
        Fault::CutAnswer,
        Fault::Trickle,
        Fault::Endless,
        Fault::Redirect("http://127.0.0.1:1/".to_owned()),
    ] {
        let (requests, messages) = (faults.requests(), inbox.messages().len());
        faults.fail(fault.clone());
        failure(&format!("{fault:?}"), sender).await;
        assert_eq!(faults.requests() - requests, 1, "{fault:?}");
        assert!(inbox.messages().len() - messages <= 1, "{fault:?}");
    }
    faults.recover();
    send(sender).await.unwrap();
}

/// Each refusal is an error with its code and without the texts that the service repeats.
pub(crate) async fn refusals_tell_their_code(
    sender: &dyn SmsSender,
    faults: &Faults,
    inbox: &SmsInbox,
    codes: &[&str],
) {
    for code in codes {
        faults.fail(Fault::Refusal((*code).to_owned()));
        let told = failure(code, sender).await;
        assert!(told.contains(code), "{told}");
    }
    assert_eq!(faults.requests(), codes.len());
    assert!(inbox.messages().is_empty());
}
