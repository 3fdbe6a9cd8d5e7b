//! The section `[limits]`: how often something may be done.

use std::time::Duration;

use minsu_application::Limits;
use serde::{Deserialize, Serialize};
use validator::Validate;

/// How often something may be done. 0 means no limit.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSettings {
    /// SMS to one mobile in a minute. In this section 0 means no limit.
    pub sms_per_mobile_minute: u32,
    /// SMS to one mobile in an hour.
    pub sms_per_mobile_hour: u32,
    /// SMS to one mobile in a day.
    pub sms_per_mobile_day: u32,
    /// SMS sent for one client address in a day; resets from an address that the owner of the mobile logged
    /// in from are not counted. Profile dev: 100000.
    pub sms_per_address_day: u32,
    /// Codes of the last hour that were sent for one client address and not used. While more than half of
    /// the site's codes are unused, it and the next two are a quarter. Profile dev: 100000.
    pub sms_unused_per_address_hour: u32,
    /// The same for the network of the address: the /24 of IPv4, the /56 of IPv6. Profile dev: 100000.
    pub sms_unused_per_network_hour: u32,
    /// The same for the /48 of IPv6. Profile dev: 100000.
    pub sms_unused_per_wide_network_hour: u32,
    /// SMS of the whole site in a day: the most that an attacker can make it spend. They are spent in slices
    /// of an hour: half of each for sign-ups, a quarter for resets, a quarter for resets from addresses
    /// that the owner of the mobile logged in from. Profile dev: 240000.
    pub sms_per_day: u32,
    /// Captchas for one client address in a minute. Profile dev: 100000.
    pub captchas_per_address_minute: u32,
    /// Captchas spoken to one client address in a day. Profile dev: 100000.
    pub spoken_captchas_per_address_day: u32,
    /// The failed login of a mobile with which its delays begin.
    pub login_failures: u32,
    /// The failed login from a client address with which its delays begin: many more than above, because
    /// all clients behind the address are delayed. Addresses from which the owner of the mobile logged in before
    /// count by the rule above instead. Profile dev: 1000.
    pub login_failures_address: u32,
    /// Failed logins of a mobile in a day (UTC) from all addresses together from which its owner did not log in before;
    /// 0: any number that the delays let through. So many also for the characters of the identity number that a new
    /// password by SMS may take. In any 24 hours it is twice as many at most.
    pub login_failures_per_mobile_day: u32,
    /// The first delay after failed logins, in seconds; each further one is twice as long.
    #[validate(range(min = 1, max = 3600))]
    pub login_delay_seconds: u32,
    /// The longest delay, in seconds.
    #[validate(range(min = 1, max = 86_400))]
    pub login_delay_max_seconds: u32,
    /// Orders of one guest that wait for an answer and whose days are not over. Profile dev: 1000.
    pub waiting_orders_per_guest: u32,
    /// Messages about orders to one mobile in an hour; those above it wait. Codes are not counted.
    pub messages_per_mobile_hour: u32,
    /// The same in a day.
    pub messages_per_mobile_day: u32,
    /// Messages about orders of the whole site in a day: the most that they can cost. Profile dev: 240000.
    pub messages_per_day: u32,
    /// Requests of one client address in a second, counted by each process for itself. Profile
    /// dev: 0.
    pub requests_per_second: u32,
    /// Requests of one client address at once, after a pause.
    pub request_burst: u32,
}

impl LimitsSettings {
    /// The limits of the use cases.
    pub fn limits(&self) -> Limits {
        Limits {
            sms_per_mobile_minute: self.sms_per_mobile_minute.into(),
            sms_per_mobile_hour: self.sms_per_mobile_hour.into(),
            sms_per_mobile_day: self.sms_per_mobile_day.into(),
            sms_per_address_day: self.sms_per_address_day.into(),
            sms_unused_per_address_hour: self.sms_unused_per_address_hour.into(),
            sms_unused_per_network_hour: self.sms_unused_per_network_hour.into(),
            sms_unused_per_wide_network_hour: self.sms_unused_per_wide_network_hour.into(),
            sms_per_day: self.sms_per_day.into(),
            captchas_per_address_minute: self.captchas_per_address_minute.into(),
            spoken_captchas_per_address_day: self.spoken_captchas_per_address_day.into(),
            login_failures: self.login_failures.into(),
            login_failures_address: self.login_failures_address.into(),
            login_failures_per_mobile_day: self.login_failures_per_mobile_day.into(),
            login_delay: Duration::from_secs(self.login_delay_seconds.into()),
            login_delay_max: Duration::from_secs(self.login_delay_max_seconds.into()),
            waiting_orders_per_guest: self.waiting_orders_per_guest.into(),
            messages_per_mobile_hour: self.messages_per_mobile_hour.into(),
            messages_per_mobile_day: self.messages_per_mobile_day.into(),
            messages_per_day: self.messages_per_day.into(),
        }
    }

    /// The limits of development and its tests, where all clients have the same address.
    pub(super) fn for_development() -> Self {
        Self {
            sms_per_address_day: 100_000,
            sms_unused_per_address_hour: 100_000,
            sms_unused_per_network_hour: 100_000,
            sms_unused_per_wide_network_hour: 100_000,
            sms_per_day: 240_000,
            messages_per_day: 240_000,
            captchas_per_address_minute: 100_000,
            spoken_captchas_per_address_day: 100_000,
            login_failures_address: 1000,
            waiting_orders_per_guest: 1000,
            requests_per_second: 0,
            ..Self::default()
        }
    }
}

impl Default for LimitsSettings {
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
            login_delay_seconds: 2,
            login_delay_max_seconds: 900,
            waiting_orders_per_guest: 30,
            messages_per_mobile_hour: 10,
            messages_per_mobile_day: 30,
            messages_per_day: 10_000,
            requests_per_second: 100,
            request_burst: 1000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_use_cases() {
        assert_eq!(LimitsSettings::default().limits(), Limits::default());
    }

    #[test]
    fn development_keeps_what_protects_a_person() {
        let (dev, prod) = (LimitsSettings::for_development().limits(), Limits::default());
        assert_eq!(dev.sms_per_mobile_minute, prod.sms_per_mobile_minute);
        assert_eq!(dev.login_failures, prod.login_failures);
        assert_eq!(dev.login_failures_per_mobile_day, prod.login_failures_per_mobile_day);
    }
}
