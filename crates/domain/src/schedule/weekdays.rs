//! Sets of weekdays and prices by weekday. Weekdays are numbered from 1 (Monday) to 7 (Sunday).

use chrono::Weekday;

use crate::{Field, HouseDraft, Invalid, Money};

/// The weekdays on which something is allowed; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every weekday.
    pub const ALL: Self = Self(0b111_1111);

    /// Takes numbers from 1 to 7; doubles count once.
    ///
    /// # Errors
    /// The field, for no number and for numbers that are no weekday.
    pub fn of_numbers(numbers: &[i64], field: Field) -> Result<Self, Invalid> {
        let mut mask = 0;
        for number in numbers {
            mask |= 1_u8 << index(*number).ok_or(Invalid::range(field))?;
        }
        if mask == 0 { Err(Invalid::range(field)) } else { Ok(Self(mask)) }
    }

    /// Takes a mask with a bit for each weekday, Monday's the lowest; `None` without any or with others.
    pub const fn of_mask(mask: u8) -> Option<Self> {
        if mask == 0 || mask > Self::ALL.0 { None } else { Some(Self(mask)) }
    }

    /// The mask.
    pub const fn mask(self) -> u8 {
        self.0
    }

    /// The numbers, ascending.
    pub fn numbers(self) -> impl Iterator<Item = u8> {
        (1..=7).filter(move |number| self.0 & (1 << (number - 1)) != 0)
    }

    /// Whether it holds a weekday.
    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }
}

impl Default for Weekdays {
    fn default() -> Self {
        Self::ALL
    }
}

/// The place of a weekday's number, Monday's 0.
fn index(number: i64) -> Option<usize> {
    usize::try_from(number).ok().filter(|number| (1..=7).contains(number)).map(|number| number - 1)
}

/// Prices of some weekdays, each from 1 分 to [`HouseDraft::MAX_PRICE_FEN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct WeekdayPrices([Option<Money>; 7]);

impl WeekdayPrices {
    /// Takes pairs of a weekday's number and its price in 分; of doubles the last one counts.
    ///
    /// # Errors
    /// [`Field::WeekdayPrices`] for other weekdays and for prices out of their range.
    pub fn of_numbers(prices: impl IntoIterator<Item = (i64, i64)>) -> Result<Self, Invalid> {
        let mut all = [None; 7];
        for (number, fen) in prices {
            let place = index(number).and_then(|index| all.get_mut(index));
            *place.ok_or(Invalid::range(Field::WeekdayPrices))? = Some(day_price(fen, Field::WeekdayPrices)?);
        }
        Ok(Self(all))
    }

    /// The price of a weekday.
    pub fn of(&self, day: Weekday) -> Option<Money> {
        self.0[day.num_days_from_monday() as usize]
    }

    /// The weekdays that have a price, ascending, with it.
    pub fn numbers(&self) -> impl Iterator<Item = (u8, Money)> {
        (1..).zip(self.0).filter_map(|(number, price)| price.map(|price| (number, price)))
    }

    /// Whether no weekday has a price.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// A price of a day in 分, from 1 to [`HouseDraft::MAX_PRICE_FEN`].
pub(super) fn day_price(fen: i64, field: Field) -> Result<Money, Invalid> {
    let price = fee(fen, field)?;
    if price == Money::ZERO { Err(Invalid::range(field)) } else { Ok(price) }
}

/// A fee in 分, from 0 to [`HouseDraft::MAX_PRICE_FEN`].
pub(super) fn fee(fen: i64, field: Field) -> Result<Money, Invalid> {
    match Money::from_fen(fen) {
        Ok(money) if fen <= HouseDraft::MAX_PRICE_FEN => Ok(money),
        _ => Err(Invalid::range(field)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_count_from_monday() {
        let weekend = Weekdays::of_numbers(&[7, 6, 6], Field::ArrivalDays).unwrap();
        assert_eq!(weekend.numbers().collect::<Vec<_>>(), [6, 7]);
        assert!(weekend.contains(Weekday::Sat) && weekend.contains(Weekday::Sun) && !weekend.contains(Weekday::Mon));
        assert_eq!(Weekdays::of_mask(weekend.mask()), Some(weekend));
        for bad in [&[][..], &[0], &[8], &[-1], &[1, i64::MAX]] {
            assert_eq!(Weekdays::of_numbers(bad, Field::ArrivalDays), Err(Invalid::range(Field::ArrivalDays)));
        }
        assert_eq!((Weekdays::of_mask(0), Weekdays::of_mask(128)), (None, None));
        assert_eq!(Weekdays::of_mask(127), Some(Weekdays::default()));
    }

    #[test]
    fn prices_of_weekdays_are_positive_and_bounded() {
        let prices = WeekdayPrices::of_numbers([(5, 200), (1, 100)]).unwrap();
        let numbers: Vec<_> = prices.numbers().map(|(day, price)| (day, price.fen())).collect();
        assert_eq!(numbers, [(1, 100), (5, 200)]);
        assert_eq!(prices.of(Weekday::Fri).map(Money::fen), Some(200));
        assert_eq!((prices.of(Weekday::Sun), prices.is_empty()), (None, false));
        assert!(WeekdayPrices::default().is_empty());
        for bad in [(0, 1), (8, 1), (1, 0), (1, -1), (1, HouseDraft::MAX_PRICE_FEN + 1)] {
            assert_eq!(WeekdayPrices::of_numbers([bad]), Err(Invalid::range(Field::WeekdayPrices)), "{bad:?}");
        }
    }
}
