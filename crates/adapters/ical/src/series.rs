//! Events as days: series are followed, and exceptions take the places of what they replace.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use minsu_domain::{DayKind, DayRange, EventDays, ReadingFault};

use crate::{
    budget::Budget,
    event::{Event, Length, Wall, wall},
    limits,
    zones::Zone,
};

/// Puts events into days of the site.
pub(crate) struct Placer<'a> {
    /// The zone of the site.
    pub site: Zone,
    pub rule: EventDays,
    /// Up to when series are followed.
    pub last: NaiveDateTime,
    pub budget: &'a Budget,
    /// Takes the days.
    pub add: &'a mut dyn FnMut(DayRange, DayKind),
}

/// The occurrences of a series by its own clock, with the lengths of those that have their own.
type Occurrences = BTreeMap<Wall, Option<Length>>;

impl Placer<'_> {
    /// Places an event that stands for itself, or one occurrence.
    fn place(&mut self, start: Wall, zone: &Zone, length: Length, kind: DayKind) {
        let at_site = if start.is_date { start.time } else { self.site.local(zone.utc(start.time)) };
        let first = at_site.date();
        let days = length.end(at_site).and_then(|end| self.rule.of(first, end));
        // An end beyond all years is as good as the last of them.
        (self.add)(days.unwrap_or(DayRange { first, end: NaiveDate::MAX }), kind);
    }

    /// Places an exception where it says, whatever it replaces.
    pub fn exception(&mut self, event: &Event) {
        if event.is_busy {
            self.place(event.start, &event.zone, event.length, event.kind);
        }
    }

    /// Places an event with all its occurrences, those left out that an exception of its identifier replaces. Used
    /// exceptions are taken out: where several events share an identifier, each replaces one occurrence of one of
    /// them. When the time is over it stops.
    pub fn series(&mut self, event: &Event, exceptions: &mut Vec<&Event>) -> Result<(), ReadingFault> {
        let (occurrences, fault) = self.occurrences(event);
        let replaced = replaced(event, &occurrences, exceptions);
        let mut moved: Option<(TimeDelta, &Event)> = None;
        for (n, (start, length)) in occurrences.iter().enumerate() {
            if n % limits::OCCURRENCES_BETWEEN_LOOKS == 0 && !self.budget.has_time() {
                break;
            }
            if let Some(exception) = replaced.get(start) {
                if exception.replaces.as_ref().is_some_and(|(replaced, _)| replaced.is_this_and_future) {
                    let by = at(exception.start, &exception.zone, &event.zone).time - start.time;
                    moved = Some((by, exception));
                }
                continue;
            }
            let (start, length, like) = match moved {
                None => (*start, length.unwrap_or(event.length), event),
                Some((by, like)) => {
                    let Some(time) = start.time.checked_add_signed(by) else { continue };
                    (Wall { time, is_date: like.start.is_date }, like.length, like)
                }
            };
            if event.is_busy && like.is_busy {
                self.place(start, &event.zone, length, like.kind);
            }
        }
        fault.map_or(Ok(()), Err)
    }

    /// The occurrences, and what was wrong with a rule; the first one counts in any case.
    fn occurrences(&self, event: &Event) -> (Occurrences, Option<ReadingFault>) {
        let mut occurrences = Occurrences::from([(event.start, None)]);
        let mut fault = None;
        for rule in &event.rules {
            let local = |utc| event.zone.local(utc);
            match rule.starts(event.start.time, self.last, local, limits::OCCURRENCES, self.budget) {
                Ok(starts) => {
                    occurrences
                        .extend(starts.into_iter().map(|time| (Wall { time, is_date: event.start.is_date }, None)));
                }
                Err(found) => fault = fault.or(Some(found)),
            }
        }
        let added = self.budget.take(event.added.len());
        if added < event.added.len() {
            fault = fault.or(Some(ReadingFault::RuleTooLong));
        }
        occurrences.extend(event.added[..added].iter().map(|added| (added.start, added.length)));
        let (whole_days, times): (Vec<&Wall>, Vec<&Wall>) =
            event.left_out.iter().partition(|left_out| left_out.is_date || event.start.is_date);
        let whole_days: HashSet<NaiveDate> = whole_days.into_iter().map(|wall| wall.time.date()).collect();
        let times: HashSet<NaiveDateTime> = times.into_iter().map(|wall| wall.time).collect();
        occurrences.retain(|start, _| !whole_days.contains(&start.time.date()) && !times.contains(&start.time));
        (occurrences, fault)
    }
}

/// A point of time by another clock.
fn at(point: Wall, of: &Zone, by: &Zone) -> Wall {
    if point.is_date { point } else { Wall { time: by.local(of.utc(point.time)), is_date: false } }
}

/// Which occurrence each exception replaces. They are taken out of the list.
fn replaced<'a>(event: &Event, occurrences: &Occurrences, exceptions: &mut Vec<&'a Event>) -> HashMap<Wall, &'a Event> {
    let mut replaced = HashMap::new();
    exceptions.retain(|exception| {
        let Some((of, zone)) = &exception.replaces else { return false };
        let place = occurrence(wall(of.moment, zone, &event.zone), event, occurrences);
        match place {
            Some(place) if !replaced.contains_key(&place) => {
                replaced.insert(place, *exception);
                false
            }
            _ => true,
        }
    });
    replaced
}

/// The occurrence at a time, or on a day where one of the two is a day.
fn occurrence(wanted: Wall, event: &Event, occurrences: &Occurrences) -> Option<Wall> {
    if !wanted.is_date && !event.start.is_date {
        return occurrences.contains_key(&wanted).then_some(wanted);
    }
    let midnight = |day: NaiveDate| Wall { time: day.and_time(NaiveTime::MIN), is_date: false };
    let day = wanted.time.date();
    let next = day.checked_add_days(Days::new(1))?;
    occurrences.range(midnight(day)..midnight(next)).next().map(|(wall, _)| *wall)
}
