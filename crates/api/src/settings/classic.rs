//! The section `[classic]`.

use serde::{Deserialize, Serialize};
use validator::Validate;

/// Which of two sources the two answers follow that documents and published pages disagree about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassicData {
    /// As the documents print them.
    Documented,
    /// As the published pages read them.
    Pages,
}

/// What old pages of the classic dialect may need.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct ClassicSettings {
    /// `data` of check_login and of profile/avatar: `documented` as the documents print it, `pages`
    /// as the published pages read it.
    pub data: ClassicData,
    /// Whether the SMS call answers 4003 for a registered mobile. It tells everybody who is a
    /// customer.
    pub tell_registered: bool,
}

impl Default for ClassicSettings {
    fn default() -> Self {
        Self { data: ClassicData::Documented, tell_registered: false }
    }
}
