//! The calendar of Alipay and WeChat Pay: UTC+8.

use chrono::{DateTime, FixedOffset, Utc};
use minsu_domain::PaymentProviderKind;

/// An instant in UTC+8.
pub(crate) fn china(instant: DateTime<Utc>) -> DateTime<FixedOffset> {
    let ahead = PaymentProviderKind::Alipay.ahead_of_utc().num_seconds();
    match i32::try_from(ahead).ok().and_then(FixedOffset::east_opt) {
        Some(zone) => instant.with_timezone(&zone),
        None => instant.fixed_offset(),
    }
}
