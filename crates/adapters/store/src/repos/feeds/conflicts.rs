//! Conflicts of feeds with orders: a row for each day.

use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{ConflictChanges, FeedId};
use minsu_ports::{FeedConflict, StoreError};
use sea_orm::ConnectionTrait;

use super::rows::column;
use crate::{
    errors::failed,
    repos::{sql::Sql, values::Table},
    session::SqlSession,
};

const CONFLICTS: Table = Table("feed_conflicts");

impl SqlSession {
    /// Open conflicts under a condition.
    pub(super) async fn conflicts(&self, condition: impl FnOnce(&mut Sql)) -> Result<Vec<FeedConflict>, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT feed_id, order_id, day FROM feed_conflicts WHERE ");
        condition(&mut sql);
        sql.push(" ORDER BY feed_id, order_id, day");
        let mut conflicts: Vec<FeedConflict> = Vec::new();
        for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
            let feed = CONFLICTS.checked("feed_id", FeedId::new(column(&row, 0)?))?;
            let order = CONFLICTS.order("order_id", column(&row, 1)?)?;
            let day: NaiveDate = column(&row, 2)?;
            match conflicts.last_mut().filter(|last| (last.feed, last.order) == (feed, order)) {
                Some(last) => drop(last.days.insert(day)),
                None => conflicts.push(FeedConflict { feed, order, days: [day].into() }),
            }
        }
        Ok(conflicts)
    }

    pub(super) async fn change_conflicts(
        &self,
        id: FeedId,
        changes: &ConflictChanges,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let gone = changes.closed.iter().chain(changes.changed.keys());
        for order in gone {
            let mut sql = self.sql()?;
            sql.push("DELETE FROM feed_conflicts WHERE feed_id = ").bind(id.get());
            sql.push(" AND order_id = ").bind(order.get());
            self.run(sql).await?;
        }
        for (order, days) in changes.opened.iter().chain(&changes.changed) {
            let mut sql = self.sql()?;
            sql.push("INSERT INTO feed_conflicts (feed_id, order_id, day, opened_at) VALUES ");
            for (place, day) in days.iter().enumerate() {
                sql.push(if place == 0 { "(" } else { ", (" }).bind(id.get()).push(", ").bind(order.get());
                sql.push(", ").bind(*day).push(", ").bind(now).push(")");
            }
            if !days.is_empty() {
                self.run(sql).await?;
            }
        }
        Ok(())
    }
}
