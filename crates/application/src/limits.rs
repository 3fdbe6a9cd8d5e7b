//! Rate limits, counted in the cache, so that all processes of the site count
//! together.
//!
//! Every counter is incremented before it is compared, so that parallel calls gain nothing, and
//! decremented when the call is refused, so that a refusal costs no share. The subject of a counter
//! (a mobile, an address) is in its key as a digest only.

use std::time::Duration;

use minsu_ports::CacheKey;

use crate::{App, AppError, Limits, SmsPool, digest::sha256};

#[cfg(test)]
mod counters_mock;
mod guesses;

pub(crate) use guesses::Guesses;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
/// Tests of a person's webhooks in an hour: enough for setting one up, and no way to make the site call others.
const WEBHOOK_TESTS: u64 = 60;

/// The actions that are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// SMS to a mobile in a minute.
    SmsOfMobileMinute,
    /// SMS to a mobile in longer times.
    SmsOfMobile,
    /// SMS sent for an address.
    SmsOfAddress,
    /// Codes of an address that are not used.
    UnusedOfAddress,
    /// Codes of a network that are not used.
    UnusedOfNetwork,
    /// Codes of a wide network that are not used.
    UnusedOfWideNetwork,
    /// SMS of the site for one thing.
    SmsOfSite(SmsPool),
    /// Captchas for an address, drawn and spoken.
    CaptchasOfAddress,
    /// Captchas spoken to an address.
    SpokenOfAddress,
    /// Messages that are no codes to a mobile.
    MessagesOfMobile,
    /// Messages that are no codes of the site.
    MessagesOfSite,
    /// Tests of the webhooks of a person.
    WebhookTests,
}

impl Counted {
    /// The kind of the key, how many, and in which time; the shortest time first.
    fn windows(self, limits: &Limits) -> Vec<(&'static str, u64, Duration)> {
        match self {
            Self::SmsOfMobileMinute => vec![("limit-sms-mobile-minute", limits.sms_per_mobile_minute, MINUTE)],
            Self::SmsOfMobile => vec![
                ("limit-sms-mobile-hour", limits.sms_per_mobile_hour, HOUR),
                ("limit-sms-mobile-day", limits.sms_per_mobile_day, DAY),
            ],
            Self::SmsOfAddress => vec![("limit-sms-address-day", limits.sms_per_address_day, DAY)],
            Self::UnusedOfAddress => {
                vec![("limit-sms-unused-address", limits.sms_unused_per_address_hour, HOUR)]
            }
            Self::UnusedOfNetwork => {
                vec![("limit-sms-unused-network", limits.sms_unused_per_network_hour, HOUR)]
            }
            Self::UnusedOfWideNetwork => {
                vec![("limit-sms-unused-wide", limits.sms_unused_per_wide_network_hour, HOUR)]
            }
            Self::SmsOfSite(pool) => {
                let kind = match pool {
                    SmsPool::SignUp => "limit-sms-sign-up-hour",
                    SmsPool::Reset => "limit-sms-reset-hour",
                    SmsPool::KnownReset => "limit-sms-known-reset-hour",
                };
                vec![(kind, limits.sms_per_hour(pool), HOUR)]
            }
            Self::CaptchasOfAddress => {
                vec![("limit-captcha-address-minute", limits.captchas_per_address_minute, MINUTE)]
            }
            Self::SpokenOfAddress => {
                vec![("limit-spoken-address-day", limits.spoken_captchas_per_address_day, DAY)]
            }
            Self::MessagesOfMobile => vec![
                ("limit-sms-message-hour", limits.messages_per_mobile_hour, HOUR),
                ("limit-sms-message-day", limits.messages_per_mobile_day, DAY),
            ],
            Self::MessagesOfSite => vec![("limit-sms-messages-day", limits.messages_per_day, DAY)],
            Self::WebhookTests => vec![("limit-webhook-tests", WEBHOOK_TESTS, HOUR)],
        }
    }
}

/// Something that is counted, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share(pub(crate) Counted, pub(crate) String);

impl Share {
    /// Its counters that have a limit.
    fn counters(&self, limits: &Limits) -> Vec<(CacheKey, u64, Duration)> {
        let digest = sha256(self.1.as_bytes());
        let windows = self.0.windows(limits).into_iter().filter(|(_, limit, _)| *limit > 0);
        windows.map(|(kind, limit, window)| (CacheKey::of_digest(kind, &digest), limit, window)).collect()
    }
}

/// Counts one action of `subject`.
///
/// # Errors
/// As [`take`].
pub(crate) async fn count(app: &App, counted: Counted, subject: &str) -> Result<(), AppError> {
    take(app, &app.policy.limits, &[Share(counted, subject.to_owned())]).await
}

/// Counts one more in each of these shares, or in none of them.
///
/// # Errors
/// [`AppError::TooOften`] above a limit, with the time until none of the shares refuses any more;
/// [`AppError::CacheUnavailable`].
pub(crate) async fn take(app: &App, limits: &Limits, shares: &[Share]) -> Result<(), AppError> {
    let mut taken = Vec::new();
    for (key, limit, window) in shares.iter().flat_map(|share| share.counters(limits)) {
        let count = app.cache.increment(&key, window).await?;
        taken.push(key);
        if count.value > limit {
            for key in &taken {
                app.cache.decrement(key).await?;
            }
            let all = full_for(app, limits, shares).await?;
            return Err(AppError::TooOften(count.resets_in.max(all)));
        }
    }
    Ok(())
}

/// Takes back one count in each of these shares.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(crate) async fn give_back(app: &App, shares: &[Share]) -> Result<(), AppError> {
    for (key, ..) in shares.iter().flat_map(|share| share.counters(&app.policy.limits)) {
        app.cache.decrement(&key).await?;
    }
    Ok(())
}

/// How long it takes until every one of these shares has room for one more.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(crate) async fn full_for(app: &App, limits: &Limits, shares: &[Share]) -> Result<Duration, AppError> {
    let mut longest = Duration::ZERO;
    for (key, limit, _) in shares.iter().flat_map(|share| share.counters(limits)) {
        let full = app.cache.count_of(&key).await?.filter(|count| count.value >= limit);
        longest = longest.max(full.map_or(Duration::ZERO, |count| count.resets_in));
    }
    Ok(longest)
}

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How much a window allows.
    pub quota: u64,
    /// The length of the window.
    pub window: Duration,
    /// How much of it is left.
    pub left: u64,
    /// How long until the window begins anew.
    pub resets_in: Duration,
}

/// What is left for `subject` in its longest window; nothing without a limit.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(crate) async fn standing(app: &App, counted: Counted, subject: &str) -> Result<Option<Standing>, AppError> {
    let digest = sha256(subject.as_bytes());
    let Some((kind, quota, window)) = counted.windows(&app.policy.limits).pop().filter(|(_, quota, _)| *quota > 0)
    else {
        return Ok(None);
    };
    let count = app.cache.count_of(&CacheKey::of_digest(kind, &digest)).await?;
    let (used, resets_in) = count.map_or((0, window), |count| (count.value, count.resets_in));
    Ok(Some(Standing { quota, window, left: quota.saturating_sub(used), resets_in }))
}

#[cfg(test)]
mod tests {
    use super::{counters_mock::counters, *};
    use crate::test_app::TestApp;

    fn shares() -> [Share; 3] {
        let share = |counted| Share(counted, "13800000000".to_owned());
        [share(Counted::SmsOfMobileMinute), share(Counted::SmsOfMobile), share(Counted::SmsOfSite(SmsPool::SignUp))]
    }

    #[tokio::test]
    async fn the_time_that_is_full_says_when_to_come_back_and_others_are_not_touched() {
        let app = TestApp::default().cache(counters().0).build();
        let limits = app.policy.limits;
        assert!(take(&app, &limits, &shares()).await.is_ok());
        for _ in 0..20 {
            assert!(matches!(take(&app, &limits, &shares()).await, Err(AppError::TooOften(MINUTE))));
        }
        assert!(count(&app, Counted::SmsOfMobileMinute, "13800000001").await.is_ok());
    }

    #[tokio::test]
    async fn a_longer_time_that_is_full_as_well_says_when_to_come_back() {
        let app = TestApp::default().cache(counters().0).build();
        let limits = Limits { sms_per_mobile_hour: 1, ..app.policy.limits };
        assert!(take(&app, &limits, &shares()).await.is_ok());
        let refused = take(&app, &limits, &shares()).await;
        assert!(matches!(refused, Err(AppError::TooOften(HOUR))), "{refused:?}");
    }

    #[tokio::test]
    async fn what_one_share_refuses_uses_up_no_other() {
        let app = TestApp::default().cache(counters().0).build();
        let limits = Limits { sms_per_day: 48 * 5, ..app.policy.limits };
        for _ in 0..20 {
            let _ = take(&app, &limits, &shares()).await;
        }
        // One of five in the hour of the mobile and of the site.
        let limits = Limits { sms_per_mobile_minute: 0, ..limits };
        for _ in 0..4 {
            assert!(take(&app, &limits, &shares()).await.is_ok());
        }
        assert!(matches!(take(&app, &limits, &shares()).await, Err(AppError::TooOften(HOUR))));
        // What the site's share refuses is given back to the mobile.
        let limits = Limits { sms_per_mobile_hour: 6, ..limits };
        for _ in 0..20 {
            assert!(take(&app, &limits, &shares()).await.is_err());
        }
        give_back(&app, &shares()).await.unwrap();
        assert!(take(&app, &limits, &shares()).await.is_ok());
    }

    #[test]
    fn the_slices_of_all_pools_add_up_to_the_day() {
        let limits = Limits::default();
        let hour: u64 =
            [SmsPool::SignUp, SmsPool::Reset, SmsPool::KnownReset].map(|pool| limits.sms_per_hour(pool)).iter().sum();
        assert!((limits.sms_per_day..limits.sms_per_day + 3 * 24).contains(&(hour * 24)), "{hour}");
        assert_eq!(Limits { sms_per_day: 0, ..limits }.sms_per_hour(SmsPool::Reset), 0);
    }

    #[tokio::test]
    async fn zero_is_no_limit() {
        let mut app = TestApp::default().cache(counters().0).build();
        app.policy.limits = Limits { sms_per_day: 0, ..Limits::default() };
        for _ in 0..100 {
            assert!(count(&app, Counted::SmsOfSite(SmsPool::SignUp), "").await.is_ok());
        }
    }
}
