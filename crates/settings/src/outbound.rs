//! The section `[outbound]`: calls to addresses that users name.

use serde::{Deserialize, Serialize};
use validator::Validate;

/// Calls to addresses that users name, such as calendars of other sites: by https, to hosts of the internet.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct OutboundSettings {
    /// Whether http is called too, on its usual port: what is read can then be changed on its way.
    pub allow_http: bool,
    /// Whether this machine is called too, by http or https and on any port: for tests, in profile dev only.
    pub allow_loopback: bool,
}
