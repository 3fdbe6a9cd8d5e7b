//! Guesses of a secret, which are slowed down by delays that grow.

use std::time::Duration;

use minsu_ports::CacheKey;

use super::{DAY, Standing};
use crate::{App, AppError, digest::sha256};

/// The guesses against one subject: free ones first, then one for each delay, and the delays grow.
///
/// A guess counts before it is compared. From the given one on, one guess is let through for each delay, and
/// every other one during the delay is refused, from any client; a refused guess does not make the
/// delay longer.
#[derive(Debug)]
pub(crate) struct Guesses {
    attempts: CacheKey,
    successes: CacheKey,
    delay: CacheKey,
    passed: CacheKey,
    admitted: CacheKey,
    free: u64,
    /// How many wrong ones a day; 0 for any number.
    most: u64,
}

impl Guesses {
    /// Guesses of today against `subject`, delayed from the one with the number `from` on (0:
    /// never). The date is part of the keys, so that all counters begin anew together.
    pub(crate) fn against(app: &App, subject: std::fmt::Arguments<'_>, from: u64) -> Self {
        let digest = sha256(format!("{} {subject}", app.clock.now().date_naive()).as_bytes());
        Self {
            attempts: CacheKey::of_digest("guesses", &digest),
            successes: CacheKey::of_digest("guesses-right", &digest),
            delay: CacheKey::of_digest("guesses-gate", &digest),
            passed: CacheKey::of_digest("guesses-passed", &digest),
            admitted: CacheKey::of_digest("guesses-admitted", &digest),
            most: 0,
            free: from.checked_sub(1).unwrap_or(u64::MAX),
        }
    }

    /// The same with so many wrong guesses a day (UTC) at most, whatever the delays let through; 0 for any number.
    pub(crate) fn at_most(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// Lets one guess through or tells when the next one may come.
    ///
    /// # Errors
    /// [`AppError::TooOften`], [`AppError::CacheUnavailable`].
    pub(crate) async fn begin(&self, app: &App) -> Result<(), AppError> {
        if let Some(rest) = self.used_up(app).await? {
            return Err(AppError::TooOften(rest));
        }
        self.pass_delay(app).await?;
        self.admit(app).await
    }

    async fn pass_delay(&self, app: &App) -> Result<(), AppError> {
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
        let delay = app.cache.increment(&self.delay, doubled.min(limits.login_delay_max)).await?;
        if delay.value > 1 {
            return Err(AppError::TooOften(delay.resets_in));
        }
        app.cache.increment(&self.passed, DAY).await?;
        Ok(())
    }

    /// Counts a guess that no delay refuses; of parallel ones only so many as are left.
    async fn admit(&self, app: &App) -> Result<(), AppError> {
        if self.most == 0 {
            return Ok(());
        }
        let admitted = app.cache.increment(&self.admitted, DAY).await?.value;
        if admitted.saturating_sub(number(app, &self.successes).await?) <= self.most {
            return Ok(());
        }
        app.cache.decrement(&self.admitted).await?;
        Err(AppError::TooOften(rest_of_day(app)))
    }

    /// The rest of the day, where all its guesses are made.
    async fn used_up(&self, app: &App) -> Result<Option<Duration>, AppError> {
        if self.most == 0 {
            return Ok(None);
        }
        let failed = number(app, &self.admitted).await?.saturating_sub(number(app, &self.successes).await?);
        Ok((failed >= self.most).then(|| rest_of_day(app)))
    }

    /// How many failures are free; nothing where no number of them is one too many.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub(crate) async fn standing(&self, app: &App) -> Result<Option<Standing>, AppError> {
        if self.free == u64::MAX {
            return Ok(None);
        }
        let attempts = app.cache.count_of(&self.attempts).await?;
        let (tried, resets_in) = attempts.map_or((0, DAY), |count| (count.value, count.resets_in));
        let failed = tried.saturating_sub(number(app, &self.successes).await?);
        Ok(Some(Standing { quota: self.free, window: DAY, left: self.free.saturating_sub(failed), resets_in }))
    }

    /// The rest of the current delay, or of the day where all its guesses are made.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub(crate) async fn shut_for(&self, app: &App) -> Result<Duration, AppError> {
        if let Some(rest) = self.used_up(app).await? {
            return Ok(rest);
        }
        Ok(app.cache.count_of(&self.delay).await?.map_or(Duration::ZERO, |delay| delay.resets_in))
    }

    /// The guess was right, and only the owner can be right here: all counters are deleted.
    pub(crate) async fn forget(&self, app: &App) -> Result<(), AppError> {
        for key in [&self.attempts, &self.successes, &self.delay, &self.passed, &self.admitted] {
            app.cache.delete(key).await?;
        }
        Ok(())
    }

    /// The guess was right, but that says nothing of the failures: they may be an attacker's, who may be right here
    /// too (with an account of their own). It does not count as a failure, and the failures stay.
    pub(crate) async fn count_success(&self, app: &App) -> Result<(), AppError> {
        app.cache.increment(&self.successes, DAY).await?;
        Ok(())
    }
}

/// How long the date that is part of the keys lasts.
fn rest_of_day(app: &App) -> Duration {
    let now = app.clock.now().timestamp();
    DAY - Duration::from_secs(now.rem_euclid(86_400).unsigned_abs())
}

async fn number(app: &App, key: &CacheKey) -> Result<u64, AppError> {
    let value = app.cache.get(key).await?;
    Ok(value.and_then(|value| std::str::from_utf8(&value).ok()?.parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{limits::counters_mock::counters, test_app::TestApp};

    fn open_delay(key: &'static str) -> impl Fn(&App) -> CacheKey {
        move |app| Guesses::against(app, format_args!("{key}"), 5).delay
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
            app.cache.delete(&open_delay("x")(&app)).await.unwrap();
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

    /// A patient guesser, who waits for the end of every delay, has so many guesses a day; right ones do not count.
    #[tokio::test]
    async fn a_day_has_so_many_wrong_guesses() {
        let app = TestApp::default().cache(counters().0).build();
        let guesses = Guesses::against(&app, format_args!("x"), 5).at_most(8);
        let mut compared = 0;
        for _ in 0..50 {
            app.cache.delete(&open_delay("x")(&app)).await.unwrap();
            compared += u32::from(guesses.begin(&app).await.is_ok());
        }
        assert_eq!(compared, 8);
        let refused = guesses.begin(&app).await;
        let rest = rest_of_day(&app);
        assert!(rest > Duration::ZERO && rest <= DAY);
        assert!(matches!(refused, Err(AppError::TooOften(wait)) if wait == rest), "{refused:?}");
        assert_eq!(guesses.shut_for(&app).await.unwrap(), rest);
        guesses.count_success(&app).await.unwrap();
        app.cache.delete(&open_delay("x")(&app)).await.unwrap();
        assert!(guesses.begin(&app).await.is_ok());
        assert!(guesses.begin(&app).await.is_err());
    }

    /// All of them begin before the first is counted.
    #[tokio::test]
    async fn parallel_guesses_do_not_pass_the_limit_of_the_day() {
        let app = TestApp::default().cache(counters().0).build();
        let guesses = Guesses::against(&app, format_args!("x"), 100).at_most(3);
        let (mut compared, mut told) = (0, 0);
        for _ in 0..10 {
            match guesses.admit(&app).await {
                Ok(()) => compared += 1,
                Err(AppError::TooOften(_)) => told += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((compared, told), (3, 7));
    }

    #[tokio::test]
    async fn zero_is_no_limit() {
        let app = TestApp::default().cache(counters().0).build();
        let guesses = Guesses::against(&app, format_args!("x"), 0);
        for _ in 0..100 {
            assert!(guesses.begin(&app).await.is_ok());
        }
    }
}
