//! Orders and their state machine.

use chrono::{DateTime, NaiveDate, Utc};
use thiserror::Error;

use crate::{CancellationPreset, ChangedBy, HouseId, OrderId, OrderPolicy, OrderStatus, Quote, UserId};

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
    /// The deadline for the landlord's answer has passed.
    #[error("the order has expired")]
    Expired,
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
    /// How many guests come.
    pub guests: u32,
    /// Days and prices as agreed.
    pub quote: Quote,
    /// Its state.
    pub status: OrderStatus,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When it expires unless the landlord answers, or unless it is paid; none where neither is waited for.
    pub expires_at: Option<DateTime<Utc>>,
    /// The cancellation policy of the house when it was placed.
    pub cancellation: CancellationPreset,
}

impl Order {
    /// Whether the last occupied day lies before `today`, the date in the site's time zone. It is the
    /// last day that is charged, whatever the site's stay rule is by now.
    pub fn is_over(&self, today: NaiveDate) -> bool {
        self.quote.last_day() < Some(today)
    }

    /// The last occupied day: the last one that is charged.
    pub fn last_day(&self) -> NaiveDate {
        self.quote.last_day().unwrap_or(self.end)
    }

    /// Whether the first day of the stay is `today` or past, `today` being the date in the site's time zone.
    pub fn has_begun(&self, today: NaiveDate) -> bool {
        self.start <= today
    }

    /// The landlord accepts before the order expires, at the latest on the last day of the stay; `today` is the date
    /// of `now` in the site's time zone. The policy gives the next state.
    ///
    /// # Errors
    /// Any user but the landlord, any state but [`OrderStatus::WaitAccept`], a stay that is over, an order that
    /// has expired.
    pub fn accept(
        &self,
        by: UserId,
        (now, today): (DateTime<Utc>, NaiveDate),
        policy: &OrderPolicy,
    ) -> Result<Transition, TransitionRefused> {
        let step = self.step(by == self.landlord, OrderStatus::WaitAccept, policy.accepted(self.quote.total()))?;
        if self.is_over(today) {
            Err(TransitionRefused::StayOver)
        } else if self.is_expired(now) {
            Err(TransitionRefused::Expired)
        } else {
            Ok(step)
        }
    }

    /// The guest or the landlord takes the order back; the days are free at once. `last_day_begins` is the instant at
    /// which the last occupied day of the stay begins. Tells who did, for the history and the refund.
    ///
    /// # Errors
    /// Any other user, a state that is final, a last day that has begun.
    pub fn cancel(
        &self,
        by: UserId,
        now: DateTime<Utc>,
        last_day_begins: DateTime<Utc>,
    ) -> Result<(Transition, ChangedBy), TransitionRefused> {
        let party = self.party(by).ok_or(TransitionRefused::WrongParty)?;
        if self.status.is_final() {
            return Err(TransitionRefused::WrongState);
        }
        if now >= last_day_begins {
            return Err(TransitionRefused::StayOver);
        }
        Ok((Transition { from: self.status, to: OrderStatus::Canceled }, party))
    }

    /// The role of a user in the order, if any.
    pub fn party(&self, user: UserId) -> Option<ChangedBy> {
        if user == self.guest {
            Some(ChangedBy::Guest)
        } else if user == self.landlord {
            Some(ChangedBy::Landlord)
        } else {
            None
        }
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
    /// Any user but the guest, any state but [`OrderStatus::WaitComment`]; before the first day of the stay, and from
    /// [`OrderStatus::Paid`], unless the site takes comments then ([`OrderPolicy::comment_before_stay`]).
    pub fn comment(&self, by: UserId, today: NaiveDate, policy: &OrderPolicy) -> Result<Transition, TransitionRefused> {
        let paid = self.status == OrderStatus::Paid && policy.comment_before_stay;
        let from = if paid { OrderStatus::Paid } else { OrderStatus::WaitComment };
        let step = self.step(by == self.guest, from, OrderStatus::Complete)?;
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
    use chrono::TimeDelta;
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
            guests: 1,
            quote: Quote::of_lines(vec![QuoteLine::days(start, 1, price).unwrap()]).unwrap(),
            status,
            created_at: DateTime::UNIX_EPOCH,
            expires_at: Some(DateTime::UNIX_EPOCH + TimeDelta::days(1)),
            cancellation: CancellationPreset::default(),
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Act {
        Accept,
        Reject,
        Comment,
        Cancel,
        Expire,
        Pay,
        ExpireUnpaid,
        EndStay,
    }

    const ACTS: [Act; 8] =
        [Act::Accept, Act::Reject, Act::Comment, Act::Cancel, Act::Expire, Act::Pay, Act::ExpireUnpaid, Act::EndStay];

    proptest! {
        /// Any user may attempt any act in any state at any time: the order changes only along the allowed
        /// edges, and only by the party that the edge belongs to.
        #[test]
        fn only_the_right_party_moves_it_along_the_edges(
            acts in prop::collection::vec((1i64..4, prop::sample::select(ACTS.to_vec()), 0i64..60), 0..30),
            begin in prop::sample::select(OrderStatus::ALL.to_vec()),
            payment in prop::sample::select(vec![PaymentPolicy::None, PaymentPolicy::Required]),
        ) {
            let accepted = match payment {
                PaymentPolicy::None => OrderStatus::WaitComment,
                PaymentPolicy::Required => OrderStatus::WaitPayment,
            };
            let policy = OrderPolicy { payment, ..OrderPolicy::default() };
            let last_day_begins = DateTime::UNIX_EPOCH + TimeDelta::hours(48);
            let mut order = order(begin);
            for (person, act, hour) in acts {
                let (by, now) = (UserId::new(person).unwrap(), DateTime::UNIX_EPOCH + TimeDelta::hours(hour));
                let (in_time, open) = (hour < 24, hour < 48);
                let result = match act {
                    Act::Accept => order.accept(by, (now, order.start), &policy).ok(),
                    Act::Reject => order.reject(by).ok(),
                    Act::Comment => order.comment(by, order.start, &policy).ok(),
                    Act::Cancel => order.cancel(by, now, last_day_begins).ok().map(|(step, _)| step),
                    Act::Expire => order.expire(now),
                    Act::Pay => order.pay(),
                    Act::ExpireUnpaid => order.expire_unpaid(now),
                    Act::EndStay => order.end_stay(if open { order.start } else { order.end + chrono::Days::new(1) }),
                };
                let expected = match (act, order.status, person) {
                    (Act::Accept, OrderStatus::WaitAccept, 1) if in_time => Some(accepted),
                    (Act::Reject, OrderStatus::WaitAccept, 1) => Some(OrderStatus::Rejected),
                    (Act::Comment, OrderStatus::WaitComment | OrderStatus::Paid, 2) => Some(OrderStatus::Complete),
                    (Act::Expire, OrderStatus::WaitAccept, _) if !in_time => Some(OrderStatus::Canceled),
                    (Act::Pay, OrderStatus::WaitPayment, _) => Some(OrderStatus::Paid),
                    (Act::ExpireUnpaid, OrderStatus::WaitPayment, _) if !in_time => Some(OrderStatus::Canceled),
                    (Act::EndStay, OrderStatus::Paid, _) if !open => Some(OrderStatus::WaitComment),
                    (
                        Act::Cancel,
                        OrderStatus::WaitAccept | OrderStatus::WaitPayment | OrderStatus::Paid | OrderStatus::WaitComment,
                        1 | 2,
                    ) if open => Some(OrderStatus::Canceled),
                    _ => None,
                };
                prop_assert_eq!(result.map(|step| (step.from, step.to)), expected.map(|to| (order.status, to)));
                if let Some(to) = expected {
                    prop_assert!(!order.status.is_final());
                    order.status = to;
                }
            }
        }
    }

    #[test]
    fn the_site_decides_the_first_state() {
        let placed = |answer, payment, fen| {
            let policy = OrderPolicy { answer, payment, ..OrderPolicy::default() };
            policy.placed(Money::from_fen(fen).unwrap())
        };
        assert_eq!(placed(AnswerPolicy::Landlord, PaymentPolicy::Required, 1), OrderStatus::WaitAccept);
        assert_eq!(placed(AnswerPolicy::Instant, PaymentPolicy::Required, 1), OrderStatus::WaitPayment);
        assert_eq!(placed(AnswerPolicy::Instant, PaymentPolicy::Required, 0), OrderStatus::WaitComment);
        assert_eq!(placed(AnswerPolicy::Instant, PaymentPolicy::None, 1), OrderStatus::WaitComment);
    }

    #[test]
    fn a_cancellation_tells_who_canceled() {
        let order = order(OrderStatus::Paid);
        let cancel = |by| order.cancel(UserId::new(by).unwrap(), DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC);
        let step = Transition { from: OrderStatus::Paid, to: OrderStatus::Canceled };
        assert_eq!(cancel(1), Ok((step, ChangedBy::Landlord)));
        assert_eq!(cancel(2), Ok((step, ChangedBy::Guest)));
        assert_eq!(cancel(3), Err(TransitionRefused::WrongParty));
    }

    #[test]
    fn a_stranger_learns_nothing_about_the_state() {
        for status in OrderStatus::ALL {
            let stranger = UserId::new(9).unwrap();
            let (order, policy) = (order(status), OrderPolicy::default());
            let late = order.end + chrono::Days::new(1);
            assert_eq!(
                order.accept(stranger, (DateTime::UNIX_EPOCH, late), &policy),
                Err(TransitionRefused::WrongParty)
            );
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
            let at = (DateTime::UNIX_EPOCH, parse_day(today).unwrap());
            stay.accept(stay.landlord, at, &OrderPolicy::default()).map(|step| step.to)
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
