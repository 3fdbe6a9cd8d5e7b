//! Sending a code to a mobile.

use std::time::Duration;

use bytes::Bytes;
use minsu_domain::fold_typed;
use minsu_ports::{Signal, SmsError};

use super::{Keys, Purpose, SendSmsCode, asked_key, budget::Budget};
use crate::{AccountError, App, AppError, CaptchaError, SmsCodeError, captchas, proof};

/// How long an address is known as one that asked for a code: longer than the code lives, so that the page
/// that asked is told that it expired.
const ASKER_REMEMBERED: Duration = Duration::from_secs(3600);

/// Sends a code after an answered captcha. Known and unknown mobiles get the same
/// answer, unless the site chose to tell.
///
/// Only an SMS that is sent counts: a captcha that is wrong or never was costs neither the address nor the mobile
/// a share, and what one budget refuses or the service does not send is given back to the others.
///
/// The code is stored before it is sent and dropped when sending fails, so that a failure of the
/// service never locks a user out.
///
/// # Errors
/// [`AppError::TooOften`] with the time until none of the limits refuses any more,
/// [`AppError::Captcha`], [`AccountError::MobileRegistered`], [`SmsCodeError::NotSent`],
/// [`AppError::CacheUnavailable`].
pub async fn send(app: &App, command: &SendSmsCode) -> Result<(), AppError> {
    let budget = Budget::of(app, command).await?;
    budget.demand_room(app).await?;
    captchas::redeem(app, &command.captcha, &command.captcha_text).await?;
    if app.policy.proof_of_work > 0 {
        proof::verify(app, command.proof.as_ref().ok_or(CaptchaError::Wrong)?).await?;
    }
    let registering = command.purpose == Purpose::Registration;
    if registering
        && app.policy.tell_registered
        && app.store.read_own().await?.users().credentials(&command.mobile).await?.is_some()
    {
        // What tells who is a customer is bounded as if it sent an SMS.
        budget.take_of_address(app).await?;
        return Err(AccountError::MobileRegistered.into());
    }
    budget.take(app).await?;
    deliver(app, command, &budget).await
}

async fn deliver(app: &App, command: &SendSmsCode, budget: &Budget) -> Result<(), AppError> {
    let keys = Keys::of(command.purpose, &command.mobile);
    let lifetime = app.policy.sms_code_lifetime;
    let code = six_digits(app);
    let captcha_text = fold_typed(&command.captcha_text).to_ascii_uppercase();
    let asked = asked_key(command.purpose, &command.mobile, command.client);
    app.cache.set(&asked, Bytes::from_static(b"1"), lifetime.max(ASKER_REMEMBERED)).await?;
    app.cache.set(&keys.captcha, captcha_text.into(), lifetime).await?;
    app.cache.set(&keys.code, Bytes::from(code.clone()), lifetime).await?;
    budget.note(app, command).await?;
    if let Err(error) = app.sms.send_code(&command.mobile, &code, lifetime).await {
        app.telemetry.count(Signal::SmsRefused);
        app.cache.compare_and_delete(&keys.code, code.as_bytes()).await?;
        match &error {
            SmsError::Failed(_) => budget.give_back(app).await?,
            SmsError::Unanswered(_) => budget.give_back_minute(app).await?,
        }
        return Err(AppError::SmsCode(SmsCodeError::NotSent(error)));
    }
    app.telemetry.count(Signal::SmsSent);
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
    use crate::ClientAddress;
    use crate::captchas::CaptchaId;
    use crate::test_app::{TestApp, client, counting, mobile};
    use minsu_domain::Mobile;
    use minsu_ports::{
        Count,
        testkit::{MockCache, MockRandomness, MockSmsSender},
    };
    use std::{
        collections::HashMap,
        sync::{Arc, Mutex},
    };

    fn command() -> SendSmsCode {
        SendSmsCode {
            mobile: mobile(),
            purpose: Purpose::Registration,
            captcha: CaptchaId::new("1").unwrap(),
            captcha_text: "ace3".into(),
            proof: None,
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
        assert!(matches!(send(&app, &command()).await, Err(AppError::Captcha(CaptchaError::Wrong))));
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

    /// A cache that counts, whose captchas are all answered by ACE3, and its counters.
    fn counters() -> (MockCache, Arc<Mutex<HashMap<String, u64>>>) {
        let counters = Arc::new(Mutex::new(HashMap::<String, u64>::new()));
        let mut cache = MockCache::new();
        let (up, down, seen) = (counters.clone(), counters.clone(), counters.clone());
        cache.expect_increment().returning(move |key, window| {
            let mut counters = up.lock().unwrap();
            let value = counters.entry(key.as_str().to_owned()).or_default();
            *value += 1;
            Ok(Count { value: *value, resets_in: window })
        });
        cache.expect_decrement().returning(move |key| {
            *down.lock().unwrap().entry(key.as_str().to_owned()).or_insert(1) -= 1;
            Ok(())
        });
        cache.expect_count_of().returning(move |key| {
            let value = seen.lock().unwrap().get(key.as_str()).copied();
            Ok(value.map(|value| Count { value, resets_in: Duration::from_secs(9) }))
        });
        cache.expect_take().returning(|_| Ok(Some(Bytes::from("ACE3"))));
        cache.expect_get().returning(|_| Ok(None));
        cache.expect_set().returning(|_, _, _| Ok(()));
        cache.expect_compare_and_delete().returning(|_, _| Ok(true));
        (cache, counters)
    }

    /// The counters that are not zero, by their kinds.
    fn counted(counters: &Mutex<HashMap<String, u64>>) -> Vec<String> {
        let counters = counters.lock().unwrap();
        let kinds = counters.iter().filter(|(_, value)| **value > 0);
        let mut kinds: Vec<_> = kinds.map(|(key, _)| key.split(':').next().unwrap().to_owned()).collect();
        kinds.sort();
        kinds
    }

    async fn counted_after(sent: Result<(), SmsError>) -> Vec<String> {
        let (cache, counters) = counters();
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().return_once(move |_, _, _| sent);
        let app = TestApp::default().cache(cache).sms(sms).build();
        let _ = send(&app, &command()).await;
        counted(&counters)
    }

    #[tokio::test]
    async fn a_service_that_fails_gives_back_what_it_did_not_send() {
        let kept_when_sent = [
            "limit-sms-address-day",
            "limit-sms-mobile-day",
            "limit-sms-mobile-hour",
            "limit-sms-mobile-minute",
            "limit-sms-sign-up-hour",
            "limit-sms-unused-address",
            "limit-sms-unused-network",
            "sms-unused-sign-up",
        ];
        assert_eq!(counted_after(Ok(())).await, kept_when_sent);
        assert!(counted_after(Err(SmsError::Failed("160040".into()))).await.is_empty());
        // It may have sent it: only the minute of the mobile is given back.
        let unanswered = counted_after(Err(SmsError::Unanswered("timeout".into()))).await;
        assert!(!unanswered.contains(&"limit-sms-mobile-minute".to_owned()) && unanswered.len() == 7, "{unanswered:?}");
    }

    #[tokio::test]
    async fn what_the_mobile_refuses_costs_neither_the_address_nor_the_site() {
        let (cache, counters) = counters();
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().times(1).returning(|_, _, _| Ok(()));
        let app = TestApp::default().cache(cache).sms(sms).build();
        assert!(send(&app, &command()).await.is_ok());
        for _ in 0..20 {
            assert!(matches!(send(&app, &command()).await, Err(AppError::TooOften(_))));
        }
        assert!(counters.lock().unwrap().values().all(|value| *value == 1), "{counters:?}");
    }

    #[tokio::test]
    async fn captchas_that_never_were_cost_nobody_a_share() {
        let mut cache = MockCache::new();
        cache.expect_count_of().returning(|_| Ok(None));
        cache.expect_take().times(50).returning(|_| Ok(None));
        cache.expect_increment().never();
        let app = TestApp::default().cache(cache).build();
        for _ in 0..50 {
            let refused = send(&app, &command()).await;
            assert!(matches!(refused, Err(AppError::Captcha(CaptchaError::Expired))), "{refused:?}");
        }
    }

    /// One customer of IPv6 has 256 addresses to count by, and 16,777,216 of them are in a /40.
    #[tokio::test]
    async fn a_network_has_a_share_however_many_addresses_it_has() {
        let (cache, _) = counters();
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().returning(|_, _, _| Ok(()));
        let app = TestApp::default().cache(cache).sms(sms).build();
        let (mut sent, mut number) = (0, 0);
        let mut ask = async |address: String| {
            number += 1;
            let mobile = Mobile::new(&format!("139{number:08}")).unwrap();
            let client = ClientAddress::new(address.parse().unwrap());
            send(&app, &SendSmsCode { mobile, client, ..command() }).await.is_ok()
        };
        for customer in 0..256 {
            sent += u32::from(ask(format!("2001:db8:1:aa{customer:02x}::1")).await);
        }
        assert_eq!(sent, 20);
        assert!(ask("2001:db8:1:bb00::1".to_owned()).await, "the /48 has twice as much");
        assert!(ask("192.0.2.7".to_owned()).await);
    }

    #[tokio::test]
    async fn a_site_on_which_most_codes_are_unused_gives_each_network_a_quarter() {
        let (cache, counters) = counters();
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().returning(|_, _, _| Ok(()));
        let app = TestApp::default().cache(cache).sms(sms).build();
        let slice = app.policy.limits.sms_per_hour(crate::SmsPool::SignUp);
        counters.lock().unwrap().insert("sms-unused-sign-up".to_owned(), slice / 2 + 1);
        let mut sent = 0;
        for number in 0..20 {
            let mobile = Mobile::new(&format!("139{number:08}")).unwrap();
            sent += u32::from(send(&app, &SendSmsCode { mobile, ..command() }).await.is_ok());
        }
        assert_eq!(sent, 3, "a quarter of ten");
    }

    #[tokio::test]
    async fn a_reset_from_a_known_address_has_a_budget_that_no_sign_up_uses() {
        let (mut cache, counters) = counters();
        cache.checkpoint();
        let (up, seen) = (counters.clone(), counters.clone());
        cache.expect_increment().returning(move |key, window| {
            up.lock().unwrap().insert(key.as_str().to_owned(), 1);
            Ok(Count { value: 1, resets_in: window })
        });
        // Everything that others use is full.
        cache.expect_count_of().returning(move |key| {
            let full = !key.as_str().starts_with("limit-sms-known-reset-hour");
            Ok((full || seen.lock().unwrap().contains_key(key.as_str()))
                .then_some(Count { value: u64::MAX, resets_in: Duration::from_secs(9) }))
        });
        cache.expect_get().returning(|key| Ok(key.as_str().starts_with("login-address").then(|| Bytes::from("1"))));
        cache.expect_take().returning(|_| Ok(Some(Bytes::from("ACE3"))));
        cache.expect_set().returning(|_, _, _| Ok(()));
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().times(1).returning(|_, _, _| Ok(()));
        let app = TestApp::default().cache(cache).sms(sms).build();
        let reset = SendSmsCode { purpose: Purpose::PasswordReset, ..command() };
        assert!(send(&app, &reset).await.is_ok());
        assert!(matches!(send(&app, &command()).await, Err(AppError::TooOften(_))));
    }

    #[tokio::test]
    async fn a_site_that_demands_work_sends_nothing_without_it() {
        let (cache, counters) = counters();
        let mut app = TestApp::default().cache(cache).build();
        app.policy.proof_of_work = 1;
        let refused = send(&app, &command()).await;
        assert!(matches!(refused, Err(AppError::Captcha(CaptchaError::Wrong))), "{refused:?}");
        assert!(counted(&counters).is_empty());
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
        let mut cache = MockCache::new();
        cache.expect_count_of().returning(|_| Ok(Some(Count { value: 51, resets_in: Duration::from_secs(9) })));
        cache.expect_take().never();
        let app = TestApp::default().cache(cache).build();
        assert!(matches!(send(&app, &command()).await, Err(AppError::TooOften(_))));
    }

    #[tokio::test]
    async fn a_mobile_above_its_limit_gets_no_sms() {
        let mut cache = counting(2);
        cache.expect_decrement().times(1..).returning(|_| Ok(()));
        cache.expect_take().times(1).returning(|_| Ok(Some(Bytes::from("ACE3"))));
        let mut sms = MockSmsSender::new();
        sms.expect_send_code().never();
        let app = TestApp::default().cache(cache).sms(sms).build();
        assert!(matches!(send(&app, &command()).await, Err(AppError::TooOften(_))));
    }
}
