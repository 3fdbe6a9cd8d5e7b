//! Sending a code to a mobile.

use bytes::Bytes;
use minsu_domain::Mobile;
use minsu_ports::Event;

use super::{Keys, Purpose};
use crate::{
    App, AppError, ClientAddress,
    captchas::{self, CaptchaId},
    limits::{self, Counted},
};

/// Asks for a code.
#[derive(Debug, Clone)]
pub struct SendSmsCode {
    /// Where to.
    pub mobile: Mobile,
    /// What for.
    pub purpose: Purpose,
    /// The captcha that was answered.
    pub captcha: CaptchaId,
    /// The answer.
    pub captcha_text: String,
    /// Who asks.
    pub client: ClientAddress,
}

/// Sends a code after an answered captcha. Known and unknown mobiles get the same
/// answer, unless the site chose to tell.
///
/// The limit of the client's address counts every call. Those of the mobile and of the site count
/// answered captchas only, so that keeping somebody from their codes takes reading captchas.
///
/// The code is stored before it is sent and dropped when sending fails, so that a failure of the
/// service never locks anybody out.
///
/// # Errors
/// [`AppError::TooOften`], [`AppError::CaptchaExpired`], [`AppError::CaptchaWrong`],
/// [`AppError::MobileRegistered`], [`AppError::SmsFailed`], [`AppError::CacheUnavailable`].
pub async fn send(app: &App, command: &SendSmsCode) -> Result<(), AppError> {
    limits::count(app, Counted::SmsOfAddress, &command.client.counted().to_string()).await?;
    captchas::redeem(app, &command.captcha, &command.captcha_text).await?;
    limits::count(app, Counted::SmsOfMobile, command.mobile.as_str()).await?;
    let registering = command.purpose == Purpose::Registration;
    if registering
        && app.policy.tell_registered
        && app.store.read_own().await?.users().credentials(&command.mobile).await?.is_some()
    {
        return Err(AppError::MobileRegistered);
    }
    limits::count(app, Counted::SmsOfSite, "").await?;
    let keys = Keys::of(command.purpose, &command.mobile);
    let lifetime = app.policy.sms_code_lifetime;
    let code = six_digits(app);
    let captcha_text = command.captcha_text.trim().to_ascii_uppercase();
    app.cache.set(&keys.captcha, captcha_text.into(), lifetime).await?;
    app.cache.set(&keys.code, Bytes::from(code.clone()), lifetime).await?;
    if let Err(error) = app.sms.send_code(&command.mobile, &code, lifetime).await {
        app.events.happened(Event::SmsRefused);
        app.cache.compare_and_delete(&keys.code, code.as_bytes()).await?;
        limits::forget_failed_sms(app, &command.mobile).await?;
        return Err(AppError::SmsFailed(error));
    }
    app.events.happened(Event::SmsSent);
    Ok(())
}

/// A code from 000000 to 999999, each as likely as any other: numbers that would favour the
/// small ones are drawn again.
fn six_digits(app: &App) -> String {
    const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;
    loop {
        let number = u32::from_be_bytes(app.random());
        if number < FAIR {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, client, counting, mobile};
    use minsu_ports::{
        SmsError,
        testkit::{MockCache, MockRandomness, MockSmsSender},
    };

    fn command() -> SendSmsCode {
        SendSmsCode {
            mobile: mobile(),
            purpose: Purpose::Registration,
            captcha: CaptchaId::new("1").unwrap(),
            captcha_text: "ace3".into(),
            client: client(),
        }
    }

    fn cache_with_captcha() -> MockCache {
        let mut cache = counting(1);
        cache.expect_take().times(1).returning(|_| Ok(Some(Bytes::from("ACE3"))));
        cache.expect_set().returning(|_, _, _| Ok(()));
        cache
    }

    #[tokio::test]
    async fn a_wrong_captcha_sends_nothing() {
        let mut cache = counting(1);
        cache.expect_take().times(1).returning(|_| Ok(Some(Bytes::from("XXXX"))));
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().never();
        let app = TestApp::default().cache(cache).sms(sms).build();
        assert!(matches!(send(&app, &command()).await, Err(AppError::CaptchaWrong)));
    }

    #[tokio::test]
    async fn the_code_has_six_digits_and_leaves_through_the_sms_port() {
        let mut sms = MockSmsSender::new();
        sms.expect_send_code()
            .times(1)
            .withf(|to, code, _| *to == mobile() && code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()))
            .returning(|_, _, _| Ok(()));
        let app = TestApp::default().cache(cache_with_captcha()).sms(sms).build();
        assert!(send(&app, &command()).await.is_ok());
    }

    #[tokio::test]
    async fn a_failed_send_drops_the_code() {
        let mut cache = cache_with_captcha();
        // The minute of the mobile.
        cache.expect_delete().times(1).returning(|_| Ok(true));
        cache.expect_compare_and_delete().times(1).returning(|_, _| Ok(true));
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().returning(|_, _, _| Err(SmsError::Failed("160040".into())));
        let app = TestApp::default().cache(cache).sms(sms).build();
        assert!(matches!(send(&app, &command()).await, Err(AppError::SmsFailed(_))));
    }

    #[test]
    fn numbers_that_favour_small_codes_are_drawn_again() {
        let mut draws = vec![[0, 0, 0, 7], [255, 255, 255, 255]];
        let mut randomness = MockRandomness::new();
        randomness.expect_fill().times(2).returning_st(move |buffer| buffer.copy_from_slice(&draws.pop().unwrap()));
        let app = TestApp::default().randomness(randomness).build();
        assert_eq!(six_digits(&app), "000007");
    }

    #[tokio::test]
    async fn an_address_above_its_limit_does_not_even_use_up_its_captcha() {
        let mut cache = counting(51);
        cache.expect_take().never();
        let app = TestApp::default().cache(cache).build();
        assert!(matches!(send(&app, &command()).await, Err(AppError::TooOften(_))));
    }

    #[tokio::test]
    async fn a_mobile_above_its_limit_gets_no_sms() {
        let mut cache = counting(2);
        cache.expect_take().times(1).returning(|_| Ok(Some(Bytes::from("ACE3"))));
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().never();
        let app = TestApp::default().cache(cache).sms(sms).build();
        assert!(matches!(send(&app, &command()).await, Err(AppError::TooOften(_))));
    }
}
