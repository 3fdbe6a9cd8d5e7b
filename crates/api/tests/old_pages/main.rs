//! Front ends that were written for earlier back ends, driven in a browser: the pages of `fixtures/old-pages`,
//! served by nginx as `docs/operations/nginx` sets it up, before the binary on SQLite.
//! `fixtures/browser/old-pages.mjs` is the story; each set of pages has a test.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::print_stdout, reason = "a failed story tells what the browser saw")]

#[path = "../nginx/api.rs"]
#[expect(dead_code, reason = "no process dies or restarts here")]
mod api;
#[path = "../documentation/npm.rs"]
mod npm;
#[path = "../nginx/proxy.rs"]
#[expect(dead_code, reason = "the browser sees what nginx does")]
mod proxy;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Once,
};

use minsu_fakes::{Alipay, SetClock};
use tokio::sync::Semaphore;

use api::{Api, Settings, Socket};
use proxy::Nginx;

/// Stories that run at a time: each is a browser, an nginx and a server.
static CONCURRENT_STORIES: Semaphore = Semaphore::const_new(2);

/// Settings of every site here: two codes in a minute for one mobile, and a default avatar.
const V1: Settings =
    &[("MINSU_LIMITS__SMS_PER_MOBILE_MINUTE", "0"), ("MINSU_SITE__DEFAULT_AVATAR", "/images/portrait.svg")];

/// What the published classic pages need (docs/how-to/old-pages.md).
const CLASSIC: Settings = &[
    ("MINSU_LIMITS__SMS_PER_MOBILE_MINUTE", "0"),
    ("MINSU_SITE__DEFAULT_AVATAR", "/images/portrait.svg"),
    ("MINSU_CLASSIC__DATA", "pages"),
    ("MINSU_CLASSIC__TELL_REGISTERED", "true"),
];

fn fixtures() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")).unwrap()
}

/// Puts the files of a folder and of those below it into another.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A photograph, as far as its size goes: more than a call without an upload may have.
fn picture(file: &Path) {
    let mut state = 7_u32;
    let noise = image::RgbImage::from_fn(400, 300, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    noise.save_with_format(file, image::ImageFormat::Png).unwrap();
    assert!(file.metadata().unwrap().len() > 65_536);
}

/// Drives a set of pages through the story, on the host of its dialect. Each of its folders lies over those before it; the
/// last one names it.
async fn drive(folders: &[&str], host: &str, settings: Settings) {
    drive_with(folders, host, settings, None).await;
}

/// The same on a site whose orders are paid at this page.
async fn drive_with(folders: &[&str], host: &str, settings: Settings, cashier: Option<&str>) {
    static INSTALLED: Once = Once::new();
    let _turn = CONCURRENT_STORIES.acquire().await.unwrap();
    let (browser, folder) = (fixtures().join("browser"), tempfile::tempdir().unwrap());
    INSTALLED.call_once(|| npm::install(&browser));
    let data = folder.path();
    proxy::site_folder(data);
    let database = format!("sqlite://{}", data.join("minsu.sqlite3").display());
    let api = Api::start(Socket::Own, &database, "memory:", data, settings).await;
    let limits = fs::read_to_string(proxy::shipped("minsu/limits.conf")).unwrap();
    let nginx = Nginx::start(data, std::slice::from_ref(&api.address), &limits).await;
    let root = data.join("nginx").join(host);
    for part in ["common"].iter().chain(folders) {
        copy(&fixtures().join("old-pages").join(part), &root);
    }
    let set = folders[folders.len() - 1];
    fs::copy(browser.join("node_modules/jquery/dist/jquery.min.js"), root.join("js/jquery.min.js")).unwrap();
    let (upload, outbox, port) = (data.join("upload.png"), data.join("dev-outbox.jsonl"), nginx.tls.to_string());
    picture(&upload);
    let mut variables = vec![
        ("SET", set),
        ("TLS_PORT", port.as_str()),
        ("OUTBOX", outbox.to_str().unwrap()),
        ("PICTURE", upload.to_str().unwrap()),
        ("SCREENSHOTS", env!("CARGO_TARGET_TMPDIR")),
    ];
    variables.extend(cashier.map(|page| ("CASHIER", page)));
    let run = ["--kill-after=10", "180", "node", "old-pages.mjs"];
    let said = npm::run_in(&browser, "timeout", &run, &variables);
    println!("{said}");
    assert!(said.contains(&format!("the story of {set} holds")), "{said}");
}

/// The story on a site that takes payments by Alipay.
async fn drive_paying(folders: &[&str]) {
    let clock = SetClock::at(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed());
    let alipay = Alipay::start(clock).await;
    let keys = Alipay::public_keys().join(",");
    let settings = [
        ("MINSU_PAYMENT__URL", "alipay:"),
        ("MINSU_PAYMENT__ENDPOINT", alipay.url()),
        ("MINSU_PAYMENT__SITE_URL", "https://www.example.com"),
        ("MINSU_PAYMENT__APP_ID", Alipay::APP_ID),
        ("MINSU_PAYMENT__SELLER_ID", Alipay::SELLER_ID),
        ("MINSU_PAYMENT__PRIVATE_KEY", Alipay::PRIVATE_KEY),
        ("MINSU_PAYMENT__PUBLIC_KEYS", &keys),
    ];
    // Variables of a process live as long as the tests.
    let settings = settings.map(|(name, value)| (name, &*value.to_owned().leak()));
    let settings = [V1, &settings].concat().leak();
    drive_with(folders, "www", settings, Some(alipay.url())).await;
}

// The provider answers in this process while the browser is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn v1_pages_pay() {
    drive_paying(&["v1"]).await;
}

// The provider answers in this process while the browser is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn younger_v1_pages_pay() {
    drive_paying(&["v1", "v1-younger"]).await;
}

#[tokio::test]
async fn v1_pages_complete_the_story() {
    drive(&["v1"], "www", V1).await;
}

#[tokio::test]
async fn younger_v1_pages_complete_the_story() {
    drive(&["v1", "v1-younger"], "www", V1).await;
}

#[tokio::test]
async fn classic_errcode_pages_complete_the_story() {
    drive(&["classic-errcode"], "classic", CLASSIC).await;
}

#[tokio::test]
async fn classic_errno_pages_complete_the_story() {
    drive(&["classic-errno"], "classic", CLASSIC).await;
}
