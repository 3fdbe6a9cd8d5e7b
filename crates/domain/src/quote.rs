//! The price of a stay, in lines that add up.

use chrono::{Days, NaiveDate};

use crate::{Field, Invalid, Money, Stay};

/// The subject of a line of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuoteLineKind {
    /// Occupied days at one price each.
    Days,
}

/// A line of a quote: consecutive days at one unit price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteLine {
    kind: QuoteLineKind,
    first: NaiveDate,
    quantity: u32,
    unit_price: Money,
    amount: Money,
}

impl QuoteLine {
    /// So many days from `first` on, at least one, each at this price.
    ///
    /// # Errors
    /// [`Field::Stay`] for no days or days beyond the calendar, [`Field::Money`] for an amount above
    /// [`Money::MAX`].
    pub fn days(first: NaiveDate, quantity: u32, unit_price: Money) -> Result<Self, Invalid> {
        let last = quantity.checked_sub(1).and_then(|more| first.checked_add_days(Days::new(more.into())));
        if last.is_none() {
            return Err(Invalid::range(Field::Stay));
        }
        Ok(Self { kind: QuoteLineKind::Days, first, quantity, unit_price, amount: unit_price.times(quantity)? })
    }

    /// Its subject.
    pub const fn kind(&self) -> QuoteLineKind {
        self.kind
    }

    /// The first day that it charges.
    pub const fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day that it charges, included.
    pub fn last(&self) -> NaiveDate {
        // The constructor keeps the quantity positive and the day inside the calendar.
        self.first + Days::new(u64::from(self.quantity.saturating_sub(1)))
    }

    /// How many units it charges; of [`QuoteLineKind::Days`], days.
    pub const fn quantity(&self) -> u32 {
        self.quantity
    }

    /// The price of one unit.
    pub const fn unit_price(&self) -> Money {
        self.unit_price
    }

    /// `quantity × unit_price`.
    pub const fn amount(&self) -> Money {
        self.amount
    }
}

/// The price of a stay: copied into the order, so that a later change of the house's price changes nothing.
/// Every day of the stay is in exactly one line, and the total is the sum of the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    lines: Vec<QuoteLine>,
    total: Money,
}

impl Quote {
    /// A stay at one price for every day.
    ///
    /// # Errors
    /// [`Field::Money`] when the total is above [`Money::MAX`].
    pub fn at_one_price(stay: &Stay, price: Money) -> Result<Self, Invalid> {
        Self::of_lines(vec![QuoteLine::days(stay.start(), stay.days(), price)?])
    }

    /// Lines in the order of their days, each beginning on the day after the one before.
    ///
    /// # Errors
    /// [`Field::Stay`] when there is no line, a day is missing or is charged twice; [`Field::Money`]
    /// when the total is above [`Money::MAX`].
    pub fn of_lines(lines: Vec<QuoteLine>) -> Result<Self, Invalid> {
        let follows = |pair: &[QuoteLine]| pair[0].last().succ_opt() == Some(pair[1].first());
        if lines.is_empty() || !lines.windows(2).all(follows) {
            return Err(Invalid::range(Field::Stay));
        }
        // A line is at most `Money::MAX`; a million of them stay below `i64::MAX`.
        let total = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.amount().fen()));
        let total = Money::from_fen(total.unwrap_or(i64::MAX))?;
        Ok(Self { lines, total })
    }

    /// The lines, in the order of their days; at least one.
    pub fn lines(&self) -> &[QuoteLine] {
        &self.lines
    }

    /// The sum of all lines.
    pub const fn total(&self) -> Money {
        self.total
    }

    /// The last day that is charged.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.lines.last().map(QuoteLine::last)
    }

    /// How many days are charged.
    pub fn days(&self) -> u32 {
        self.lines.iter().map(QuoteLine::quantity).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StayRule;
    use proptest::prelude::*;

    fn day(offset: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(offset)
    }

    fn fen(fen: i64) -> Money {
        Money::from_fen(fen).unwrap()
    }

    proptest! {
        /// Whatever the lines are, they add up, and every day of the stay is in exactly one.
        #[test]
        fn lines_add_up_and_hold_every_day_once(parts in prop::collection::vec((1u32..40, 0i64..1_000_000), 1..12)) {
            let mut first = 0;
            let mut lines = vec![];
            for (days, price) in &parts {
                lines.push(QuoteLine::days(day(first), *days, fen(*price)).unwrap());
                first += u64::from(*days);
            }
            let quote = Quote::of_lines(lines).unwrap();
            let sum: i64 = parts.iter().map(|(days, price)| i64::from(*days) * price).sum();
            prop_assert_eq!(quote.total().fen(), sum);
            prop_assert_eq!(u64::from(quote.days()), first);
            for offset in 0..first {
                let of_day = quote.lines().iter().filter(|line| (line.first()..=line.last()).contains(&day(offset)));
                prop_assert_eq!(of_day.count(), 1);
            }
        }

        #[test]
        fn one_price_is_one_line_of_the_occupied_days(length in 0u64..30, nights: bool, price in 0i64..1_000_000) {
            let (rule, length) = if nights { (StayRule::Nights, length + 1) } else { (StayRule::Days, length) };
            let stay = Stay::new(day(3), day(3 + length), rule).unwrap();
            let quote = Quote::at_one_price(&stay, fen(price)).unwrap();
            prop_assert_eq!(quote.lines().len(), 1);
            let line = quote.lines()[0];
            prop_assert_eq!((line.kind(), line.unit_price()), (QuoteLineKind::Days, fen(price)));
            let occupied: Vec<_> = stay.occupied().collect();
            prop_assert_eq!((Some(&line.first()), Some(&line.last())), (occupied.first(), occupied.last()));
            prop_assert_eq!(quote.total(), fen(price).times(stay.days()).unwrap());
        }
    }

    #[test]
    fn gaps_overlaps_and_sums_beyond_all_money_are_refused() {
        let line = |first, days| QuoteLine::days(day(first), days, fen(100)).unwrap();
        let stay = Err(Invalid::range(Field::Stay));
        assert_eq!(Quote::of_lines(vec![]), stay);
        assert_eq!(Quote::of_lines(vec![line(0, 2), line(3, 1)]), stay);
        assert_eq!(Quote::of_lines(vec![line(0, 2), line(1, 1)]), stay);
        assert_eq!(Quote::of_lines(vec![line(2, 1), line(0, 2)]), stay);
        assert!(Quote::of_lines(vec![line(0, 2), line(2, 1)]).is_ok());
        assert!(QuoteLine::days(day(0), 0, fen(1)).is_err());
        assert!(QuoteLine::days(NaiveDate::MAX, 2, fen(1)).is_err());
        let dear = |first| QuoteLine::days(day(first), 1, Money::MAX).unwrap();
        assert_eq!(Quote::of_lines(vec![dear(0), dear(1)]), Err(Invalid::range(Field::Money)));
        assert!(QuoteLine::days(day(0), 2, Money::MAX).is_err());
    }
}
