//! Object stores and SMS services that fail, in every way that they document and some others: the caller gets
//! 4301 in time, other requests do not wait, and nothing half-written stays.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use minsu_fakes::{Aliyun, Fault, Faults, Qiniu, SetClock, Yuntongxun as YuntongxunService, unused_url};
use minsu_http::HttpOptions;
use minsu_objects::{QiniuObjects, QiniuOptions};
use minsu_ports::{Clock, SmsSender, Store};
use minsu_sms::{AliyunOptions, AliyunSms, Yuntongxun, YuntongxunOptions};

use crate::support::{
    Client, TestServer, World,
    picture::{form, png},
};

/// The deadline of the settings, and what is allowed for cleaning up and for a busy machine.
const DEADLINE: Duration = Duration::from_millis(5500);
const IN_TIME: Duration = Duration::from_secs(8);

fn http() -> HttpOptions {
    HttpOptions { deadline: DEADLINE, ..HttpOptions::default() }
}

/// A site whose pictures go to this service, and its database.
async fn site(url: &str) -> (World, Arc<dyn Store>) {
    let options = QiniuOptions {
        bucket: Qiniu::BUCKET.to_owned(),
        access_key: Qiniu::ACCESS_KEY.to_owned(),
        secret_key: Qiniu::SECRET_KEY.into(),
        upload_url: url.to_owned(),
        resource_url: url.to_owned(),
        list_url: url.to_owned(),
        public_base: url.to_owned(),
    };
    let mut store = None;
    let server = TestServer::start_with(|state| {
        state.app.objects = Arc::new(QiniuObjects::new(options, &http(), Arc::new(SetClock::default())).unwrap());
        store = Some(state.app.store.clone());
    })
    .await;
    (World::on(server).await, store.unwrap())
}

fn refusals(codes: &[&str]) -> Vec<Fault> {
    codes.iter().map(|code| Fault::Refusal((*code).to_owned())).collect()
}

/// The median and the longest wait of a visitor for a page.
async fn waits(client: &Client, for_long: Duration) -> (Duration, Duration) {
    let (begun, mut waits) = (Instant::now(), Vec::new());
    while begun.elapsed() < for_long {
        let asked = Instant::now();
        client.get("/api/house/list").await.ok();
        waits.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    waits.sort();
    (waits[waits.len() / 2], waits[waits.len() - 1])
}

async fn failed_upload(name: &str, client: &Client, path: &str, field: &'static str, shade: u8) {
    let begun = Instant::now();
    client.upload(path, form(field, png(shade))).await.refused("4301");
    assert!(begun.elapsed() < IN_TIME, "{name}: {:?}", begun.elapsed());
}

#[tokio::test]
async fn whatever_the_object_store_does_an_upload_fails_in_time_and_leaves_nothing() {
    let qiniu = Qiniu::start(SetClock::default()).await;
    let (world, store) = site(qiniu.url()).await;
    let before = qiniu.objects();
    let images = format!("/api/v1.0/houses/{}/images", world.house);
    let mut faults = refusals(&["401", "403", "573", "579", "599", "614", "631"]);
    faults.extend([Fault::Portal, Fault::ResetMidRequest, Fault::Silence, Fault::Trickle, Fault::Endless]);
    for (shade, fault) in (100..).zip(faults) {
        let name = format!("{fault:?}");
        qiniu.faults().fail(fault);
        failed_upload(&name, &world.guest, "/api/v1.0/user/avatar", "avatar", shade).await;
        failed_upload(&name, &world.landlord, &images, "house_image", shade).await;
        qiniu.faults().recover();
        assert_eq!(world.guest.get("/api/v1.0/user").await.ok()["data"]["avatar_url"], "", "{name}");
    }
    let house = world.anonymous.get(&format!("/api/v1.0/houses/{}", world.house)).await.ok();
    assert_eq!(house["data"]["house"]["img_urls"].as_array().unwrap().len(), 1);

    // Objects that could not be removed at once are recorded, and the sweep removes them.
    let long_after = minsu_system::SystemClock.now() + chrono::TimeDelta::hours(1);
    let noted = store.read_own().await.unwrap().orphaned_objects().noted_before(long_after, 100).await.unwrap();
    for key in qiniu.objects().keys().filter(|key| !before.contains_key(*key)) {
        assert!(noted.iter().any(|noted| [noted.as_str(), noted.small().as_str()].contains(&key.as_str())), "{key}");
    }

    let url = world.guest.upload("/api/v1.0/user/avatar", form("avatar", png(9))).await.ok();
    assert!(url["data"]["avatar_url"].as_str().unwrap().starts_with(qiniu.url()), "it works again");
}

#[tokio::test]
async fn a_refused_connection_is_4301_too() {
    let server = TestServer::start_with(|state| {
        let options = QiniuOptions {
            bucket: Qiniu::BUCKET.to_owned(),
            access_key: Qiniu::ACCESS_KEY.to_owned(),
            secret_key: Qiniu::SECRET_KEY.into(),
            upload_url: unused_url(),
            resource_url: unused_url(),
            list_url: unused_url(),
            public_base: unused_url(),
        };
        state.app.objects = Arc::new(QiniuObjects::new(options, &http(), Arc::new(SetClock::default())).unwrap());
    })
    .await;
    let guest = Client::new(&server);
    guest.register("13800000002").await;
    failed_upload("refused", &guest, "/api/v1.0/user/avatar", "avatar", 1).await;
}

#[tokio::test]
async fn uploads_that_hang_delay_no_other_request() {
    let qiniu = Qiniu::start(SetClock::default()).await;
    let (world, _) = site(qiniu.url()).await;
    let (quiet, longest_quiet) = waits(&world.stranger, Duration::from_secs(2)).await;
    let before = qiniu.faults().requests();
    qiniu.faults().fail(Fault::Silence);
    let uploads =
        join_all((0..12).map(|shade| failed_upload("hanging", &world.guest, "/api/v1.0/user/avatar", "avatar", shade)));
    let (_, (busy, longest_busy)) = tokio::join!(uploads, async {
        // Decoding is over when the requests arrive; only the cost of hanging uploads is measured.
        while qiniu.faults().requests() < before + 12 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        waits(&world.stranger, Duration::from_secs(2)).await
    });
    println!("a list takes {quiet:?} (longest {longest_quiet:?}), with 12 hanging uploads {busy:?} ({longest_busy:?})");
    assert!(busy < quiet * 10 + Duration::from_millis(100), "{busy:?} instead of {quiet:?}");
}

/// An SMS service that fails: 4301 in time, and the mobile may be tried again at once.
async fn a_failed_message_locks_no_mobile(
    sender: Arc<dyn SmsSender>,
    faults: &Faults,
    refusals: Vec<Fault>,
    sent: impl Fn() -> usize,
) {
    let server = TestServer::start_with(|state| {
        state.app.sms = sender;
        // As in production: one message a minute.
        state.app.policy.limits.sms_per_mobile_minute = 1;
    })
    .await;
    let client = Client::new(&server);
    let send = async |mobile: &str| {
        let (id, text) = client.captcha().await;
        client.get(&format!("/api/v1.0/smscode/{mobile}?text={text}&id={id}")).await
    };
    let others = [Fault::Portal, Fault::ResetMidRequest, Fault::CutAnswer, Fault::Silence];
    for (number, fault) in refusals.into_iter().chain(others).enumerate() {
        let mobile = format!("137000000{number:02}");
        let name = format!("{fault:?}");
        faults.fail(fault);
        let begun = Instant::now();
        send(&mobile).await.refused("4301");
        assert!(begun.elapsed() < IN_TIME, "{name}: {:?}", begun.elapsed());
        faults.recover();
        let before = sent();
        assert_eq!(send(&mobile).await.code(), "0", "{name}: locked out");
        assert_eq!(sent() - before, 1, "{name}");
    }
}

#[tokio::test]
async fn yuntongxun_may_fail() {
    let service = YuntongxunService::start(SetClock::default()).await;
    let options = YuntongxunOptions {
        base_url: service.url().to_owned(),
        account_sid: YuntongxunService::ACCOUNT_SID.to_owned(),
        auth_token: YuntongxunService::AUTH_TOKEN.into(),
        app_id: YuntongxunService::APP_ID.to_owned(),
        template_id: YuntongxunService::TEMPLATE_ID.to_owned(),
    };
    let sender = Yuntongxun::new(options, &http(), Arc::new(SetClock::default())).unwrap();
    let codes = refusals(&["112310", "160038"]);
    a_failed_message_locks_no_mobile(Arc::new(sender), service.faults(), codes, || service.inbox().messages().len())
        .await;
}

#[tokio::test]
async fn aliyun_may_fail() {
    let service = Aliyun::start(SetClock::default()).await;
    let options = AliyunOptions {
        endpoint: service.url().to_owned(),
        access_key_id: Aliyun::ACCESS_KEY_ID.to_owned(),
        access_key_secret: Aliyun::ACCESS_KEY_SECRET.into(),
        sign_name: Aliyun::SIGN_NAME.to_owned(),
        template_code: Aliyun::TEMPLATE_CODE.to_owned(),
    };
    let sender = AliyunSms::new(options, &http(), Arc::new(SetClock::default())).unwrap();
    let codes = refusals(&["isv.BUSINESS_LIMIT_CONTROL", "isv.AMOUNT_NOT_ENOUGH"]);
    a_failed_message_locks_no_mobile(Arc::new(sender), service.faults(), codes, || service.inbox().messages().len())
        .await;
}
