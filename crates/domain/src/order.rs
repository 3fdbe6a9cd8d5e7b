//! Orders and their state machine.

use chrono::{DateTime, NaiveDate, Utc};
use thiserror::Error;

use crate::{HouseId, OrderId, OrderPolicy, OrderStatus, Quote, UserId};

/// A permitted change of state. Writing it is a compare-and-swap on `from`: where the
/// order is no longer in that state, another request changed it first and nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state that the order must still be in.
    pub from: OrderStatus,
    /// The state it goes to.
    pub to: OrderStatus,
}

/// The reason why an order does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TransitionRefused {
    /// The person has no such part in this order.
    #[error("only the other party of the order may do this")]
    WrongParty,
    /// Not from this state.
    #[error("the order is not in a state that allows this")]
    WrongState,
    /// The last day of the stay is past.
    #[error("the stay is over")]
    StayOver,
    /// The first day of the stay is still to come.
    #[error("the stay has not begun")]
    StayNotBegun,
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
    /// The guest.
    pub guest: UserId,
    /// First day.
    pub start: NaiveDate,
    /// Last day, or day of departure where the site counts nights.
    pub end: NaiveDate,
    /// Days and prices as agreed.
    pub quote: Quote,
    /// Its state.
    pub status: OrderStatus,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
}

impl Order {
    /// Whether the last occupied day lies before `today`, the date in the site's time zone. It is the
    /// last day that is charged, whatever the site's stay rule is by now.
    pub fn is_over(&self, today: NaiveDate) -> bool {
        self.quote.last_day() < Some(today)
    }

    /// Whether the first day of the stay is `today` or past, `today` being the date in the site's time zone.
    pub fn has_begun(&self, today: NaiveDate) -> bool {
        self.start <= today
    }

    /// The landlord accepts, at the latest on the last day of the stay. The policy gives the next state.
    ///
    /// # Errors
    /// Any user but the landlord, any state but [`OrderStatus::WaitAccept`], a stay that is over.
    pub fn accept(&self, by: UserId, today: NaiveDate, policy: &OrderPolicy) -> Result<Transition, TransitionRefused> {
        let step = self.step(by == self.landlord, OrderStatus::WaitAccept, policy.accepted())?;
        if self.is_over(today) { Err(TransitionRefused::StayOver) } else { Ok(step) }
    }

    /// The landlord rejects; the days are free at once.
    ///
    /// # Errors
    /// Any user but the landlord, any state but [`OrderStatus::WaitAccept`].
    pub fn reject(&self, by: UserId) -> Result<Transition, TransitionRefused> {
        self.step(by == self.landlord, OrderStatus::WaitAccept, OrderStatus::Rejected)
    }

    /// The guest comments; the order is complete and counts for the house.
    ///
    /// # Errors
    /// Any user but the guest, any state but [`OrderStatus::WaitComment`]; before the first day of the stay
    /// unless the site takes comments then ([`OrderPolicy::comment_before_stay`]).
    pub fn comment(&self, by: UserId, today: NaiveDate, policy: &OrderPolicy) -> Result<Transition, TransitionRefused> {
        let step = self.step(by == self.guest, OrderStatus::WaitComment, OrderStatus::Complete)?;
        let early = !self.has_begun(today) && !policy.comment_before_stay;
        if early { Err(TransitionRefused::StayNotBegun) } else { Ok(step) }
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
    use crate::{AnswerPolicy, Money, PaymentPolicy, QuoteLine, Stay, StayRule, parse_day};
    use proptest::prelude::*;

    fn order(status: OrderStatus) -> Order {
        let (start, price) = (parse_day("2026-12-01").unwrap(), Money::from_fen(100).unwrap());
        Order {
            id: OrderId::new(1).unwrap(),
            house: HouseId::new(1).unwrap(),
            landlord: UserId::new(1).unwrap(),
            guest: UserId::new(2).unwrap(),
            start,
            end: start,
            quote: Quote::of_lines(vec![QuoteLine::days(start, 1, price).unwrap()]).unwrap(),
            status,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Act {
        Accept,
        Reject,
        Comment,
    }

    proptest! {
        /// Any user may attempt any act in any order: the order changes only along the allowed
        /// edges, and only by the party that the edge belongs to.
        #[test]
        fn only_the_right_party_moves_it_along_the_edges(
            acts in prop::collection::vec((1i64..4, prop::sample::select(vec![Act::Accept, Act::Reject, Act::Comment])), 0..30),
            payment in prop::sample::select(vec![PaymentPolicy::None, PaymentPolicy::Required]),
            answer in prop::sample::select(vec![AnswerPolicy::Landlord, AnswerPolicy::Instant]),
        ) {
            let accepted = match payment {
                PaymentPolicy::None => OrderStatus::WaitComment,
                PaymentPolicy::Required => OrderStatus::WaitPayment,
            };
            let placed = if answer == AnswerPolicy::Landlord { OrderStatus::WaitAccept } else { accepted };
            let policy = OrderPolicy { payment, answer, ..OrderPolicy::default() };
            let mut order = order(policy.placed());
            prop_assert_eq!(order.status, placed);
            for (person, act) in acts {
                let by = UserId::new(person).unwrap();
                let result = match act {
                    Act::Accept => order.accept(by, order.start, &policy),
                    Act::Reject => order.reject(by),
                    Act::Comment => order.comment(by, order.start, &policy),
                };
                let expected = match (act, order.status, person) {
                    (Act::Accept, OrderStatus::WaitAccept, 1) => Some(accepted),
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
            let (order, policy) = (order(status), OrderPolicy::default());
            let late = order.end + chrono::Days::new(1);
            assert_eq!(order.accept(stranger, late, &policy), Err(TransitionRefused::WrongParty));
            assert_eq!(order.comment(stranger, late, &policy), Err(TransitionRefused::WrongParty));
        }
    }

    #[test]
    fn a_stay_is_accepted_until_its_last_day_and_rejected_ever_after() {
        let (start, end) = (parse_day("2026-12-01").unwrap(), parse_day("2026-12-03").unwrap());
        let under = |rule| {
            let quote = Quote::at_one_price(&Stay::new(start, end, rule).unwrap(), Money::ZERO).unwrap();
            Order { start, end, quote, ..order(OrderStatus::WaitAccept) }
        };
        let accept = |rule, today: &str| {
            let stay = under(rule);
            stay.accept(stay.landlord, parse_day(today).unwrap(), &OrderPolicy::default()).map(|step| step.to)
        };
        let stay = under(StayRule::Days);
        for (rule, last, after) in
            [(StayRule::Days, "2026-12-03", "2026-12-04"), (StayRule::Nights, "2026-12-02", "2026-12-03")]
        {
            assert_eq!(accept(rule, last), Ok(OrderStatus::WaitComment));
            assert_eq!(accept(rule, after), Err(TransitionRefused::StayOver));
        }
        assert_eq!(stay.reject(stay.landlord).map(|step| step.to), Ok(OrderStatus::Rejected));
    }

    #[test]
    fn comments_before_the_stay_are_for_the_site_to_allow() {
        let accepted = order(OrderStatus::WaitComment);
        let comment = |comment_before_stay, today: &str| {
            let policy = OrderPolicy { comment_before_stay, ..OrderPolicy::default() };
            accepted.comment(accepted.guest, parse_day(today).unwrap(), &policy).map(|step| step.to)
        };
        assert_eq!(comment(true, "2026-11-30"), Ok(OrderStatus::Complete));
        assert_eq!(comment(false, "2026-11-30"), Err(TransitionRefused::StayNotBegun));
        assert_eq!(comment(false, "2026-12-01"), Ok(OrderStatus::Complete));
    }

    #[test]
    fn only_rejected_and_canceled_orders_free_their_days() {
        let free: Vec<_> = OrderStatus::ALL.into_iter().filter(|status| !status.holds_days()).collect();
        assert_eq!(free, [OrderStatus::Canceled, OrderStatus::Rejected]);
    }
}
