//! From the log to the calls on each house's calendar. Of a call whose end is not known, the tables tell whether it
//! happened.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    calendar::{Call, Days, Step},
    database::{Order, Tables},
    history::{Act, Outcome, Record, Returned, Violation},
    world::World,
};

/// The calls on one calendar, and the days of its orders.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    pub(crate) calls: Vec<Call>,
    pub(crate) days: Vec<Days>,
}

/// Days from the first to the last.
fn mask(first: u8, last: u8) -> Days {
    (first..=last).fold(0, |days, day| days | 1 << day)
}

/// What a refusal means for the calendar; none where it means nothing.
fn refused(step: Step, code: &str) -> Option<Step> {
    let by_state = matches!(code, "4004" | "wrong_state");
    match step {
        Step::Accepted(order) | Step::Rejected(order) if by_state => Some(Step::NotWaiting(order)),
        Step::Canceled(order) if by_state => Some(Step::Final(order)),
        Step::Commented(order) if by_state => Some(Step::NotAccepted(order)),
        Step::Blocked(days) if code == "days_held_by_orders" => Some(Step::NotBlocked(days)),
        _ => None,
    }
}

/// Reads the log beside the tables.
pub(crate) struct Resolver<'a> {
    world: &'a World,
    tables: &'a Tables,
    records: &'a [Record],
    /// The number of each order within its house.
    places: BTreeMap<i64, usize>,
    calendars: BTreeMap<i64, Calendar>,
    /// Orders that an acknowledged booking made.
    accounted: BTreeSet<i64>,
    /// Changes of orders that an acknowledged call made: the order and the state it entered.
    made: BTreeSet<(i64, i64)>,
    pub(crate) violations: Vec<Violation>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(world: &'a World, tables: &'a Tables, records: &'a [Record]) -> Self {
        let mut resolver = Self {
            world,
            tables,
            records,
            places: BTreeMap::new(),
            calendars: world.houses().iter().map(|house| (house.id, Calendar::default())).collect(),
            accounted: BTreeSet::new(),
            made: BTreeSet::new(),
            violations: Vec::new(),
        };
        for order in tables.orders.values() {
            let days = order.dates().filter_map(|date| world.day(date)).fold(0, |days, day| days | 1 << day);
            resolver.add_order(order.house, order.id, days);
        }
        resolver
    }

    fn add_order(&mut self, house: i64, order: i64, days: Days) {
        if let Some(calendar) = self.calendars.get_mut(&house) {
            self.places.insert(order, calendar.days.len());
            calendar.days.push(days);
        }
    }

    fn violated(&mut self, invariant: &'static str, found: String) {
        self.violations.push(Violation { invariant, found });
    }

    /// The calls of every house; the last one is the state of the tables, read at this moment.
    pub(crate) fn calendars(mut self, now: u64) -> (BTreeMap<i64, Calendar>, Vec<Violation>) {
        for at in 0..self.records.len() {
            self.acknowledged(at);
        }
        for at in 0..self.records.len() {
            self.unknown(at);
        }
        self.no_change_without_a_call();
        self.clock();
        for (house, calendar) in &mut self.calendars {
            let (mut held, mut blocked) = (0, 0);
            for ((_, date), order) in
                self.tables.days.range((*house, chrono::NaiveDate::MIN)..(house + 1, chrono::NaiveDate::MIN))
            {
                let Some(day) = self.world.day(*date) else { continue };
                if order.is_some() { held |= 1 << day } else { blocked |= 1 << day }
            }
            let step = Step::Read { held, blocked };
            let record = self.records.len();
            calendar.calls.push(Call { step, begun: now, ended: now, may_be_lost: false, record });
        }
        (self.calendars, self.violations)
    }

    fn add(&mut self, house: i64, record: usize, step: Step, ended: u64, may_be_lost: bool) {
        let begun = self.records[record].begun;
        if let Some(calendar) = self.calendars.get_mut(&house) {
            calendar.calls.push(Call { step, begun, ended, may_be_lost, record });
        }
    }

    /// The house of an order, its place there, the step, and the state that the order enters.
    fn step(&self, act: &Act) -> Option<(i64, i64, Step, i64)> {
        let order = match act {
            Act::Accept { order }
            | Act::Reject { order, .. }
            | Act::Cancel { order, .. }
            | Act::Comment { order, .. } => *order,
            _ => return None,
        };
        let (house, place) = (self.tables.orders.get(&order)?.house, *self.places.get(&order)?);
        Some(match act {
            Act::Accept { .. } => (house, order, Step::Accepted(place), 3),
            Act::Reject { .. } => (house, order, Step::Rejected(place), 6),
            Act::Cancel { .. } => (house, order, Step::Canceled(place), 5),
            _ => (house, order, Step::Commented(place), 4),
        })
    }

    /// Answers.
    fn acknowledged(&mut self, at: usize) {
        let records = self.records;
        let record = &records[at];
        let ended = record.ended;
        match (&record.act, &record.outcome) {
            (Act::Book { house, guest, first, last }, Outcome::Done(Returned::Id(id))) => {
                let fits = |order: &Order| {
                    (order.house, order.guest) == (*house, *guest)
                        && (order.start, order.end) == (self.world.date(*first), self.world.date(*last))
                };
                if !self.tables.orders.get(id).is_some_and(fits) {
                    self.violated("every acknowledged order is there", format!("order {id}: {record}"));
                    self.add_order(*house, *id, mask(*first, *last));
                } else if !self.accounted.insert(*id) {
                    self.violated("an order is acknowledged once", format!("order {id}: {record}"));
                    return;
                }
                self.add(*house, at, Step::Booked(self.places[id]), ended, false);
            }
            (Act::Book { house, first, last, .. }, Outcome::Refused(code))
                if code == "4004" || code == "days_taken" =>
            {
                self.add(*house, at, Step::Taken(mask(*first, *last)), ended, false);
            }
            (Act::Block { house, first, last, blocked }, outcome) => {
                let days = mask(*first, *last);
                let step = if *blocked { Step::Blocked(days) } else { Step::Freed(days) };
                match outcome {
                    Outcome::Done(_) => self.add(*house, at, step, ended, false),
                    Outcome::Refused(code) => {
                        if let Some(step) = refused(step, code) {
                            self.add(*house, at, step, ended, false);
                        }
                    }
                    Outcome::Unknown(_) => self.add(*house, at, step, u64::MAX, true),
                }
            }
            (Act::Schedule { house }, Outcome::Done(Returned::Days { held, blocked })) => {
                self.add(*house, at, Step::Read { held: *held, blocked: *blocked }, ended, false);
            }
            (act, Outcome::Done(_)) => {
                let Some((house, order, step, to)) = self.step(act) else { return };
                let is_there = self.tables.changes.get(&order).is_some_and(|it| it.iter().any(|it| it.to == to));
                if !is_there {
                    self.violated("every acknowledged decision and comment is there", record.to_string());
                }
                self.made.insert((order, to));
                self.add(house, at, step, ended, false);
            }
            (act, Outcome::Refused(code)) => {
                let Some((house, _, step, _)) = self.step(act) else { return };
                if matches!(code.as_str(), "4002" | "not_found") {
                    self.violated("every acknowledged order is there", record.to_string());
                }
                if let Some(step) = refused(step, code) {
                    self.add(house, at, step, ended, false);
                }
            }
            _ => {}
        }
    }

    /// Calls without a known end that the tables show to have happened.
    fn unknown(&mut self, at: usize) {
        let records = self.records;
        let record = &records[at];
        if !record.is_unknown() {
            return;
        }
        if let Act::Book { house, guest, first, last } = &record.act {
            let (start, end) = (self.world.date(*first), self.world.date(*last));
            let found = self.tables.orders.values().find(|order| {
                (order.house, order.guest, order.start, order.end) == (*house, *guest, start, end)
                    && !self.accounted.contains(&order.id)
            });
            if let Some(id) = found.map(|order| order.id) {
                self.accounted.insert(id);
                self.add(*house, at, Step::Booked(self.places[&id]), u64::MAX, false);
            }
        } else if let Some((house, order, step, to)) = self.step(&record.act) {
            let took_effect = self.tables.changes.get(&order).is_some_and(|changes| {
                changes.iter().any(|change| change.to == to && by_this_party(&record.act, change.by))
            });
            if took_effect && self.made.insert((order, to)) {
                self.add(house, at, step, u64::MAX, false);
            }
        }
    }

    /// Orders that the clock cancelled, at a time that no call tells.
    fn clock(&mut self) {
        for (order, changes) in &self.tables.changes {
            let Some(Order { house, .. }) = self.tables.orders.get(order) else { continue };
            let (Some(calendar), Some(place)) = (self.calendars.get_mut(house), self.places.get(order)) else {
                continue;
            };
            // 3 is the clock.
            if changes.iter().any(|change| change.by == 3) {
                let (step, record) = (Step::Canceled(*place), self.records.len());
                calendar.calls.push(Call { step, begun: 0, ended: u64::MAX, may_be_lost: false, record });
            }
        }
    }

    fn no_change_without_a_call(&mut self) {
        let mut found = Vec::new();
        for order in self.tables.orders.values().filter(|order| self.calendars.contains_key(&order.house)) {
            if !self.accounted.contains(&order.id) {
                found.push(format!("{order:?}"));
            }
            // 3 is the clock.
            let changes =
                self.tables.changes.get(&order.id).into_iter().flatten().filter(|it| it.from.is_some() && it.by != 3);
            found.extend(
                changes
                    .filter(|change| !self.made.contains(&(order.id, change.to)))
                    .map(|change| format!("order {}: {change:?}", order.id)),
            );
        }
        for found in found {
            self.violated("nothing happens that no call asked for", found);
        }
    }
}

/// 0 is the guest, 1 the landlord.
fn by_this_party(act: &Act, by: i64) -> bool {
    match act {
        Act::Cancel { by_landlord, .. } => by == i64::from(*by_landlord),
        Act::Comment { .. } => by == 0,
        _ => by == 1,
    }
}
