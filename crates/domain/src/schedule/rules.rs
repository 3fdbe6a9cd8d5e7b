//! The rules that hold for a house on every day.

use super::{BasisPoints, WeekdayPrices, Weekdays, weekdays::fee};
use crate::{Field, HouseDraft, Invalid, Money};

/// The name of a cancellation policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CancellationPreset {
    /// Everything is refunded until a day before.
    Flexible,
    /// Everything until five days before, then half.
    #[default]
    Moderate,
    /// Half until seven days before, then nothing.
    Strict,
}

impl CancellationPreset {
    /// Every preset.
    pub const ALL: [Self; 3] = [Self::Flexible, Self::Moderate, Self::Strict];

    /// Its name in the API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flexible => "flexible",
            Self::Moderate => "moderate",
            Self::Strict => "strict",
        }
    }

    /// The preset of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }
}

/// The rules of a house as a landlord gives them: any number. [`HouseRules`] are made from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesDraft {
    /// Pairs of a weekday's number and its price in 分.
    pub weekday_prices: Vec<(i64, i64)>,
    /// The weekdays of arrivals; every one where absent.
    pub arrival_days: Option<Vec<i64>>,
    /// The weekdays of departures; every one where absent.
    pub departure_days: Option<Vec<i64>>,
    /// The least days between booking and arrival, 0 to 365.
    pub notice_days: i64,
    /// The most days between booking and arrival, 0 to 3,650; 0 for no bound but the site's.
    pub window_days: i64,
    /// Days that stay free after a departure, 0 to 2.
    pub preparation_days: i64,
    /// Whether an order needs no answer of the landlord.
    pub instant: bool,
    /// The cancellation policy.
    pub cancellation: CancellationPreset,
    /// A fee for each stay, in 分.
    pub cleaning_fee: i64,
    /// The guests that the price of a day includes, 1 to 1,000.
    pub guests_included: i64,
    /// A fee for each further guest and day, in 分.
    pub extra_guest_fee: i64,
    /// The discount of stays of 7 days and more, in basis points.
    pub weekly_discount: i64,
    /// The discount of stays of 28 days and more, in basis points; 0 for the weekly one.
    pub monthly_discount: i64,
}

impl Default for RulesDraft {
    fn default() -> Self {
        Self {
            weekday_prices: vec![],
            arrival_days: None,
            departure_days: None,
            notice_days: 0,
            window_days: 0,
            preparation_days: 0,
            instant: false,
            cancellation: CancellationPreset::default(),
            cleaning_fee: 0,
            guests_included: 1,
            extra_guest_fee: 0,
            weekly_discount: 0,
            monthly_discount: 0,
        }
    }
}

/// The rules of a house; those of a house without any are the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HouseRules {
    /// Prices of weekdays.
    pub weekday_prices: WeekdayPrices,
    /// The weekdays on which a stay may begin.
    pub arrival_days: Weekdays,
    /// The weekdays on which a stay may end; the end is the date that the guest names.
    pub departure_days: Weekdays,
    /// A stay begins so many days after the day of booking at the earliest.
    pub notice_days: u32,
    /// A stay begins so many days after the day of booking at the latest; `None` for the site's bound alone.
    pub window_days: Option<u32>,
    /// So many days after a stay cannot be stayed in.
    pub preparation_days: u32,
    /// Whether an order needs no answer of the landlord.
    pub instant: bool,
    /// The cancellation policy.
    pub cancellation: CancellationPreset,
    /// A fee for each stay.
    pub cleaning_fee: Money,
    /// The guests that the price of a day includes, at least one.
    pub guests_included: u32,
    /// A fee for each further guest and day.
    pub extra_guest_fee: Money,
    /// The discount of stays of [`Self::WEEK`] days and more.
    pub weekly_discount: BasisPoints,
    /// The discount of stays of [`Self::MONTH`] days and more; zero for the weekly one.
    pub monthly_discount: BasisPoints,
}

impl Default for HouseRules {
    fn default() -> Self {
        Self {
            weekday_prices: WeekdayPrices::default(),
            arrival_days: Weekdays::ALL,
            departure_days: Weekdays::ALL,
            notice_days: 0,
            window_days: None,
            preparation_days: 0,
            instant: false,
            cancellation: CancellationPreset::default(),
            cleaning_fee: Money::ZERO,
            guests_included: 1,
            extra_guest_fee: Money::ZERO,
            weekly_discount: BasisPoints::ZERO,
            monthly_discount: BasisPoints::ZERO,
        }
    }
}

impl HouseRules {
    /// The days of a week's stay.
    pub const WEEK: u32 = 7;
    /// The days of a month's stay.
    pub const MONTH: u32 = 28;
    /// The most days of notice.
    pub const MAX_NOTICE_DAYS: i64 = 365;
    /// The most days of the booking window.
    pub const MAX_WINDOW_DAYS: i64 = 3650;
    /// The most preparation days.
    pub const MAX_PREPARATION_DAYS: i64 = 2;

    /// Checks what a landlord gave.
    ///
    /// # Errors
    /// Every field at fault, in the order of the draft.
    pub fn of(draft: &RulesDraft) -> Result<Self, Vec<Invalid>> {
        let mut faults = Faults::default();
        let window = faults.count(draft.window_days, 0..=Self::MAX_WINDOW_DAYS, Field::WindowDays);
        let rules = Self {
            weekday_prices: faults.or_default(WeekdayPrices::of_numbers(draft.weekday_prices.iter().copied())),
            arrival_days: faults.or_default(weekdays(draft.arrival_days.as_deref(), Field::ArrivalDays)),
            departure_days: faults.or_default(weekdays(draft.departure_days.as_deref(), Field::DepartureDays)),
            notice_days: faults.count(draft.notice_days, 0..=Self::MAX_NOTICE_DAYS, Field::NoticeDays),
            window_days: (window > 0).then_some(window),
            preparation_days: faults.count(
                draft.preparation_days,
                0..=Self::MAX_PREPARATION_DAYS,
                Field::PreparationDays,
            ),
            instant: draft.instant,
            cancellation: draft.cancellation,
            cleaning_fee: faults.fee(draft.cleaning_fee, Field::CleaningFee),
            guests_included: faults.count(draft.guests_included, 1..=HouseDraft::MAX_CAPACITY, Field::GuestsIncluded),
            extra_guest_fee: faults.fee(draft.extra_guest_fee, Field::ExtraGuestFee),
            weekly_discount: faults.or_default(BasisPoints::new(draft.weekly_discount, Field::WeeklyDiscount)),
            monthly_discount: faults.or_default(BasisPoints::new(draft.monthly_discount, Field::MonthlyDiscount)),
        };
        if rules.window_days.is_some_and(|window| window < rules.notice_days) {
            faults.0.push(Invalid::range(Field::WindowDays));
        }
        if faults.0.is_empty() { Ok(rules) } else { Err(faults.0) }
    }

    /// The discount of a stay of so many days: the longest that applies.
    pub fn discount(&self, days: u32) -> BasisPoints {
        if days >= Self::MONTH && self.monthly_discount > BasisPoints::ZERO {
            self.monthly_discount
        } else if days >= Self::WEEK {
            self.weekly_discount
        } else {
            BasisPoints::ZERO
        }
    }

    /// Whether these are the rules of a house without any.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

fn weekdays(numbers: Option<&[i64]>, field: Field) -> Result<Weekdays, Invalid> {
    numbers.map_or(Ok(Weekdays::ALL), |numbers| Weekdays::of_numbers(numbers, field))
}

/// The fields at fault so far.
#[derive(Default)]
struct Faults(Vec<Invalid>);

impl Faults {
    fn or_default<T: Default>(&mut self, value: Result<T, Invalid>) -> T {
        value.unwrap_or_else(|fault| {
            self.0.push(fault);
            T::default()
        })
    }

    fn count(&mut self, number: i64, range: std::ops::RangeInclusive<i64>, field: Field) -> u32 {
        let number = if range.contains(&number) { u32::try_from(number).ok() } else { None };
        self.or_default(number.ok_or(Invalid::range(field)))
    }

    fn fee(&mut self, fen: i64, field: Field) -> Money {
        fee(fen, field).unwrap_or_else(|fault| {
            self.0.push(fault);
            Money::ZERO
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rules_are_the_default() {
        assert_eq!(HouseRules::of(&RulesDraft::default()), Ok(HouseRules::default()));
        assert!(HouseRules::default().is_default());
        let notice = HouseRules::of(&RulesDraft { notice_days: 1, ..RulesDraft::default() }).unwrap();
        assert!(!notice.is_default());
    }

    #[test]
    fn every_field_at_fault_is_told() {
        let wrong = RulesDraft {
            weekday_prices: vec![(9, 1)],
            arrival_days: Some(vec![]),
            departure_days: Some(vec![8]),
            notice_days: 366,
            window_days: -1,
            preparation_days: 3,
            instant: true,
            cancellation: CancellationPreset::Strict,
            cleaning_fee: -1,
            guests_included: 0,
            extra_guest_fee: i64::MAX,
            weekly_discount: 10_001,
            monthly_discount: -1,
        };
        let fields: Vec<_> = HouseRules::of(&wrong).unwrap_err().into_iter().map(|fault| fault.field).collect();
        let expected = [
            Field::WindowDays,
            Field::WeekdayPrices,
            Field::ArrivalDays,
            Field::DepartureDays,
            Field::NoticeDays,
            Field::PreparationDays,
            Field::CleaningFee,
            Field::GuestsIncluded,
            Field::ExtraGuestFee,
            Field::WeeklyDiscount,
            Field::MonthlyDiscount,
        ];
        assert_eq!(fields, expected);
        let never = RulesDraft { notice_days: 5, window_days: 4, ..RulesDraft::default() };
        assert_eq!(HouseRules::of(&never), Err(vec![Invalid::range(Field::WindowDays)]));
    }

    #[test]
    fn the_longest_discount_applies_and_the_weekly_one_where_no_monthly_is_set() {
        let rules = |weekly_discount, monthly_discount| {
            HouseRules::of(&RulesDraft { weekly_discount, monthly_discount, ..RulesDraft::default() }).unwrap()
        };
        let points = |rules: HouseRules| [6, 7, 27, 28].map(|days| rules.discount(days).get());
        assert_eq!(points(rules(1000, 2500)), [0, 1000, 1000, 2500]);
        assert_eq!(points(rules(1000, 0)), [0, 1000, 1000, 1000]);
        assert_eq!(points(rules(0, 2500)), [0, 0, 0, 2500]);
    }

    #[test]
    fn presets_have_names() {
        for preset in CancellationPreset::ALL {
            assert_eq!(CancellationPreset::of_name(preset.name()), Some(preset));
        }
        assert_eq!(CancellationPreset::of_name("none"), None);
    }
}
