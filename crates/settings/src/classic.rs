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
    /// as the published pages read it. Every published classic front end needs `pages`.
    pub data: ClassicData,
    /// Whether the SMS call answers 4003 for a registered mobile, so that a page can say so to its
    /// visitor. It tells the same to anyone who asks. Otherwise the visitor gets a code, and
    /// registering answers that the mobile is registered.
    pub tell_registered: bool,
}

impl Default for ClassicSettings {
    fn default() -> Self {
        Self { data: ClassicData::Documented, tell_registered: false }
    }
}
