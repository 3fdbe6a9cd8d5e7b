use std::sync::Arc;

use chrono::TimeDelta;
use minsu_fakes::{Aliyun as Service, SetClock, unused_url};
use minsu_ports::{SmsSender, testkit::sms as contract};
use minsu_sms::{AliyunOptions, AliyunSms};

use crate::{
    faults::{every_fault_is_an_error_and_no_message_is_sent_twice, failure, refusals_tell_their_code},
    http, told,
};

fn options(url: &str) -> AliyunOptions {
    AliyunOptions {
        endpoint: url.to_owned(),
        access_key_id: Service::ACCESS_KEY_ID.to_owned(),
        access_key_secret: Service::ACCESS_KEY_SECRET.into(),
        sign_name: Service::SIGN_NAME.to_owned(),
        template_code: Service::TEMPLATE_CODE.to_owned(),
    }
}

fn adapter(options: AliyunOptions) -> AliyunSms {
    AliyunSms::new(options, &http(), Arc::new(SetClock::default())).unwrap()
}

async fn both() -> (Service, AliyunSms) {
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
    let codes = ["isv.BUSINESS_LIMIT_CONTROL", "isv.AMOUNT_NOT_ENOUGH", "SignatureNonceUsed", "Throttling.User"];
    refusals_tell_their_code(&sender, service.faults(), service.inbox(), &codes).await;
}

#[tokio::test]
async fn wrong_settings_and_a_wrong_clock_are_refused() {
    let service = Service::start(SetClock::default()).await;
    let right = options(service.url());
    for (code, wrong) in [
        ("InvalidAccessKeyId", AliyunOptions { access_key_id: "other".to_owned(), ..right.clone() }),
        ("SignatureDoesNotMatch", AliyunOptions { access_key_secret: "other".into(), ..right.clone() }),
        ("isv.SMS_SIGNATURE_ILLEGAL", AliyunOptions { sign_name: "其他".to_owned(), ..right.clone() }),
        ("isv.SMS_TEMPLATE_ILLEGAL", AliyunOptions { template_code: "other".to_owned(), ..right.clone() }),
    ] {
        let told = failure(code, &adapter(wrong)).await;
        assert!(told.contains(code), "{told}");
    }
    let late = SetClock::default();
    late.forward(TimeDelta::minutes(-16));
    let sender = AliyunSms::new(right, &http(), Arc::new(late)).unwrap();
    assert!(failure("clock", &sender).await.contains("InvalidTimeStamp.Expired"));
    assert!(service.inbox().messages().is_empty());
}

#[tokio::test]
async fn a_probe_checks_key_and_template_and_sends_nothing() {
    let (service, sender) = both().await;
    sender.probe().await.unwrap();
    assert!(service.inbox().messages().is_empty());
    let right = options(service.url());
    for (code, wrong) in [
        ("SignatureDoesNotMatch", AliyunOptions { access_key_secret: "other".into(), ..right.clone() }),
        ("isv.SMS_TEMPLATE_ILLEGAL", AliyunOptions { template_code: "other".to_owned(), ..right }),
    ] {
        let told = told(&adapter(wrong).probe().await.unwrap_err());
        assert!(told.contains(code), "{told}");
    }
}

#[test]
fn settings_that_cannot_work_stop_the_start() {
    let right = options("https://example.com");
    for wrong in [
        AliyunOptions { endpoint: "dysmsapi.aliyuncs.com".to_owned(), ..right.clone() },
        AliyunOptions { access_key_id: String::new(), ..right.clone() },
        AliyunOptions { access_key_secret: "".into(), ..right.clone() },
        AliyunOptions { sign_name: " ".to_owned(), ..right.clone() },
    ] {
        assert!(AliyunSms::new(wrong, &http(), Arc::new(SetClock::default())).is_err());
    }
    let shown = format!("{:?} {right:?}", adapter(right.clone()));
    assert!(!shown.contains(Service::ACCESS_KEY_SECRET), "{shown}");
}
