//! The section `[quotas]`: how much one person may have or do.

use minsu_application::Quotas;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// How much one person may have or do. 0 means that there is no quota.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct QuotasSettings {
    /// Pictures of a house. In this section 0 means no quota.
    pub pictures_per_house: u32,
    /// Houses of a landlord. Profile dev: 10000.
    pub houses_per_landlord: u32,
    /// Megabytes (1,048,576 bytes) of all pictures of a landlord's houses, in both sizes.
    #[validate(range(max = 1_048_576))]
    pub picture_mb_per_landlord: u32,
    /// Houses that a landlord publishes on a day. Profile dev: 10000.
    pub publications_per_day: u32,
    /// Orders that a guest places on a day. Profile dev: 10000.
    pub orders_per_day: u32,
    /// Days of a guest's orders that wait for an answer and are not over. Profile dev: 10000.
    pub waiting_days_per_guest: u32,
}

impl QuotasSettings {
    /// The quotas of the use cases.
    pub fn quotas(&self) -> Quotas {
        Quotas {
            pictures_per_house: self.pictures_per_house.into(),
            houses_per_landlord: self.houses_per_landlord.into(),
            picture_bytes_per_landlord: u64::from(self.picture_mb_per_landlord) << 20,
            publications_per_day: self.publications_per_day.into(),
            orders_per_day: self.orders_per_day.into(),
            waiting_days_per_guest: self.waiting_days_per_guest.into(),
        }
    }

    /// The quotas of development and its tests, where one person plays many.
    pub(super) fn for_development() -> Self {
        Self {
            houses_per_landlord: 10_000,
            publications_per_day: 10_000,
            orders_per_day: 10_000,
            waiting_days_per_guest: 10_000,
            ..Self::default()
        }
    }
}

impl Default for QuotasSettings {
    fn default() -> Self {
        Self {
            pictures_per_house: 30,
            houses_per_landlord: 50,
            picture_mb_per_landlord: 2048,
            publications_per_day: 20,
            orders_per_day: 60,
            waiting_days_per_guest: 200,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_use_cases() {
        assert_eq!(QuotasSettings::default().quotas(), Quotas::default());
    }
}
