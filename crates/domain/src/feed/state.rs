//! The days of a feed here, and what each of its answers makes of them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{DayKind, FeedReading, FeedStep, HeldDay, Hold, Surroundings};

/// How far apart the two good answers must be that both miss a day, before it leaves.
pub const LEAVING_TIME: TimeDelta = TimeDelta::minutes(15);

/// What is stored of a feed: a set of days, whatever its events are called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedState {
    /// The days that it holds.
    pub days: BTreeMap<NaiveDate, HeldDay>,
    /// Whether its last good answer could be read completely.
    pub is_complete: bool,
    /// Whether it lost suspiciously many days.
    pub hold: Hold,
}

impl FeedState {
    /// A good answer. New days count at once. A day that is missing leaves when a second answer misses it
    /// [`LEAVING_TIME`] after the first, unless a hold is on and the day is not derived; an answer that could not be read
    /// completely frees none.
    pub fn good(&mut self, reading: &FeedReading, around: &Surroundings<'_>) -> FeedStep {
        self.step(around, |state| {
            state.is_complete = reading.is_complete();
            for (day, kind) in reading.days.iter().filter(|(day, _)| *day >= around.today) {
                state.show(day, kind, around);
            }
            if reading.is_complete() {
                state.miss(around, |day| reading.days.kind(day).is_none());
            }
        })
    }

    /// The feed says that nothing changed: the last good answer once more. Days that came within the horizon since are
    /// only seen with the next answer that has content: a feed is to be asked for that once a day.
    pub fn unchanged(&mut self, around: &Surroundings<'_>) -> FeedStep {
        self.step(around, |state| {
            if state.is_complete {
                let missing: Vec<_> = state.missing().collect();
                state.miss(around, |day| missing.contains(&day));
            }
        })
    }

    /// No good answer: nothing leaves, and nothing that is missing is found again.
    pub fn bad(&mut self, around: &Surroundings<'_>) -> FeedStep {
        self.step(around, |_| {})
    }

    /// The landlord says that what is missing is right. It leaves at once where the last good answer was complete,
    /// otherwise with the next one that is.
    pub fn release(&mut self, around: &Surroundings<'_>) -> FeedStep {
        self.step(around, |state| {
            let Hold::Since(_) = state.hold else { return };
            state.hold = Hold::Waived;
            if state.is_complete {
                state.days.retain(|day, held| *day < around.today || held.missing_since.is_none());
                state.hold = Hold::None;
            }
        })
    }

    /// The link of the feed changed: what the new calendar does not have leaves by the usual rule, without a hold.
    /// Nothing is known of its content yet.
    pub fn relink(&mut self, around: &Surroundings<'_>) -> FeedStep {
        self.step(around, |state| {
            state.hold = Hold::Waived;
            state.is_complete = false;
            state.days.values_mut().for_each(|held| held.missing_since = None);
        })
    }

    /// The days that the feed does not have any more and that are still shut.
    pub fn missing(&self) -> impl Iterator<Item = NaiveDate> {
        self.days.iter().filter(|(_, held)| held.missing_since.is_some()).map(|(day, _)| *day)
    }

    /// A change with what follows from time alone.
    fn step(&mut self, around: &Surroundings<'_>, change: impl FnOnce(&mut Self)) -> FeedStep {
        let old = self.clone();
        change(self);
        for (day, held) in self.days.range_mut(around.today..) {
            let is_held = around.holders.contains(day);
            held.echo = held.echo.and_then(|echo| echo.aged(is_held, around.now));
        }
        let is_on = |hold| matches!(hold, Hold::Since(_));
        let has_hold_begun = is_on(self.hold) && !is_on(old.hold);
        FeedStep { has_hold_begun, ..FeedStep::between(&old.days, &self.days) }
    }

    /// The feed has a day.
    fn show(&mut self, day: NaiveDate, kind: DayKind, around: &Surroundings<'_>) {
        let new = || HeldDay { kind, missing_since: None, echo: around.echo(day) };
        let held = self.days.entry(day).or_insert_with(new);
        (held.kind, held.missing_since) = (kind, None);
    }

    /// A complete answer misses these days.
    fn miss(&mut self, around: &Surroundings<'_>, is_missing: impl Fn(NaiveDate) -> bool) {
        // Derived days go when what they come from is gone: however many, they are not suspicious and not held.
        let (mut missing, mut own_days) = (0, 0);
        for (day, held) in self.days.range_mut(around.today..) {
            own_days += usize::from(!held.is_derived());
            if is_missing(*day) {
                missing += usize::from(!held.is_derived());
                held.missing_since.get_or_insert(around.now);
            }
        }
        self.hold = self.hold.after(missing, own_days, around.now);
        let is_over = self.hold.is_over(around.now);
        let stays = |held: &HeldDay| !has_left(held.missing_since, around.now) || !(is_over || held.is_derived());
        self.days.retain(|day, held| *day < around.today || stays(held));
        let left = self.days.range(around.today..).filter(|(_, held)| !held.is_derived());
        let (left, still_missing) = left
            .fold((0, false), |(count, is_missing), (_, held)| (count + 1, is_missing || held.missing_since.is_some()));
        // What is missing beside the days that went is looked at afresh.
        if left < own_days || !still_missing {
            self.hold = Hold::None;
        }
    }
}

fn has_left(missing_since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    missing_since.is_some_and(|since| now - since >= LEAVING_TIME)
}
