//! The section `[site]`.

use serde::{Deserialize, Serialize};
use validator::Validate;

/// What the site's visitors see.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    /// Time zone of "today" and of the printed times, by its IANA name.
    pub time_zone: chrono_tz::Tz,
    /// Houses on a page of the search.
    #[validate(range(min = 1, max = 100))]
    pub page_size: u32,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self { time_zone: chrono_tz::Asia::Shanghai, page_size: 20 }
    }
}
