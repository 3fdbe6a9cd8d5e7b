//! Orders whose time has come.

use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{OrderId, OrderStatus};
use minsu_ports::{Job, StoreError};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::{
    entity::order::number,
    errors::failed,
    executor::Executor,
    repos::{sql::Sql, values::Table},
};

const ORDERS: Table = Table("orders");

/// See [`minsu_ports::OrderRepo::expired`].
pub(super) async fn unanswered(db: &Executor, now: DateTime<Utc>, limit: u32) -> Result<Vec<OrderId>, StoreError> {
    expired(db, (OrderStatus::WaitAccept, Job::ExpireOrders), "", now, limit).await
}

/// See [`minsu_ports::OrderRepo::unpaid`].
pub(super) async fn unpaid(db: &Executor, now: DateTime<Utc>, limit: u32) -> Result<Vec<OrderId>, StoreError> {
    let live = " AND NOT EXISTS (SELECT 1 FROM payment_attempts a WHERE a.live_order = orders.id)";
    expired(db, (OrderStatus::WaitPayment, Job::ExpireUnpaid), live, now, limit).await
}

/// The orders in a state whose deadline has passed, those of the longest ago first, under one more condition, without
/// those that the job is not to try again yet.
async fn expired(
    db: &Executor,
    (status, job): (OrderStatus, Job),
    condition: &str,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<OrderId>, StoreError> {
    let mut sql = Sql::new(db.get_database_backend());
    sql.push("SELECT id FROM orders WHERE status = ").bind(number(status)).push(" AND expires_at <= ").bind(now);
    sql.push(condition);
    without_failed(&mut sql, job, "orders", now);
    sql.push(" ORDER BY expires_at, id").limit(u64::from(limit), 0);
    ids(db, sql).await
}

/// See [`minsu_ports::OrderRepo::stayed`].
pub(super) async fn stayed(
    db: &Executor,
    today: NaiveDate,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<OrderId>, StoreError> {
    let backend = db.get_database_backend();
    let mut sql = Sql::new(backend);
    // The first condition narrows: the end is the last day or the one behind it.
    sql.push("SELECT id FROM orders WHERE status = ").bind(number(OrderStatus::Paid));
    sql.push(" AND end_day <= ").bind(today).push(" AND ");
    sql.push(match backend {
        DbBackend::Postgres => "start_day + days - 1",
        DbBackend::MySql => "start_day + INTERVAL (days - 1) DAY",
        _ => "date(start_day, '+' || (days - 1) || ' days')",
    });
    sql.push(" < ").bind(today);
    without_failed(&mut sql, Job::EndStays, "orders", now);
    sql.push(" ORDER BY id").limit(u64::from(limit), 0);
    ids(db, sql).await
}

/// Leaves out the rows of a table that a job failed for and is not to try again yet.
pub(super) fn without_failed(sql: &mut Sql, job: Job, table: &str, now: DateTime<Utc>) {
    sql.push(" AND NOT EXISTS (SELECT 1 FROM job_failures f WHERE f.job = ").bind(job.name());
    sql.push(&format!(" AND f.subject = {table}.id AND (f.next_at IS NULL OR f.next_at > ")).bind(now).push("))");
}

async fn ids(db: &Executor, sql: Sql) -> Result<Vec<OrderId>, StoreError> {
    let rows = db.query_all_raw(sql.done()).await.map_err(failed)?;
    rows.into_iter().map(|row| Ok(ORDERS.order("id", row.try_get_by_index(0).map_err(failed)?)?)).collect()
}
