//! Which houses let a stay, as conditions of a search: those that booking has.
//!
//! Most houses have no rules of their own, and their conditions are on columns of the list's index and on the occupied
//! days. Of the others every stay that the dates allow is a row of a table of constants, against which rules, seasons
//! and dates are held, so that no engine has to compute with dates.

use chrono::{Datelike as _, Days, NaiveDate};
use minsu_domain::{CandidateStay, SearchTerms, WantedStay};
use sea_orm::DbBackend;

use super::fragments::{Rules, probed};
use crate::repos::sql::Sql;

/// Only houses that can be booked for the stay and have its days free, with `h` for the house.
pub(super) fn bookable(sql: &mut Sql, stay: WantedStay, terms: &SearchTerms, rules: Rules) {
    if !stay.is_dated() {
        return;
    }
    if let WantedStay::Exact { first, last } = stay {
        free_days(sql, first, last);
    }
    sql.push(match rules {
        Rules::With => " AND h.has_rules = 1",
        Rules::Without => " AND h.has_rules = 0",
        Rules::Either => " AND (h.has_rules = 0",
    });
    if rules != Rules::With {
        without_rules(sql, stay, terms);
    }
    if rules == Rules::Either {
        sql.push(" OR h.has_rules = 1");
    }
    if rules != Rules::Without {
        by_rules(sql, stay, terms);
    }
    if rules == Rules::Either {
        sql.push(")");
    }
}

/// The days are free: the rows that two bookings cannot share. Asked before any rule, since in a week in which most
/// houses are taken it refuses most of them, and rules are dear.
fn free_days(sql: &mut Sql, first: NaiveDate, last: NaiveDate) {
    occupied(sql).push(" AND d.day >= ").bind(first).push(" AND d.day <= ").bind(last);
    probed(sql);
}

/// The list indexes hold the stay limits, too.
fn without_rules(sql: &mut Sql, stay: WantedStay, terms: &SearchTerms) {
    let Some(accepted) = stay.accepted_limits() else { return };
    sql.push(" AND (h.min_days <= ").bind(accepted.min_days_at_most);
    if let WantedStay::Exact { first, last } = stay
        && terms.short_gaps
    {
        sql.push(" OR (").push("1 = 1");
        occupied_before(sql, first, terms);
        sql.push(" AND EXISTS (SELECT 1 FROM house_day g WHERE g.house_id = h.id AND g.day = ").bind(later(last, 1));
        probed(sql);
        sql.push(")");
    }
    sql.push(")");
    if let Some(days) = accepted.max_days_at_least {
        sql.push(" AND (h.max_days = 0 OR h.max_days >= ").bind(days).push(")");
    }
    match stay {
        // Any stay, or one whose days are asked about for all houses.
        WantedStay::Any | WantedStay::Exact { .. } => return,
        WantedStay::From { first, .. } => {
            occupied(sql).push(" AND d.day >= ").bind(first).push(" AND d.day <= ");
            moved_by_shortest_stay(sql, first, '+');
        }
        WantedStay::Until { last, .. } => {
            occupied(sql).push(" AND d.day >= ");
            moved_by_shortest_stay(sql, last, '-');
            sql.push(" AND d.day <= ").bind(last);
        }
    }
    probed(sql);
}

/// None of the house's occupied days is what follows.
fn occupied(sql: &mut Sql) -> &mut Sql {
    sql.push(" AND NOT EXISTS (SELECT 1 FROM house_day d WHERE d.house_id = h.id")
}

/// The other end of the shortest stay that the house allows, with `day` at one end.
fn moved_by_shortest_stay(sql: &mut Sql, day: NaiveDate, sign: char) {
    match sql.backend() {
        DbBackend::Postgres => sql.push("(").bind(day).push(&format!("::date {sign} (h.min_days - 1))")),
        // As text, in which SQLite keeps days.
        DbBackend::Sqlite => sql.push("date(").bind(day).push(&format!(", '{sign}' || (h.min_days - 1) || ' days')")),
        _ => sql.push("(CAST(").bind(day).push(&format!(" AS date) {sign} INTERVAL (h.min_days - 1) DAY)")),
    };
}

/// The day before the stay is occupied, or the stay begins today.
fn occupied_before(sql: &mut Sql, first: NaiveDate, terms: &SearchTerms) {
    if first != terms.today {
        let before = first.pred_opt().unwrap_or(first);
        sql.push(" AND EXISTS (SELECT 1 FROM house_day b WHERE b.house_id = h.id AND b.day = ").bind(before);
        probed(sql);
    }
}

/// One of the stays is let by the rules, seasons and dates of the house, and is free.
fn by_rules(sql: &mut Sql, stay: WantedStay, terms: &SearchTerms) {
    sql.push(" AND EXISTS (SELECT 1 FROM ");
    candidates(sql, &stay.candidates(terms), terms);
    sql.push(
        " LEFT JOIN house_rules r ON r.house_id = h.id \
         LEFT JOIN house_seasons sa ON sa.house_id = h.id AND sa.first_day <= c.first_day AND sa.last_day >= c.first_day \
         LEFT JOIN house_seasons sd ON sd.house_id = h.id AND sd.first_day <= c.end_day AND sd.last_day >= c.end_day \
         LEFT JOIN house_dates da ON da.house_id = h.id AND da.day = c.first_day \
         LEFT JOIN house_dates dd ON dd.house_id = h.id AND dd.day = c.end_day \
         WHERE COALESCE(r.notice_days, 0) <= c.ahead AND (r.window_days IS NULL OR r.window_days >= c.ahead) \
         AND (COALESCE(sa.max_days, h.max_days) = 0 OR COALESCE(sa.max_days, h.max_days) >= c.days) \
         AND (CASE WHEN da.closed_to_arrival IS NULL THEN COALESCE(sa.arrival_days, r.arrival_days, 127) & c.arrival \
         ELSE 1 - da.closed_to_arrival END) <> 0 \
         AND (CASE WHEN dd.closed_to_departure IS NULL THEN COALESCE(sd.departure_days, r.departure_days, 127) & c.departure \
         ELSE 1 - dd.closed_to_departure END) <> 0 \
         AND (COALESCE(da.min_days, sa.min_days, h.min_days) ",
    );
    match stay {
        WantedStay::Exact { first, last } => {
            sql.push("<= c.days");
            if terms.short_gaps {
                sql.push(" OR (1 = 1");
                occupied_before(sql, first, terms);
                sql.push(
                    " AND EXISTS (SELECT 1 FROM house_day g WHERE g.house_id = h.id AND (g.day = c.next_day \
                     OR (g.source = 0 AND ((r.preparation_days >= 1 AND g.day = c.second_day) \
                     OR (r.preparation_days >= 2 AND g.day = ",
                );
                sql.bind(later(last, 3)).push("))))))");
            }
        }
        WantedStay::Any | WantedStay::From { .. } | WantedStay::Until { .. } => {
            sql.push("= c.days");
        }
    }
    sql.push(")");
    if !matches!(stay, WantedStay::Exact { .. }) {
        occupied(sql).push(" AND d.day >= c.first_day AND d.day <= c.last_day)");
    }
    sql.push(
        " AND NOT EXISTS (SELECT 1 FROM house_day p WHERE p.house_id = h.id AND p.source = 0 \
         AND ((r.preparation_days >= 1 AND p.day = c.next_day) OR (r.preparation_days >= 2 AND p.day = c.second_day))))",
    );
}

const COLUMNS: [&str; 9] =
    ["days", "ahead", "arrival", "departure", "first_day", "last_day", "end_day", "next_day", "second_day"];
/// How many of the columns are numbers; the others are days.
const NUMBERS: usize = 4;

/// The stays as a table `c` of constants.
fn candidates(sql: &mut Sql, stays: &[CandidateStay], terms: &SearchTerms) {
    let backend = sql.backend();
    match backend {
        DbBackend::Postgres => sql.push("(VALUES "),
        DbBackend::Sqlite => {
            let named: Vec<_> = (1..).zip(COLUMNS).map(|(place, name)| format!("column{place} AS {name}")).collect();
            sql.push(&format!("(SELECT {} FROM (VALUES ", named.join(", ")))
        }
        _ => sql.push("("),
    };
    for (place, stay) in stays.iter().enumerate() {
        sql.push(match (backend, place) {
            (DbBackend::MySql, 0) => "SELECT ",
            (DbBackend::MySql, _) => " UNION ALL SELECT ",
            (_, 0) => "(",
            _ => ", (",
        });
        candidate(sql, stay, terms, place == 0);
        sql.push(if backend == DbBackend::MySql { "" } else { ")" });
    }
    match backend {
        DbBackend::Postgres => sql.push(&format!(") AS c ({})", COLUMNS.join(", "))),
        DbBackend::Sqlite => sql.push(")) AS c"),
        _ => sql.push(") AS c"),
    };
}

/// The values of one stay; those of the first have names and types.
fn candidate(sql: &mut Sql, stay: &CandidateStay, terms: &SearchTerms, is_first: bool) {
    let CandidateStay { days, first, last, end } = *stay;
    let ahead = i32::try_from((first - terms.today).num_days()).unwrap_or(i32::MAX);
    let numbers = [i32::try_from(days).unwrap_or(i32::MAX), ahead, bit(first), bit(end)];
    let dates = [first, last, end, later(last, 1), later(last, 2)];
    for (place, name) in COLUMNS.iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " });
        let is_number = place < NUMBERS;
        let is_cast = is_first && sql.backend() == DbBackend::MySql;
        sql.push(if is_cast { "CAST(" } else { "" });
        if is_number {
            sql.bind(numbers[place]);
        } else {
            sql.bind(dates[place - NUMBERS]);
        }
        match (sql.backend(), is_first, is_number) {
            (DbBackend::Postgres, true, true) => sql.push("::int"),
            (DbBackend::Postgres, true, false) => sql.push("::date"),
            (DbBackend::MySql, true, true) => sql.push(&format!(" AS SIGNED) AS {name}")),
            (DbBackend::MySql, true, false) => sql.push(&format!(" AS date) AS {name}")),
            _ => sql.push(""),
        };
    }
}

/// The bit of a day's weekday in the masks of rules, Monday's the lowest.
fn bit(day: NaiveDate) -> i32 {
    1 << day.weekday().num_days_from_monday()
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}
