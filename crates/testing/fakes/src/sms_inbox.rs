//! The delivered messages.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use minsu_ports::testkit::sms::Inbox;

/// The messages that a fake service delivered: number, and code or the values of a message.
#[derive(Debug, Clone, Default)]
pub struct SmsInbox(Arc<Mutex<Vec<(String, String)>>>);

impl SmsInbox {
    pub(crate) fn deliver(&self, mobile: &str, code: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((mobile.to_owned(), code.to_owned()));
    }

    /// All messages so far.
    pub fn messages(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Inbox for SmsInbox {
    async fn received(&self) -> Vec<(String, String)> {
        self.messages()
    }
}
