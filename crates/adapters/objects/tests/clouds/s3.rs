use std::time::UNIX_EPOCH;

use minsu_fakes::{Fault, S3, unused_url};
use minsu_http::SetupError;
use minsu_objects::{Addressing, S3Objects, S3Options, probe};
use minsu_ports::{ObjectStore, testkit::object_store as contract};

use crate::{all_fail, failure, http, key, network_faults, picture};

fn options(url: &str) -> S3Options {
    S3Options {
        endpoint: url.to_owned(),
        addressing: Addressing::Path,
        region: "us-east-1".to_owned(),
        bucket: S3::BUCKET.to_owned(),
        access_key: S3::ACCESS_KEY.to_owned(),
        secret_key: S3::SECRET_KEY.into(),
        public_base: "https://pictures.example.com/".to_owned(),
    }
}

fn adapter(options: S3Options) -> S3Objects {
    S3Objects::new(options, &http()).unwrap()
}

async fn both() -> (S3, S3Objects) {
    let s3 = S3::start().await;
    let objects = adapter(options(s3.url()));
    (s3, objects)
}

#[tokio::test]
async fn keeps_the_contract() {
    let (_s3, objects) = both().await;
    contract::gives_back_what_was_put(&objects).await;
    contract::deletes_one_object_and_no_other(&objects).await;
    contract::storing_the_same_twice_is_fine(&objects).await;
    contract::takes_the_longest_key(&objects).await;
    contract::addresses_end_in_the_key(&objects);
    contract::a_broken_store_says_so(&adapter(options(&unused_url()))).await;
}

#[tokio::test]
async fn lists_what_is_below_a_folder() {
    let (_s3, objects) = both().await;
    contract::lists_what_is_below_a_folder(&objects, (UNIX_EPOCH + UNIX_EPOCH.elapsed().unwrap()).into()).await;
}

#[tokio::test]
async fn a_listing_goes_on_by_its_token() {
    let (s3, objects) = both().await;
    for number in 0..5 {
        objects.put(&key(&format!("houses/1/{number}.jpg")), picture()).await.unwrap();
    }
    let mut listing = objects.list(&key("houses"));
    for expected in [2, 2, 1, 0] {
        assert_eq!(listing.next(2).await.unwrap().len(), expected);
    }
    let asked = s3.listings();
    assert_eq!(asked.len(), 3, "{asked:?}");
    for (place, query) in asked.iter().enumerate() {
        assert!(query.contains("max-keys=2") && query.contains("prefix=houses%2F"), "{query}");
        assert_eq!(query.contains("continuation-token="), place > 0, "{query}");
    }
}

#[tokio::test]
async fn a_listing_that_fails_is_not_complete() {
    let (s3, objects) = both().await;
    for number in 0..3 {
        objects.put(&key(&format!("houses/1/{number}.jpg")), picture()).await.unwrap();
    }
    let mut listing = objects.list(&key("houses"));
    assert_eq!(listing.next(2).await.unwrap().len(), 2);
    s3.faults().fail(Fault::Refusal("500 InternalError".to_owned()));
    failure("list", listing.next(2)).await;
}

#[tokio::test]
async fn knows_what_is_not_there() {
    let (_s3, objects) = both().await;
    contract::knows_what_is_not_there(&objects).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_never_see_a_part() {
    let (_s3, objects) = both().await;
    contract::readers_never_see_a_part(&objects).await;
}

#[tokio::test]
async fn browsers_are_told_that_it_is_a_jpeg_and_stays_one() {
    let (s3, objects) = both().await;
    objects.put(&key("a.jpg"), picture()).await.unwrap();
    assert_eq!(s3.last_put("content-type").as_deref(), Some("image/jpeg"));
    assert_eq!(s3.last_put("cache-control").as_deref(), Some("public, max-age=31536000, immutable"));
}

#[tokio::test]
async fn a_probe_tries_everything_and_leaves_nothing() {
    let (s3, objects) = both().await;
    probe(&objects).await.unwrap();
    assert_eq!(s3.faults().requests(), 3);
    let wrong = adapter(S3Options { secret_key: "other".into(), ..options(s3.url()) });
    assert!(probe(&wrong).await.is_err());
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_way_is_an_error_in_time() {
    all_fail("no server", &adapter(options(&unused_url()))).await;
    for fault in network_faults() {
        let (s3, objects) = both().await;
        s3.faults().fail(fault.clone());
        let key = key("houses/1/fault.jpg");
        failure(&format!("{fault:?}: get"), objects.get(&key)).await;
        failure(&format!("{fault:?}: list"), objects.list(&key).next(10)).await;
        // A delete is done when its head says so: there is nothing to read that could be cut.
        if !matches!(fault, Fault::CutAnswer | Fault::Trickle | Fault::Endless) {
            failure(&format!("{fault:?}: put"), objects.put(&key, picture())).await;
            failure(&format!("{fault:?}: delete"), objects.delete(&key)).await;
        }
        assert!(s3.object(key.as_str()).is_none_or(|stored| stored == picture()), "{fault:?}");
    }
}

#[tokio::test]
async fn every_refusal_is_an_error_and_leaves_nothing() {
    let (s3, objects) = both().await;
    for refusal in [
        "400 InvalidRequest",
        "401 Unauthorized",
        "403 SignatureDoesNotMatch",
        "403 AccessDenied",
        "404 NoSuchBucket",
        "409 OperationAborted",
        "429 TooManyRequests",
        "500 InternalError",
        "503 SlowDown",
    ] {
        s3.faults().fail(Fault::Refusal(refusal.to_owned()));
        all_fail(refusal, &objects).await;
        assert!(s3.object("houses/1/fault.jpg").is_none(), "{refusal}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_once_more_and_no_oftener() {
    for fault in [Fault::Refusal("503 SlowDown".to_owned()), Fault::ResetMidRequest] {
        let (s3, objects) = both().await;
        s3.faults().fail_once(fault.clone());
        objects.put(&key("a.jpg"), picture()).await.unwrap();
        assert_eq!(s3.faults().requests(), 2, "{fault:?}");
        assert_eq!(s3.object("a.jpg"), Some(picture()));
        s3.faults().fail(fault.clone());
        failure(&format!("{fault:?}"), objects.put(&key("b.jpg"), picture())).await;
        assert_eq!(s3.faults().requests(), 4, "{fault:?}");
    }
}

#[tokio::test]
async fn wrong_keys_and_a_wrong_bucket_are_errors() {
    let s3 = S3::start().await;
    let right = options(s3.url());
    for (name, wrong) in [
        ("access key", S3Options { access_key: "other".to_owned(), ..right.clone() }),
        ("secret key", S3Options { secret_key: "other".into(), ..right.clone() }),
        ("bucket", S3Options { bucket: "other".to_owned(), ..right.clone() }),
    ] {
        all_fail(name, &adapter(wrong)).await;
    }
}

#[test]
fn settings_that_cannot_work_stop_the_start() {
    let right = options("https://example.com");
    for wrong in [
        S3Options { bucket: "a/b".to_owned(), ..right.clone() },
        S3Options { region: String::new(), ..right.clone() },
        S3Options { secret_key: "".into(), ..right.clone() },
        S3Options { endpoint: "s3.example.com".to_owned(), ..right.clone() },
        S3Options { public_base: "/media".to_owned(), ..right.clone() },
    ] {
        assert!(matches!(S3Objects::new(wrong, &http()), Err(SetupError::Setting(_))));
    }
    let shown = format!("{:?}", adapter(right));
    assert!(!shown.contains(S3::SECRET_KEY) && !shown.contains(S3::ACCESS_KEY), "{shown}");
}
