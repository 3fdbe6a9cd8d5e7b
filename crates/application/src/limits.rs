//! How often something may be done: counted in the cache, so that all processes of the site count
//! together.
//!
//! Every counter rises before it is compared, so that calls in parallel gain nothing. What is
//! counted by (a mobile, an address) goes into the keys as a digest only.

use std::time::Duration;

use minsu_domain::Mobile;
use minsu_ports::CacheKey;

use crate::{App, AppError, digest::sha256};

/// The kind of the counter that a failed SMS resets.
const SMS_OF_MOBILE_MINUTE: &str = "limit-sms-mobile-minute";

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// The site's limits. Zero means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// SMS to one mobile in a minute.
    pub sms_per_mobile_minute: u64,
    /// SMS to one mobile in an hour.
    pub sms_per_mobile_hour: u64,
    /// SMS to one mobile in a day.
    pub sms_per_mobile_day: u64,
    /// Asked for from one client address in a day, those included that a wrong captcha stopped.
    pub sms_per_address_day: u64,
    /// SMS of the whole site in a day: the most that pumping can cost.
    pub sms_per_day: u64,
    /// Captchas for one client address in a minute.
    pub captchas_per_address_minute: u64,
    /// With this failure the delays of a mobile begin.
    pub login_failures: u64,
    /// With this failure the delays of a client address begin.
    pub login_failures_address: u64,
    /// The first delay; each further one is twice as long.
    pub login_delay: Duration,
    /// The longest delay.
    pub login_delay_max: Duration,
    /// Orders of one guest that wait for an answer.
    pub waiting_orders_per_guest: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sms_per_mobile_minute: 1,
            sms_per_mobile_hour: 5,
            sms_per_mobile_day: 10,
            sms_per_address_day: 50,
            sms_per_day: 10_000,
            captchas_per_address_minute: 60,
            login_failures: 5,
            login_failures_address: 5,
            login_delay: Duration::from_secs(2),
            login_delay_max: Duration::from_secs(900),
            waiting_orders_per_guest: 30,
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// SMS to a mobile.
    SmsOfMobile,
    /// SMS asked for from an address.
    SmsOfAddress,
    /// SMS of the site.
    SmsOfSite,
    /// Captchas for an address, drawn and spoken.
    CaptchasOfAddress,
}

impl Counted {
    /// The kind of the key, how many, and in which time; the shortest time first.
    fn windows(self, limits: &Limits) -> Vec<(&'static str, u64, Duration)> {
        match self {
            Self::SmsOfMobile => vec![
                (SMS_OF_MOBILE_MINUTE, limits.sms_per_mobile_minute, MINUTE),
                ("limit-sms-mobile-hour", limits.sms_per_mobile_hour, HOUR),
                ("limit-sms-mobile-day", limits.sms_per_mobile_day, DAY),
            ],
            Self::SmsOfAddress => vec![("limit-sms-address-day", limits.sms_per_address_day, DAY)],
            Self::SmsOfSite => vec![("limit-sms-day", limits.sms_per_day, DAY)],
            Self::CaptchasOfAddress => {
                vec![("limit-captcha-address-minute", limits.captchas_per_address_minute, MINUTE)]
            }
        }
    }
}

/// Counts one more by `subject`. What a shorter time refuses does not count in a longer one.
///
/// # Errors
/// [`AppError::TooOften`] above the limit, [`AppError::CacheUnavailable`].
pub(crate) async fn count(app: &App, counted: Counted, subject: &str) -> Result<(), AppError> {
    let digest = sha256(subject.as_bytes());
    for (kind, limit, window) in counted.windows(&app.policy.limits) {
        if limit == 0 {
            continue;
        }
        let count = app.cache.increment(&CacheKey::of_digest(kind, &digest), window).await?;
        if count.value > limit {
            return Err(AppError::TooOften(count.resets_in));
        }
    }
    Ok(())
}

/// Takes back that an SMS was sent this minute, because it failed: the same mobile may ask again at
/// once. The longer times keep it, since the service may have sent it all the same.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(crate) async fn forget_failed_sms(app: &App, mobile: &Mobile) -> Result<(), AppError> {
    app.cache.delete(&CacheKey::of_digest(SMS_OF_MOBILE_MINUTE, &sha256(mobile.as_str().as_bytes()))).await?;
    Ok(())
}

/// The guesses against one thing: free ones first, then one for each delay, and the delays grow.
///
/// A guess counts before it is compared. From the given one on it must pass a gate that lets one
/// through and then stays shut for the delay, whoever comes; being refused there does not make the
/// delay longer.
#[derive(Debug)]
pub(crate) struct Guesses {
    attempts: CacheKey,
    successes: CacheKey,
    gate: CacheKey,
    passed: CacheKey,
    free: u64,
}

impl Guesses {
    /// Guesses of today against `subject`, delayed from the one with the number `from` on (0:
    /// never). The day stands in the keys, so that all four counters begin anew together.
    pub(crate) fn against(app: &App, subject: std::fmt::Arguments<'_>, from: u64) -> Self {
        let digest = sha256(format!("{} {subject}", app.clock.now().date_naive()).as_bytes());
        Self {
            attempts: CacheKey::of_digest("guesses", &digest),
            successes: CacheKey::of_digest("guesses-right", &digest),
            gate: CacheKey::of_digest("guesses-gate", &digest),
            passed: CacheKey::of_digest("guesses-passed", &digest),
            free: from.checked_sub(1).unwrap_or(u64::MAX),
        }
    }

    /// Lets one guess through or tells when the next one may come.
    ///
    /// # Errors
    /// [`AppError::TooOften`], [`AppError::CacheUnavailable`].
    pub(crate) async fn begin(&self, app: &App) -> Result<(), AppError> {
        let limits = &app.policy.limits;
        let attempts = app.cache.increment(&self.attempts, DAY).await?.value;
        if attempts <= self.free {
            return Ok(());
        }
        if attempts.saturating_sub(number(app, &self.successes).await?) <= self.free {
            return Ok(());
        }
        let passed = number(app, &self.passed).await?;
        let doubled = limits.login_delay.saturating_mul(1 << passed.min(30));
        let gate = app.cache.increment(&self.gate, doubled.min(limits.login_delay_max)).await?;
        if gate.value > 1 {
            return Err(AppError::TooOften(gate.resets_in));
        }
        app.cache.increment(&self.passed, DAY).await?;
        Ok(())
    }

    /// The guess was right, and nobody else can be right here: everything is forgotten.
    pub(crate) async fn forget(&self, app: &App) -> Result<(), AppError> {
        for key in [&self.attempts, &self.successes, &self.gate, &self.passed] {
            app.cache.delete(key).await?;
        }
        Ok(())
    }

    /// The guess was right, but an attacker can be right here too (with an account of their own):
    /// it does not count as a failure, and the failures stay.
    pub(crate) async fn count_success(&self, app: &App) -> Result<(), AppError> {
        app.cache.increment(&self.successes, DAY).await?;
        Ok(())
    }
}

async fn number(app: &App, key: &CacheKey) -> Result<u64, AppError> {
    let value = app.cache.get(key).await?;
    Ok(value.and_then(|value| std::str::from_utf8(&value).ok()?.parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use minsu_ports::{Count, testkit::MockCache};
    use std::{
        collections::HashMap,
        sync::{Arc, Mutex},
    };

    /// Counters that never end, and the windows that were asked for.
    fn counters() -> (MockCache, Arc<Mutex<Vec<Duration>>>) {
        let values = Arc::new(Mutex::new(HashMap::<String, u64>::new()));
        let windows = Arc::new(Mutex::new(Vec::new()));
        let mut cache = MockCache::new();
        let (counted, asked) = (values.clone(), windows.clone());
        cache.expect_increment().returning(move |key, window| {
            assert!(key.as_str().len() >= 64 && !key.as_str().contains("138"), "not a digest: {key:?}");
            if key.as_str().starts_with("guesses-gate") {
                asked.lock().unwrap().push(window);
            }
            let mut counted = counted.lock().unwrap();
            let value = counted.entry(key.as_str().to_owned()).or_default();
            *value += 1;
            Ok(Count { value: *value, resets_in: window })
        });
        let read = values.clone();
        cache
            .expect_get()
            .returning(move |key| Ok(read.lock().unwrap().get(key.as_str()).map(|value| value.to_string().into())));
        cache.expect_delete().returning(move |key| Ok(values.lock().unwrap().remove(key.as_str()).is_some()));
        (cache, windows)
    }

    fn open_gate(key: &'static str) -> impl Fn(&App) -> CacheKey {
        move |app| Guesses::against(app, format_args!("{key}"), 5).gate
    }

    #[tokio::test]
    async fn the_shortest_time_that_is_full_says_when_to_come_back() {
        let app = TestApp::default().cache(counters().0).build();
        assert!(count(&app, Counted::SmsOfMobile, "13800000000").await.is_ok());
        for _ in 0..20 {
            let refused = count(&app, Counted::SmsOfMobile, "13800000000").await;
            assert!(matches!(refused, Err(AppError::TooOften(MINUTE))));
        }
        assert!(count(&app, Counted::SmsOfMobile, "13800000001").await.is_ok());
    }

    #[tokio::test]
    async fn what_the_minute_refuses_does_not_use_up_the_hour() {
        let mut app = TestApp::default().cache(counters().0).build();
        for _ in 0..20 {
            let _ = count(&app, Counted::SmsOfMobile, "13800000000").await;
        }
        app.policy.limits.sms_per_mobile_minute = 0;
        for _ in 0..4 {
            assert!(count(&app, Counted::SmsOfMobile, "13800000000").await.is_ok());
        }
        let refused = count(&app, Counted::SmsOfMobile, "13800000000").await;
        assert!(matches!(refused, Err(AppError::TooOften(HOUR))));
    }

    #[tokio::test]
    async fn delays_begin_with_the_fifth_guess_and_double_up_to_the_longest() {
        let (cache, windows) = counters();
        let app = TestApp::default().cache(cache).build();
        let guesses = Guesses::against(&app, format_args!("x"), 5);
        for _ in 0..5 {
            assert!(guesses.begin(&app).await.is_ok());
        }
        for _ in 0..12 {
            assert!(matches!(guesses.begin(&app).await, Err(AppError::TooOften(_))));
            // The delay is over.
            app.cache.delete(&open_gate("x")(&app)).await.unwrap();
            assert!(guesses.begin(&app).await.is_ok());
        }
        let seconds: Vec<_> = windows.lock().unwrap().iter().map(Duration::as_secs).collect();
        assert!(seconds.starts_with(&[2, 4]), "{seconds:?}");
        assert!(seconds.is_sorted() && seconds.ends_with(&[900, 900]), "{seconds:?}");
    }

    #[tokio::test]
    async fn a_success_of_ones_own_does_not_forgive_the_failures_of_an_address() {
        let app = TestApp::default().cache(counters().0).build();
        let guesses = Guesses::against(&app, format_args!("x"), 5);
        for _ in 0..3 {
            // A failure, then a success.
            assert!(guesses.begin(&app).await.is_ok());
            assert!(guesses.begin(&app).await.is_ok());
            guesses.count_success(&app).await.unwrap();
        }
        // The fourth failure is free, the fifth the one before the delay.
        assert!(guesses.begin(&app).await.is_ok());
        assert!(guesses.begin(&app).await.is_ok());
        assert!(guesses.begin(&app).await.is_err());
        guesses.forget(&app).await.unwrap();
        assert!(guesses.begin(&app).await.is_ok());
    }

    #[tokio::test]
    async fn zero_is_no_limit() {
        let mut app = TestApp::default().cache(counters().0).build();
        app.policy.limits = Limits { sms_per_day: 0, ..Limits::default() };
        let guesses = Guesses::against(&app, format_args!("x"), 0);
        for _ in 0..100 {
            assert!(count(&app, Counted::SmsOfSite, "").await.is_ok());
            assert!(guesses.begin(&app).await.is_ok());
        }
    }
}
