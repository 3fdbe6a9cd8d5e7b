//! The limits of production, which profile dev loosens.

/// The variables of the limits that profile dev loosens, with the defaults of production.
pub const PRODUCTION: &[(&str, &str)] = &[
    ("MINSU_LIMITS__SMS_PER_ADDRESS_DAY", "50"),
    ("MINSU_LIMITS__SMS_UNUSED_PER_ADDRESS_HOUR", "10"),
    ("MINSU_LIMITS__SMS_UNUSED_PER_NETWORK_HOUR", "20"),
    ("MINSU_LIMITS__SMS_UNUSED_PER_WIDE_NETWORK_HOUR", "40"),
    ("MINSU_LIMITS__SMS_PER_DAY", "10000"),
    ("MINSU_LIMITS__CAPTCHAS_PER_ADDRESS_MINUTE", "60"),
    ("MINSU_LIMITS__LOGIN_FAILURES_ADDRESS", "100"),
    ("MINSU_LIMITS__WAITING_ORDERS_PER_GUEST", "30"),
    ("MINSU_LIMITS__REQUESTS_PER_SECOND", "100"),
];

/// The limits of production with some others over them.
pub(crate) fn production<'a>(others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    PRODUCTION.iter().chain(others).copied().collect()
}
