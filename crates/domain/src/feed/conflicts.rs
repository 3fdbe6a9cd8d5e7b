//! Stays at another site on days of an order here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::OrderId;

use super::{DayKind, FeedState};

/// How the conflicts of a feed change. There is at most one open for an order; the order stays, the day stays shut.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConflictChanges {
    /// Conflicts that open, each with its days; the landlord is told once.
    pub opened: BTreeMap<OrderId, BTreeSet<NaiveDate>>,
    /// Open ones whose days changed.
    pub changed: BTreeMap<OrderId, BTreeSet<NaiveDate>>,
    /// Those that are over, because the order or the stay is gone from the days.
    pub closed: BTreeSet<OrderId>,
}

impl ConflictChanges {
    /// Compares the stays of a feed with the days of orders, from today on, and with the conflicts that are open. A
    /// closure is no conflict, nor is a derived day.
    pub fn of(
        feed: &FeedState,
        today: NaiveDate,
        orders: &BTreeMap<NaiveDate, OrderId>,
        open: &BTreeMap<OrderId, BTreeSet<NaiveDate>>,
    ) -> Self {
        let mut current: BTreeMap<OrderId, BTreeSet<NaiveDate>> = BTreeMap::new();
        for (day, held) in feed.days.range(today..) {
            if held.kind == DayKind::Stay
                && !held.is_derived()
                && let Some(order) = orders.get(day)
            {
                current.entry(*order).or_default().insert(*day);
            }
        }
        let mut changes = Self {
            closed: open.keys().filter(|order| !current.contains_key(order)).copied().collect(),
            ..Self::default()
        };
        for (order, days) in current {
            match open.get(&order) {
                None => drop(changes.opened.insert(order, days)),
                Some(known) if *known != days => drop(changes.changed.insert(order, days)),
                Some(_) => {}
            }
        }
        changes
    }
}
