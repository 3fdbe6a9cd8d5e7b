//! Messages to people: what they are told about orders on which they must act, by kind and text.

use chrono::NaiveDate;

use crate::{Event, OrderId, UserId, format_day};

/// A kind of message. Each is about an event of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// To the landlord: there is a new order.
    OrderPlaced,
    /// To the guest: the landlord accepted.
    OrderAccepted,
    /// To the guest: the landlord rejected.
    OrderRejected,
    /// To the guest: the order was not answered or not paid in time.
    OrderExpired,
    /// To the party that did not do it: the order was cancelled.
    OrderCanceled,
    /// To the landlord: the order was paid.
    OrderPaid,
    /// To its owner: a webhook was turned off.
    WebhookDisabled,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::OrderPlaced,
        Self::OrderAccepted,
        Self::OrderRejected,
        Self::OrderExpired,
        Self::OrderCanceled,
        Self::OrderPaid,
        Self::WebhookDisabled,
    ];

    /// The name of its event.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order.placed",
            Self::OrderAccepted => "order.accepted",
            Self::OrderRejected => "order.rejected",
            Self::OrderExpired => "order.expired",
            Self::OrderCanceled => "order.canceled",
            Self::OrderPaid => "order.paid",
            Self::WebhookDisabled => "account.webhook_disabled",
        }
    }

    /// The kind of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Who is told of an event, and by which kind of message. Of a cancellation both sides are named: who did it is told
    /// by the history of the order.
    pub fn of_event(event: &Event) -> Vec<(Self, UserId)> {
        match event {
            Event::OrderPlaced(order) => vec![(Self::OrderPlaced, order.landlord)],
            Event::OrderAccepted(order) => vec![(Self::OrderAccepted, order.guest)],
            Event::OrderRejected(order) => vec![(Self::OrderRejected, order.guest)],
            Event::OrderExpired(order) => vec![(Self::OrderExpired, order.guest)],
            Event::OrderCanceled(order) => {
                vec![(Self::OrderCanceled, order.landlord), (Self::OrderCanceled, order.guest)]
            }
            Event::OrderPaid(order) => vec![(Self::OrderPaid, order.landlord)],
            Event::AccountWebhookDisabled { user } => vec![(Self::WebhookDisabled, *user)],
            _ => vec![],
        }
    }

    /// Its place in [`MessageChoices`], which never changes.
    const fn bit(self) -> u16 {
        1 << match self {
            Self::OrderPlaced => 0,
            Self::OrderAccepted => 1,
            Self::OrderRejected => 2,
            Self::OrderExpired => 3,
            Self::OrderCanceled => 4,
            Self::OrderPaid => 5,
            Self::WebhookDisabled => 6,
        }
    }
}

/// Which messages a person wants; every kind where nothing was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageChoices {
    refused: u16,
}

impl MessageChoices {
    /// These kinds and no other.
    pub fn of(wanted: impl IntoIterator<Item = MessageKind>) -> Self {
        let all = MessageKind::ALL.into_iter().fold(0, |bits, kind| bits | kind.bit());
        Self { refused: wanted.into_iter().fold(all, |bits, kind| bits & !kind.bit()) }
    }

    /// The number to store: a bit for each kind that is not wanted, so that kinds of later versions are.
    pub const fn bits(self) -> u16 {
        self.refused
    }

    /// The choices of a stored number.
    pub const fn stored(bits: u16) -> Self {
        Self { refused: bits }
    }

    /// Whether messages of this kind are wanted.
    pub const fn wants(self, kind: MessageKind) -> bool {
        self.refused & kind.bit() == 0
    }
}

/// What a message about an order tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFacts {
    /// The order.
    pub order: OrderId,
    /// The headline of its listing.
    pub title: String,
    /// The first day.
    pub start: NaiveDate,
    /// The end as the guest named it.
    pub end: NaiveDate,
}

/// A value that a message can have, by its name in templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageValue {
    /// The number of the order.
    Order,
    /// The headline of the listing.
    Listing,
    /// The first day.
    Start,
    /// The end.
    End,
}

impl MessageValue {
    /// Every value.
    pub const ALL: [Self; 4] = [Self::Order, Self::Listing, Self::Start, Self::End];

    /// The most characters of a value: those of SMS services take 20 to 35.
    pub const MAX_CHARS: usize = 20;

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Listing => "listing",
            Self::Start => "start",
            Self::End => "end",
        }
    }

    /// The value of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }

    /// The value for an order; nothing in messages about something else.
    pub fn of(self, facts: Option<&OrderFacts>) -> String {
        let Some(facts) = facts else { return String::new() };
        match self {
            Self::Order => facts.order.to_string(),
            Self::Listing => shortened(&facts.title),
            Self::Start => format_day(facts.start),
            Self::End => format_day(facts.end),
        }
    }
}

/// The beginning of a headline: SMS services refuse long values.
fn shortened(title: &str) -> String {
    if title.chars().count() <= MessageValue::MAX_CHARS {
        return title.to_owned();
    }
    title.chars().take(MessageValue::MAX_CHARS - 1).chain(['…']).collect()
}

/// The template of a kind of message at the SMS service: its id, and the values that it takes in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplate {
    /// The id of the template at the service.
    pub id: String,
    /// The values.
    pub values: Vec<MessageValue>,
}

impl MessageTemplate {
    /// Reads `ID VALUE…`, such as `SMS_154950909 listing start end`; none for a value that no message has.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let id = words.next()?.to_owned();
        let values: Option<Vec<_>> = words.map(MessageValue::of_name).collect();
        Some(Self { id, values: values? })
    }
}

/// A message as a sentence, for where it is read as it is: the file of profile dev.
pub fn message_text(kind: MessageKind, facts: Option<&OrderFacts>) -> String {
    let value = |value: MessageValue| value.of(facts);
    let stay = format!(
        "「{}」{}至{}（订单{}）",
        value(MessageValue::Listing),
        value(MessageValue::Start),
        value(MessageValue::End),
        value(MessageValue::Order)
    );
    match kind {
        MessageKind::OrderPlaced => format!("您有新的订单：{stay}，请及时处理。"),
        MessageKind::OrderAccepted => format!("房东已接单：{stay}。"),
        MessageKind::OrderRejected => format!("房东未能接单：{stay}。"),
        MessageKind::OrderExpired => format!("订单已超时取消：{stay}。"),
        MessageKind::OrderCanceled => format!("订单已取消：{stay}。"),
        MessageKind::OrderPaid => format!("订单已支付：{stay}。"),
        MessageKind::WebhookDisabled => "您的一个 Webhook 已连续五天投递失败，现已停用。".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HouseId, OrderEvent, OrderStatus, parse_day};

    fn event() -> OrderEvent {
        OrderEvent {
            order: OrderId::new(3).unwrap(),
            house: HouseId::new(7).unwrap(),
            landlord: UserId::new(1).unwrap(),
            guest: UserId::new(2).unwrap(),
            entered: OrderStatus::WaitAccept,
        }
    }

    #[test]
    fn the_one_who_must_act_is_told() {
        let (landlord, guest) = (event().landlord, event().guest);
        for (event, told) in [
            (Event::OrderPlaced(event()), vec![landlord]),
            (Event::OrderAccepted(event()), vec![guest]),
            (Event::OrderRejected(event()), vec![guest]),
            (Event::OrderExpired(event()), vec![guest]),
            (Event::OrderCanceled(event()), vec![landlord, guest]),
            (Event::OrderPaid(event()), vec![landlord]),
            (Event::OrderStayed(event()), vec![]),
            (Event::AccountWebhookDisabled { user: guest }, vec![guest]),
            (Event::AccountRenamed { user: guest }, vec![]),
        ] {
            let messages = MessageKind::of_event(&event);
            assert_eq!(messages.iter().map(|(_, user)| *user).collect::<Vec<_>>(), told, "{}", event.name());
            assert!(messages.iter().all(|(kind, _)| kind.name() == event.name()));
        }
    }

    #[test]
    fn choices_read_back_and_later_kinds_are_wanted() {
        for kind in MessageKind::ALL {
            assert!(MessageChoices::default().wants(kind));
            let one = MessageChoices::of([kind]);
            assert_eq!(MessageKind::ALL.into_iter().filter(|other| one.wants(*other)).collect::<Vec<_>>(), [kind]);
            assert_eq!(MessageChoices::stored(one.bits()), one);
            assert_eq!(MessageKind::of_name(kind.name()), Some(kind));
        }
        assert_eq!(MessageChoices::of(MessageKind::ALL), MessageChoices::default());
    }

    #[test]
    fn a_template_has_an_id_and_known_values() {
        let template = MessageTemplate::parse(" SMS_1 listing  start ").unwrap();
        assert_eq!((template.id.as_str(), template.values.len()), ("SMS_1", 2));
        assert_eq!(MessageTemplate::parse("SMS_1").unwrap().values, []);
        assert_eq!((MessageTemplate::parse(" "), MessageTemplate::parse("SMS_1 price")), (None, None));
    }

    #[test]
    fn a_message_names_listing_and_days() {
        let facts = OrderFacts {
            order: OrderId::new(3).unwrap(),
            title: "四合院".into(),
            start: parse_day("2026-12-01").unwrap(),
            end: parse_day("2026-12-03").unwrap(),
        };
        let text = message_text(MessageKind::OrderPlaced, Some(&facts));
        assert_eq!(text, "您有新的订单：「四合院」2026-12-01至2026-12-03（订单3），请及时处理。");
        assert_eq!(MessageValue::End.of(Some(&facts)), "2026-12-03");
        let long = OrderFacts { title: "长".repeat(21), ..facts.clone() };
        assert_eq!(MessageValue::Listing.of(Some(&long)), format!("{}…", "长".repeat(19)));
        let longest = OrderFacts { title: "长".repeat(20), ..facts.clone() };
        assert_eq!(MessageValue::Listing.of(Some(&longest)), "长".repeat(20));
        assert_eq!(MessageValue::End.of(None), "");
    }
}
