use std::sync::Arc;

use chrono::TimeDelta;
use minsu_fakes::{Fault, Qiniu, SetClock, unused_url};
use minsu_http::SetupError;
use minsu_objects::{QiniuObjects, QiniuOptions, probe};
use minsu_ports::{Clock, ObjectStore, testkit::object_store as contract};

use crate::{all_fail, failure, http, key, network_faults, picture};

fn options(url: &str) -> QiniuOptions {
    QiniuOptions {
        bucket: Qiniu::BUCKET.to_owned(),
        access_key: Qiniu::ACCESS_KEY.to_owned(),
        secret_key: Qiniu::SECRET_KEY.into(),
        upload_url: url.to_owned(),
        resource_url: url.to_owned(),
        list_url: url.to_owned(),
        public_base: url.to_owned(),
    }
}

fn adapter(options: QiniuOptions) -> QiniuObjects {
    QiniuObjects::new(options, &http(), Arc::new(SetClock::default())).unwrap()
}

async fn both() -> (Qiniu, QiniuObjects) {
    let qiniu = Qiniu::start(SetClock::default()).await;
    let objects = adapter(options(qiniu.url()));
    (qiniu, objects)
}

#[tokio::test]
async fn keeps_the_contract() {
    let (qiniu, objects) = both().await;
    contract::gives_back_what_was_put(&objects).await;
    contract::knows_what_is_not_there(&objects).await;
    contract::deletes_one_object_and_no_other(&objects).await;
    contract::storing_the_same_twice_is_fine(&objects).await;
    contract::takes_the_longest_key(&objects).await;
    contract::lists_what_is_below_a_folder(&objects, SetClock::default().now()).await;
    contract::addresses_end_in_the_key(&objects);
    contract::a_broken_store_says_so(&adapter(options(&unused_url()))).await;
    assert!(qiniu.objects().is_empty(), "{:?}", qiniu.objects().keys());
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_never_see_a_part() {
    let (_qiniu, objects) = both().await;
    contract::readers_never_see_a_part(&objects).await;
}

#[tokio::test]
async fn a_probe_tries_everything_and_leaves_nothing() {
    let (qiniu, objects) = both().await;
    probe(&objects).await.unwrap();
    assert_eq!(qiniu.faults().requests(), 3);
    assert!(qiniu.objects().is_empty());
    let elsewhere = Qiniu::start(SetClock::default()).await;
    let wrong_domain = adapter(QiniuOptions { public_base: elsewhere.url().to_owned(), ..options(qiniu.url()) });
    assert!(probe(&wrong_domain).await.is_err());
    assert!(qiniu.objects().is_empty());
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_way_is_an_error_in_time() {
    all_fail("no server", &adapter(options(&unused_url()))).await;
    for fault in network_faults() {
        let (qiniu, objects) = both().await;
        qiniu.faults().fail(fault.clone());
        all_fail(&format!("{fault:?}"), &objects).await;
        // A service that did as it was asked before it stopped answering has all of the object, or none.
        assert!(qiniu.objects().values().all(|stored| *stored == picture()), "{fault:?}");
    }
}

#[tokio::test]
async fn a_listing_goes_on_by_its_marker_and_names_no_other_bucket() {
    let (qiniu, objects) = both().await;
    for number in 0..5 {
        objects.put(&key(&format!("houses/1/{number}.jpg")), picture()).await.unwrap();
    }
    qiniu.plant("houses/1/Not A Key.jpg", b"somebody else's");
    let (mut listing, mut pages) = (objects.list(&key("houses")), Vec::new());
    let before = qiniu.faults().requests();
    loop {
        let page = listing.next(2).await.unwrap();
        if page.is_empty() {
            break;
        }
        pages.push(page.len());
    }
    assert_eq!((pages.iter().sum::<usize>(), qiniu.faults().requests() - before), (5, 3), "{pages:?}");
    let elsewhere = adapter(QiniuOptions { bucket: "other".to_owned(), ..options(qiniu.url()) });
    failure("bucket", elsewhere.list(&key("houses")).next(2)).await;
    let stranger = adapter(QiniuOptions { secret_key: "other".into(), ..options(qiniu.url()) });
    failure("secret key", stranger.list(&key("houses")).next(2)).await;
}

#[tokio::test]
async fn every_refusal_of_an_upload_is_an_error_and_leaves_nothing() {
    let (qiniu, objects) = both().await;
    for status in [400, 401, 403, 406, 413, 419, 500, 501, 503, 573, 579, 599, 608, 612, 614, 618, 631, 701] {
        qiniu.faults().fail(Fault::Refusal(status.to_string()));
        failure(&status.to_string(), objects.put(&key("a.jpg"), picture())).await;
        assert!(qiniu.objects().is_empty(), "{status}");
    }
}

#[tokio::test]
async fn refusals_of_reading_and_deleting_are_errors_but_not_what_is_gone() {
    let (qiniu, objects) = both().await;
    for status in [401, 403, 503, 573, 599, 631] {
        qiniu.faults().fail(Fault::Refusal(status.to_string()));
        failure(&format!("get: {status}"), objects.get(&key("a.jpg"))).await;
        failure(&format!("delete: {status}"), objects.delete(&key("a.jpg"))).await;
    }
    qiniu.faults().fail(Fault::Refusal("612".to_owned()));
    assert_eq!(objects.get(&key("a.jpg")).await.unwrap(), None);
    objects.delete(&key("a.jpg")).await.unwrap();
}

#[tokio::test]
async fn what_may_pass_is_tried_once_more_and_no_oftener() {
    for fault in [Fault::Refusal("503".to_owned()), Fault::ResetMidRequest] {
        let (qiniu, objects) = both().await;
        qiniu.faults().fail_once(fault.clone());
        objects.put(&key("a.jpg"), picture()).await.unwrap();
        assert_eq!(qiniu.faults().requests(), 2, "{fault:?}");
        qiniu.faults().fail(fault.clone());
        failure(&format!("{fault:?}"), objects.put(&key("b.jpg"), picture())).await;
        assert_eq!(qiniu.faults().requests(), 4, "{fault:?}");
    }
    for lasting in ["401", "573", "579", "599", "631"] {
        let (qiniu, objects) = both().await;
        qiniu.faults().fail(Fault::Refusal(lasting.to_owned()));
        failure(lasting, objects.put(&key("a.jpg"), picture())).await;
        assert_eq!(qiniu.faults().requests(), 1, "{lasting}");
    }
}

/// Stored, but the answer was cut: the repetition finds the picture there, and it is the same one.
#[tokio::test]
async fn an_upload_whose_answer_was_lost_succeeds() {
    let (qiniu, objects) = both().await;
    qiniu.faults().fail_once(Fault::CutAnswer);
    objects.put(&key("a.jpg"), picture()).await.unwrap();
    assert_eq!(qiniu.objects().len(), 1);
}

#[tokio::test]
async fn a_picture_that_arrived_changed_is_an_error_and_removed() {
    let (qiniu, objects) = both().await;
    qiniu.faults().fail_once(Fault::Garbled);
    failure("garbled", objects.put(&key("a.jpg"), picture())).await;
    assert!(qiniu.objects().is_empty());
    objects.put(&key("a.jpg"), picture()).await.unwrap();
    assert_eq!(qiniu.objects()["a.jpg"], picture());
}

#[tokio::test]
async fn another_object_under_the_key_is_an_error_and_stays() {
    let (qiniu, objects) = both().await;
    qiniu.plant("a.jpg", b"somebody else's");
    failure("taken", objects.put(&key("a.jpg"), picture())).await;
    assert_eq!(qiniu.objects()["a.jpg"], b"somebody else's".as_slice());
}

#[tokio::test]
async fn wrong_keys_a_wrong_bucket_and_a_wrong_clock_are_errors() {
    let qiniu = Qiniu::start(SetClock::default()).await;
    let right = options(qiniu.url());
    for (name, wrong) in [
        ("access key", QiniuOptions { access_key: "other".to_owned(), ..right.clone() }),
        ("secret key", QiniuOptions { secret_key: "other".into(), ..right.clone() }),
        ("bucket", QiniuOptions { bucket: "other".to_owned(), ..right.clone() }),
    ] {
        let objects = adapter(wrong);
        failure(name, objects.put(&key("a.jpg"), picture())).await;
        failure(name, objects.delete(&key("a.jpg"))).await;
    }
    let late = SetClock::default();
    late.forward(TimeDelta::hours(-1));
    let objects = QiniuObjects::new(right, &http(), Arc::new(late)).unwrap();
    failure("clock", objects.put(&key("a.jpg"), picture())).await;
    assert!(qiniu.objects().is_empty());
}

#[test]
fn settings_that_cannot_work_stop_the_start() {
    let right = options("https://example.com");
    for wrong in [
        QiniuOptions { bucket: "a:b".to_owned(), ..right.clone() },
        QiniuOptions { access_key: String::new(), ..right.clone() },
        QiniuOptions { secret_key: "".into(), ..right.clone() },
        QiniuOptions { upload_url: "upload.qiniup.com".to_owned(), ..right.clone() },
        QiniuOptions { public_base: "/media".to_owned(), ..right.clone() },
    ] {
        let made = QiniuObjects::new(wrong, &http(), Arc::new(SetClock::default()));
        assert!(matches!(made, Err(SetupError::Setting(_))));
    }
}
