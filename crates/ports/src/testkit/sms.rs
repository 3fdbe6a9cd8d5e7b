//! The contract of [`crate::SmsSender`].

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use minsu_domain::Mobile;

use crate::{SmsMessage, SmsSender};

/// The messages that reached the other end: the telephones, or the fake SMS service.
#[async_trait]
pub trait Inbox: Sync {
    /// All messages so far: number and code, or the values of a message that is no code with blanks between them, in any
    /// order.
    async fn received(&self) -> Vec<(String, String)>;
}

const LIFETIME: Duration = Duration::from_secs(300);

fn mobile(last_digits: usize) -> Mobile {
    match Mobile::new(&format!("1380013{last_digits:04}")) {
        Ok(mobile) => mobile,
        Err(error) => panic!("{last_digits}: {error}"),
    }
}

/// A code reaches the number that it is for, once, with its leading zeros.
pub async fn a_code_arrives_once(sender: &dyn SmsSender, inbox: &dyn Inbox) {
    let to = mobile(1);
    if let Err(error) = sender.send_code(&to, "001234", LIFETIME).await {
        panic!("{error:?}");
    }
    assert_eq!(inbox.received().await, [(to.as_str().to_owned(), "001234".to_owned())]);
}

/// A message with two values of a template, `listing` and `start`.
fn message(template: &str) -> SmsMessage {
    let values = [("listing", "四合院 & \"花园\""), ("start", "2026-12-01")];
    SmsMessage {
        event: "order.placed",
        template: template.to_owned(),
        values: values.map(|(name, value)| (name, value.to_owned())).into(),
        text: values.map(|(_, value)| value).join(" "),
    }
}

/// A message that is no code reaches its number, once, with the values of its template. The template is one that takes
/// `listing` and `start`.
pub async fn a_message_arrives_once(sender: &dyn SmsSender, inbox: &dyn Inbox, template: &str) {
    let (to, message) = (mobile(1), message(template));
    if let Err(error) = sender.send_message(&to, &message).await {
        panic!("{error:?}");
    }
    assert_eq!(inbox.received().await, [(to.as_str().to_owned(), message.text)]);
}

/// Of many messages at once each arrives, and none mixes with another. The inbox is empty before.
pub async fn many_at_once_all_arrive(sender: &dyn SmsSender, inbox: &dyn Inbox) {
    let messages: Vec<_> = (0..60).map(|turn| (mobile(turn), format!("{:06}", turn * 7919 % 1_000_000))).collect();
    let results = join_all(messages.iter().map(|(to, code)| sender.send_code(to, code, LIFETIME))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let mut sent: Vec<_> = messages.into_iter().map(|(to, code)| (to.as_str().to_owned(), code)).collect();
    let mut received = inbox.received().await;
    sent.sort();
    received.sort();
    assert_eq!(received, sent);
}

/// A failure (the sender must be one that cannot send) is an error with a cause, and neither contains
/// the number, the code or the values, so that both may be logged.
pub async fn a_failure_tells_neither_number_nor_code(sender: &dyn SmsSender) {
    let (to, code) = (mobile(8642), "975310");
    let failures =
        [sender.send_code(&to, code, LIFETIME).await, sender.send_message(&to, &message("no template")).await];
    for failure in failures {
        let Err(error) = failure else { panic!("a sender that cannot send did") };
        let mut told = format!("{error:?} {error}");
        let mut cause = std::error::Error::source(&error);
        assert!(cause.is_some(), "no cause in {told}");
        while let Some(error) = cause {
            told.push_str(&format!(" {error:?} {error}"));
            cause = error.source();
        }
        for secret in [to.as_str(), code, "四合院"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}
