//! Refunds of payments.

use chrono::{DateTime, Utc};
use minsu_domain::{PaymentId, PaymentRefund, RefundId, RefundNumber, RefundProgress};
use minsu_ports::{Job, NewRefund, StoreError};
use sea_orm::{ConnectionTrait, QueryResult};

use super::rows::{column, progress, progress_number, reason, reason_number};
use crate::{
    errors::failed,
    repos::{order_deadlines::without_failed, sql::Sql, values::Table},
    session::SqlSession,
};

const REFUNDS: Table = Table("refunds");
const COLUMNS: &str = "id, number, attempt_id, order_id, amount, reason, progress, reference, created_at";
/// The most characters of a provider's code that are kept.
const FAILURE_CHARS: usize = 200;

impl SqlSession {
    pub(super) async fn insert_refund(&self, refund: &NewRefund) -> Result<Option<RefundId>, StoreError> {
        // Counting it at the payment is what makes simultaneous refunds see each other.
        let mut sql = self.sql()?;
        sql.push("UPDATE payment_attempts SET refunds = refunds + ").bind(refund.amount.fen());
        sql.push(" WHERE id = ").bind(refund.payment.get()).push(" AND received IS NOT NULL AND refunds + ");
        sql.bind(refund.amount.fen()).push(" <= received");
        if self.run(sql).await? == 0 {
            return Ok(None);
        }
        let mut payment = self.attempts(|sql| _ = sql.push("id = ").bind(refund.payment.get())).await?;
        let Some(payment) = payment.pop() else { return Ok(None) };
        let mut sql = self.sql()?;
        sql.push("INSERT INTO refunds (number, attempt_id, order_id, amount, reason, progress, created_at, ");
        sql.push("next_check_at) VALUES (").bind(refund.number.as_str()).push(", ").bind(refund.payment.get());
        sql.push(", ").bind(payment.order.get()).push(", ").bind(refund.amount.fen()).push(", ");
        sql.bind(reason_number(refund.reason)).push(", ").bind(progress_number(RefundProgress::Asked)).push(", ");
        sql.bind(refund.created_at).push(", ").bind(refund.created_at).push(")");
        self.run(sql).await?;
        let added = self.refunds(|sql| _ = sql.push("number = ").bind(refund.number.as_str())).await?;
        Ok(added.first().map(|refund| refund.id))
    }

    /// Refunds under a condition, in the order in which they were made.
    pub(super) async fn refunds(&self, condition: impl FnOnce(&mut Sql)) -> Result<Vec<PaymentRefund>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT ").push(COLUMNS).push(" FROM refunds WHERE ");
        condition(&mut sql);
        sql.push(" ORDER BY id");
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(refund).collect()
    }

    pub(super) async fn moved(
        &self,
        id: RefundId,
        (from, to): (RefundProgress, RefundProgress),
        reference: Option<String>,
        failure: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE refunds SET progress = ").bind(progress_number(to));
        if let Some(reference) = reference {
            sql.push(", reference = ").bind(reference);
        }
        if let Some(failure) = failure {
            sql.push(", failure = ").bind(failure.chars().take(FAILURE_CHARS).collect::<String>());
        }
        if to.is_final() {
            sql.push(", ended_at = ").bind(at);
        } else if from == RefundProgress::Failed {
            sql.push(", ended_at = NULL, failure = NULL");
        }
        sql.push(" WHERE id = ").bind(id.get()).push(" AND progress = ").bind(progress_number(from));
        Ok(self.run(sql).await? > 0)
    }

    pub(super) async fn refunds_that_failed(
        &self,
        after: Option<RefundId>,
        limit: u32,
    ) -> Result<Vec<(PaymentRefund, String)>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT ").push(COLUMNS).push(", failure FROM refunds WHERE progress = ");
        sql.bind(progress_number(RefundProgress::Failed)).push(" AND id > ").bind(after.map_or(0, RefundId::get));
        sql.push(" ORDER BY id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| Ok((refund(row)?, column::<Option<String>>(row, 9)?.unwrap_or_default()))).collect()
    }

    pub(super) async fn due_refunds(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<RefundId>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT id FROM refunds WHERE progress IN (").bind(progress_number(RefundProgress::Asked));
        sql.push(", ").bind(progress_number(RefundProgress::Pending)).push(") AND next_check_at <= ").bind(now);
        without_failed(&mut sql, Job::SendRefunds, "refunds", now);
        sql.push(" ORDER BY next_check_at, id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| Ok(REFUNDS.checked("id", RefundId::new(column(row, 0)?))?)).collect()
    }
}

fn refund(row: &QueryResult) -> Result<PaymentRefund, StoreError> {
    let number: String = column(row, 1)?;
    Ok(PaymentRefund {
        id: REFUNDS.checked("id", RefundId::new(column(row, 0)?))?,
        number: RefundNumber::parse(&number).ok_or(REFUNDS.corrupt("number"))?,
        payment: REFUNDS.checked("attempt_id", PaymentId::new(column(row, 2)?))?,
        order: REFUNDS.order("order_id", column(row, 3)?)?,
        amount: REFUNDS.money("amount", column(row, 4)?)?,
        reason: reason(column(row, 5)?).ok_or(REFUNDS.corrupt("reason"))?,
        progress: progress(column(row, 6)?).ok_or(REFUNDS.corrupt("progress"))?,
        reference: column(row, 7)?,
        created_at: column(row, 8)?,
    })
}
