//! What a site owner decides about the rules.

use std::time::Duration;

use minsu_domain::{BookingPolicy, PasswordPolicy};
use minsu_ports::SpokenLanguage;

use crate::Limits;

/// The site's own rules, from its settings.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How stays are counted and how far ahead they may lie.
    pub booking: BookingPolicy,
    /// What a new password must be.
    pub passwords: PasswordPolicy,
    /// The time zone in which "today" and the printed times are meant.
    pub time_zone: chrono_tz::Tz,
    /// Houses on a page of the search.
    pub page_size: u32,
    /// Where counting the matches of a search stops: `total_page` is exact up to it.
    pub max_results: u64,
    /// How long a login lasts at most.
    pub session_lifetime: Duration,
    /// How long a login lasts that nobody uses.
    pub session_idle: Duration,
    /// How long a captcha can be answered.
    pub captcha_lifetime: Duration,
    /// The language that captchas are spoken in.
    pub captcha_language: SpokenLanguage,
    /// How long an SMS code can be used.
    pub sms_code_lifetime: Duration,
    /// How often a code may be tried before it is burnt.
    pub sms_code_tries: u64,
    /// Whether the SMS call tells that a mobile is registered (old pages expect it; it lets
    /// anybody find out who is a customer).
    pub tell_registered: bool,
    /// How often something may be done.
    pub limits: Limits,
}

impl Policy {
    /// Whether a session can end by not being used: otherwise nobody writes down when it was.
    pub(crate) fn session_ends_idle(&self) -> bool {
        self.session_idle < self.session_lifetime
    }
}

impl Default for Policy {
    /// The contract's figures.
    fn default() -> Self {
        Self {
            booking: BookingPolicy::default(),
            passwords: PasswordPolicy::default(),
            time_zone: chrono_tz::Asia::Shanghai,
            page_size: 20,
            max_results: 1000,
            session_lifetime: Duration::from_secs(86_400),
            session_idle: Duration::from_secs(86_400),
            captcha_lifetime: Duration::from_secs(180),
            captcha_language: SpokenLanguage::Mandarin,
            sms_code_lifetime: Duration::from_secs(300),
            sms_code_tries: 5,
            tell_registered: false,
            limits: Limits::default(),
        }
    }
}
