//! What must hold of the tables, alone and beside the log.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    calendar::{Verdict, check},
    database::{Order, Tables},
    history::{Act, Outcome, Record, Returned, Violation},
    resolve::Resolver,
    site::Site,
    world::World,
};

/// The price of a day of the houses of a run, in 分.
const PRICE: i64 = 10_001;

/// Collects what is broken.
#[derive(Default)]
struct Found(Vec<Violation>);

impl Found {
    fn unless(&mut self, holds: bool, invariant: &'static str, found: impl FnOnce() -> String) {
        if !holds {
            self.0.push(Violation { invariant, found: found() });
        }
    }
}

/// Every invariant that can be seen when the site is quiet.
pub(crate) fn broken(site: &Site, world: &World, tables: &Tables) -> Vec<Violation> {
    let records = world.history.records();
    let mut found = Found::default();
    days_and_orders(tables, &mut found);
    histories(tables, &mut found);
    sums(world, tables, &mut found);
    notes(tables, &records, &mut found);
    people(tables, &records, &mut found);
    listings(tables, &records, &mut found);
    pictures(site, tables, &records, &mut found);
    let (calendars, violations) = Resolver::new(world, tables, &records).calendars(world.history.now());
    found.0.extend(violations);
    for (house, calendar) in calendars {
        match check(calendar.calls, &calendar.days) {
            Verdict::Linearizable => {}
            Verdict::Undecided => world.history.remark(format!("the calendar of house {house} was not decided")),
            Verdict::Impossible { unexplained } => {
                let lines = unexplained
                    .iter()
                    .map(|at| records.get(*at).map_or_else(|| "the tables at the end".to_owned(), ToString::to_string));
                let lines: Vec<_> = lines.collect();
                let text = format!("house {house}; nothing explains any of\n    {}", lines.join("\n    "));
                found.unless(false, "the calendar of a house is linearizable", || text);
            }
        }
    }
    found.0
}

/// No day twice, no order without its days, no day without an owner, no claim without its day.
fn days_and_orders(tables: &Tables, found: &mut Found) {
    let mut holders: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for order in tables.orders.values().filter(|order| order.is_live()) {
        for date in order.dates() {
            holders.entry((order.house, date)).or_default().push(order.id);
            let has = tables.days.get(&(order.house, date)) == Some(&Some(order.id));
            found.unless(has, "no order is without its days", || format!("{date} of {order:?}"));
        }
    }
    for ((house, date), orders) in &holders {
        found.unless(orders.len() == 1, "no day is held twice", || format!("house {house} on {date}: {orders:?}"));
    }
    let claims: BTreeSet<_> = tables.claims.iter().copied().collect();
    for (day, order) in &tables.days {
        let is_owned = match order {
            Some(order) => holders.get(day).is_some_and(|orders| orders.contains(order)),
            None => claims.contains(day),
        };
        found.unless(is_owned, "no day is without an owner or a claim", || format!("{day:?}: {order:?}"));
    }
    for day in claims {
        found.unless(tables.days.contains_key(&day), "no claim is without its day", || format!("{day:?}"));
    }
}

/// The changes of an order lead to its state, by steps that exist.
fn histories(tables: &Tables, found: &mut Found) {
    const STEPS: [(Option<i64>, i64); 6] =
        [(None, 0), (Some(0), 3), (Some(0), 5), (Some(0), 6), (Some(3), 4), (Some(3), 5)];
    for order in tables.orders.values() {
        let changes = tables.changes.get(&order.id).map_or(&[][..], Vec::as_slice);
        let mut state = None;
        let mut fits = changes.len() as i64 == order.version;
        for (number, change) in (1..).zip(changes) {
            fits &= change.number == number && change.from == state && STEPS.contains(&(state, change.to));
            state = Some(change.to);
        }
        fits &= state == Some(order.status);
        found.unless(fits, "the history of an order leads to its state", || format!("{order:?}: {changes:?}"));
    }
}

/// Amounts and counters.
fn sums(world: &World, tables: &Tables, found: &mut Found) {
    let own: BTreeSet<_> = world.houses().iter().map(|house| house.id).collect();
    for order in tables.orders.values().filter(|order| own.contains(&order.house)) {
        let Order { id, days, price, amount, lines, .. } = order;
        let is_right = *days == order.dates().count() as i64 && *price == PRICE && *amount == days * PRICE;
        let rows = tables.lines.get(id);
        let lines_are_right = if *lines <= 1 { rows.is_none() } else { rows == Some(&(*lines, *amount)) };
        found
            .unless(is_right && lines_are_right, "an order costs what its days cost", || format!("{order:?} {rows:?}"));
    }
    for (id, house) in &tables.houses {
        let complete = tables.orders.values().filter(|order| order.house == *id && order.status == 4).count() as i64;
        let text = || format!("house {id} says {} and has {complete}", house.orders);
        found.unless(house.orders == complete, "order_count is exact", text);
    }
}

/// The texts of decisions and comments.
fn notes(tables: &Tables, records: &[Record], found: &mut Found) {
    for record in records.iter().filter(|record| record.is_done()) {
        let (order, text) = match &record.act {
            Act::Reject { order, reason } => (order, (reason, true)),
            Act::Comment { order, text } => (order, (text, false)),
            _ => continue,
        };
        let kept =
            tables.orders.get(order).and_then(|it| if text.1 { it.reason.as_ref() } else { it.comment.as_ref() });
        let text_is_kept = kept == Some(text.0);
        found
            .unless(text_is_kept, "every acknowledged decision and comment is there", || format!("{kept:?}: {record}"));
    }
}

/// Registrations and names.
fn people(tables: &Tables, records: &[Record], found: &mut Found) {
    for record in records {
        let (Act::Register { mobile }, Outcome::Done(Returned::Id(id))) = (&record.act, &record.outcome) else {
            continue;
        };
        let is_there = tables.users.get(id).is_some_and(|user| user.0 == *mobile);
        found.unless(is_there, "every acknowledged registration is there", || record.to_string());
    }
    for (id, (_, name, _)) in &tables.users {
        let names = records.iter().filter(|it| matches!(&it.act, Act::Rename { user, .. } if user == id));
        let fits = is_last(names, |record| matches!(&record.act, Act::Rename { name: new, .. } if new == name));
        found.unless(fits, "every acknowledged name is there", || format!("user {id} has the name {name}"));
    }
}

/// Whether what is found is of the last acknowledged call, or of one whose end is not known and that began behind
/// it; or none was acknowledged.
fn is_last<'a>(records: impl Iterator<Item = &'a Record>, is_found: impl Fn(&Record) -> bool) -> bool {
    let mut allowed = true;
    let mut is_right = true;
    for record in records {
        if record.is_done() {
            (allowed, is_right) = (false, is_found(record));
        } else if record.is_unknown() && !allowed {
            is_right |= is_found(record);
        }
    }
    is_right
}

/// Houses that were published, and their titles.
fn listings(tables: &Tables, records: &[Record], found: &mut Found) {
    for record in records {
        if let (Act::Publish { .. }, Outcome::Done(Returned::Id(id))) = (&record.act, &record.outcome) {
            found.unless(tables.houses.contains_key(id), "every acknowledged house is there", || record.to_string());
        }
    }
    for (id, house) in &tables.houses {
        let edits: Vec<_> =
            records.iter().filter(|it| matches!(&it.act, Act::Edit { house, .. } if house == id)).collect();
        let mut done = BTreeMap::new();
        for record in &edits {
            let (Act::Edit { title, .. }, Outcome::Done(Returned::Version(version))) = (&record.act, &record.outcome)
            else {
                continue;
            };
            let is_first = done.insert(*version, title).is_none();
            found.unless(is_first, "a version of a listing is changed once", || record.to_string());
        }
        let Some((version, title)) = done.last_key_value() else { continue };
        let may_be = edits
            .iter()
            .any(|it| it.is_unknown() && matches!(&it.act, Act::Edit { title, .. } if *title == house.title));
        let fits = *version <= house.version && (**title == house.title || may_be);
        found.unless(fits, "every acknowledged edit is there", || {
            format!("house {id} is {house:?}, not {title} of {version}")
        });
    }
}

/// Pictures and portraits, in the tables and in the object store.
fn pictures(site: &Site, tables: &Tables, records: &[Record], found: &mut Found) {
    let mut check = |key: Option<&String>, record: &Record| {
        let is_there = key.is_some_and(|key| site.objects.object(key).is_some());
        found.unless(is_there, "every acknowledged upload is there", || format!("{key:?}: {record}"));
    };
    for record in records {
        let Outcome::Done(Returned::Url(url)) = &record.outcome else { continue };
        match &record.act {
            Act::Upload { house } => {
                let row = tables.pictures.iter().find(|(of, key)| of == house && url.ends_with(key.as_str()));
                check(row.map(|(_, key)| key), record);
            }
            Act::Portrait { user } => {
                let is_last = !records.iter().any(|it| {
                    it.begun > record.begun
                        && matches!(&it.act, Act::Portrait { user: of } if of == user)
                        && !matches!(it.outcome, Outcome::Refused(_))
                });
                if is_last {
                    let key = tables.users.get(user).and_then(|user| user.2.as_ref());
                    check(key.filter(|key| url.ends_with(key.as_str())), record);
                }
            }
            _ => {}
        }
    }
}
