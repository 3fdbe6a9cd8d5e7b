//! What is open at the providers.

use chrono::{DateTime, Utc};
use minsu_domain::{PaymentMethod, PaymentProviderKind, RefundProgress};
use minsu_ports::{ProviderBacklog, StoreError};
use sea_orm::{ConnectionTrait, QueryResult};

use super::rows::{column, progress_number};
use crate::{
    errors::failed,
    repos::{sql::Sql, values::Table},
    session::SqlSession,
};

const ATTEMPTS: Table = Table("payment_attempts");

impl SqlSession {
    pub(super) async fn backlogs(&self) -> Result<Vec<ProviderBacklog>, StoreError> {
        let none = |provider| ProviderBacklog { provider, attempts: 0, refunds: 0, oldest_refund: None };
        let mut backlogs = PaymentProviderKind::ALL.map(none);
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT method, COUNT(*) FROM payment_attempts WHERE live_order IS NOT NULL GROUP BY method");
        for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
            of_method(&mut backlogs, &row)?.attempts += count(&row)?;
        }
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT a.method, COUNT(*), MIN(r.created_at) FROM refunds r JOIN payment_attempts a ");
        sql.push("ON a.id = r.attempt_id WHERE r.progress IN (").bind(progress_number(RefundProgress::Asked));
        sql.push(", ").bind(progress_number(RefundProgress::Pending)).push(") GROUP BY a.method");
        for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
            let backlog = of_method(&mut backlogs, &row)?;
            backlog.refunds += count(&row)?;
            let oldest: DateTime<Utc> = column(&row, 2)?;
            backlog.oldest_refund = Some(backlog.oldest_refund.map_or(oldest, |other| other.min(oldest)));
        }
        Ok(backlogs.into_iter().filter(|backlog| backlog.attempts + backlog.refunds > 0).collect())
    }
}

/// The backlog of the provider of the method in the first column.
fn of_method<'a>(
    backlogs: &'a mut [ProviderBacklog],
    row: &QueryResult,
) -> Result<&'a mut ProviderBacklog, StoreError> {
    let method: String = column(row, 0)?;
    let provider = PaymentMethod::of_name(&method).map(PaymentMethod::provider);
    let found = backlogs.iter_mut().find(|backlog| Some(backlog.provider) == provider);
    Ok(found.ok_or(ATTEMPTS.corrupt("method"))?)
}

fn count(row: &QueryResult) -> Result<u64, StoreError> {
    column(row, 1).map(i64::unsigned_abs)
}
