//! The pages of the binary, driven in a browser: `fixtures/browser/site.mjs` is the story, told in two languages, at
//! the width of a telephone and of a desktop, with scripts and without.

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

/// As `make run` serves, with several codes in a minute and one identity number for all.
const SETTINGS: Settings = &[
    ("MINSU_SERVER__SECURE_COOKIES", "false"),
    ("MINSU_OBJECTS__PUBLIC_BASE", "/media"),
    ("MINSU_LIMITS__SMS_PER_MOBILE_MINUTE", "0"),
    ("MINSU_LIMITS__SMS_UNUSED_PER_ADDRESS_HOUR", "0"),
    ("MINSU_IDENTITY__ACCOUNTS_PER_NUMBER", "0"),
];

fn browser() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/browser")).unwrap()
}

/// A photograph in small.
fn picture(file: &Path) {
    let gradient = image::RgbImage::from_fn(800, 600, |x, y| image::Rgb([(x / 4) as u8, (y / 3) as u8, 120]));
    gradient.save_with_format(file, image::ImageFormat::Jpeg).unwrap();
}

#[tokio::test]
async fn the_story_holds_in_both_languages_at_both_widths_with_and_without_scripts() {
    let (browser, folder) = (browser(), tempfile::tempdir().unwrap());
    npm::install(&browser);
    let data = folder.path();
    let database = format!("sqlite://{}", data.join("minsu.sqlite3").display());
    let api = Api::start(Socket::Own, &database, "memory:", data, SETTINGS).await;
    let (upload, outbox, site) =
        (data.join("upload.jpg"), data.join("dev-outbox.jsonl"), format!("http://{}", api.address));
    picture(&upload);
    for language in ["zh-CN", "en"] {
        for width in ["390", "1280"] {
            for scripts in ["yes", "no"] {
                let variables = [
                    ("SITE", site.as_str()),
                    ("OUTBOX", outbox.to_str().unwrap()),
                    ("PICTURE", upload.to_str().unwrap()),
                    ("SCREENSHOTS", env!("CARGO_TARGET_TMPDIR")),
                    ("LANGUAGE", language),
                    ("WIDTH", width),
                    ("SCRIPTS", scripts),
                ];
                let said =
                    npm::run_in(&browser, "timeout", &["--kill-after=10", "180", "node", "site.mjs"], &variables);
                println!("{said}");
                assert!(said.contains("the story of"), "{said}");
            }
        }
    }
}
