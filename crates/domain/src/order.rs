//! Orders and their state machine.

use chrono::{DateTime, NaiveDate, Utc};
use thiserror::Error;

use crate::{HouseId, OrderId, Quote, UserId};

/// The state of an order. The numbers are those of the classic dialect and of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum OrderStatus {
    /// 待接单: waits for the landlord.
    WaitAccept = 0,
    /// 待支付: waits for the money; reached only with a payment adapter.
    WaitPayment = 1,
    /// 已支付: paid; reached only with a payment adapter.
    Paid = 2,
    /// 待评价: waits for the guest's comment.
    WaitComment = 3,
    /// 已完成: commented; the end.
    Complete = 4,
    /// 已取消: taken back; the end.
    Canceled = 5,
    /// 已拒单: refused by the landlord; the end.
    Rejected = 6,
}

impl OrderStatus {
    /// Every state, by number.
    pub const ALL: [Self; 7] = [
        Self::WaitAccept,
        Self::WaitPayment,
        Self::Paid,
        Self::WaitComment,
        Self::Complete,
        Self::Canceled,
        Self::Rejected,
    ];

    /// The number of the state.
    pub const fn number(self) -> i16 {
        self as i16
    }

    /// The state of a number, if there is one.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.number() == number)
    }

    /// The name of the state in the v1 dialect.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WaitAccept => "WAIT_ACCEPT",
            Self::WaitPayment => "WAIT_PAYMENT",
            Self::Paid => "PAID",
            Self::WaitComment => "WAIT_COMMENT",
            Self::Complete => "COMPLETE",
            Self::Canceled => "CANCELED",
            Self::Rejected => "REJECTED",
        }
    }

    /// Whether an order in this state keeps its days from everybody else.
    pub const fn holds_days(self) -> bool {
        !matches!(self, Self::Canceled | Self::Rejected)
    }

    /// Whether nothing can happen to the order any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Canceled | Self::Rejected)
    }
}

/// A change of state that was found right. Writing it is a compare-and-swap on `from`: where the
/// order is no longer in that state, somebody else was first and nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state that the order must still be in.
    pub from: OrderStatus,
    /// The state it goes to.
    pub to: OrderStatus,
}

/// Why an order does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TransitionRefused {
    /// The person has no such part in this order.
    #[error("only the other party of the order may do this")]
    WrongParty,
    /// Not from this state.
    #[error("the order is not in a state that allows this")]
    WrongState,
}

/// An order of a guest for a house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The house.
    pub house: HouseId,
    /// The owner of the house.
    pub landlord: UserId,
    /// Who ordered.
    pub guest: UserId,
    /// First day.
    pub start: NaiveDate,
    /// Last day, or day of departure where the site counts nights.
    pub end: NaiveDate,
    /// Days, price and amount as agreed.
    pub quote: Quote,
    /// Where it stands.
    pub status: OrderStatus,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
}

impl Order {
    /// The landlord accepts. Without a payment adapter the stay needs no payment step: the order
    /// then waits for the guest's comment.
    ///
    /// # Errors
    /// Anybody but the landlord, any state but [`OrderStatus::WaitAccept`].
    pub fn accept(&self, by: UserId) -> Result<Transition, TransitionRefused> {
        self.step(by == self.landlord, OrderStatus::WaitAccept, OrderStatus::WaitComment)
    }

    /// The landlord rejects; the days are free at once.
    ///
    /// # Errors
    /// Anybody but the landlord, any state but [`OrderStatus::WaitAccept`].
    pub fn reject(&self, by: UserId) -> Result<Transition, TransitionRefused> {
        self.step(by == self.landlord, OrderStatus::WaitAccept, OrderStatus::Rejected)
    }

    /// The guest comments; the order is complete and counts for the house.
    ///
    /// # Errors
    /// Anybody but the guest, any state but [`OrderStatus::WaitComment`].
    pub fn comment(&self, by: UserId) -> Result<Transition, TransitionRefused> {
        self.step(by == self.guest, OrderStatus::WaitComment, OrderStatus::Complete)
    }

    fn step(&self, allowed: bool, from: OrderStatus, to: OrderStatus) -> Result<Transition, TransitionRefused> {
        if !allowed {
            Err(TransitionRefused::WrongParty)
        } else if self.status != from {
            Err(TransitionRefused::WrongState)
        } else {
            Ok(Transition { from, to })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Money, parse_day};
    use proptest::prelude::*;

    fn order(status: OrderStatus) -> Order {
        let price = Money::from_fen(100).unwrap();
        Order {
            id: OrderId::new(1).unwrap(),
            house: HouseId::new(1).unwrap(),
            landlord: UserId::new(1).unwrap(),
            guest: UserId::new(2).unwrap(),
            start: parse_day("2026-12-01").unwrap(),
            end: parse_day("2026-12-01").unwrap(),
            quote: Quote { days: 1, price, amount: price },
            status,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn numbers_and_names_belong_together() {
        for (number, status) in OrderStatus::ALL.into_iter().enumerate() {
            assert_eq!(i16::try_from(number).unwrap(), status.number());
            assert_eq!(OrderStatus::from_number(status.number()), Some(status));
        }
        assert_eq!(OrderStatus::from_number(7), None);
        let names: std::collections::HashSet<_> = OrderStatus::ALL.map(OrderStatus::name).into_iter().collect();
        assert_eq!(names.len(), 7);
    }

    #[derive(Debug, Clone, Copy)]
    enum Act {
        Accept,
        Reject,
        Comment,
    }

    proptest! {
        /// Whatever anybody tries in whatever order, the order only walks along the allowed
        /// edges, and nobody acts for the other side.
        #[test]
        fn only_the_right_party_moves_it_along_the_edges(
            acts in prop::collection::vec((1i64..4, prop::sample::select(vec![Act::Accept, Act::Reject, Act::Comment])), 0..30)
        ) {
            let mut order = order(OrderStatus::WaitAccept);
            for (person, act) in acts {
                let by = UserId::new(person).unwrap();
                let result = match act {
                    Act::Accept => order.accept(by),
                    Act::Reject => order.reject(by),
                    Act::Comment => order.comment(by),
                };
                let expected = match (act, order.status, person) {
                    (Act::Accept, OrderStatus::WaitAccept, 1) => Some(OrderStatus::WaitComment),
                    (Act::Reject, OrderStatus::WaitAccept, 1) => Some(OrderStatus::Rejected),
                    (Act::Comment, OrderStatus::WaitComment, 2) => Some(OrderStatus::Complete),
                    _ => None,
                };
                prop_assert_eq!(result.ok().map(|step| (step.from, step.to)), expected.map(|to| (order.status, to)));
                if let Some(to) = expected {
                    prop_assert!(!order.status.is_final());
                    order.status = to;
                }
            }
        }
    }

    #[test]
    fn a_stranger_learns_nothing_about_the_state() {
        for status in OrderStatus::ALL {
            let stranger = UserId::new(9).unwrap();
            assert_eq!(order(status).accept(stranger), Err(TransitionRefused::WrongParty));
            assert_eq!(order(status).comment(stranger), Err(TransitionRefused::WrongParty));
        }
    }

    #[test]
    fn only_rejected_and_canceled_orders_free_their_days() {
        let free: Vec<_> = OrderStatus::ALL.into_iter().filter(|status| !status.holds_days()).collect();
        assert_eq!(free, [OrderStatus::Canceled, OrderStatus::Rejected]);
    }
}
