//! A calendar as days.

use std::{collections::HashMap, time::Duration};

use chrono::{Days, NaiveTime};
use chrono_tz::Tz;
use minsu_domain::{DayKind, DayRange, EventDays, FeedDays, FeedReading, ReadingFault, ReadingTerms};
use minsu_ports::FeedError;

use crate::{
    budget::Budget,
    components::{Calendar, calendars},
    event::{Event, EventReader},
    series::Placer,
    zones::Zones,
};

/// How calendars are read at this site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    pub zone: Tz,
    pub days: EventDays,
    pub deadline: Duration,
}

/// A reading that is going on.
struct Reading<'a> {
    is_own: &'a dyn Fn(&str) -> bool,
    budget: &'a Budget,
    result: FeedReading,
}

impl Reader {
    /// Reads a calendar; `is_own` knows the identifiers of events that this site made.
    pub fn read(
        self,
        calendar: &[u8],
        terms: &ReadingTerms,
        is_own: &dyn Fn(&str) -> bool,
    ) -> Result<FeedReading, FeedError> {
        let budget = Budget::new(self.deadline);
        let calendars = calendars(calendar)?;
        let mut days = FeedDays::collect(terms.from, terms.until);
        let mut add = |range: DayRange, kind: DayKind| {
            let kind = if terms.is_all_closures { DayKind::Closure } else { kind };
            days.add(terms.offsets.of(range), kind);
        };
        // Zones are up to a day apart, and offsets begin up to two days before.
        let last = terms.until.checked_add_days(Days::new(4)).unwrap_or(terms.until).and_time(NaiveTime::MIN);
        let mut reading = Reading { is_own, budget: &budget, result: FeedReading::default() };
        for calendar in &calendars {
            let zones = Zones::new(calendar, self.zone, last, &budget);
            let events = reading.events(calendar, &zones)?;
            let mut placer = Placer { site: zones.site(), rule: self.days, last, budget: &budget, add: &mut add };
            reading.place(&events, &mut placer)?;
        }
        // What stopped within an event or a zone is not all.
        reading.in_time()?;
        Ok(FeedReading { days: days.finish(), ..reading.result })
    }
}

impl Reading<'_> {
    fn in_time(&self) -> Result<(), FeedError> {
        if self.budget.has_time() { Ok(()) } else { Err(FeedError::TooSlow) }
    }

    fn fault(&mut self, faults: impl IntoIterator<Item = ReadingFault>) {
        self.result.fault = self.result.fault.or(faults.into_iter().next());
    }

    fn events(&mut self, calendar: &Calendar, zones: &Zones<'_>) -> Result<Vec<Event>, FeedError> {
        let mut events = Vec::with_capacity(calendar.events.len());
        for lines in &calendar.events {
            self.in_time()?;
            let mut reader = EventReader::new(lines, zones);
            if reader.uid().is_some_and(self.is_own) {
                self.result.own_events += 1;
                continue;
            }
            let event = reader.event();
            self.fault(reader.faults);
            let Some(event) = event else { continue };
            match event.is_busy {
                true => self.result.busy_events += 1,
                false => self.result.free_events += 1,
            }
            events.push(event);
        }
        Ok(events)
    }

    /// Places all events: series first, each with the exceptions of its identifier; exceptions stand for themselves.
    fn place(&mut self, events: &[Event], placer: &mut Placer<'_>) -> Result<(), FeedError> {
        let mut exceptions: HashMap<&str, Vec<&Event>> = HashMap::new();
        for event in events.iter().filter(|event| event.replaces.is_some()) {
            placer.exception(event);
            if let Some(uid) = &event.uid {
                exceptions.entry(uid).or_default().push(event);
            }
        }
        let mut none = Vec::new();
        for event in events.iter().filter(|event| event.replaces.is_none()) {
            self.in_time()?;
            let of_uid = event.uid.as_deref().and_then(|uid| exceptions.get_mut(uid)).unwrap_or(&mut none);
            if let Err(fault) = placer.series(event, of_uid) {
                self.fault([fault]);
            }
        }
        Ok(())
    }
}
