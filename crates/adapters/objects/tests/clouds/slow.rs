//! A service that hangs delays only its own callers.

use std::{sync::Arc, time::Instant};

use minsu_fakes::{Fault, Qiniu, SetClock};
use minsu_objects::{QiniuObjects, QiniuOptions};
use minsu_ports::ObjectStore;
use tokio::task::JoinSet;

use crate::{DEADLINE, http, key, picture};

fn adapter(qiniu: &Qiniu) -> QiniuObjects {
    let options = QiniuOptions {
        bucket: Qiniu::BUCKET.to_owned(),
        access_key: Qiniu::ACCESS_KEY.to_owned(),
        secret_key: Qiniu::SECRET_KEY.into(),
        upload_url: qiniu.url().to_owned(),
        resource_url: qiniu.url().to_owned(),
        list_url: qiniu.url().to_owned(),
        public_base: qiniu.url().to_owned(),
    };
    QiniuObjects::new(options, &http(), Arc::new(SetClock::default())).unwrap()
}

#[tokio::test]
async fn fifty_hanging_uploads_do_not_slow_another_store() {
    let (hanging, healthy) = (Qiniu::start(SetClock::default()).await, Qiniu::start(SetClock::default()).await);
    hanging.faults().fail(Fault::Silence);
    let (stuck, well) = (Arc::new(adapter(&hanging)), adapter(&healthy));
    let mut uploads = JoinSet::new();
    for turn in 0..50 {
        let stuck = Arc::clone(&stuck);
        uploads.spawn(async move { stuck.put(&key(&format!("{turn}.jpg")), picture()).await });
    }
    while hanging.faults().requests() < 50 {
        tokio::task::yield_now().await;
    }
    let start = Instant::now();
    for _ in 0..10 {
        well.put(&key("a.jpg"), picture()).await.unwrap();
        well.delete(&key("a.jpg")).await.unwrap();
    }
    let taken = start.elapsed();
    assert!(taken < DEADLINE, "{taken:?}");
    assert!(uploads.join_all().await.iter().all(Result::is_err));
}
