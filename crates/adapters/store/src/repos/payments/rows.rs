//! The values of payments in columns.

use minsu_domain::{AttemptState, OrderId, RefundProgress, RefundReason};
use sea_orm::{DbBackend, QueryResult, TryGetable};

use crate::{errors::failed, repos::sql::Sql};
use minsu_ports::StoreError;

/// The number of a state in the column `state`.
pub(in crate::repos) const fn state_number(state: AttemptState) -> i16 {
    match state {
        AttemptState::New => 0,
        AttemptState::Open => 1,
        AttemptState::Paid => 2,
        AttemptState::Closed => 3,
    }
}

/// The number of a state in the column `progress`.
pub(super) const fn progress_number(progress: RefundProgress) -> i16 {
    match progress {
        RefundProgress::Asked => 0,
        RefundProgress::Pending => 1,
        RefundProgress::Done => 2,
        RefundProgress::Failed => 3,
    }
}

/// The number of a reason in the column `reason`.
pub(super) const fn reason_number(reason: RefundReason) -> i16 {
    match reason {
        RefundReason::Canceled => 0,
        RefundReason::Late => 1,
        RefundReason::PaidTwice => 2,
        RefundReason::WrongAmount => 3,
        RefundReason::Site => 4,
    }
}

/// The state of a number.
pub(super) fn state(stored: i16) -> Option<AttemptState> {
    AttemptState::ALL.into_iter().find(|state| state_number(*state) == stored)
}

/// The progress of a number.
pub(super) fn progress(stored: i16) -> Option<RefundProgress> {
    RefundProgress::ALL.into_iter().find(|progress| progress_number(*progress) == stored)
}

/// The reason of a number.
pub(super) fn reason(stored: i16) -> Option<RefundReason> {
    RefundReason::ALL.into_iter().find(|reason| reason_number(*reason) == stored)
}

/// A column of a row by its place.
pub(super) fn column<T: TryGetable>(row: &QueryResult, place: usize) -> Result<T, StoreError> {
    row.try_get_by_index(place).map_err(failed)
}

/// Appends the condition that the column `order_id` is one of these.
pub(super) fn is_one_of(sql: &mut Sql, orders: &[OrderId]) {
    sql.push("order_id IN (");
    for (place, order) in orders.iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " }).bind(order.get());
    }
    sql.push(")");
}

/// The two ends of an insert that leaves a row alone which is there: not an error, which would end the transaction of
/// PostgreSQL.
pub(super) const fn insert_unless_there(backend: DbBackend) -> (&'static str, &'static str) {
    match backend {
        DbBackend::MySql => ("INSERT IGNORE INTO ", ""),
        _ => ("INSERT INTO ", " ON CONFLICT DO NOTHING"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_number_of_its_own() {
        assert_eq!(AttemptState::ALL.map(state_number), [0, 1, 2, 3]);
        assert_eq!(RefundProgress::ALL.map(progress_number), [0, 1, 2, 3]);
        assert_eq!(RefundReason::ALL.map(reason_number), [0, 1, 2, 3, 4]);
        assert!(AttemptState::ALL.into_iter().all(|value| state(state_number(value)) == Some(value)));
        assert!(RefundProgress::ALL.into_iter().all(|value| progress(progress_number(value)) == Some(value)));
        assert!(RefundReason::ALL.into_iter().all(|value| reason(reason_number(value)) == Some(value)));
        assert_eq!((state(4), progress(4), reason(5)), (None, None, None));
    }
}
