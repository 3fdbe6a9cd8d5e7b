//! The site owner's settings of the rules.

use std::time::Duration;

use minsu_domain::{BasisPoints, BookingPolicy, PasswordPolicy};
use minsu_ports::SpokenLanguage;

use crate::message_rules::MessageRules;

/// The site's limits. Zero means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// SMS to one mobile in a minute.
    pub sms_per_mobile_minute: u64,
    /// SMS to one mobile in an hour.
    pub sms_per_mobile_hour: u64,
    /// SMS to one mobile in a day.
    pub sms_per_mobile_day: u64,
    /// SMS sent for one client address in a day. Resets of a mobile whose owner logged in from there are
    /// not counted.
    pub sms_per_address_day: u64,
    /// Codes that were sent for one client address in the last hour and that were not used.
    pub sms_unused_per_address_hour: u64,
    /// The same for a network: the /24 of IPv4, the /56 of IPv6.
    pub sms_unused_per_network_hour: u64,
    /// The same for a /48 of IPv6.
    pub sms_unused_per_wide_network_hour: u64,
    /// SMS of the whole site in a day: the most that pumping can cost. It is spent in slices of an hour,
    /// apart for the three kinds of [`SmsPool`].
    pub sms_per_day: u64,
    /// Captchas for one client address in a minute.
    pub captchas_per_address_minute: u64,
    /// Captchas spoken to one client address in a day.
    pub spoken_captchas_per_address_day: u64,
    /// The number of the failure with which the delays of a mobile begin.
    pub login_failures: u64,
    /// With this failure the delays of a client address begin. Much more than a household fails in a day:
    /// otherwise a neighbour behind the address would slow all of it.
    pub login_failures_address: u64,
    /// Failures of a mobile in a day (UTC) from addresses from which its owner did not log in, whatever the delays let
    /// through; also those of the characters of an identity number that a reset asks for.
    pub login_failures_per_mobile_day: u64,
    /// The first delay; each further one is twice as long.
    pub login_delay: Duration,
    /// The longest delay.
    pub login_delay_max: Duration,
    /// Orders of one guest that wait for an answer and whose days are not over.
    pub waiting_orders_per_guest: u64,
    /// Messages that are no codes to one mobile in an hour.
    pub messages_per_mobile_hour: u64,
    /// The same in a day.
    pub messages_per_mobile_day: u64,
    /// Messages that are no codes of the whole site in a day.
    pub messages_per_day: u64,
}

/// What SMS are sent for. Each has a budget of its own, so that no amount of one stops another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmsPool {
    /// Signing up: half of the site's SMS.
    SignUp,
    /// A new password, asked for from anywhere: a quarter.
    Reset,
    /// A new password, asked for from an address from which the owner of the mobile logged in: a quarter.
    KnownReset,
}

impl Limits {
    /// How many SMS of this kind the site sends in an hour; 0 for any number.
    pub fn sms_per_hour(&self, pool: SmsPool) -> u64 {
        let slices = match pool {
            SmsPool::SignUp => 2 * 24,
            SmsPool::Reset | SmsPool::KnownReset => 4 * 24,
        };
        self.sms_per_day.div_ceil(slices)
    }

    /// The limits while many codes are sent and few are used: a quarter for each address and network.
    pub(crate) fn tightened(&self) -> Self {
        Self {
            sms_unused_per_address_hour: self.sms_unused_per_address_hour.div_ceil(4),
            sms_unused_per_network_hour: self.sms_unused_per_network_hour.div_ceil(4),
            sms_unused_per_wide_network_hour: self.sms_unused_per_wide_network_hour.div_ceil(4),
            ..*self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sms_per_mobile_minute: 1,
            sms_per_mobile_hour: 5,
            sms_per_mobile_day: 10,
            sms_per_address_day: 50,
            sms_unused_per_address_hour: 10,
            sms_unused_per_network_hour: 20,
            sms_unused_per_wide_network_hour: 40,
            sms_per_day: 10_000,
            captchas_per_address_minute: 60,
            spoken_captchas_per_address_day: 10,
            login_failures: 5,
            login_failures_address: 100,
            login_failures_per_mobile_day: 15,
            login_delay: Duration::from_secs(2),
            login_delay_max: Duration::from_secs(900),
            waiting_orders_per_guest: 30,
            messages_per_mobile_hour: 10,
            messages_per_mobile_day: 30,
            messages_per_day: 10_000,
        }
    }
}

/// The quotas of a site; 0 means that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Pictures of a house.
    pub pictures_per_house: u64,
    /// Houses of a landlord.
    pub houses_per_landlord: u64,
    /// Bytes of all pictures of a landlord's houses, in both sizes.
    pub picture_bytes_per_landlord: u64,
    /// Houses that a landlord publishes on a day of the site.
    pub publications_per_day: u64,
    /// Orders that a guest places on a day of the site.
    pub orders_per_day: u64,
    /// Days of a guest's orders that wait for an answer and are not over.
    pub waiting_days_per_guest: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            pictures_per_house: 30,
            houses_per_landlord: 50,
            picture_bytes_per_landlord: 2 << 30,
            publications_per_day: 20,
            orders_per_day: 60,
            waiting_days_per_guest: 200,
        }
    }
}

/// How long what is not needed any more is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Rejected and cancelled orders, from their placing on.
    pub dead_orders: Duration,
    /// The people who stayed, in days after the last day of the stay.
    pub occupants_days: u32,
    /// Deliveries to webhooks, after they ended.
    pub deliveries: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            dead_orders: Duration::from_secs(1096 * 86_400),
            occupants_days: 30,
            deliveries: Duration::from_secs(14 * 86_400),
        }
    }
}

/// What an order costs that comes from a page of before, which shows days × base price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OldPages {
    /// What the page showed.
    #[default]
    Shown,
    /// What the rules of the listing say.
    Rules,
}

/// The rules of payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRules {
    /// How long a guest has to pay an order that waits for it, in minutes.
    pub pay_minutes: u32,
    /// What the site keeps of what landlords earn.
    pub commission: BasisPoints,
    /// The address of the site, to which providers send browsers back.
    pub public_url: String,
}

impl Default for PaymentRules {
    fn default() -> Self {
        Self { pay_minutes: 30, commission: BasisPoints::ZERO, public_url: String::new() }
    }
}

/// The site's own rules, from its settings.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How stays are counted and how far ahead they may lie.
    pub booking: BookingPolicy,
    /// The rules for new passwords.
    pub passwords: PasswordPolicy,
    /// The time zone in which "today" and the printed times are meant.
    pub time_zone: chrono_tz::Tz,
    /// The address of the picture for users without a portrait; empty for none.
    pub default_avatar: String,
    /// Houses on a page of the search.
    pub page_size: u32,
    /// Where counting the matches of a search stops: `total_page` is exact up to it.
    pub max_results: u64,
    /// How long a login lasts at most.
    pub session_lifetime: Duration,
    /// How long an unused login lasts.
    pub session_idle: Duration,
    /// How long a captcha can be answered.
    pub captcha_lifetime: Duration,
    /// The language that captchas are spoken in.
    pub captcha_language: SpokenLanguage,
    /// How long an SMS code can be used.
    pub sms_code_lifetime: Duration,
    /// How often a code may be tried before it is burnt.
    pub sms_code_tries: u64,
    /// The work that must be proved before an SMS is sent: the largest number that may have to be tried
    /// ([`crate::proof`]). 0 demands none.
    pub proof_of_work: u32,
    /// Whether the SMS call tells that a mobile is registered (old pages expect it; it lets
    /// any client find out who is a customer).
    pub tell_registered: bool,
    /// Whether captchas are spoken, too: programs read recordings more easily than pictures.
    pub captcha_audio: bool,
    /// Whether one's own identity number is shown whole, as pages of before expect; masked otherwise.
    pub show_whole_identity: bool,
    /// How many accounts may have one identity number. 0: any number.
    pub accounts_per_identity: u32,
    /// Words that no user name may pass for.
    pub reserved_names: Vec<String>,
    /// How often something may be done.
    pub limits: Limits,
    /// How much one person may have or do.
    pub quotas: Quotas,
    /// Whether only guests with a verified real name may order.
    pub real_name_to_order: bool,
    /// Whether an order needs at least one person who stays by name and identity number.
    pub occupants_required: bool,
    /// How long what is not needed any more is kept.
    pub retention: Retention,
    /// What an order costs whose guest saw no quote.
    pub old_pages: OldPages,
    /// The rules of payments.
    pub payment: PaymentRules,
    /// Which messages people get.
    pub messages: MessageRules,
}

impl Policy {
    /// Whether a session can end by not being used; otherwise its use is not recorded.
    pub(crate) fn session_ends_idle(&self) -> bool {
        self.session_idle < self.session_lifetime
    }
}

impl Default for Policy {
    /// The contract's numbers.
    fn default() -> Self {
        Self {
            booking: BookingPolicy::default(),
            passwords: PasswordPolicy::default(),
            time_zone: chrono_tz::Asia::Shanghai,
            default_avatar: String::new(),
            page_size: 20,
            max_results: 1000,
            session_lifetime: Duration::from_secs(86_400),
            session_idle: Duration::from_secs(86_400),
            captcha_lifetime: Duration::from_secs(180),
            captcha_language: SpokenLanguage::Mandarin,
            sms_code_lifetime: Duration::from_secs(300),
            sms_code_tries: 5,
            proof_of_work: 0,
            tell_registered: false,
            captcha_audio: false,
            show_whole_identity: false,
            accounts_per_identity: 1,
            reserved_names: Vec::new(),
            limits: Limits::default(),
            quotas: Quotas::default(),
            real_name_to_order: false,
            occupants_required: false,
            retention: Retention::default(),
            old_pages: OldPages::default(),
            payment: PaymentRules::default(),
            messages: MessageRules::default(),
        }
    }
}
