//! Links by which other sites read the calendars of this one.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use minsu_domain::{CalendarName, ExportId, FeedId, HouseId};
use minsu_ports::{Export, ExportRepo, LinkHash, LockedCalendar, ServedExport, StoreError};
use sea_orm::{ConnectionTrait, QueryResult, TryGetable};

use crate::{
    entity::house_claim::{BLOCK, PREPARATION},
    errors::failed,
    repos::{digits, values::Table},
    session::SqlSession,
};

const EXPORTS: Table = Table("calendar_exports");
/// Rows of one statement: engines bound its parameters.
const TOGETHER: usize = 500;

fn column<T: TryGetable>(row: &QueryResult, place: usize) -> Result<T, StoreError> {
    row.try_get_by_index(place).map_err(failed)
}

#[async_trait]
impl ExportRepo for SqlSession {
    async fn of_house(&mut self, house: HouseId) -> Result<Vec<Export>, StoreError> {
        let exports = ExportRepo::of_houses(self, &[house]).await?;
        Ok(exports.into_iter().map(|(_, export)| export).collect())
    }

    async fn of_houses(&mut self, houses: &[HouseId]) -> Result<Vec<(HouseId, Export)>, StoreError> {
        if houses.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = self.read_sql();
        sql.push(
            "SELECT id, name, feed_id, fetched_at, created_at, house_id FROM calendar_exports WHERE house_id IN (",
        );
        sql.list(houses.iter().map(|house| house.get())).push(") ORDER BY id");
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| Ok((EXPORTS.house("house_id", column(row, 5)?)?, export(row)?))).collect()
    }

    async fn count(&mut self, calendar: &LockedCalendar) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        sql.push("SELECT COUNT(*) FROM calendar_exports WHERE house_id = ").bind(calendar.house().get());
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        Ok(row.map_or(Ok(0), |row| column::<i64>(&row, 0))?.unsigned_abs())
    }

    async fn insert(
        &mut self,
        calendar: &LockedCalendar,
        name: &CalendarName,
        feed: Option<FeedId>,
        hash: LinkHash,
        now: DateTime<Utc>,
    ) -> Result<Option<ExportId>, StoreError> {
        let house = calendar.house().get();
        if let Some(feed) = feed {
            let mut sql = self.sql()?;
            sql.push("SELECT id FROM calendar_feeds WHERE id = ").bind(feed.get()).push(" AND house_id = ").bind(house);
            if self.db.query_one_raw(sql.done()).await.map_err(failed)?.is_none() {
                return Ok(None);
            }
        }
        let hash = digits::print(&hash.0);
        let mut sql = self.sql()?;
        sql.push("INSERT INTO calendar_exports (house_id, feed_id, name, hash, created_at) VALUES (").bind(house);
        sql.push(", ").bind(feed.map(FeedId::get)).push(", ").bind(name.as_str()).push(", ").bind(hash.as_str());
        sql.push(", ").bind(now.trunc_subsecs(6)).push(")");
        self.run(sql).await?;
        let mut sql = self.sql()?;
        sql.push("SELECT id FROM calendar_exports WHERE hash = ").bind(hash);
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        row.map(|row| Ok(EXPORTS.checked("id", ExportId::new(column(&row, 0)?))?)).transpose()
    }

    async fn renew(&mut self, house: HouseId, id: ExportId, hash: LinkHash) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_exports SET hash = ").bind(digits::print(&hash.0));
        // Another secret is another calendar, with other identifiers of events.
        sql.push(", digest = NULL, changed_at = NULL WHERE id = ").bind(id.get());
        sql.push(" AND house_id = ").bind(house.get());
        Ok(self.run(sql).await? > 0)
    }

    async fn delete(&mut self, house: HouseId, id: ExportId) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("DELETE FROM calendar_exports WHERE id = ").bind(id.get());
        sql.push(" AND house_id = ").bind(house.get());
        Ok(self.run(sql).await? > 0)
    }

    async fn find(&mut self, hash: LinkHash) -> Result<Option<ServedExport>, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT id, house_id, feed_id, digest, changed_at, fetched_at FROM calendar_exports WHERE hash = ");
        sql.bind(digits::print(&hash.0));
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        row.as_ref().map(served).transpose()
    }

    async fn days(
        &mut self,
        house: HouseId,
        without: Option<FeedId>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeSet<NaiveDate>, StoreError> {
        let house = house.get();
        let mut sql = self.read_sql();
        sql.push("SELECT day FROM house_day WHERE house_id = ").bind(house).push(" AND order_id IS NOT NULL");
        sql.push(" AND day >= ").bind(from).push(" AND day <= ").bind(to);
        sql.push(" UNION SELECT day FROM house_claims WHERE house_id = ").bind(house).push(" AND source IN (");
        sql.bind(BLOCK).push(", ").bind(PREPARATION).push(") AND day >= ").bind(from);
        sql.push(" AND day <= ").bind(to);
        sql.push(" UNION SELECT d.day FROM feed_days d JOIN calendar_feeds f ON f.id = d.feed_id WHERE f.house_id = ");
        sql.bind(house).push(" AND d.derived = ").bind(false);
        if let Some(feed) = without {
            sql.push(" AND f.id <> ").bind(feed.get());
        }
        sql.push(" AND d.day >= ").bind(from).push(" AND d.day <= ").bind(to);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    async fn note_fetch(&mut self, id: ExportId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let now = now.trunc_subsecs(6);
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_exports SET fetched_at = ").bind(now).push(" WHERE id = ").bind(id.get());
        sql.push(" AND (fetched_at IS NULL OR fetched_at <= ").bind(now).push(")");
        self.run(sql).await.map(|_| ())
    }

    async fn note_days(
        &mut self,
        id: ExportId,
        digest: [u8; 32],
        days: &BTreeSet<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let now = now.trunc_subsecs(6);
        let mut sql = self.sql()?;
        sql.push("UPDATE calendar_exports SET digest = ")
            .bind(digits::print(&digest))
            .push(", changed_at = ")
            .bind(now);
        sql.push(", fetched_at = ").bind(now).push(" WHERE id = ").bind(id.get());
        sql.push(" AND (fetched_at IS NULL OR fetched_at <= ").bind(now).push(")");
        if self.run(sql).await? == 0 {
            return Ok(());
        }
        let mut sql = self.sql()?;
        sql.push("DELETE FROM export_days WHERE export_id = ").bind(id.get());
        self.run(sql).await?;
        let days: Vec<_> = days.iter().collect();
        for days in days.chunks(TOGETHER) {
            let mut sql = self.sql()?;
            sql.push("INSERT INTO export_days (export_id, day) VALUES ");
            for (place, day) in days.iter().enumerate() {
                sql.push(if place == 0 { "(" } else { ", (" }).bind(id.get()).push(", ").bind(**day).push(")");
            }
            self.run(sql).await?;
        }
        Ok(())
    }

    async fn told(&mut self, feed: FeedId, from: NaiveDate) -> Result<BTreeSet<NaiveDate>, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT d.day FROM export_days d JOIN calendar_exports e ON e.id = d.export_id WHERE e.feed_id = ");
        sql.bind(feed.get()).push(" AND d.day >= ").bind(from);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| column(row, 0)).collect()
    }
}

fn feed_of(stored: Option<i64>) -> Result<Option<FeedId>, StoreError> {
    stored.map(|id| Ok(EXPORTS.checked("feed_id", FeedId::new(id))?)).transpose()
}

fn export(row: &QueryResult) -> Result<Export, StoreError> {
    let name: String = column(row, 1)?;
    Ok(Export {
        id: EXPORTS.checked("id", ExportId::new(column(row, 0)?))?,
        name: EXPORTS.checked("name", CalendarName::stored(&name))?,
        feed: feed_of(column(row, 2)?)?,
        fetched_at: column(row, 3)?,
        created_at: column(row, 4)?,
    })
}

fn served(row: &QueryResult) -> Result<ServedExport, StoreError> {
    let digest: Option<String> = column(row, 3)?;
    let digest = digest.map(|text| digits::parse::<32>(&text).ok_or(EXPORTS.corrupt("digest"))).transpose()?;
    Ok(ServedExport {
        id: EXPORTS.checked("id", ExportId::new(column(row, 0)?))?,
        house: EXPORTS.house("house_id", column(row, 1)?)?,
        feed: feed_of(column(row, 2)?)?,
        given: digest.zip(column(row, 4)?),
        fetched_at: column(row, 5)?,
    })
}
