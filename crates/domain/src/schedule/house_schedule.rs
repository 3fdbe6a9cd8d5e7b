//! Everything that prices and limits stays in a house, looked up by day.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::{DateRule, HouseRules, Season, Seasons};
use crate::{HouseTerms, Money};

/// A house with its rules. Dates and seasons need to be there only for the days that are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseSchedule {
    /// What the listing itself says: price, limits, capacity.
    pub terms: HouseTerms,
    /// The rules of every day.
    pub rules: HouseRules,
    /// The seasons.
    pub seasons: Seasons,
    /// The rules of single dates.
    pub dates: BTreeMap<NaiveDate, DateRule>,
}

/// The rule that set the price of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PriceSource {
    /// The date.
    Date,
    /// The weekday in the season of the date.
    SeasonWeekday,
    /// The season of the date.
    Season,
    /// The weekday.
    Weekday,
    /// The listing's own price.
    Base,
}

impl HouseSchedule {
    /// A house without rules.
    pub fn plain(terms: HouseTerms) -> Self {
        Self { terms, rules: HouseRules::default(), seasons: Seasons::default(), dates: BTreeMap::new() }
    }

    /// The price of a day: the first that exists of date, weekday of the season, season, weekday of the house and
    /// the listing's own.
    pub fn price_on(&self, day: NaiveDate) -> (Money, PriceSource) {
        let season = self.seasons.on(day);
        let weekday = day.weekday();
        [
            (self.date(day).price, PriceSource::Date),
            (season.and_then(|season| season.weekday_prices.of(weekday)), PriceSource::SeasonWeekday),
            (season.and_then(|season| season.price), PriceSource::Season),
            (self.rules.weekday_prices.of(weekday), PriceSource::Weekday),
        ]
        .into_iter()
        .find_map(|(price, source)| price.map(|price| (price, source)))
        .unwrap_or((self.terms.price, PriceSource::Base))
    }

    /// The shortest stay that may begin on a day, at least one day.
    pub fn min_days_on(&self, day: NaiveDate) -> u32 {
        let season = self.seasons.on(day).and_then(|season| season.min_days);
        self.date(day).min_days.or(season).unwrap_or_else(|| self.terms.limits.min_days())
    }

    /// The longest stay that may begin on a day; 0 for no limit.
    pub fn max_days_on(&self, day: NaiveDate) -> u32 {
        let season = self.seasons.on(day).and_then(|season| season.max_days);
        season.unwrap_or_else(|| self.terms.limits.max_days())
    }

    /// Whether a stay may begin on a day.
    pub fn arrival_on(&self, day: NaiveDate) -> bool {
        let weekdays = self.seasons.on(day).and_then(|season: &Season| season.arrival_days);
        let open = weekdays.unwrap_or(self.rules.arrival_days).contains(day.weekday());
        self.date(day).closed_to_arrival.map_or(open, |closed| !closed)
    }

    /// Whether a stay may end on a day, which is the end as the guest names it.
    pub fn departure_on(&self, day: NaiveDate) -> bool {
        let weekdays = self.seasons.on(day).and_then(|season: &Season| season.departure_days);
        let open = weekdays.unwrap_or(self.rules.departure_days).contains(day.weekday());
        self.date(day).closed_to_departure.map_or(open, |closed| !closed)
    }

    fn date(&self, day: NaiveDate) -> DateRule {
        self.dates.get(&day).copied().unwrap_or_default()
    }
}
