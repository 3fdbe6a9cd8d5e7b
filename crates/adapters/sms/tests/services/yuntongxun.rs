use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use minsu_domain::Mobile;
use minsu_fakes::{SetClock, Yuntongxun as Service, unused_url};
use minsu_ports::{SmsSender, testkit::sms as contract};
use minsu_sms::{Yuntongxun, YuntongxunOptions};

use crate::{
    faults::{every_fault_is_an_error_and_no_message_is_sent_twice, failure, refusals_tell_their_code},
    http, told,
};

fn options(url: &str) -> YuntongxunOptions {
    YuntongxunOptions {
        base_url: url.to_owned(),
        account_sid: Service::ACCOUNT_SID.to_owned(),
        auth_token: Service::AUTH_TOKEN.into(),
        app_id: Service::APP_ID.to_owned(),
        template_id: Service::TEMPLATE_ID.to_owned(),
    }
}

fn adapter(options: YuntongxunOptions) -> Yuntongxun {
    Yuntongxun::new(options, &http(), Arc::new(SetClock::default())).unwrap()
}

async fn both() -> (Service, Yuntongxun) {
    let service = Service::start(SetClock::default()).await;
    let sender = adapter(options(service.url()));
    (service, sender)
}

#[tokio::test]
async fn keeps_the_contract() {
    let (service, sender) = both().await;
    contract::a_code_arrives_once(&sender, service.inbox()).await;
    let (service, sender) = both().await;
    contract::a_message_arrives_once(&sender, service.inbox(), Service::MESSAGE_TEMPLATE).await;
    let (service, sender) = both().await;
    contract::many_at_once_all_arrive(&sender, service.inbox()).await;
    contract::a_failure_tells_neither_number_nor_code(&adapter(options(&unused_url()))).await;
}

#[tokio::test]
async fn every_fault_is_an_error() {
    let (service, sender) = both().await;
    failure("no server", &adapter(options(&unused_url()))).await;
    every_fault_is_an_error_and_no_message_is_sent_twice(&sender, service.faults(), service.inbox()).await;
}

#[tokio::test]
async fn refusals_are_told_by_their_code() {
    let (service, sender) = both().await;
    let codes = ["111109", "160032", "160040", "160038", "172001"];
    refusals_tell_their_code(&sender, service.faults(), service.inbox(), &codes).await;
}

#[tokio::test]
async fn wrong_settings_and_a_wrong_clock_are_refused() {
    let service = Service::start(SetClock::default()).await;
    let right = options(service.url());
    for (code, wrong) in [
        ("111110", YuntongxunOptions { account_sid: "other".to_owned(), ..right.clone() }),
        ("111109", YuntongxunOptions { auth_token: "other".into(), ..right.clone() }),
        ("111130", YuntongxunOptions { app_id: "other".to_owned(), ..right.clone() }),
        ("160032", YuntongxunOptions { template_id: "other".to_owned(), ..right.clone() }),
    ] {
        let told = failure(code, &adapter(wrong)).await;
        assert!(told.contains(code), "{told}");
    }
    let late = SetClock::default();
    late.forward(TimeDelta::hours(-8));
    let sender = Yuntongxun::new(right, &http(), Arc::new(late)).unwrap();
    assert!(failure("clock", &sender).await.contains("111108"));
    assert!(service.inbox().messages().is_empty());
}

#[tokio::test]
async fn a_code_that_is_not_all_ascii_arrives_as_it_is() {
    let (service, sender) = both().await;
    let to = Mobile::new("13900000000").unwrap();
    sender.send_code(&to, "\"民宿\\", Duration::from_secs(61)).await.unwrap();
    assert_eq!(service.inbox().messages(), [("13900000000".to_owned(), "\"民宿\\".to_owned())]);
}

#[tokio::test]
async fn a_probe_checks_the_account_and_sends_nothing() {
    let (service, sender) = both().await;
    sender.probe().await.unwrap();
    assert!(service.inbox().messages().is_empty());
    let wrong = adapter(YuntongxunOptions { auth_token: "other".into(), ..options(service.url()) });
    assert!(told(&wrong.probe().await.unwrap_err()).contains("111109"));
}

#[test]
fn settings_that_cannot_work_stop_the_start() {
    let right = options("https://example.com");
    for wrong in [
        YuntongxunOptions { base_url: "app.cloopen.com".to_owned(), ..right.clone() },
        YuntongxunOptions { account_sid: "a/b".to_owned(), ..right.clone() },
        YuntongxunOptions { auth_token: "".into(), ..right.clone() },
        YuntongxunOptions { app_id: String::new(), ..right.clone() },
    ] {
        assert!(Yuntongxun::new(wrong, &http(), Arc::new(SetClock::default())).is_err());
    }
    let shown = format!("{:?} {right:?}", adapter(right.clone()));
    assert!(!shown.contains(Service::AUTH_TOKEN), "{shown}");
}
