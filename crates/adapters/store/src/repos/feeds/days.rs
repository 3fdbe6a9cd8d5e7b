//! The days of feeds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, SubsecRound as _, Utc};
use minsu_domain::{Claim, Echo, FeedId, FeedState, FeedStep, HeldDay, HouseId};
use minsu_ports::StoreError;
use sea_orm::{ConnectionTrait, QueryResult, sea_query::Value};

use super::rows::{self, column};
use crate::{
    entity::house_claim::{BLOCK, PREPARATION},
    errors::failed,
    repos::claims,
    session::SqlSession,
};

/// Rows of one statement: engines bound its parameters.
const TOGETHER: usize = 500;

impl SqlSession {
    pub(super) async fn feed_state(&self, id: FeedId, from: NaiveDate) -> Result<FeedState, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT is_complete, hold, hold_since FROM calendar_feeds WHERE id = ").bind(id.get());
        let Some(row) = self.db.query_one_raw(sql.done()).await.map_err(failed)? else {
            return Ok(FeedState::default());
        };
        let (is_complete, hold) = (column(&row, 0)?, rows::hold(column(&row, 1)?, column(&row, 2)?)?);
        let mut sql = self.read_sql();
        sql.push("SELECT day, kind, missing_since, derived, alone_since FROM feed_days WHERE feed_id = ");
        sql.bind(id.get()).push(" AND day >= ").bind(from);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        let days = rows.iter().map(held_day).collect::<Result<_, _>>()?;
        Ok(FeedState { days, is_complete, hold })
    }

    /// Writes the days of a step with their claims.
    pub(super) async fn write_step(
        &self,
        house: HouseId,
        id: FeedId,
        step: &FeedStep,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (db, claim) = (self.db.writing()?, Claim::Feed(id));
        let freed: Vec<_> = step.freed.iter().copied().collect();
        for days in freed.chunks(TOGETHER) {
            let mut sql = self.sql()?;
            sql.push("DELETE FROM feed_days WHERE feed_id = ").bind(id.get()).push(" AND day IN (");
            sql.list(days.iter().copied()).push(")");
            self.run(sql).await?;
            claims::remove(db, house, claim, &days.iter().copied().collect()).await?;
        }
        let added: Vec<_> = step.added.iter().collect();
        for days in added.chunks(TOGETHER) {
            let mut sql = self.sql()?;
            sql.push(
                "INSERT INTO feed_days (feed_id, day, kind, missing_since, derived, alone_since, added_at) VALUES ",
            );
            for (place, (day, held)) in days.iter().enumerate() {
                sql.push(if place == 0 { "(" } else { ", (" }).bind(id.get()).push(", ").bind(**day).push(", ");
                sql.bind(rows::kind_number(held.kind)).push(", ").bind(time(held.missing_since)).push(", ");
                sql.bind(held.is_derived()).push(", ").bind(time(held.echo.and_then(|echo| echo.alone_since)));
                sql.push(", ").bind(now).push(")");
            }
            self.run(sql).await?;
            claims::add(db, house, claim, &days.iter().map(|(day, _)| **day).collect()).await?;
        }
        self.write_changed(id, &step.changed).await
    }

    /// Days that changed alike, which most do, are written by one statement.
    async fn write_changed(&self, id: FeedId, changed: &BTreeMap<NaiveDate, HeldDay>) -> Result<(), StoreError> {
        let mut alike: Vec<(HeldDay, Vec<NaiveDate>)> = Vec::new();
        for (day, held) in changed {
            match alike.iter_mut().find(|(known, _)| known == held) {
                Some((_, days)) => days.push(*day),
                None => alike.push((*held, vec![*day])),
            }
        }
        for (held, days) in alike {
            for days in days.chunks(TOGETHER) {
                let mut sql = self.sql()?;
                sql.push("UPDATE feed_days SET kind = ").bind(rows::kind_number(held.kind));
                sql.push(", missing_since = ").bind(time(held.missing_since)).push(", derived = ");
                sql.bind(held.is_derived()).push(", alone_since = ");
                sql.bind(time(held.echo.and_then(|echo| echo.alone_since)));
                sql.push(" WHERE feed_id = ").bind(id.get()).push(" AND day IN (");
                sql.list(days.iter().copied()).push(")");
                self.run(sql).await?;
            }
        }
        Ok(())
    }

    /// Writes the rest of a state, and forgets the days before the one before `from`: links have yesterday.
    pub(super) async fn write_hold(
        &self,
        id: FeedId,
        state: &FeedState,
        (from, has_changed): (NaiveDate, bool),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (hold, since) = rows::hold_columns(state.hold);
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_feeds SET is_complete = ").bind(state.is_complete).push(", hold = ").bind(hold);
        sql.push(", hold_since = ").bind(time(since));
        if has_changed {
            sql.push(", changed_at = ").bind(now);
        }
        sql.push(" WHERE id = ").bind(id.get());
        self.run(sql).await?;
        let mut sql = self.sql()?;
        sql.push("DELETE FROM feed_days WHERE feed_id = ").bind(id.get()).push(" AND day < ").bind(from - Days::new(1));
        self.run(sql).await.map(|_| ())
    }

    pub(super) async fn other_holders(
        &self,
        house: HouseId,
        feed: FeedId,
        from: NaiveDate,
    ) -> Result<BTreeSet<NaiveDate>, StoreError> {
        let house = house.get();
        let mut sql = self.read_sql();
        sql.push("SELECT day FROM house_day WHERE house_id = ").bind(house).push(" AND order_id IS NOT NULL");
        sql.push(" AND day >= ").bind(from);
        sql.push(" UNION SELECT day FROM house_claims WHERE house_id = ").bind(house).push(" AND source IN (");
        sql.bind(BLOCK).push(", ").bind(PREPARATION).push(") AND day >= ").bind(from);
        sql.push(" UNION SELECT d.day FROM feed_days d JOIN calendar_feeds f ON f.id = d.feed_id WHERE f.house_id = ");
        sql.bind(house).push(" AND f.id <> ").bind(feed.get()).push(" AND d.derived = ").bind(false);
        sql.push(" AND d.day >= ").bind(from);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| column(row, 0)).collect()
    }
}

fn held_day(row: &QueryResult) -> Result<(NaiveDate, HeldDay), StoreError> {
    let derived: bool = column(row, 3)?;
    let echo = if derived { Some(Echo { alone_since: column(row, 4)? }) } else { None };
    Ok((column(row, 0)?, HeldDay { kind: rows::kind(column(row, 1)?)?, missing_since: column(row, 2)?, echo }))
}

fn time(instant: Option<DateTime<Utc>>) -> Value {
    Value::from(instant.map(|instant| instant.trunc_subsecs(6)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::{DayKind, Hold};

    #[test]
    fn values_read_back_and_no_others() {
        for kind in [DayKind::Closure, DayKind::Stay] {
            assert_eq!(rows::kind(rows::kind_number(kind)).unwrap(), kind);
        }
        for hold in [Hold::None, Hold::Since(DateTime::UNIX_EPOCH), Hold::Waived] {
            let (number, since) = rows::hold_columns(hold);
            assert_eq!(rows::hold(number, since).unwrap(), hold);
        }
        assert!(rows::kind(2).is_err() && rows::hold(1, None).is_err() && rows::hold(3, None).is_err());
    }
}
