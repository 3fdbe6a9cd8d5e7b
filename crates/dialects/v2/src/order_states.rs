//! The states of orders, and who changes them, by their names.

use minsu_domain::{ChangedBy, OrderStatus};

/// Every state by its name.
pub(crate) const STATES: [(&str, OrderStatus); 7] = [
    ("wait_accept", OrderStatus::WaitAccept),
    ("wait_payment", OrderStatus::WaitPayment),
    ("paid", OrderStatus::Paid),
    ("wait_comment", OrderStatus::WaitComment),
    ("complete", OrderStatus::Complete),
    ("canceled", OrderStatus::Canceled),
    ("rejected", OrderStatus::Rejected),
];

/// The name of a state.
pub(crate) const fn state_name(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::WaitAccept => "wait_accept",
        OrderStatus::WaitPayment => "wait_payment",
        OrderStatus::Paid => "paid",
        OrderStatus::WaitComment => "wait_comment",
        OrderStatus::Complete => "complete",
        OrderStatus::Canceled => "canceled",
        OrderStatus::Rejected => "rejected",
    }
}

/// Who changes orders, by name.
pub(crate) const ACTORS: [&str; 5] = ["guest", "landlord", "site", "clock", "payment"];

/// The name of who changes an order.
pub(crate) const fn changed_by(by: ChangedBy) -> &'static str {
    let [guest, landlord, site, clock, payment] = ACTORS;
    match by {
        ChangedBy::Guest => guest,
        ChangedBy::Landlord => landlord,
        ChangedBy::Site => site,
        ChangedBy::Clock => clock,
        ChangedBy::Payment => payment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_name() {
        assert_eq!(STATES.map(|(_, status)| status), OrderStatus::ALL);
        assert!(STATES.iter().all(|(name, status)| state_name(*status) == *name));
    }
}
