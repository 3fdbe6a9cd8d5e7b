//! `minsu doctor`: a line for everything, a remedy for what is wrong, and the exit status.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::{Command, Output};

use minsu_fakes::{Alipay, Aliyun, Answers, Collector, Fault, Qiniu, SetClock, Stripe, WechatPay};
use minsu_testservers::{Certificates, redis::RedisServer};
use tempfile::TempDir;

fn doctor(folder: &TempDir, settings: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minsu"));
    command.env("MINSU_PROFILE", "dev").env("MINSU_DATA_DIR", folder.path());
    command.envs(settings.iter().map(|(name, value)| (format!("MINSU_{name}"), value)));
    let migrated = command.arg("migrate").arg("up").output().unwrap();
    assert!(migrated.status.success(), "{migrated:?}");
    look(folder, settings)
}

/// The same where the database is as it is.
fn look(folder: &TempDir, settings: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minsu"));
    command.env("MINSU_PROFILE", "dev").env("MINSU_DATA_DIR", folder.path());
    command.envs(settings.iter().map(|(name, value)| (format!("MINSU_{name}"), value)));
    let Output { status, stdout, .. } = command.arg("doctor").output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap())
}

fn line<'a>(text: &'a str, name: &str) -> &'a str {
    // Behind "ok" or "FAILED", which are as wide.
    text.lines().find(|line| line.get(8..).is_some_and(|line| line.starts_with(&format!("{name}: ")))).unwrap()
}

#[test]
fn a_healthy_site_has_a_good_line_for_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (good, text) = doctor(&folder, &[]);
    for name in ["clock", "folder", "schema", "database", "cache", "objects", "sms", "settings"] {
        assert!(line(&text, name).starts_with("ok "), "{text}");
    }
    // The limit of open files is the machine's.
    assert_eq!(good, line(&text, "files").starts_with("ok "), "{text}");
}

/// Every other backend has its line, and what it has to say about itself.
fn only_these_fail(text: &str, failing: &[(&str, &str)]) {
    for name in ["clock", "folder", "schema", "database", "cache", "objects", "sms", "settings"] {
        match failing.iter().find(|(failing, _)| *failing == name) {
            Some((_, remedy)) => {
                assert!(line(text, name).starts_with("FAILED ") && line(text, name).contains(remedy), "{name}: {text}");
            }
            None => assert!(line(text, name).starts_with("ok "), "{name}: {text}"),
        }
    }
}

#[test]
fn a_cache_that_is_not_there_is_named_with_a_remedy_and_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (good, text) = doctor(&folder, &[("CACHE__URL", "redis://127.0.0.1:1")]);
    assert!(!good);
    only_these_fail(&text, &[("cache", "start it, or mend cache.url")]);
}

#[test]
fn a_redis_that_forgets_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (policy, memory, forgets) in
        [("volatile-lru", "64mb", true), ("noeviction", "64mb", false), ("volatile-lru", "0", false)]
    {
        let redis = RedisServer::start_with(&["--maxmemory", memory, "--maxmemory-policy", policy]);
        let (_, text) = doctor(&folder, &[("CACHE__URL", &redis.url())]);
        only_these_fail(&text, &[]);
        assert_eq!(line(&text, "cache").ends_with("set maxmemory-policy noeviction"), forgets, "{policy}: {text}");
    }
}

#[test]
fn a_database_that_is_not_there_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let gone = ("DATABASE__URL", "postgres://minsu:geheim@127.0.0.1:1/minsu");
    let database =
        [("schema", "start the database, or mend database.url"), ("database", "start it, or mend database.url")];
    let (good, text) = look(&folder, &[gone]);
    assert!(!good && !text.contains("geheim"), "{text}");
    only_these_fail(&text, &database);
    // Nothing at all is there.
    let settings = [gone, ("CACHE__URL", "redis://127.0.0.1:1"), ("OBJECTS__URL", "file:/proc/nowhere")];
    let (good, text) = look(&folder, &settings);
    assert!(!good);
    let others = [("cache", "start it, or mend cache.url"), ("objects", "let the server write")];
    only_these_fail(&text, &[&database[..], &others].concat());
}

#[test]
fn what_old_front_ends_get_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (settings, data, told) in [
        (&[][..], "documented: ", "false: "),
        (&[("CLASSIC__DATA", "pages"), ("CLASSIC__TELL_REGISTERED", "true")], "pages: ", "true: "),
    ] {
        let (_, text) = look(&folder, settings);
        for (name, value) in [("classic.data", data), ("classic.tell_registered", told)] {
            let line = line(&text, name);
            assert!(line.starts_with("ok ") && line.contains(&format!("{name}: {value}")), "{text}");
        }
    }
}

#[test]
fn settings_that_serve_would_refuse_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (good, text) = doctor(&folder, &[("OBJECTS__PUBLIC_BASE", "media"), ("SERVER__LISTEN", "0.0.0.0:1")]);
    assert!(!good);
    only_these_fail(&text, &[("settings", "server.listen: must be a loopback address")]);
    assert!(line(&text, "settings").contains("objects.public_base: must be"), "{text}");
}

#[test]
fn a_cache_over_tls_is_tried_with_the_own_authority_and_its_password_not_told() {
    let (folder, certificates) = (tempfile::tempdir().unwrap(), Certificates::make());
    let server = RedisServer::start_with_tls(&certificates);
    server.command(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let url = server.tls_url().replace("://", "://:hunter2@");
    let authority = certificates.authority().display().to_string();
    let trusting = [("CACHE__URL", url.as_str()), ("CACHE__CA_CERTIFICATES", authority.as_str())];
    let (_, text) = doctor(&folder, &trusting);
    assert!(line(&text, "cache").starts_with("ok ") && !text.contains("hunter2"), "{text}");
    let (good, text) = doctor(&folder, &trusting[..1]);
    assert!(!good && text.contains("invalid peer certificate") && !text.contains("hunter2"), "{text}");

    let mut config = Command::new(env!("CARGO_BIN_EXE_minsu"));
    config.env("MINSU_PROFILE", "dev").env("MINSU_DATA_DIR", folder.path()).arg("config");
    config.envs(trusting.map(|(name, value)| (format!("MINSU_{name}"), value)));
    let Output { status, stdout, .. } = config.output().unwrap();
    let printed = String::from_utf8(stdout).unwrap();
    assert!(status.success() && printed.contains(&authority) && !printed.contains("hunter2"), "{printed}");
    assert!(printed.contains(&server.tls_url().replace("://", "://:******@")), "{printed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clouds_are_tried_and_their_secrets_not_told() {
    // The binary's clock is the machine's.
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let (qiniu, aliyun) = (Qiniu::start(SetClock::at(now)).await, Aliyun::start(SetClock::at(now)).await);
    let folder = tempfile::tempdir().unwrap();
    let bucket = format!("qiniu://{}", Qiniu::BUCKET);
    let settings = [
        ("OBJECTS__URL", bucket.as_str()),
        ("OBJECTS__ENDPOINT", qiniu.url()),
        ("OBJECTS__MANAGE_ENDPOINT", qiniu.url()),
        ("OBJECTS__PUBLIC_BASE", qiniu.url()),
        ("OBJECTS__ACCESS_KEY", Qiniu::ACCESS_KEY),
        ("OBJECTS__SECRET_KEY", Qiniu::SECRET_KEY),
        ("SMS__URL", "aliyun://"),
        ("SMS__ENDPOINT", aliyun.url()),
        ("SMS__ACCESS_KEY_ID", Aliyun::ACCESS_KEY_ID),
        ("SMS__ACCESS_KEY_SECRET", Aliyun::ACCESS_KEY_SECRET),
        ("SMS__SIGN_NAME", Aliyun::SIGN_NAME),
        ("SMS__TEMPLATE_CODE", Aliyun::TEMPLATE_CODE),
    ];
    let (_, text) = tokio::task::block_in_place(|| doctor(&folder, &settings));
    assert!(line(&text, "objects").starts_with("ok ") && line(&text, "sms").starts_with("ok "), "{text}");
    assert!(qiniu.objects().is_empty() && aliyun.inbox().messages().is_empty());

    qiniu.faults().fail(Fault::Refusal("401".to_owned()));
    aliyun.faults().fail(Fault::Refusal("SignatureDoesNotMatch".to_owned()));
    let (good, text) = tokio::task::block_in_place(|| doctor(&folder, &settings));
    assert!(!good);
    for name in ["objects", "sms"] {
        assert!(
            line(&text, name).starts_with("FAILED") && line(&text, name).contains(&format!("mend [{name}]")),
            "{text}"
        );
    }
    assert!(!text.contains(Qiniu::SECRET_KEY) && !text.contains(Aliyun::ACCESS_KEY_SECRET), "{text}");
}

/// What a healthy provider of payments gets, by its settings.
fn payment(url: &str, endpoint: String) -> Vec<(&'static str, String)> {
    let mut settings = vec![("PAYMENT__URL", url.to_owned()), ("PAYMENT__ENDPOINT", endpoint)];
    settings.extend(match url {
        "alipay:" => vec![
            ("PAYMENT__APP_ID", Alipay::APP_ID.to_owned()),
            ("PAYMENT__SELLER_ID", Alipay::SELLER_ID.to_owned()),
            ("PAYMENT__PRIVATE_KEY", Alipay::PRIVATE_KEY.to_owned()),
            ("PAYMENT__PUBLIC_KEYS", Alipay::public_keys()[0].clone()),
        ],
        "wechatpay:" => vec![
            ("PAYMENT__APP_ID", WechatPay::APP_ID.to_owned()),
            ("PAYMENT__MERCHANT_ID", WechatPay::MERCHANT_ID.to_owned()),
            ("PAYMENT__SERIAL", WechatPay::SERIAL.to_owned()),
            ("PAYMENT__PRIVATE_KEY", WechatPay::PRIVATE_KEY.to_owned()),
            ("PAYMENT__API_KEY", WechatPay::API_KEY.to_owned()),
            ("PAYMENT__PUBLIC_KEYS", WechatPay::public_keys().join(",")),
        ],
        _ => vec![
            ("PAYMENT__SECRET_KEY", Stripe::SECRET_KEY.to_owned()),
            ("PAYMENT__WEBHOOK_SECRETS", Stripe::WEBHOOK_SECRET.to_owned()),
        ],
    });
    settings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_and_the_clock_of_a_payment_provider_are_tried() {
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let clock = SetClock::at(now);
    let (alipay, wechat) = (Alipay::start(clock.clone()).await, WechatPay::start(clock.clone()).await);
    let stripe = Stripe::start(clock.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let look = |url: &str, endpoint: String| {
        let settings = payment(url, endpoint);
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (_, text) = tokio::task::block_in_place(|| doctor(&folder, &settings));
        for secret in
            [&WechatPay::PRIVATE_KEY[800..860], WechatPay::API_KEY, Stripe::SECRET_KEY, Stripe::WEBHOOK_SECRET]
        {
            assert!(!text.contains(secret), "{text}");
        }
        line(&text, "payment").to_owned()
    };
    let all =
        || [("alipay:", alipay.url().to_owned()), ("wechatpay:", wechat.url().to_owned()), ("stripe:", stripe.url())];
    for (url, endpoint) in all() {
        let line = look(url, endpoint);
        assert!(line.starts_with("ok "), "{line}");
    }
    let (_, text) = tokio::task::block_in_place(|| doctor(&folder, &[("PAYMENT__URL", "sandbox:")]));
    assert!(line(&text, "payment").starts_with("ok "), "{text}");

    clock.forward(chrono::TimeDelta::minutes(6));
    for (url, endpoint) in all() {
        let line = look(url, endpoint);
        assert!(line.starts_with("FAILED") && line.contains("seconds behind; set it by NTP"), "{line}");
    }
    clock.forward(chrono::TimeDelta::minutes(-6));
    alipay.answer(Answers::WrongSignature);
    for faults in [wechat.faults(), stripe.faults()] {
        faults.fail(Fault::Refusal("401 SIGN_ERROR".to_owned()));
    }
    for (url, endpoint) in all() {
        let line = look(url, endpoint);
        assert!(line.starts_with("FAILED") && line.contains("mend [payment]"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_the_provider_waits_until_nothing_is_open_at_the_former_one() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/site.sqlite3", folder.path().display());
    let looked = |provider: &str| {
        let settings = [("DATABASE__URL", url.as_str()), ("PAYMENT__URL", provider)];
        let (_, text) = tokio::task::block_in_place(|| doctor(&folder, &settings));
        line(&text, "payment.backlog").to_owned()
    };
    assert!(looked("none:").starts_with("ok "));
    let mut seed = Command::new(env!("CARGO_BIN_EXE_minsu"));
    seed.env("MINSU_PROFILE", "dev").env("MINSU_DATA_DIR", folder.path()).env("MINSU_DATABASE__URL", &url);
    let seeded = seed.args(["seed", "--houses", "3", "--orders", "9"]).output().unwrap();
    assert!(seeded.status.success(), "{seeded:?}");
    let attempt = "INSERT INTO payment_attempts (number, order_id, live_order, method, amount, state, return_url, \
                   pays_order, refunds, created_at, expires_at, next_check_at) SELECT 'MP1', id, id, 'sandbox', 1, 1, '/', \
                   0, 0, created_at, created_at, created_at FROM orders LIMIT 1";
    minsu_testservers::execute_on(&url, attempt).await;
    assert!(looked("sandbox:").starts_with("ok "));
    let open = looked("none:");
    assert!(open.starts_with("FAILED ") && open.contains("1 attempts and 0 refunds are open at sandbox"), "{open}");
    minsu_testservers::execute_on(&url, "UPDATE payment_attempts SET live_order = NULL, state = 3").await;
    assert!(looked("none:").starts_with("ok "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calendars_that_fail_or_are_not_read_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/site.sqlite3", folder.path().display());
    let looked = || {
        let (_, text) = tokio::task::block_in_place(|| doctor(&folder, &[("DATABASE__URL", &url)]));
        line(&text, "calendars").to_owned()
    };
    assert!(looked().contains("calendars: 0 of other sites are read"));
    let mut seed = Command::new(env!("CARGO_BIN_EXE_minsu"));
    seed.env("MINSU_PROFILE", "dev").env("MINSU_DATA_DIR", folder.path()).env("MINSU_DATABASE__URL", &url);
    let seeded = seed.args(["seed", "--houses", "3", "--orders", "1"]).output().unwrap();
    assert!(seeded.status.success(), "{seeded:?}");
    let feeds = "INSERT INTO calendar_feeds (house_id, name, host, key_id, sealed_url, start_offset, end_offset, \
                 all_closures, paused, generation, is_complete, hold, failures, error, next_poll_at, created_at) \
                 SELECT id, 'x', 'a.example', 'k', x'00', 0, 0, 0, 0, 1, 0, 0, 3, 'http_403', '2100-01-01 00:00:00+00:00', \
                 created_at FROM houses";
    minsu_testservers::execute_on(&url, feeds).await;
    let failing = looked();
    assert!(failing.starts_with("FAILED ") && failing.contains("3 of 3 fail: 3 of a.example (http_403)"), "{failing}");
    let mended = "UPDATE calendar_feeds SET failures = 0 WHERE id > (SELECT MIN(id) FROM calendar_feeds)";
    minsu_testservers::execute_on(&url, mended).await;
    let one = looked();
    assert!(one.starts_with("ok ") && one.contains("1 of them fail"), "{one}");
    let long_ago = "UPDATE calendar_feeds SET next_poll_at = '2026-01-01 00:00:00+00:00'";
    minsu_testservers::execute_on(&url, long_ago).await;
    assert!(looked().starts_with("FAILED "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_is_tried_where_there_is_one() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let (url, right) = (collector.url(), format!("authorization={}", Collector::AUTHORIZATION));
    for (headers, good) in [(right.as_str(), true), ("authorization=Bearer geheim", false)] {
        let settings = [("TRACES__ENDPOINT", url.as_str()), ("TRACES__HEADERS", headers)];
        let (_, text) = tokio::task::block_in_place(|| doctor(&folder, &settings));
        assert_eq!(line(&text, "traces").starts_with("ok "), good, "{text}");
        assert!(
            good || line(&text, "traces").ends_with("answers 401; start the collector, or mend [traces]"),
            "{text}"
        );
        assert!(!text.contains("geheim"), "{text}");
    }
    assert!(collector.spans().is_empty());
    let (_, text) = tokio::task::block_in_place(|| doctor(&folder, &[]));
    assert!(!text.contains("traces"), "{text}");
}

#[test]
fn headers_that_are_none_stop_the_start_and_are_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_minsu"));
    command.env("MINSU_PROFILE", "dev").env("MINSU_DATA_DIR", folder.path()).arg("serve");
    command.env("MINSU_TRACES__ENDPOINT", "http://127.0.0.1:1/v1/traces").env("MINSU_TRACES__HEADERS", "geheim");
    let Output { status, stderr, .. } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(!status.success() && said.contains("[traces]") && said.contains("name=value"), "{said}");
    assert!(!said.contains("geheim"), "{said}");
}
