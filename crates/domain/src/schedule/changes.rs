//! Changes of a landlord's calendar: ranges of dates and what is set for them.

use std::{collections::BTreeSet, ops::RangeInclusive};

use chrono::NaiveDate;

use super::{
    BlockNote, DateRule, ItemFault,
    item_fault::{kept, stay_days},
    weekdays::day_price,
};
use crate::{Field, Invalid, Money};

/// A change of a value that may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// The value stays as it is.
    #[default]
    Keep,
    /// There is no value any more.
    Clear,
    /// This value.
    Set(T),
}

impl<T> Change<T> {
    fn checked<U>(self, check: impl FnOnce(T) -> Result<U, Invalid>) -> Result<Change<U>, Invalid> {
        Ok(match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(check(value)?),
        })
    }

    fn apply(&self, value: &mut Option<T>)
    where
        T: Clone,
    {
        match self {
            Self::Keep => {}
            Self::Clear => *value = None,
            Self::Set(set) => *value = Some(set.clone()),
        }
    }
}

/// A change as a landlord gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleDraft {
    /// The first date.
    pub from: NaiveDate,
    /// The last date, included.
    pub to: NaiveDate,
    /// Whether the days are blocked from now on; as they are where absent.
    pub blocked: Option<bool>,
    /// A note that only the landlord sees.
    pub note: Change<String>,
    /// The price of a day, in 分.
    pub price: Change<i64>,
    /// The shortest stay that begins on the date, 1 to 3,650 days.
    pub min_days: Change<i64>,
    /// Whether no stay may begin on the date.
    pub closed_to_arrival: Change<bool>,
    /// Whether no stay may end on the date.
    pub closed_to_departure: Change<bool>,
}

/// A change of the days from `from` to `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleChange {
    from: NaiveDate,
    to: NaiveDate,
    blocked: Option<bool>,
    note: Change<BlockNote>,
    price: Change<Money>,
    min_days: Change<u32>,
    closed_to_arrival: Change<bool>,
    closed_to_departure: Change<bool>,
}

/// What a landlord has set for a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayPlan {
    /// The rules of the date.
    pub rule: DateRule,
    /// The note.
    pub note: Option<BlockNote>,
    /// Whether the landlord blocked the day.
    pub blocked: bool,
}

impl ScheduleChange {
    fn of(draft: &ScheduleDraft, days: &RangeInclusive<NaiveDate>) -> Result<Self, Vec<Invalid>> {
        let mut faults = vec![];
        if !days.contains(&draft.from) {
            faults.push(Invalid::range(Field::From));
        }
        if draft.to < draft.from || !days.contains(&draft.to) {
            faults.push(Invalid::range(Field::To));
        }
        let change = Self {
            from: draft.from,
            to: draft.to,
            blocked: draft.blocked,
            note: kept(&mut faults, Some(draft.note.clone().checked(|note| BlockNote::new(&note)))).unwrap_or_default(),
            price: kept(&mut faults, Some(draft.price.checked(|fen| day_price(fen, Field::Price)))).unwrap_or_default(),
            min_days: kept(&mut faults, Some(draft.min_days.checked(|days| stay_days(days, 1, Field::MinDays))))
                .unwrap_or_default(),
            closed_to_arrival: draft.closed_to_arrival,
            closed_to_departure: draft.closed_to_departure,
        };
        if faults.is_empty() { Ok(change) } else { Err(faults) }
    }

    fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let to = self.to;
        self.from.iter_days().take_while(move |day| *day <= to)
    }

    fn apply(&self, plan: &mut DayPlan) {
        let Self { from: _, to: _, blocked, note, price, min_days, closed_to_arrival, closed_to_departure } = self;
        if let Some(blocked) = blocked {
            plan.blocked = *blocked;
            if !blocked {
                // The note said why the day was blocked.
                plan.note = None;
            }
        }
        note.apply(&mut plan.note);
        price.apply(&mut plan.rule.price);
        min_days.apply(&mut plan.rule.min_days);
        closed_to_arrival.apply(&mut plan.rule.closed_to_arrival);
        closed_to_departure.apply(&mut plan.rule.closed_to_departure);
    }
}

/// Changes that are made together, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleChanges(Vec<ScheduleChange>);

impl ScheduleChanges {
    /// The most changes in one call.
    pub const MAX: usize = 100;
    /// The most days of all changes of one call.
    pub const MAX_DAYS: i64 = 4000;

    /// Checks what a landlord gave; `days` are those that may be changed.
    ///
    /// # Errors
    /// Every field at fault with the place of its change; [`Field::Changes`] for none, beyond [`Self::MAX`] and
    /// beyond [`Self::MAX_DAYS`].
    pub fn of(drafts: &[ScheduleDraft], days: &RangeInclusive<NaiveDate>) -> Result<Self, Vec<ItemFault>> {
        let whole = |place| vec![ItemFault { place, fault: Invalid::range(Field::Changes) }];
        if drafts.is_empty() || drafts.len() > Self::MAX {
            return Err(whole(drafts.len().min(Self::MAX)));
        }
        let mut faults = vec![];
        let mut changes = vec![];
        let mut all_days = 0;
        for (place, draft) in drafts.iter().enumerate() {
            match ScheduleChange::of(draft, days) {
                Ok(change) => {
                    all_days += (change.to - change.from).num_days() + 1;
                    if all_days > Self::MAX_DAYS {
                        return Err(whole(place));
                    }
                    changes.push(change);
                }
                Err(fields) => faults.extend(fields.into_iter().map(|fault| ItemFault { place, fault })),
            }
        }
        if faults.is_empty() { Ok(Self(changes)) } else { Err(faults) }
    }

    /// Every day that a change names.
    pub fn days(&self) -> BTreeSet<NaiveDate> {
        self.0.iter().flat_map(ScheduleChange::days).collect()
    }

    /// What a day has after the changes; the later of two changes of a day counts.
    #[must_use]
    pub fn applied(&self, day: NaiveDate, before: DayPlan) -> DayPlan {
        let of_day = self.0.iter().filter(|change| (change.from..=change.to).contains(&day));
        of_day.fold(before, |mut plan, change| {
            change.apply(&mut plan);
            plan
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_day;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn draft(from: &str, to: &str) -> ScheduleDraft {
        ScheduleDraft {
            from: day(from),
            to: day(to),
            blocked: None,
            note: Change::Keep,
            price: Change::Keep,
            min_days: Change::Keep,
            closed_to_arrival: Change::Keep,
            closed_to_departure: Change::Keep,
        }
    }

    fn year() -> RangeInclusive<NaiveDate> {
        day("2027-01-01")..=day("2027-12-31")
    }

    #[test]
    fn later_changes_of_a_day_count_and_null_takes_a_rule_back() {
        let drafts = [
            ScheduleDraft {
                blocked: Some(true),
                note: Change::Set("油漆".to_owned()),
                price: Change::Set(500),
                ..draft("2027-02-01", "2027-02-03")
            },
            ScheduleDraft { blocked: Some(false), min_days: Change::Set(3), ..draft("2027-02-03", "2027-02-04") },
            ScheduleDraft {
                price: Change::Clear,
                closed_to_arrival: Change::Set(true),
                ..draft("2027-02-02", "2027-02-02")
            },
        ];
        let changes = ScheduleChanges::of(&drafts, &year()).unwrap();
        assert_eq!(changes.days().len(), 4);
        let note = BlockNote::new("油漆").unwrap();
        let price = Money::from_fen(500).ok();
        let before = DayPlan { rule: DateRule { price, ..DateRule::default() }, note: None, blocked: false };
        let applied = |text| changes.applied(day(text), before.clone());
        assert_eq!(applied("2027-02-01"), DayPlan { note: Some(note.clone()), blocked: true, ..before.clone() });
        let closed = DateRule { closed_to_arrival: Some(true), ..DateRule::default() };
        assert_eq!(applied("2027-02-02"), DayPlan { rule: closed, note: Some(note), blocked: true });
        let three = DateRule { price, min_days: Some(3), ..DateRule::default() };
        assert_eq!(applied("2027-02-03"), DayPlan { rule: three, ..before.clone() });
        assert_eq!(applied("2027-02-05"), before);
    }

    #[test]
    fn every_fault_has_its_place() {
        let wrong = ScheduleDraft {
            note: Change::Set("<b>".to_owned()),
            price: Change::Set(0),
            min_days: Change::Set(0),
            ..draft("2026-12-31", "2026-12-30")
        };
        let faults = ScheduleChanges::of(&[draft("2027-01-01", "2027-12-31"), wrong], &year()).unwrap_err();
        assert!(faults.iter().all(|fault| fault.place == 1));
        let fields: Vec<_> = faults.iter().map(|fault| fault.fault.field).collect();
        assert_eq!(fields, [Field::From, Field::To, Field::Note, Field::Price, Field::MinDays]);
        for many in [vec![], vec![draft("2027-01-01", "2027-01-01"); 101], vec![draft("2027-01-01", "2027-12-31"); 11]]
        {
            assert_eq!(ScheduleChanges::of(&many, &year()).unwrap_err()[0].fault, Invalid::range(Field::Changes));
        }
        assert!(ScheduleChanges::of(&vec![draft("2027-01-01", "2027-12-31"); 10], &year()).is_ok());
    }
}
