//! Until when a new order waits.

use chrono::{DateTime, Utc};
use minsu_domain::{OrderStatus, Stay, answer_deadline};

use crate::App;

/// When a new order expires unless it is answered or paid.
pub(super) fn deadline(app: &App, status: OrderStatus, stay: &Stay, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match status {
        OrderStatus::WaitAccept => {
            Some(answer_deadline(now, app.begin_of(stay.start()), app.policy.booking.answer_hours))
        }
        OrderStatus::WaitPayment => Some(app.payment_deadline(now)),
        _ => None,
    }
}
