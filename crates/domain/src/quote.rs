//! The price of a stay, in lines that add up.

use chrono::{Days, NaiveDate};

use crate::{Field, Invalid, Money, SignedMoney, Stay};

/// The subject of a line of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuoteLineKind {
    /// Occupied days at one price each.
    Days,
    /// The discount for the length of the stay: the one amount that is taken off.
    Discount,
    /// The cleaning fee.
    Cleaning,
    /// The fee of guests beyond those that the price of a day includes: guests × days.
    ExtraGuests,
}

impl QuoteLineKind {
    /// Every kind, in the order of the lines of a quote.
    pub const ALL: [Self; 4] = [Self::Days, Self::Discount, Self::Cleaning, Self::ExtraGuests];
}

/// A line of a quote. One of days has consecutive days at one price; any other is about the whole stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteLine {
    kind: QuoteLineKind,
    first: NaiveDate,
    last: NaiveDate,
    quantity: u32,
    unit_price: SignedMoney,
    amount: SignedMoney,
}

impl QuoteLine {
    /// So many days from `first` on, at least one, each at this price.
    ///
    /// # Errors
    /// [`Field::Stay`] for no days or days beyond the calendar, [`Field::Money`] for an amount above
    /// [`Money::MAX`].
    pub fn days(first: NaiveDate, quantity: u32, unit_price: Money) -> Result<Self, Invalid> {
        let last = quantity.checked_sub(1).and_then(|more| first.checked_add_days(Days::new(more.into())));
        let last = last.ok_or(Invalid::range(Field::Stay))?;
        Self::new(QuoteLineKind::Days, (first, last), quantity, unit_price.into())
    }

    /// What is taken off for the length of a stay.
    pub fn discount(stay: &Stay, amount: Money) -> Self {
        let (unit_price, amount) = (SignedMoney::less(amount), SignedMoney::less(amount));
        Self { kind: QuoteLineKind::Discount, first: stay.start(), last: stay.last(), quantity: 1, unit_price, amount }
    }

    /// A fee of the whole stay.
    ///
    /// # Errors
    /// [`Field::Money`] for an amount above [`Money::MAX`].
    pub fn fee(kind: QuoteLineKind, stay: &Stay, quantity: u32, unit_price: Money) -> Result<Self, Invalid> {
        Self::new(kind, (stay.start(), stay.last()), quantity, unit_price.into())
    }

    /// A line by its parts, as it was stored: from the first to the last day, both included.
    ///
    /// # Errors
    /// [`Field::Stay`] for days that are not so many, [`Field::Money`] for an amount that a line of this kind cannot
    /// have.
    pub fn new(
        kind: QuoteLineKind,
        (first, last): (NaiveDate, NaiveDate),
        quantity: u32,
        unit_price: SignedMoney,
    ) -> Result<Self, Invalid> {
        let days = (last - first).num_days() + 1;
        if days < 1 || quantity == 0 || (kind == QuoteLineKind::Days && days != i64::from(quantity)) {
            return Err(Invalid::range(Field::Stay));
        }
        let taken_off = unit_price.fen() < 0;
        if taken_off != (kind == QuoteLineKind::Discount) {
            return Err(Invalid::range(Field::Money));
        }
        Ok(Self { kind, first, last, quantity, unit_price, amount: unit_price.times(quantity)? })
    }

    /// Its subject.
    pub const fn kind(&self) -> QuoteLineKind {
        self.kind
    }

    /// The first day that it is about.
    pub const fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day that it is about, included.
    pub const fn last(&self) -> NaiveDate {
        self.last
    }

    /// How many units it charges: days, guests × days, or one.
    pub const fn quantity(&self) -> u32 {
        self.quantity
    }

    /// The price of one unit; below zero in [`QuoteLineKind::Discount`] alone.
    pub const fn unit_price(&self) -> SignedMoney {
        self.unit_price
    }

    /// `quantity × unit_price`.
    pub const fn amount(&self) -> SignedMoney {
        self.amount
    }
}

/// The price of a stay: copied into the order, so that a later change of the house's price changes nothing.
/// Every day of the stay is in exactly one line of days, and the total is the sum of the lines.
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

    /// Lines of days in their order, each beginning on the day after the one before; then the others, each of the
    /// whole stay, at most one of a kind.
    ///
    /// # Errors
    /// [`Field::Stay`] when there is no line, a day is missing or is charged twice, or another line is out of order
    /// or of other days; [`Field::Money`] when the total is below zero or above [`Money::MAX`].
    pub fn of_lines(lines: Vec<QuoteLine>) -> Result<Self, Invalid> {
        let of_days = lines.partition_point(|line| line.kind() == QuoteLineKind::Days);
        let (days, others) = lines.split_at(of_days);
        let follows = |pair: &[QuoteLine]| pair[0].last().succ_opt() == Some(pair[1].first());
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Err(Invalid::range(Field::Stay)) };
        let is_whole = |line: &QuoteLine| (line.first(), line.last()) == (first.first(), last.last());
        let place = |line: &QuoteLine| QuoteLineKind::ALL.iter().position(|kind| *kind == line.kind());
        let is_ordered = |pair: &[QuoteLine]| place(&pair[0]) < place(&pair[1]);
        let begins_after_days = others.first().is_none_or(|line| line.kind() != QuoteLineKind::Days);
        let is_sound = days.windows(2).all(follows) && others.iter().all(is_whole) && begins_after_days;
        if !is_sound || !others.windows(2).all(is_ordered) {
            return Err(Invalid::range(Field::Stay));
        }
        // A line is at most `Money::MAX`; a million of them stay below `i64::MAX`.
        let total = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.amount().fen()));
        let total = Money::from_fen(total.unwrap_or(i64::MAX))?;
        Ok(Self { lines, total })
    }

    /// The lines: those of days in their order, at least one, then the others.
    pub fn lines(&self) -> &[QuoteLine] {
        &self.lines
    }

    /// The sum of all lines.
    pub const fn total(&self) -> Money {
        self.total
    }

    /// The first day that is charged.
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.lines.first().map(QuoteLine::first)
    }

    /// The last day that is charged.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.of_days().last().map(QuoteLine::last)
    }

    /// How many days are charged.
    pub fn days(&self) -> u32 {
        self.of_days().map(QuoteLine::quantity).sum()
    }

    fn of_days(&self) -> impl Iterator<Item = &QuoteLine> {
        self.lines.iter().filter(|line| line.kind() == QuoteLineKind::Days)
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
            prop_assert_eq!((line.kind(), line.unit_price()), (QuoteLineKind::Days, fen(price).into()));
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

    #[test]
    fn other_lines_are_of_the_whole_stay_once_each_and_in_order() {
        let stay = Stay::new(day(0), day(1), StayRule::Days).unwrap();
        let days = QuoteLine::days(day(0), 2, fen(100)).unwrap();
        let discount = |amount| QuoteLine::discount(&stay, fen(amount));
        let fee = |kind| QuoteLine::fee(kind, &stay, 2, fen(30)).unwrap();
        let (cleaning, guests) = (fee(QuoteLineKind::Cleaning), fee(QuoteLineKind::ExtraGuests));
        let quote = Quote::of_lines(vec![days, discount(20), cleaning, guests]).unwrap();
        assert_eq!((quote.total().fen(), quote.days(), quote.last_day()), (200 - 20 + 60 + 60, 2, Some(day(1))));
        assert_eq!(Quote::of_lines(vec![days, discount(200)]).unwrap().total(), Money::ZERO);
        assert_eq!(Quote::of_lines(vec![days, discount(201)]), Err(Invalid::range(Field::Money)));
        let longer = Stay::new(day(0), day(2), StayRule::Days).unwrap();
        let of_other_days = QuoteLine::fee(QuoteLineKind::Cleaning, &longer, 1, fen(30)).unwrap();
        for unsound in [
            vec![discount(20)],
            vec![discount(20), days],
            vec![days, guests, cleaning],
            vec![days, cleaning, cleaning],
            vec![days, of_other_days],
            vec![days, cleaning, days],
        ] {
            assert_eq!(Quote::of_lines(unsound.clone()), Err(Invalid::range(Field::Stay)), "{unsound:?}");
        }
        let signed = |fen| SignedMoney::from_fen(fen).unwrap();
        for (kind, unit) in [(QuoteLineKind::Discount, 5), (QuoteLineKind::Cleaning, -5), (QuoteLineKind::Days, -5)] {
            assert!(QuoteLine::new(kind, (day(0), day(0)), 1, signed(unit)).is_err(), "{kind:?}");
        }
        assert!(QuoteLine::new(QuoteLineKind::Days, (day(0), day(1)), 1, signed(5)).is_err());
        assert!(QuoteLine::new(QuoteLineKind::Cleaning, (day(1), day(0)), 1, signed(5)).is_err());
    }
}
