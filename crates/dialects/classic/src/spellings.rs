//! The spelling of values of the domain in the classic dialects.

use minsu_application::orders::Role;
use minsu_domain::{OrderStatus, SortKey};

/// The number of an order's state. The pages know no state of an order that was paid and can be commented on later: it
/// is shown as the one that follows.
pub const fn order_status(status: OrderStatus) -> i16 {
    match status {
        OrderStatus::WaitAccept => 0,
        OrderStatus::WaitPayment => 1,
        OrderStatus::Paid | OrderStatus::WaitComment => 3,
        OrderStatus::Complete => 4,
        OrderStatus::Canceled => 5,
        OrderStatus::Rejected => 6,
    }
}

/// The order of a list as `sk` spells it; any other text means the newest first.
pub fn sort_key(text: &str) -> SortKey {
    match text {
        "booking" => SortKey::Booking,
        "price-inc" => SortKey::PriceAscending,
        "price-des" => SortKey::PriceDescending,
        _ => SortKey::New,
    }
}

/// The side of orders as `role` spells it: `landlord`; any other text is the guest (`custom`).
pub fn role(text: &str) -> Role {
    if text == "landlord" { Role::Landlord } else { Role::Guest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_the_numbers_of_the_contract() {
        assert_eq!(OrderStatus::ALL.map(order_status), [0, 1, 3, 3, 4, 5, 6]);
    }

    #[test]
    fn unknown_texts_are_the_defaults() {
        let keys = ["new", "booking", "price-inc", "price-des"].map(sort_key);
        // Popular is the native API's.
        assert!(keys.iter().eq(SortKey::ALL.iter().filter(|sort| **sort != SortKey::Popular)));
        assert_eq!(sort_key("'; drop table"), SortKey::New);
        assert_eq!(role("landlord"), Role::Landlord);
        for text in ["custom", "", "LANDLORD", "admin"] {
            assert_eq!(role(text), Role::Guest, "{text}");
        }
    }
}
