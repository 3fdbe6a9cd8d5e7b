//! The calendar of Alipay and WeChat Pay: UTC+8.

use chrono::{DateTime, FixedOffset, Utc};

/// An instant in UTC+8.
pub(crate) fn china(instant: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(8 * 3600) {
        Some(zone) => instant.with_timezone(&zone),
        None => instant.fixed_offset(),
    }
}
