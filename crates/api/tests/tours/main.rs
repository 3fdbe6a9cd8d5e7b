//! The commands of the documentation, pasted into a shell as a reader would: the README, the first hour,
//! the how-tos.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod backup;
mod clients;
mod package;
mod site;

use std::path::{Path, PathBuf};

use minsu_testservers::redis::RedisServer;

use site::{Site, free_port};

/// A file of the workspace.
fn workspace_file(path: &str) -> PathBuf {
    std::fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// Runs the blocks of a page; they must do what they promise.
#[track_caller]
fn run(page: &str, variables: &[(&str, &str)]) {
    let folder = Path::new(env!("CARGO_BIN_EXE_minsu")).parent().unwrap();
    let output = std::process::Command::new("timeout")
        .args(["--kill-after=10", "240", "bash"])
        .arg(workspace_file("scripts/run-tour.sh"))
        .arg(workspace_file(page))
        .env("BIN_DIR", folder)
        .env("MINSU_LOG__FILTER", "warn")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("the tour holds"), "{page}: {said}");
}

#[test]
fn the_readme_holds_what_it_promises_and_the_server_stops_cleanly() {
    let mut site = Site::start(&[]);
    run("README.md", &[("SITE", &site.url), ("MINSU_DATA_DIR", site.data())]);
    assert_eq!(site.terminate(), Some(0), "SIGTERM must end it with status 0");
}

#[test]
fn the_chinese_readme_has_the_same_commands() {
    let blocks = |page: &str| -> Vec<String> {
        let text = std::fs::read_to_string(workspace_file(page)).unwrap();
        text.split("\n```").skip(1).step_by(2).map(String::from).collect()
    };
    let (english, chinese) = (blocks("README.md"), blocks("docs/README.zh-CN.md"));
    assert!(english.len() > 6, "only {} blocks", english.len());
    assert_eq!(english, chinese);
}

#[tokio::test]
async fn the_first_hour_holds_what_it_promises() {
    let (first, second) = (minsu_testservers::postgres().await, minsu_testservers::postgres().await);
    let (redis, folder) = (RedisServer::start(), tempfile::tempdir().unwrap());
    let address = || format!("127.0.0.1:{}", free_port());
    run(
        "docs/tutorial/first-hour.md",
        &[
            ("FIRST_HOUR", folder.path().to_str().unwrap()),
            ("SITE", &format!("http://{}", address())),
            ("SECOND", &address()),
            ("TLS_PORT", &free_port().to_string()),
            ("PLAIN_PORT", &free_port().to_string()),
            ("DATABASE_URL", first.url()),
            ("SECOND_DATABASE_URL", second.url()),
            ("REDIS_URL", &redis.url()),
        ],
    );
}

#[tokio::test]
async fn the_how_tos_of_database_and_cache_hold_what_they_promise() {
    let (database, redis) = (minsu_testservers::postgres().await, RedisServer::start());
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let dev = ("MINSU_PROFILE", "dev");
    run("docs/how-to/postgresql.md", &[dev, ("MINSU_DATA_DIR", data), ("DATABASE_URL", database.url())]);
    let database = ("MINSU_DATABASE__URL", database.url());
    run("docs/how-to/redis.md", &[dev, ("MINSU_DATA_DIR", data), database, ("REDIS_URL", &redis.url())]);
}

#[test]
fn the_how_to_of_the_keys_holds_what_it_promises() {
    let mut site = Site::start(&[]);
    let keys = format!("{}/keys", site.data());
    // The key that the site has sealed with so far, in the form of the list.
    let old = std::fs::read_to_string(format!("{}/identity.key", site.data())).unwrap();
    std::fs::write(&keys, old).unwrap();
    run("docs/how-to/rotate-keys.md", &[("KEYS", &keys), ("MINSU_PROFILE", "dev"), ("MINSU_DATA_DIR", site.data())]);
    assert_eq!(std::fs::read_to_string(&keys).unwrap().lines().count(), 2);
    assert_eq!(site.terminate(), Some(0));
}

#[test]
fn the_how_to_of_the_figures_holds_what_it_promises() {
    let address = format!("127.0.0.1:{}", free_port());
    let mut site = Site::start(&[("MINSU_METRICS__LISTEN", &address)]);
    run("docs/how-to/monitoring.md", &[("METRICS", &format!("http://{address}"))]);
    assert_eq!(site.terminate(), Some(0));
}
