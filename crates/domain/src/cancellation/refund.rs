//! The amount of a refund.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{CancellationPolicy, Tier};
use crate::{Money, Quote, QuoteLineKind};

/// What was agreed, for a cancellation by the guest. A landlord or the site that cancels refunds everything.
#[derive(Debug, Clone, Copy)]
pub struct Agreement<'a> {
    /// The policy, as it was copied into the order.
    pub policy: CancellationPolicy,
    /// The price.
    pub quote: &'a Quote,
    /// When the landlord accepted, or the order was placed where no answer was needed; none while it waits for an
    /// answer.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// The two parts of a price that a cancellation makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refund {
    /// What the guest gets back.
    pub refunded: Money,
    /// What the landlord keeps: the rest.
    pub kept: Money,
    /// The instant from which on less is refunded; none when no later one changes anything.
    pub until: Option<DateTime<Utc>>,
}

impl Agreement<'_> {
    /// What a cancellation at `now` refunds. `begin_of` gives the instant at which a day of the stay begins: the
    /// check-in hour in the time zone of the site.
    ///
    /// Days that have begun are kept whole; of the others the tier decides. The share is of the price of the days
    /// after the discount, and of the fee of extra guests in proportion; a half of a 分 is rounded up. The cleaning
    /// fee is refunded as long as the stay has not begun. Before the order is confirmed everything is refunded.
    pub fn refund(&self, now: DateTime<Utc>, begin_of: impl Fn(NaiveDate) -> DateTime<Utc>) -> Refund {
        let begins: Vec<_> = self.days().map(|(day, _)| begin_of(day)).collect();
        let refunded = self.refunded(now, &begins);
        let shrinks = |at: &DateTime<Utc>| *at > now && self.refunded(*at, &begins) < refunded;
        let until = self.changes(&begins).filter(shrinks).min();
        let total = self.quote.total();
        Refund { refunded, kept: less(total, refunded), until }
    }

    /// Every instant at which a refund may become another one.
    fn changes(&self, begins: &[DateTime<Utc>]) -> impl Iterator<Item = DateTime<Utc>> {
        let ahead = begins.first().map(|first| self.policy.tiers.map(|tier| *first - hours(tier.hours_ahead)));
        let grace = self.confirmed_at.map(|at| at + hours(self.policy.grace.hours));
        ahead.into_iter().flatten().chain(grace).chain(begins.to_vec())
    }

    fn refunded(&self, now: DateTime<Utc>, begins: &[DateTime<Utc>]) -> Money {
        let (Some(confirmed_at), Some(first)) = (self.confirmed_at, begins.first()) else { return self.quote.total() };
        let begun = begins.iter().filter(|begin| **begin <= now).count();
        if begun == 0 && self.is_in_grace(confirmed_at, now, *first) {
            return self.quote.total();
        }
        let Tier { refunded, days_kept, .. } = self.tier(now, *first);
        let kept = begun.max(days_kept as usize);
        let cleaning = if begun == 0 { self.sum_of(QuoteLineKind::Cleaning) } else { 0 };
        let days = self.share_of_days(kept, refunded);
        let total = self.quote.total();
        Money::from_fen(days + cleaning).unwrap_or(total).min(total)
    }

    fn is_in_grace(&self, confirmed_at: DateTime<Utc>, now: DateTime<Utc>, first: DateTime<Utc>) -> bool {
        let grace = self.policy.grace;
        first - confirmed_at >= hours(grace.hours_ahead) && now < confirmed_at + hours(grace.hours)
    }

    fn tier(&self, now: DateTime<Utc>, first: DateTime<Utc>) -> Tier {
        let [early, late] = self.policy.tiers;
        if now < first - hours(early.hours_ahead) { early } else { late }
    }

    /// The share, in basis points, of the price of the days behind the first `kept` ones.
    fn share_of_days(&self, kept: usize, share: u32) -> i64 {
        let all: i128 = self.days().map(|(_, price)| i128::from(price)).sum();
        let rest: i128 = self.days().skip(kept).map(|(_, price)| i128::from(price)).sum();
        let (days, left) = (self.days().count() as i128, self.days().skip(kept).count() as i128);
        let discount = i128::from(self.sum_of(QuoteLineKind::Discount));
        let extra_guests = i128::from(self.sum_of(QuoteLineKind::ExtraGuests));
        // rest − discount · rest / all + extra guests · left / days, over one denominator.
        let (numerator, denominator) = if all == 0 {
            (extra_guests * left, days.max(1))
        } else {
            (rest * (all + discount) * days + extra_guests * left * all, all * days)
        };
        let (numerator, denominator) = (numerator * i128::from(share), denominator * 10_000);
        let rounded = (2 * numerator + denominator) / (2 * denominator);
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }

    /// Each day of the stay with its price in 分, ascending.
    fn days(&self) -> impl Iterator<Item = (NaiveDate, i64)> {
        let lines = self.quote.lines().iter().filter(|line| line.kind() == QuoteLineKind::Days);
        lines.flat_map(|line| {
            let days = line.first().iter_days().take(line.quantity() as usize);
            days.map(|day| (day, line.unit_price().fen()))
        })
    }

    /// The sum of the lines of a kind, in 分; that of the discount is below zero.
    fn sum_of(&self, kind: QuoteLineKind) -> i64 {
        self.quote.lines().iter().filter(|line| line.kind() == kind).map(|line| line.amount().fen()).sum()
    }
}

fn hours(hours: u32) -> TimeDelta {
    TimeDelta::hours(hours.into())
}

fn less(total: Money, part: Money) -> Money {
    Money::from_fen(total.fen() - part.fen()).unwrap_or(Money::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CancellationPreset, QuoteLine, Stay, StayRule, parse_day};
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    /// Check-in at 14 o'clock in UTC.
    fn begin_of(day: NaiveDate) -> DateTime<Utc> {
        day.and_hms_opt(14, 0, 0).unwrap().and_utc()
    }

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount).unwrap()
    }

    /// Four days, 2027-03-10 to 13, of which the last is dearer: 10000, 10000, 10000, 20001.
    fn quote() -> Quote {
        let stay = Stay::new(day("2027-03-10"), day("2027-03-13"), StayRule::Days).unwrap();
        Quote::of_lines(vec![
            QuoteLine::days(stay.start(), 3, fen(10_000)).unwrap(),
            QuoteLine::days(day("2027-03-13"), 1, fen(20_001)).unwrap(),
            QuoteLine::discount(&stay, fen(5_001)),
            QuoteLine::fee(QuoteLineKind::Cleaning, &stay, 1, fen(5_000)).unwrap(),
            QuoteLine::fee(QuoteLineKind::ExtraGuests, &stay, 8, fen(1_000)).unwrap(),
        ])
        .unwrap()
    }

    const FLEXIBLE: CancellationPreset = CancellationPreset::Flexible;
    const MODERATE: CancellationPreset = CancellationPreset::Moderate;
    const STRICT: CancellationPreset = CancellationPreset::Strict;

    /// The refund in 分 of an order that was confirmed on the first of January, and the instant of the next change.
    fn refunded(preset: CancellationPreset, now: &str) -> (i64, Option<DateTime<Utc>>) {
        let quote = quote();
        let agreement =
            Agreement { policy: preset.into(), quote: &quote, confirmed_at: Some(at("2027-01-01T00:00:00Z")) };
        let refund = agreement.refund(at(now), begin_of);
        assert_eq!(refund.refunded.fen() + refund.kept.fen(), quote.total().fen());
        (refund.refunded.fen(), refund.until)
    }

    #[test]
    fn the_share_falls_at_the_borders_of_the_presets() {
        let total = quote().total().fen();
        assert_eq!(total, 50_001 - 5_001 + 5_000 + 8_000);
        // Days after the discount 45000 and extra guests 8000; the first day is 10000 − 1000.2 and 2000.
        let (half, but_first) = ((45_000 + 8_000) / 2 + 5_000, 45_000 - 9_000 + 6_000 + 5_000);
        for (preset, moment, expected, until) in [
            (FLEXIBLE, "2027-03-09T13:59:59Z", total, Some("2027-03-09T14:00:00Z")),
            (FLEXIBLE, "2027-03-09T14:00:00Z", but_first, Some("2027-03-10T14:00:00Z")),
            (MODERATE, "2027-03-05T13:59:59Z", total, Some("2027-03-05T14:00:00Z")),
            (MODERATE, "2027-03-05T14:00:00Z", half, Some("2027-03-10T14:00:00Z")),
            (STRICT, "2027-01-01T23:59:59Z", total, Some("2027-01-02T00:00:00Z")),
            (STRICT, "2027-01-02T00:00:00Z", half, Some("2027-03-03T14:00:00Z")),
            (STRICT, "2027-03-03T14:00:00Z", 5_000, Some("2027-03-10T14:00:00Z")),
            (STRICT, "2027-03-10T14:00:00Z", 0, None),
        ] {
            assert_eq!(refunded(preset, moment), (expected, until.map(at)), "{preset:?} {moment}");
        }
    }

    #[test]
    fn days_that_have_begun_are_kept_whole_and_so_is_the_cleaning_fee() {
        // Two days have begun: 30001 − 3000.69… of the days and 4000 of the extra guests are left.
        let rest: f64 = 30_001.0 * 45_000.0 / 50_001.0 + 4_000.0;
        for (preset, share) in [(FLEXIBLE, 1.0), (MODERATE, 0.5), (STRICT, 0.0)] {
            let expected = (share * rest).round() as i64;
            assert_eq!(refunded(preset, "2027-03-11T14:00:00Z").0, expected, "{preset:?}");
        }
        assert_eq!(refunded(FLEXIBLE, "2027-03-13T14:00:00Z"), (0, None));
    }

    #[test]
    fn a_late_confirmation_has_no_grace_and_a_request_costs_nothing() {
        let quote = quote();
        let refund = |confirmed_at, now: &str| {
            let agreement = Agreement { policy: STRICT.into(), quote: &quote, confirmed_at };
            agreement.refund(at(now), begin_of).refunded.fen()
        };
        // Exactly seven days ahead there is grace, a second later none.
        let (in_time, late) = (Some(at("2027-03-03T14:00:00Z")), Some(at("2027-03-03T14:00:01Z")));
        assert_eq!(refund(in_time, "2027-03-04T13:59:59Z"), quote.total().fen());
        assert_eq!(refund(in_time, "2027-03-04T14:00:00Z"), 5_000);
        assert_eq!(refund(late, "2027-03-03T14:00:02Z"), 5_000);
        assert_eq!(refund(None, "2027-03-12T00:00:00Z"), quote.total().fen());
    }

    proptest! {
        /// A refund never grows as time passes, and never is more than the price.
        #[test]
        fn refunds_only_shrink(
            prices in prop::collection::vec(0i64..100_000, 1..20),
            cleaning in 0i64..10_000,
            preset in prop::sample::select(CancellationPreset::ALL.to_vec()),
            confirmed in 0i64..1_000,
            steps in prop::collection::vec(1i64..200, 1..30),
        ) {
            let first = day("2027-03-10");
            let stay = Stay::new(first, first + chrono::Days::new(prices.len() as u64 - 1), StayRule::Days).unwrap();
            let mut lines: Vec<_> = first
                .iter_days()
                .zip(&prices)
                .map(|(day, price)| QuoteLine::days(day, 1, fen(*price)).unwrap())
                .collect();
            lines.push(QuoteLine::fee(QuoteLineKind::Cleaning, &stay, 1, fen(cleaning)).unwrap());
            let quote = Quote::of_lines(lines).unwrap();
            let confirmed_at = begin_of(first) - TimeDelta::hours(confirmed);
            let agreement = Agreement { policy: preset.into(), quote: &quote, confirmed_at: Some(confirmed_at) };
            let (mut now, mut before) = (confirmed_at, quote.total());
            for step in steps {
                let refund = agreement.refund(now, begin_of);
                prop_assert!(refund.refunded <= before);
                prop_assert_eq!(refund.refunded.fen() + refund.kept.fen(), quote.total().fen());
                if let Some(until) = refund.until {
                    prop_assert_eq!(agreement.refund(until - TimeDelta::seconds(1), begin_of).refunded, refund.refunded);
                    prop_assert!(agreement.refund(until, begin_of).refunded < refund.refunded);
                }
                (now, before) = (now + TimeDelta::hours(step), refund.refunded);
            }
        }
    }
}
