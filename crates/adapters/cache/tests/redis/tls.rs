//! Connections over TLS.

use std::{error::Error, path::PathBuf};

use minsu_cache::{RedisCache, RedisConnectError, RedisOptions, RedisOptionsError};
use minsu_ports::testkit;
use minsu_testservers::{
    Certificates,
    redis::{RedisCluster, RedisSentinel, RedisServer},
};

use crate::{Arc, all_calls_work, options, recovers};

fn trusting(url: String, ca_file: Option<PathBuf>) -> RedisOptions {
    RedisOptions { ca_file, ..options(url) }
}

async fn connect(url: String, certificates: &Certificates) -> Arc<RedisCache> {
    Arc::new(RedisCache::connect(&trusting(url, Some(certificates.authority()))).await.unwrap())
}

/// The message of a failure with those of its causes.
async fn refusal(url: String, ca_file: Option<PathBuf>) -> String {
    let error = RedisCache::connect(&trusting(url, ca_file)).await.err().unwrap();
    let mut told = vec![error.to_string()];
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(error) = cause {
        told.push(error.to_string());
        cause = error.source();
    }
    told.join(": ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_server_keeps_the_contract() {
    let certificates = Certificates::make();
    let server = RedisServer::start_with_tls(&certificates);
    testkit::cache::every_rule(connect(server.tls_url(), &certificates).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_master_under_sentinel_keeps_the_contract_and_its_successor_is_found() {
    let certificates = Certificates::make();
    let mut servers = RedisSentinel::start_with_tls(&certificates);
    let cache = connect(servers.tls_url(), &certificates).await;
    testkit::cache::every_rule(cache.clone()).await;
    servers.fail_over();
    recovers(&*cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cluster_keeps_the_contract() {
    let certificates = Certificates::make();
    let cluster = RedisCluster::start_with_tls(&certificates);
    let cache = connect(cluster.tls_url(), &certificates).await;
    testkit::cache::every_rule(cache.clone()).await;
    all_calls_work(&*cache).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_vouched_for_is_refused() {
    let (certificates, others) = (Certificates::make(), Certificates::make());
    let server = RedisServer::start_with_tls(&certificates);
    let sentinel = RedisSentinel::start_with_tls(&certificates);
    let cluster = RedisCluster::start_with_tls(&certificates);
    for url in [server.tls_url(), sentinel.tls_url(), cluster.tls_url()] {
        for ca_file in [Some(others.authority()), None] {
            let told = refusal(url.clone(), ca_file).await;
            assert!(
                told.contains("redis cannot be reached") && told.contains("invalid peer certificate"),
                "{url}: {told}"
            );
        }
    }
    // The certificate is for 127.0.0.1.
    let elsewhere = server.tls_url().replace("127.0.0.1", "localhost");
    let told = refusal(elsewhere, Some(certificates.authority())).await;
    assert!(told.contains("certificate not valid for name"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_is_no_way_between_tls_and_none() {
    let certificates = Certificates::make();
    let server = RedisServer::start_with_tls(&certificates);
    let tls_to_plain = format!("rediss://127.0.0.1:{}", server.port());
    let told = refusal(tls_to_plain, Some(certificates.authority())).await;
    // The server waits for the end of the line.
    assert!(told.contains("redis gave no answer"), "{told}");
    let plain_to_tls = server.tls_url().replace("rediss", "redis");
    let told = refusal(plain_to_tls, None).await;
    assert!(told.contains("redis cannot be reached"), "{told}");
}

#[tokio::test]
async fn a_file_of_authorities_has_some_and_is_for_tls() {
    let certificates = Certificates::make();
    let url = "rediss://127.0.0.1:1".to_owned();
    let refused = |url: String, file: PathBuf| RedisCache::new(&trusting(url, Some(file))).err().unwrap();
    assert!(matches!(refused(url.clone(), "/does/not/exist".into()), RedisOptionsError::CaFile(_)));
    assert!(matches!(refused(url.clone(), certificates.key()), RedisOptionsError::NoAuthority));
    let plain = "redis://127.0.0.1:1".to_owned();
    assert!(matches!(refused(plain, certificates.authority()), RedisOptionsError::NoTls));
    assert!(RedisCache::new(&trusting(url.clone(), Some(certificates.authority()))).is_ok());
    // No server listens there.
    let error = RedisCache::connect(&trusting(url, None)).await.err().unwrap();
    assert!(matches!(error, RedisConnectError::Unavailable(_)), "{error:?}");
}
