//! The section `[retention]`: how long what is not needed any more is kept.

use std::time::Duration;

use minsu_application::Retention;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// What the jobs of every day and `minsu prune` forget.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSettings {
    /// Days for which rejected and cancelled orders are kept after they were placed. The e-commerce
    /// law wants three years for transactions.
    #[validate(range(min = 1, max = 36_500))]
    pub dead_orders_days: u32,
    /// Days for which the names and identity numbers of the people who stay are kept after the last day of the stay.
    #[validate(range(max = 3660))]
    pub occupants_days: u32,
    /// Days for which the list of a webhook's deliveries is kept after each was delivered or parked. Events are kept for
    /// 30 days, and can be delivered anew for no longer.
    #[validate(range(min = 1, max = 30))]
    pub deliveries_days: u32,
}

impl RetentionSettings {
    /// How long rejected and cancelled orders are kept.
    pub fn dead_orders(&self) -> Duration {
        Duration::from_secs(u64::from(self.dead_orders_days) * 86_400)
    }

    /// What the application is told of it.
    pub fn policy(&self) -> Retention {
        Retention {
            dead_orders: self.dead_orders(),
            occupants_days: self.occupants_days,
            deliveries: Duration::from_secs(u64::from(self.deliveries_days) * 86_400),
        }
    }
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { dead_orders_days: 1096, occupants_days: 30, deliveries_days: 14 }
    }
}
