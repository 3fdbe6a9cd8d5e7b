//! The section `[messages]`: the messages that people get by SMS about what they must act on.

use minsu_application::MessageRules;
use minsu_domain::{MessageKind, MessageTemplate};
use serde::{Deserialize, Serialize};
use validator::Validate;

/// The templates of the SMS service, one for each kind of message: the id of the template and the values that it takes,
/// out of `order`, `listing`, `start` and `end`, such as `SMS_154950909 listing start end`. A kind without a template is
/// not sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct MessagesSettings {
    /// To the landlord: there is a new order. The template's id at the SMS service and its values, out of `order`,
    /// `listing`, `start` and `end`: `SMS_154950909 listing start end`. A kind without a template is not sent; profile
    /// dev has one for each.
    pub order_placed: Option<String>,
    /// To the guest: the landlord accepted.
    pub order_accepted: Option<String>,
    /// To the guest: the landlord rejected.
    pub order_rejected: Option<String>,
    /// To the guest: the order was not answered or not paid in time.
    pub order_expired: Option<String>,
    /// To the party that did not do it: the order was cancelled.
    pub order_canceled: Option<String>,
    /// To the landlord: the order was paid.
    pub order_paid: Option<String>,
    /// To its owner: a webhook was turned off, because it took nothing for five days.
    pub webhook_disabled: Option<String>,
}

impl MessagesSettings {
    /// Each kind of message, its key and its template.
    fn templates(&self) -> [(MessageKind, &'static str, Option<&str>); 7] {
        [
            (MessageKind::OrderPlaced, "messages.order_placed", self.order_placed.as_deref()),
            (MessageKind::OrderAccepted, "messages.order_accepted", self.order_accepted.as_deref()),
            (MessageKind::OrderRejected, "messages.order_rejected", self.order_rejected.as_deref()),
            (MessageKind::OrderExpired, "messages.order_expired", self.order_expired.as_deref()),
            (MessageKind::OrderCanceled, "messages.order_canceled", self.order_canceled.as_deref()),
            (MessageKind::OrderPaid, "messages.order_paid", self.order_paid.as_deref()),
            (MessageKind::WebhookDisabled, "messages.webhook_disabled", self.webhook_disabled.as_deref()),
        ]
    }

    /// The rules of the application.
    pub fn rules(&self) -> MessageRules {
        let read = |(kind, _, text): (MessageKind, &str, Option<&str>)| Some((kind, MessageTemplate::parse(text?)?));
        MessageRules { templates: self.templates().into_iter().filter_map(read).collect() }
    }

    /// The keys whose template cannot be read.
    pub(super) fn faulty(&self) -> Vec<&'static str> {
        let is_faulty = |text: Option<&str>| text.is_some_and(|text| MessageTemplate::parse(text).is_none());
        self.templates().into_iter().filter(|(_, _, text)| is_faulty(*text)).map(|(_, key, _)| key).collect()
    }

    /// Every kind, for the file that profile dev writes messages to.
    pub(super) fn for_development() -> Self {
        let template = || Some("dev order listing start end".to_owned());
        Self {
            order_placed: template(),
            order_accepted: template(),
            order_rejected: template(),
            order_expired: template(),
            order_canceled: template(),
            order_paid: template(),
            webhook_disabled: Some("dev".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_without_a_template_is_not_sent() {
        assert_eq!(MessagesSettings::default().rules().kinds(), []);
        assert_eq!(MessagesSettings::for_development().rules().kinds(), MessageKind::ALL);
        let one = MessagesSettings { order_paid: Some("SMS_1 order".into()), ..MessagesSettings::default() };
        assert_eq!((one.rules().kinds(), one.faulty()), (vec![MessageKind::OrderPaid], vec![]));
        let wrong = MessagesSettings { order_paid: Some("SMS_1 price".into()), ..MessagesSettings::default() };
        assert_eq!((wrong.rules().kinds(), wrong.faulty()), (vec![], vec!["messages.order_paid"]));
    }
}
