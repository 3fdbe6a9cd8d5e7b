//! Seasons: ranges of dates with prices and rules of their own.

use chrono::NaiveDate;

use super::{
    ItemFault, WeekdayPrices, Weekdays,
    item_fault::{kept, stay_days},
    weekdays::day_price,
};
use crate::{Field, Invalid, Money};

/// A season as a landlord gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeasonDraft {
    /// The first date.
    pub from: NaiveDate,
    /// The last date, included.
    pub to: NaiveDate,
    /// The price of a day, in 分.
    pub price: Option<i64>,
    /// Pairs of a weekday's number and its price in 分.
    pub weekday_prices: Vec<(i64, i64)>,
    /// The shortest stay that begins in it, 1 to 3,650 days.
    pub min_days: Option<i64>,
    /// The longest stay that begins in it, 0 to 3,650 days; 0 for no limit.
    pub max_days: Option<i64>,
    /// The weekdays of arrivals in it.
    pub arrival_days: Option<Vec<i64>>,
    /// The weekdays of departures in it.
    pub departure_days: Option<Vec<i64>>,
}

impl From<&Season> for SeasonDraft {
    fn from(season: &Season) -> Self {
        let Season { from, to, price, weekday_prices, min_days, max_days, arrival_days, departure_days } = season;
        let numbers = |days: &Weekdays| days.numbers().map(i64::from).collect();
        Self {
            from: *from,
            to: *to,
            price: price.map(Money::fen),
            weekday_prices: weekday_prices.numbers().map(|(day, price)| (i64::from(day), price.fen())).collect(),
            min_days: min_days.map(i64::from),
            max_days: max_days.map(i64::from),
            arrival_days: arrival_days.as_ref().map(numbers),
            departure_days: departure_days.as_ref().map(numbers),
        }
    }
}

/// A season; what it leaves open is as the house has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Season {
    /// The first date.
    pub from: NaiveDate,
    /// The last date, included; not before `from`.
    pub to: NaiveDate,
    /// The price of a day.
    pub price: Option<Money>,
    /// Prices of weekdays.
    pub weekday_prices: WeekdayPrices,
    /// The shortest stay that begins in it, at least one day.
    pub min_days: Option<u32>,
    /// The longest stay that begins in it; 0 for no limit.
    pub max_days: Option<u32>,
    /// The weekdays of arrivals in it.
    pub arrival_days: Option<Weekdays>,
    /// The weekdays of departures in it.
    pub departure_days: Option<Weekdays>,
}

impl TryFrom<&SeasonDraft> for Season {
    type Error = Vec<Invalid>;

    /// Every field at fault; [`Field::To`] for a season that ends before it begins.
    fn try_from(draft: &SeasonDraft) -> Result<Self, Self::Error> {
        let mut faults = vec![];
        let season = Self {
            from: draft.from,
            to: draft.to,
            price: kept(&mut faults, draft.price.map(|fen| day_price(fen, Field::Price))),
            weekday_prices: WeekdayPrices::of_numbers(draft.weekday_prices.iter().copied())
                .map_err(|fault| faults.push(fault))
                .unwrap_or_default(),
            min_days: kept(&mut faults, draft.min_days.map(|days| stay_days(days, 1, Field::MinDays))),
            max_days: kept(&mut faults, draft.max_days.map(|days| stay_days(days, 0, Field::MaxDays))),
            arrival_days: kept(
                &mut faults,
                draft.arrival_days.as_deref().map(|days| Weekdays::of_numbers(days, Field::ArrivalDays)),
            ),
            departure_days: kept(
                &mut faults,
                draft.departure_days.as_deref().map(|days| Weekdays::of_numbers(days, Field::DepartureDays)),
            ),
        };
        if draft.to < draft.from {
            faults.push(Invalid::range(Field::To));
        }
        if let (Some(min), Some(max)) = (season.min_days, season.max_days)
            && max != 0
            && max < min
        {
            faults.push(Invalid::range(Field::MaxDays));
        }
        if faults.is_empty() { Ok(season) } else { Err(faults) }
    }
}

/// The seasons of a house, by their first date; no two share a date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seasons(Vec<Season>);

impl Seasons {
    /// The most seasons of a house.
    pub const MAX: usize = 100;

    /// Checks the whole list that a landlord gave.
    ///
    /// # Errors
    /// Every field at fault with the place of its season: [`Field::From`] of a season that shares a date with an
    /// earlier one, [`Field::Seasons`] beyond [`Self::MAX`].
    pub fn of(drafts: &[SeasonDraft]) -> Result<Self, Vec<ItemFault>> {
        if drafts.len() > Self::MAX {
            return Err(vec![ItemFault { place: Self::MAX, fault: Invalid::range(Field::Seasons) }]);
        }
        let mut faults = vec![];
        let mut seasons = vec![];
        for (place, draft) in drafts.iter().enumerate() {
            match Season::try_from(draft) {
                Ok(season) => seasons.push((place, season)),
                Err(fields) => faults.extend(fields.into_iter().map(|fault| ItemFault { place, fault })),
            }
        }
        seasons.sort_by_key(|(_, season)| season.from);
        for pair in seasons.windows(2) {
            if pair[1].1.from <= pair[0].1.to {
                let place = pair[0].0.max(pair[1].0);
                faults.push(ItemFault { place, fault: Invalid::range(Field::From) });
            }
        }
        if faults.is_empty() { Ok(Self(seasons.into_iter().map(|(_, season)| season).collect())) } else { Err(faults) }
    }

    /// Seasons that were checked when they were stored, in any order; `None` where two share a date.
    pub fn stored(mut seasons: Vec<Season>) -> Option<Self> {
        seasons.sort_by_key(|season| season.from);
        let apart = seasons.windows(2).all(|pair| pair[0].to < pair[1].from);
        apart.then_some(Self(seasons))
    }

    /// The season of a date.
    pub fn on(&self, day: NaiveDate) -> Option<&Season> {
        let begun = self.0.partition_point(|season| season.from <= day);
        self.0[..begun].last().filter(|season| day <= season.to)
    }

    /// All, by their first date.
    pub fn iter(&self) -> std::slice::Iter<'_, Season> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Seasons {
    type Item = &'a Season;
    type IntoIter = std::slice::Iter<'a, Season>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_day;

    fn draft(from: &str, to: &str) -> SeasonDraft {
        SeasonDraft {
            from: parse_day(from).unwrap(),
            to: parse_day(to).unwrap(),
            price: Some(100),
            weekday_prices: vec![],
            min_days: None,
            max_days: None,
            arrival_days: None,
            departure_days: None,
        }
    }

    #[test]
    fn a_date_has_one_season_at_most() {
        let seasons = Seasons::of(&[draft("2027-03-01", "2027-03-31"), draft("2027-02-05", "2027-02-12")]).unwrap();
        let on = |day| seasons.on(parse_day(day).unwrap()).map(|season| season.from);
        let spring = parse_day("2027-02-05").unwrap();
        assert_eq!((on("2027-02-05"), on("2027-02-12")), (Some(spring), Some(spring)));
        assert_eq!((on("2027-02-04"), on("2027-02-13"), on("2027-04-01")), (None, None, None));
        assert_eq!(on("2027-03-31"), Some(parse_day("2027-03-01").unwrap()));
        let shared =
            [draft("2027-02-12", "2027-02-20"), draft("2027-01-01", "2027-01-02"), draft("2027-02-05", "2027-02-12")];
        let fault = ItemFault { place: 2, fault: Invalid::range(Field::From) };
        assert_eq!(Seasons::of(&shared), Err(vec![fault]));
        assert_eq!(Seasons::stored(vec![Season::try_from(&shared[0]).unwrap(); 2]), None);
        assert_eq!(Seasons::stored(seasons.iter().rev().cloned().collect()), Some(seasons));
    }

    #[test]
    fn every_fault_has_its_place() {
        let wrong = SeasonDraft {
            price: Some(0),
            weekday_prices: vec![(0, 1)],
            min_days: Some(0),
            max_days: Some(3651),
            arrival_days: Some(vec![]),
            departure_days: Some(vec![9]),
            ..draft("2027-02-12", "2027-02-11")
        };
        let faults = Seasons::of(&[draft("2027-01-01", "2027-01-01"), wrong]).unwrap_err();
        assert!(faults.iter().all(|fault| fault.place == 1));
        let fields: Vec<_> = faults.iter().map(|fault| fault.fault.field).collect();
        let expected = [
            Field::Price,
            Field::WeekdayPrices,
            Field::MinDays,
            Field::MaxDays,
            Field::ArrivalDays,
            Field::DepartureDays,
            Field::To,
        ];
        assert_eq!(fields, expected);
        let short = SeasonDraft { min_days: Some(5), max_days: Some(4), ..draft("2027-01-01", "2027-01-02") };
        assert_eq!(Seasons::of(&[short]).unwrap_err()[0].fault, Invalid::range(Field::MaxDays));
        let unlimited = SeasonDraft { min_days: Some(5), max_days: Some(0), ..draft("2027-01-01", "2027-01-02") };
        assert!(Seasons::of(&[unlimited]).is_ok());
        let day = |offset| parse_day("2027-01-01").unwrap() + chrono::Days::new(offset);
        let many: Vec<_> = (0..101)
            .map(|offset| SeasonDraft { from: day(offset), to: day(offset), ..draft("2027-01-01", "2027-01-01") })
            .collect();
        assert!(Seasons::of(&many[..100]).is_ok());
        assert_eq!(Seasons::of(&many).unwrap_err()[0].fault, Invalid::range(Field::Seasons));
    }
}
