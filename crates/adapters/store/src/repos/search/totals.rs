//! What a stay costs in each house, as an expression of a statement: the same sum that the domain makes.

use chrono::{Datelike as _, NaiveDate};
use minsu_domain::{HouseFilter, HouseRules, WantedStay};
use sea_orm::DbBackend;

use super::fragments::Rules;
use crate::repos::sql::Sql;

/// A stay that is priced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Priced {
    first: NaiveDate,
    last: NaiveDate,
    guests: u32,
}

impl Priced {
    /// The stay by whose total a search filters and sorts, if it does.
    pub(super) fn of(filter: &HouseFilter) -> Option<Self> {
        match (filter.stay, filter.terms.total_for) {
            (WantedStay::Exact { first, last }, Some(guests)) => Some(Self { first, last, guests }),
            _ => None,
        }
    }

    /// How many days the stay has.
    pub(super) fn length(self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    /// How many guests it is for.
    pub(super) fn guests(self) -> u32 {
        self.guests
    }

    /// Appends the total, with `h` for the house.
    pub(super) fn push(self, sql: &mut Sql, rules: Rules) {
        match rules {
            Rules::Without => {
                sql.push("(h.price * ").bind(self.length()).push(")");
            }
            Rules::With => self.by_rules(sql),
            Rules::Either => {
                sql.push("(CASE WHEN h.has_rules = 0 THEN h.price * ").bind(self.length()).push(" ELSE ");
                self.by_rules(sql);
                sql.push(" END)");
            }
        }
    }

    /// The same as a whole number of 64 bits: two engines have sums of another type.
    pub(super) fn push_number(self, sql: &mut Sql, rules: Rules) {
        let (open, close) = match sql.backend() {
            DbBackend::Postgres => ("CAST(", " AS bigint)"),
            DbBackend::Sqlite => ("", ""),
            _ => ("CAST(", " AS SIGNED)"),
        };
        sql.push(open);
        self.push(sql, rules);
        sql.push(close);
    }

    fn by_rules(self, sql: &mut Sql) {
        let days = self.length();
        sql.push("(SELECT ");
        self.less_discount(sql, days);
        sql.push(" + MAX(COALESCE(r.cleaning_fee, 0) + CASE WHEN COALESCE(r.guests_included, 1) < ");
        sql.bind(i64::from(self.guests)).push(" THEN (").bind(i64::from(self.guests));
        sql.push(" - COALESCE(r.guests_included, 1)) * COALESCE(r.extra_guest_fee, 0) ELSE 0 END * ").bind(days);
        sql.push(") FROM ");
        self.days(sql);
        sql.push(
            " LEFT JOIN house_rules r ON r.house_id = h.id \
             LEFT JOIN house_seasons s ON s.house_id = h.id AND s.first_day <= c.day AND s.last_day >= c.day \
             LEFT JOIN house_dates d ON d.house_id = h.id AND d.day = c.day)",
        );
    }

    /// The sum of the days, less the one discount, of which half a 分 is rounded up.
    fn less_discount(self, sql: &mut Sql, days: i64) {
        let sum = sum_of_days();
        let week = "COALESCE(r.weekly_discount, 0)";
        let points = if days >= i64::from(HouseRules::MONTH) {
            format!("CASE WHEN COALESCE(r.monthly_discount, 0) > 0 THEN r.monthly_discount ELSE {week} END")
        } else if days >= i64::from(HouseRules::WEEK) {
            week.to_owned()
        } else {
            sql.push(&sum);
            return;
        };
        let discount = format!("({sum} * MAX({points}) + 5000) / 10000");
        // Whole numbers are divided to whole numbers by SQLite alone.
        let discount = if sql.backend() == DbBackend::Sqlite { discount } else { format!("FLOOR({discount})") };
        sql.push(&format!("{sum} - {discount}"));
    }

    /// The days and their weekdays as a table `c` of constants.
    fn days(self, sql: &mut Sql) {
        let backend = sql.backend();
        sql.push(match backend {
            DbBackend::Postgres => "(VALUES ",
            DbBackend::Sqlite => "(SELECT column1 AS day, column2 AS weekday FROM (VALUES ",
            _ => "(",
        });
        for (place, day) in self.first.iter_days().take_while(|day| *day <= self.last).enumerate() {
            let weekday = day.weekday().number_from_monday();
            match (backend, place) {
                (DbBackend::MySql, 0) => {
                    sql.push("SELECT CAST(").bind(day).push(&format!(" AS date) AS day, {weekday} AS weekday"));
                }
                (DbBackend::MySql, _) => {
                    sql.push(" UNION ALL SELECT ").bind(day).push(&format!(", {weekday}"));
                }
                (_, place) => {
                    sql.push(if place == 0 { "(" } else { ", (" }).bind(day);
                    sql.push(if backend == DbBackend::Postgres && place == 0 { "::date" } else { "" });
                    sql.push(&format!(", {weekday})"));
                }
            }
        }
        sql.push(match backend {
            DbBackend::Postgres => ") AS c (day, weekday)",
            DbBackend::Sqlite => ")) AS c",
            _ => ") AS c",
        });
    }
}

/// The prices of the days: of date, weekday of the season, season, weekday and listing the first.
fn sum_of_days() -> String {
    let by_weekday = |table: &str| {
        let cases: String = (1..=7).map(|number| format!(" WHEN {number} THEN {table}.price_{number}")).collect();
        format!("CASE c.weekday{cases} END")
    };
    format!("SUM(COALESCE(d.price, {}, s.price, {}, h.price))", by_weekday("s"), by_weekday("r"))
}
