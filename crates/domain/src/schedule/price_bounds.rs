//! Between which amounts the total of any stay lies, so that a search by total need not price every house.

use super::HouseSchedule;
use crate::Money;

/// A stay of `n` days, of no more guests than the house takes, costs at least `n` times the one and at most `n` times the
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBounds {
    /// The lowest price of any day, less the greatest discount.
    pub lowest: Money,
    /// The highest price of any day with every fee.
    pub highest: Money,
}

impl HouseSchedule {
    /// The bounds by the rules as they are; of the dates by those that are known.
    pub fn price_bounds(&self) -> PriceBounds {
        let seasons = self.seasons.iter();
        let of_seasons = seasons
            .flat_map(|season| season.price.into_iter().chain(season.weekday_prices.numbers().map(|(_, fen)| fen)));
        let of_weekdays = self.rules.weekday_prices.numbers().map(|(_, price)| price);
        let of_dates = self.dates.values().filter_map(|date| date.price);
        let (mut lowest, mut highest) = (self.terms.price, self.terms.price);
        for price in of_seasons.chain(of_weekdays).chain(of_dates) {
            (lowest, highest) = (lowest.min(price), highest.max(price));
        }
        let rules = &self.rules;
        let points = i64::from(rules.weekly_discount.get().max(rules.monthly_discount.get()));
        let extra_guests = i64::from(self.terms.capacity.saturating_sub(rules.guests_included));
        let fees = extra_guests.saturating_mul(rules.extra_guest_fee.fen()).saturating_add(rules.cleaning_fee.fen());
        PriceBounds {
            // Both factors are far below the root of the largest number.
            lowest: Money::from_fen(lowest.fen() * (10_000 - points) / 10_000).unwrap_or(Money::ZERO),
            highest: Money::from_fen(highest.fen().saturating_add(fees)).unwrap_or(Money::MAX),
        }
    }
}
