//! Attempts to pay orders.

use chrono::{DateTime, Utc};
use minsu_domain::{Attempt, AttemptNumber, AttemptState, OrderId, PaymentId, PaymentMethod, Received};
use minsu_ports::{AttemptStart, Job, NewAttempt, PaymentAction, StartedPayment, StoreError};
use sea_orm::{ConnectionTrait, QueryResult};

use super::rows::{column, insert_unless_there, state, state_number};
use crate::{
    errors::failed,
    repos::{order_deadlines::without_failed, sql::Sql, values::Table},
    session::SqlSession,
};

const ATTEMPTS: Table = Table("payment_attempts");
const COLUMNS: &str = "id, number, order_id, method, amount, state, reference, received, provider_transaction, \
                       received_at, pays_order, created_at, expires_at";

/// What a settled attempt is without: it cannot be paid any more.
const SETTLED: &str =
    ", live_order = NULL, payer_address = NULL, action_kind = NULL, action_text = NULL, action_ends_at = NULL";
/// The states in which an attempt can be paid.
pub(super) const LIVE: [AttemptState; 2] = [AttemptState::New, AttemptState::Open];

impl SqlSession {
    pub(super) async fn insert_attempt(
        &self,
        order: OrderId,
        attempt: &NewAttempt,
    ) -> Result<Option<PaymentId>, StoreError> {
        let mut sql = self.sql()?;
        let (insert, unless_there) = insert_unless_there(sql.backend());
        sql.push(insert).push("payment_attempts (number, order_id, live_order, method, amount, state, return_url, ");
        sql.push("payer_address, pays_order, refunds, created_at, expires_at, next_check_at) VALUES (");
        sql.bind(attempt.number.as_str()).push(", ").bind(order.get()).push(", ").bind(order.get());
        sql.push(", ").bind(attempt.method.name()).push(", ").bind(attempt.amount.fen()).push(", ");
        sql.bind(state_number(AttemptState::New)).push(", ").bind(attempt.return_url.clone()).push(", ");
        sql.bind(attempt.payer_address.clone()).push(", ").bind(false).push(", 0, ").bind(attempt.created_at);
        sql.push(", ").bind(attempt.expires_at).push(", ").bind(attempt.next_check_at).push(")").push(unless_there);
        if self.run(sql).await? == 0 {
            return Ok(None);
        }
        let added = self.attempts(|sql| _ = sql.push("number = ").bind(attempt.number.as_str())).await?;
        Ok(added.first().map(|attempt| attempt.id))
    }

    /// Attempts under a condition, in the order in which they were made.
    pub(super) async fn attempts(&self, condition: impl FnOnce(&mut Sql)) -> Result<Vec<Attempt>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT ").push(COLUMNS).push(" FROM payment_attempts WHERE ");
        condition(&mut sql);
        sql.push(" ORDER BY id");
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(attempt).collect()
    }

    pub(super) async fn attempt_start(&self, id: PaymentId) -> Result<Option<AttemptStart>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT return_url, payer_address, action_kind, action_text, action_ends_at ");
        sql.push("FROM payment_attempts WHERE id = ");
        sql.bind(id.get());
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        row.as_ref().map(start).transpose()
    }

    pub(super) async fn opened(&self, id: PaymentId, started: &StartedPayment) -> Result<bool, StoreError> {
        let StartedPayment { action, reference, ends_at } = started;
        let (kind, text) = match action {
            PaymentAction::Redirect(text) => (0i16, text),
            PaymentAction::Qr(text) => (1, text),
        };
        let mut sql = self.sql()?;
        sql.push("UPDATE payment_attempts SET state = ").bind(state_number(AttemptState::Open));
        sql.push(", reference = ").bind(reference.clone()).push(", action_kind = ").bind(kind);
        sql.push(", action_text = ").bind(text.clone()).push(", action_ends_at = ").bind(*ends_at);
        sql.push(" WHERE id = ").bind(id.get());
        is_in(&mut sql, &LIVE);
        Ok(self.run(sql).await? > 0)
    }

    pub(super) async fn paid(&self, id: PaymentId, received: &Received) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE payment_attempts SET state = ").bind(state_number(AttemptState::Paid));
        sql.push(SETTLED).push(", received = ").bind(received.amount.fen());
        sql.push(", provider_transaction = ").bind(received.transaction.clone());
        sql.push(", received_at = ").bind(received.at).push(", pays_order = ").bind(received.pays_order);
        sql.push(" WHERE id = ").bind(id.get());
        sql.push(" AND state <> ").bind(state_number(AttemptState::Paid));
        Ok(self.run(sql).await? > 0)
    }

    pub(super) async fn closed(&self, id: PaymentId, from: &[AttemptState]) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE payment_attempts SET state = ").bind(state_number(AttemptState::Closed));
        sql.push(SETTLED).push(" WHERE id = ").bind(id.get());
        is_in(&mut sql, from);
        Ok(self.run(sql).await? > 0)
    }

    /// Sets when a row is due again; `table` is a fixed name.
    pub(super) async fn put_off(&self, table: &str, id: i64, next: DateTime<Utc>) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE ").push(table).push(" SET next_check_at = ").bind(next).push(" WHERE id = ").bind(id);
        self.run(sql).await.map(|_| ())
    }

    pub(super) async fn due_attempts(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<PaymentId>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT id FROM payment_attempts WHERE next_check_at <= ").bind(now);
        is_in(&mut sql, &LIVE);
        without_failed(&mut sql, Job::SettlePayments, "payment_attempts", now);
        sql.push(" ORDER BY next_check_at, id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| Ok(ATTEMPTS.checked("id", PaymentId::new(column(row, 0)?))?)).collect()
    }
}

/// Appends the condition that the attempt is in one of these states.
fn is_in(sql: &mut Sql, states: &[AttemptState]) {
    sql.push(" AND state IN (");
    for (place, state) in states.iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " }).bind(state_number(*state));
    }
    sql.push(")");
}

fn attempt(row: &QueryResult) -> Result<Attempt, StoreError> {
    let (number, method): (String, String) = (column(row, 1)?, column(row, 3)?);
    let received: Option<i64> = column(row, 7)?;
    let received = match received {
        None => None,
        Some(fen) => Some(Received {
            amount: ATTEMPTS.money("received", fen)?,
            transaction: column::<Option<String>>(row, 8)?.unwrap_or_default(),
            at: column::<Option<DateTime<Utc>>>(row, 9)?.ok_or(ATTEMPTS.corrupt("received_at"))?,
            pays_order: column(row, 10)?,
        }),
    };
    Ok(Attempt {
        id: ATTEMPTS.checked("id", PaymentId::new(column(row, 0)?))?,
        number: AttemptNumber::parse(&number).ok_or(ATTEMPTS.corrupt("number"))?,
        order: ATTEMPTS.order("order_id", column(row, 2)?)?,
        method: PaymentMethod::of_name(&method).ok_or(ATTEMPTS.corrupt("method"))?,
        amount: ATTEMPTS.money("amount", column(row, 4)?)?,
        state: state(column(row, 5)?).ok_or(ATTEMPTS.corrupt("state"))?,
        reference: column(row, 6)?,
        received,
        created_at: column(row, 11)?,
        expires_at: column(row, 12)?,
    })
}

fn start(row: &QueryResult) -> Result<AttemptStart, StoreError> {
    let (kind, text): (Option<i16>, Option<String>) = (column(row, 2)?, column(row, 3)?);
    let action = match (kind, text) {
        (None, None) => None,
        (Some(0), Some(text)) => Some(PaymentAction::Redirect(text)),
        (Some(1), Some(text)) => Some(PaymentAction::Qr(text)),
        _ => return Err(ATTEMPTS.corrupt("action_kind").into()),
    };
    Ok(AttemptStart {
        return_url: column(row, 0)?,
        payer_address: column(row, 1)?,
        action,
        action_ends_at: column(row, 4)?,
    })
}
