//! The section `[site]`.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::list;

/// What the site's visitors see.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    /// Whether pages for people are served at `/`; otherwise the address has nothing but the APIs.
    pub pages: bool,
    /// Time zone of "today" and of the printed times, by its IANA name.
    pub time_zone: chrono_tz::Tz,
    /// Address of the picture that is shown for people without a portrait: a path that the front end
    /// serves, such as `/static/images/portrait.jpg`, or a URL. Empty by default: none is shown.
    #[validate(custom(function = "is_avatar"))]
    pub default_avatar: String,
    /// Houses on a page of the search.
    #[validate(range(min = 1, max = 100))]
    pub page_size: u32,
    /// Words that no user may take as a name or as a word of one, in whatever look; words that are not of Latin letters
    /// not even as a part. They are answered as taken.
    #[serde(deserialize_with = "list::read")]
    pub reserved_names: Vec<String>,
}

/// The words that a site speaks of itself with.
const RESERVED_NAMES: [&str; 19] = [
    "admin",
    "administrator",
    "root",
    "system",
    "support",
    "service",
    "official",
    "security",
    "staff",
    "moderator",
    "minsu",
    "民宿",
    "客服",
    "管理员",
    "管理員",
    "官方",
    "系统",
    "房东",
    "已注销",
];

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            pages: true,
            time_zone: chrono_tz::Asia::Shanghai,
            default_avatar: String::new(),
            page_size: 20,
            reserved_names: RESERVED_NAMES.map(String::from).into(),
        }
    }
}

/// Nothing, a path or a URL, without anything that pages could take for markup: they insert it into
/// attributes.
fn is_avatar(text: &str) -> Result<(), ValidationError> {
    let located = ["/", "https://", "http://"].iter().any(|start| text.starts_with(start));
    let plain = text.chars().all(|c| c.is_ascii_graphic() && !"<>\"'`\\".contains(c));
    if text.is_empty() || located && plain && text.len() <= 200 {
        return Ok(());
    }
    let fault = "must be empty, a path such as /static/images/portrait.jpg or a URL";
    Err(ValidationError::new("avatar").with_message(fault.into()))
}
