//! The pages of the binary, driven in a browser: `fixtures/browser/site.mjs` is the story, told in two languages, at
//! the width of a telephone and of a desktop, with scripts and without; `keyboard.mjs` goes through every page by
//! keyboard alone, `proof.mjs` makes a proof of work, `nights.mjs` picks days at a site that charges nights,
//! `payments.mjs` and `pay-keyboard.mjs` pay orders at a site with the sandbox.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::print_stdout, reason = "a failed story tells what the browser saw")]

#[path = "../nginx/api.rs"]
#[expect(dead_code, reason = "no process dies or restarts here")]
mod api;
#[path = "../documentation/npm.rs"]
mod npm;

use std::{
    fs,
    path::{Path, PathBuf},
};

use api::{Api, Settings, Socket};

/// As `make run` serves, with several codes in a minute, one identity number for all, and calls to this machine.
const SETTINGS: Settings = &[
    ("MINSU_SERVER__SECURE_COOKIES", "false"),
    ("MINSU_OBJECTS__PUBLIC_BASE", "/media"),
    ("MINSU_LIMITS__SMS_PER_MOBILE_MINUTE", "0"),
    ("MINSU_LIMITS__SMS_UNUSED_PER_ADDRESS_HOUR", "0"),
    ("MINSU_IDENTITY__ACCOUNTS_PER_NUMBER", "0"),
    // Webhooks lead to this machine, where no server listens.
    ("MINSU_OUTBOUND__ALLOW_LOOPBACK", "true"),
];

/// These settings and another one.
fn and(setting: (&'static str, &'static str)) -> Settings {
    [SETTINGS, &[setting]].concat().leak()
}

fn browser() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/browser")).unwrap()
}

/// A photograph in small.
fn picture(file: &Path) {
    let gradient = image::RgbImage::from_fn(800, 600, |x, y| image::Rgb([(x / 4) as u8, (y / 3) as u8, 120]));
    gradient.save_with_format(file, image::ImageFormat::Jpeg).unwrap();
}

/// A running site and what the scripts need of it.
struct Site {
    api: Api,
    folder: tempfile::TempDir,
}

impl Site {
    /// Starts the binary with these settings and a database of its own.
    async fn start(settings: Settings) -> Self {
        npm::install(&browser());
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("minsu.sqlite3").display());
        let api = Api::start(Socket::Own, &database, "memory:", folder.path(), settings).await;
        picture(&folder.path().join("upload.jpg"));
        Self { api, folder }
    }

    /// Runs a script in this language, at this width, with scripts of the pages or without.
    fn tell(&self, script: &str, (language, width, scripts): (&str, &str, &str), variables: &[(&str, &str)]) {
        let (upload, outbox) = (self.folder.path().join("upload.jpg"), self.folder.path().join("dev-outbox.jsonl"));
        let site = format!("http://{}", self.api.address);
        let common = [
            ("SITE", site.as_str()),
            ("OUTBOX", outbox.to_str().unwrap()),
            ("PICTURE", upload.to_str().unwrap()),
            ("SCREENSHOTS", env!("CARGO_TARGET_TMPDIR")),
            ("LANGUAGE", language),
            ("WIDTH", width),
            ("SCRIPTS", scripts),
        ];
        let said = npm::run_in(
            &browser(),
            "timeout",
            &["--kill-after=10", "300", "node", script],
            &[&common, variables].concat(),
        );
        println!("{said}");
        assert!(said.contains("the story of"), "{said}");
    }
}

#[tokio::test]
async fn the_story_holds_in_both_languages_at_both_widths_with_and_without_scripts() {
    let site = Site::start(SETTINGS).await;
    for language in ["zh-CN", "en"] {
        for width in ["390", "1280"] {
            for scripts in ["yes", "no"] {
                site.tell("site.mjs", (language, width, scripts), &[]);
            }
        }
    }
}

#[tokio::test]
async fn every_page_is_used_by_keyboard_alone() {
    let site = Site::start(SETTINGS).await;
    let routes = minsu_site::routes();
    let read = routes.pages().iter().filter(|(method, _)| method.as_str() == "GET").map(|(_, path)| *path);
    let pages = serde_json::to_string(&read.collect::<Vec<_>>()).unwrap();
    for view in [("zh-CN", "390", "yes"), ("en", "1280", "yes")] {
        site.tell("keyboard.mjs", view, &[("PAGES", pages.as_str())]);
    }
}

/// The site with the sandbox as its payment provider.
async fn paying() -> Site {
    Site::start(and(("MINSU_PAYMENT__URL", "sandbox:"))).await
}

#[tokio::test]
async fn orders_are_paid_in_both_languages_at_both_widths_with_and_without_scripts() {
    let site = paying().await;
    for language in ["zh-CN", "en"] {
        for width in ["390", "1280"] {
            for scripts in ["yes", "no"] {
                site.tell("payments.mjs", (language, width, scripts), &[]);
            }
        }
    }
}

#[tokio::test]
async fn orders_are_paid_by_keyboard_alone() {
    let site = paying().await;
    let routes = minsu_site::with_sandbox(minsu_site::with_payments(minsu_web::routes::Routes::default()));
    let read = routes.pages().iter().filter(|(method, _)| method.as_str() == "GET").map(|(_, path)| *path);
    let pages = serde_json::to_string(&read.collect::<Vec<_>>()).unwrap();
    for view in [("zh-CN", "390", "yes"), ("en", "1280", "yes")] {
        site.tell("pay-keyboard.mjs", view, &[("PAGES", pages.as_str())]);
    }
}

#[tokio::test]
async fn a_proof_of_work_is_made_by_the_page() {
    let site = Site::start(and(("MINSU_CAPTCHA__PROOF_OF_WORK", "60000"))).await;
    for view in [("zh-CN", "390", "yes"), ("en", "1280", "yes"), ("en", "390", "no")] {
        site.tell("proof.mjs", view, &[]);
    }
}

#[tokio::test]
async fn the_picker_lets_a_stay_end_where_another_one_begins() {
    let site = Site::start(and(("MINSU_BOOKING__RULE", "nights"))).await;
    site.tell("nights.mjs", ("en", "1280", "yes"), &[]);
}
