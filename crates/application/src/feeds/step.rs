//! A change of what a feed holds, with everything that follows from it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use minsu_domain::{
    ConflictChanges, Event, FeedId, FeedState, FeedStep, ListingEvent, Occupant, OrderId, Surroundings,
};
use minsu_ports::{FeedSignal, LockedCalendar, Signal};

use crate::{App, AppError, houses::plannable_days, transaction::Transaction};

/// Takes a step of a feed of the locked calendar, and writes it: its days with their claims, and its conflicts with
/// orders.
pub(super) async fn take(
    app: &App,
    transaction: &mut Transaction,
    calendar: &LockedCalendar,
    id: FeedId,
    change: impl FnOnce(&mut FeedState, &Surroundings<'_>) -> FeedStep,
) -> Result<(), AppError> {
    let (now, house) = (app.clock.now(), calendar.house());
    let today = app.local(now).date_naive();
    let mut state = transaction.feeds().state(id, today).await?;
    let holders = transaction.feeds().holders(house, id, today).await?;
    let told = transaction.exports().told(id, today).await?;
    let around = Surroundings { now, today, holders: &holders, told: &told };
    let step = change(&mut state, &around);
    transaction.feeds().write(calendar, id, &state, &step, today, now).await?;
    let listing = ListingEvent { house, landlord: calendar.landlord() };
    if !step.added.is_empty() || !step.freed.is_empty() {
        transaction.record(Event::ListingScheduleChanged(listing));
    }
    if step.has_hold_begun {
        transaction.record(Event::ListingFeedHeld(listing));
        app.telemetry.count(Signal::Feed(FeedSignal::Held));
    }
    compare(app, transaction, calendar, (id, &state), today).await
}

/// Compares the stays of a feed with the days of orders.
async fn compare(
    app: &App,
    transaction: &mut Transaction,
    calendar: &LockedCalendar,
    (id, state): (FeedId, &FeedState),
    today: NaiveDate,
) -> Result<(), AppError> {
    let last = *plannable_days(app).end();
    let occupied = transaction.occupancy().occupied(calendar.house(), today, last).await?;
    let orders: BTreeMap<NaiveDate, OrderId> = occupied
        .into_iter()
        .filter_map(|(day, by)| match by {
            Occupant::Order(order) => Some((day, order)),
            Occupant::Block | Occupant::Feed | Occupant::Preparation => None,
        })
        .collect();
    let open = transaction.feeds().conflicts_of_house(calendar.house()).await?;
    let open = open.into_iter().filter(|conflict| conflict.feed == id);
    let open = open.map(|conflict| (conflict.order, conflict.days)).collect();
    let changes = ConflictChanges::of(state, today, &orders, &open);
    if changes == ConflictChanges::default() {
        return Ok(());
    }
    transaction.feeds().write_conflicts(id, &changes, app.clock.now()).await?;
    if !changes.opened.is_empty() {
        let listing = ListingEvent { house: calendar.house(), landlord: calendar.landlord() };
        transaction.record(Event::ListingConflictOpened(listing));
        app.telemetry.count(Signal::Feed(FeedSignal::Conflict));
    }
    Ok(())
}
