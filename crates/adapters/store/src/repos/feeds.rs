//! Calendars of other sites.

mod conflicts;
mod days;
mod health;
mod rows;

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use minsu_domain::{ConflictChanges, FeedId, FeedState, FeedStep, HouseId, OrderId, Version};
use minsu_ports::{
    Feed, FeedConflict, FeedHealth, FeedRepo, FeedSource, FeedTerms, LeasedFeed, LockStrength, LockedCalendar, PollEnd,
    PollOutcome, SealedIdentity, StoreError, WorkerId,
};
use sea_orm::{ConnectionTrait, QueryResult, sea_query::Value};

use crate::{
    errors::failed,
    repos::{claims, sql::Sql, users::locking, values::stored},
    session::SqlSession,
};

use rows::{FEEDS, column};

/// The most characters of an `ETag` and of a `Last-Modified` that are kept; a longer one is not sent back.
const TAG_CHARS: usize = 512;
const DATE_CHARS: usize = 64;
/// The most characters of a code.
const CODE_CHARS: usize = 40;

#[async_trait]
impl FeedRepo for SqlSession {
    async fn of_house(&mut self, house: HouseId, from: NaiveDate) -> Result<Vec<Feed>, StoreError> {
        FeedRepo::of_houses(self, &[house], from).await
    }

    async fn of_houses(&mut self, houses: &[HouseId], from: NaiveDate) -> Result<Vec<Feed>, StoreError> {
        if houses.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = self.read_sql();
        rows::select(&mut sql, from);
        sql.push(" WHERE f.house_id IN (");
        sql.list(houses.iter().map(|house| house.get())).push(") ORDER BY f.id");
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(rows::feed).collect()
    }

    async fn health(&mut self, failures: u32, late: DateTime<Utc>) -> Result<FeedHealth, StoreError> {
        self.feed_health(failures, late.trunc_subsecs(6)).await
    }

    async fn count(&mut self, calendar: &LockedCalendar) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        sql.push("SELECT COUNT(*) FROM calendar_feeds WHERE house_id = ").bind(calendar.house().get());
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        Ok(row.map_or(Ok(0), |row| column::<i64>(&row, 0))?.unsigned_abs())
    }

    async fn insert(
        &mut self,
        calendar: &LockedCalendar,
        terms: &FeedTerms,
        source: &FeedSource,
        now: DateTime<Utc>,
    ) -> Result<FeedId, StoreError> {
        let now = now.trunc_subsecs(6);
        let mut sql = self.sql()?;
        sql.push("INSERT INTO calendar_feeds (house_id, name, host, key_id, sealed_url, start_offset, end_offset, ");
        sql.push("all_closures, paused, generation, is_complete, hold, failures, next_poll_at, created_at) VALUES (");
        sql.bind(calendar.house().get()).push(", ").bind(terms.name.as_str()).push(", ").bind(source.host.as_str());
        sql.push(", ").bind(source.url.key_id.as_str()).push(", ").bind(source.url.sealed.clone()).push(", ");
        sql.bind(rows::small(terms.offsets.start())).push(", ").bind(rows::small(terms.offsets.end())).push(", ");
        sql.bind(terms.is_all_closures).push(", ").bind(terms.is_paused).push(", 1, ").bind(false).push(", 0, 0, ");
        sql.bind(now).push(", ").bind(now).push(")");
        self.run(sql).await?;
        // The calendar is locked: no other feed of the house came in between.
        let mut newest = self.sql()?;
        newest.push("SELECT MAX(id) FROM calendar_feeds WHERE house_id = ").bind(calendar.house().get());
        let row = self.db.writing()?.query_one_raw(newest.done()).await.map_err(failed)?;
        let id: i64 = row.map_or(Ok(0), |row| column(&row, 0))?;
        let mut links = self.sql()?;
        links.push("UPDATE calendar_exports SET feed_id = ").bind(id).push(", former_host = NULL WHERE house_id = ");
        links.bind(calendar.house().get()).push(" AND feed_id IS NULL AND former_host = ").bind(source.host.as_str());
        self.run(links).await?;
        Ok(FEEDS.checked("id", FeedId::new(id))?)
    }

    async fn change(
        &mut self,
        calendar: &LockedCalendar,
        id: FeedId,
        seen: Version,
        terms: &FeedTerms,
        source: Option<FeedSource>,
        anew: Option<DateTime<Utc>>,
    ) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_feeds SET name = ").bind(terms.name.as_str());
        sql.push(", start_offset = ").bind(rows::small(terms.offsets.start()));
        sql.push(", end_offset = ").bind(rows::small(terms.offsets.end()));
        sql.push(", all_closures = ").bind(terms.is_all_closures).push(", paused = ").bind(terms.is_paused);
        if let Some(FeedSource { host, url }) = source {
            sql.push(", host = ").bind(host).push(", key_id = ").bind(url.key_id).push(", sealed_url = ");
            sql.bind(url.sealed).push(", error = NULL, failures = 0");
        }
        if let Some(at) = anew {
            sql.push(", etag = NULL, last_modified = NULL, worker = NULL, lease_ends = NULL, next_poll_at = ");
            sql.bind(at.trunc_subsecs(6));
        }
        sql.push(", generation = generation + 1 WHERE id = ").bind(id.get());
        sql.push(" AND house_id = ").bind(calendar.house().get());
        sql.push(" AND generation = ").bind(stored(seen.get()));
        Ok(self.run(sql).await? > 0)
    }

    async fn delete(&mut self, calendar: &LockedCalendar, id: FeedId) -> Result<bool, StoreError> {
        let mut links = self.sql()?;
        links.push("UPDATE calendar_exports SET former_host = (SELECT host FROM calendar_feeds WHERE id = ");
        links.bind(id.get()).push(") WHERE house_id = ").bind(calendar.house().get());
        links.push(" AND feed_id = ").bind(id.get());
        self.run(links).await?;
        let mut sql = self.sql()?;
        sql.push("DELETE FROM calendar_feeds WHERE id = ").bind(id.get());
        sql.push(" AND house_id = ").bind(calendar.house().get());
        if self.run(sql).await? == 0 {
            return Ok(false);
        }
        claims::remove_feed(self.db.writing()?, calendar.house(), id).await?;
        Ok(true)
    }

    async fn asked_at(&mut self, house: HouseId, id: FeedId) -> Result<Option<Option<DateTime<Utc>>>, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT asked_at FROM calendar_feeds WHERE id = ").bind(id.get());
        sql.push(" AND house_id = ").bind(house.get());
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        row.map(|row| column(&row, 0)).transpose()
    }

    async fn ask(&mut self, id: FeedId, now: DateTime<Utc>, before: DateTime<Utc>) -> Result<bool, StoreError> {
        let now = now.trunc_subsecs(6);
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_feeds SET asked_at = ").bind(now).push(", next_poll_at = ").bind(now);
        sql.push(" WHERE id = ").bind(id.get()).push(" AND (asked_at IS NULL OR asked_at <= ").bind(before).push(")");
        Ok(self.run(sql).await? > 0)
    }

    async fn due(&mut self, now: DateTime<Utc>, limit: u32, of_host: u32) -> Result<Vec<(FeedId, String)>, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT id, host FROM (SELECT id, host, next_poll_at, ROW_NUMBER() OVER (PARTITION BY host ");
        sql.push("ORDER BY next_poll_at, id) AS place FROM calendar_feeds WHERE next_poll_at <= ").bind(now);
        sql.push(" AND paused = ").bind(false).push(" AND (lease_ends IS NULL OR lease_ends <= ").bind(now);
        sql.push(")) due WHERE place <= ").bind(i64::from(of_host));
        sql.push(" ORDER BY next_poll_at, id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| Ok((FEEDS.checked("id", FeedId::new(column(row, 0)?))?, column(row, 1)?))).collect()
    }

    async fn lease(
        &mut self,
        id: FeedId,
        worker: WorkerId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<LeasedFeed>, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_feeds SET worker = ").bind(worker.0.cast_signed()).push(", lease_ends = ");
        sql.bind(until).push(" WHERE id = ").bind(id.get()).push(" AND next_poll_at <= ").bind(now);
        sql.push(" AND paused = ").bind(false);
        sql.push(" AND (lease_ends IS NULL OR lease_ends <= ").bind(now).push(")");
        if self.run(sql).await? == 0 {
            return Ok(None);
        }
        let mut sql = self.sql()?;
        sql.push(rows::LEASED).push(" WHERE f.id = ").bind(id.get());
        let row = self.db.writing()?.query_one_raw(sql.done()).await.map_err(failed)?;
        row.as_ref().map(rows::leased).transpose()
    }

    async fn is_leased(&mut self, calendar: &LockedCalendar, id: FeedId, worker: WorkerId) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("SELECT id FROM calendar_feeds WHERE id = ").bind(id.get());
        sql.push(" AND house_id = ").bind(calendar.house().get());
        sql.push(" AND worker = ").bind(worker.0.cast_signed());
        let lock = locking(sql.backend(), LockStrength::Exclusive);
        sql.push(lock);
        Ok(self.db.writing()?.query_one_raw(sql.done()).await.map_err(failed)?.is_some())
    }

    async fn state(&mut self, id: FeedId, from: NaiveDate) -> Result<FeedState, StoreError> {
        self.feed_state(id, from).await
    }

    async fn write(
        &mut self,
        calendar: &LockedCalendar,
        id: FeedId,
        state: &FeedState,
        step: &FeedStep,
        from: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write_step(calendar.house(), id, step, now.trunc_subsecs(6)).await?;
        let has_changed = !step.added.is_empty() || !step.freed.is_empty();
        self.write_hold(id, state, (from, has_changed), now.trunc_subsecs(6)).await
    }

    async fn finish(&mut self, id: FeedId, worker: WorkerId, end: &PollEnd) -> Result<bool, StoreError> {
        let at = end.at.trunc_subsecs(6);
        let kept = |text: &Option<String>, most| Value::from(text.clone().filter(|text| text.chars().count() <= most));
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_feeds SET worker = NULL, lease_ends = NULL, fetched_at = ").bind(at);
        match &end.outcome {
            PollOutcome::Content { etag, last_modified, events, fault } => {
                sql.push(", good_at = ").bind(at).push(", content_at = ").bind(at).push(", failures = 0, error = ");
                sql.bind(fault.map(str::to_owned)).push(", etag = ").bind(kept(etag, TAG_CHARS));
                sql.push(", last_modified = ").bind(kept(last_modified, DATE_CHARS));
                sql.push(", busy_events = ").bind(stored(events.busy)).push(", free_events = ");
                sql.bind(stored(events.free)).push(", own_events = ").bind(stored(events.own));
            }
            // The fault of the content is that of the answer that had it.
            PollOutcome::Unchanged => {
                sql.push(", good_at = ").bind(at);
                sql.push(", error = CASE WHEN failures = 0 THEN error ELSE NULL END, failures = 0");
            }
            PollOutcome::Bad(code) => {
                let code: String = code.chars().take(CODE_CHARS).collect();
                sql.push(", failures = failures + 1, error = ").bind(code);
            }
        }
        sql.push(", next_poll_at = CASE WHEN asked_at > ").bind(end.begun).push(" THEN next_poll_at ELSE ");
        sql.bind(end.next_at).push(" END WHERE id = ").bind(id.get());
        sql.push(" AND worker = ").bind(worker.0.cast_signed());
        Ok(self.run(sql).await? > 0)
    }

    async fn give_back(&mut self, id: FeedId, worker: WorkerId, next: DateTime<Utc>) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_feeds SET worker = NULL, lease_ends = NULL, next_poll_at = ").bind(next);
        sql.push(" WHERE id = ").bind(id.get()).push(" AND worker = ").bind(worker.0.cast_signed());
        self.run(sql).await.map(|_| ())
    }

    async fn holders(
        &mut self,
        house: HouseId,
        feed: FeedId,
        from: NaiveDate,
    ) -> Result<BTreeSet<NaiveDate>, StoreError> {
        self.other_holders(house, feed, from).await
    }

    async fn conflicts_of_house(&mut self, house: HouseId) -> Result<Vec<FeedConflict>, StoreError> {
        let of_house = |sql: &mut Sql| {
            sql.push("feed_id IN (SELECT id FROM calendar_feeds WHERE house_id = ").bind(house.get()).push(")");
        };
        self.conflicts(of_house).await
    }

    async fn conflicts_of_order(&mut self, order: OrderId) -> Result<Vec<FeedConflict>, StoreError> {
        self.conflicts(|sql| _ = sql.push("order_id = ").bind(order.get())).await
    }

    async fn write_conflicts(
        &mut self,
        id: FeedId,
        changes: &ConflictChanges,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.change_conflicts(id, changes, now.trunc_subsecs(6)).await
    }

    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<FeedId>,
        limit: u32,
    ) -> Result<Vec<(FeedId, HouseId, SealedIdentity)>, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT id, house_id, key_id, sealed_url FROM calendar_feeds WHERE key_id <> ").bind(key_id);
        sql.push(" AND id > ").bind(after.map_or(0, FeedId::get)).push(" ORDER BY id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        let sealed = |row: &QueryResult| {
            let url = SealedIdentity { key_id: column(row, 2)?, sealed: column(row, 3)? };
            Ok((FEEDS.checked("id", FeedId::new(column(row, 0)?))?, FEEDS.house("house_id", column(row, 1)?)?, url))
        };
        rows.iter().map(sealed).collect()
    }

    async fn reseal(&mut self, id: FeedId, old: &SealedIdentity, new: &SealedIdentity) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_feeds SET key_id = ").bind(new.key_id.as_str()).push(", sealed_url = ");
        sql.bind(new.sealed.clone()).push(" WHERE id = ").bind(id.get()).push(" AND key_id = ");
        sql.bind(old.key_id.as_str()).push(" AND sealed_url = ").bind(old.sealed.clone());
        Ok(self.run(sql).await? == 1)
    }
}

impl SqlSession {
    /// A statement that reads.
    pub(super) fn read_sql(&self) -> Sql {
        Sql::new(self.db.get_database_backend())
    }

    /// Deletes feeds and links of houses that are withdrawn. Their days are no longer asked for.
    pub(super) async fn disconnect(&self, houses: &[i64]) -> Result<(), StoreError> {
        for table in ["calendar_exports", "calendar_feeds"] {
            let mut sql = self.sql()?;
            sql.push("DELETE FROM ").push(table).push(" WHERE house_id IN (");
            sql.list(houses.iter().copied()).push(")");
            self.run(sql).await?;
        }
        Ok(())
    }
}
