//! The commands of the documentation, pasted into a shell as a reader would: the README, the first hour,
//! the how-tos.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod backup;
mod backup_in_need;
mod clients;
mod commands;
mod keys;
mod machine;
mod make;
mod npm;
mod package;
mod site;
mod webhooks;

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use minsu_testservers::{Kind, Server, redis::RedisServer};

use machine::Machine;
use site::{Site, free_port};

/// A file of the workspace.
fn workspace_file(path: &str) -> PathBuf {
    std::fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// Held while the blocks of the README run.
static README: Mutex<()> = Mutex::new(());

/// Runs the blocks of a page; they must do what they promise.
#[track_caller]
fn run(page: &str, variables: &[(&str, &str)]) {
    // The README's blocks keep their cookies in the folder that they run in.
    let _alone = (page == "README.md").then(|| README.lock().unwrap_or_else(PoisonError::into_inner));
    let folder = Path::new(env!("CARGO_BIN_EXE_minsu")).parent().unwrap();
    let output = std::process::Command::new("timeout")
        .args(["--kill-after=10", "240", "bash"])
        .arg(workspace_file("scripts/run-documentation-test.sh"))
        .arg(workspace_file(page))
        .env("BIN_DIR", folder)
        .env("MINSU_LOG__FILTER", "warn")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("the documentation holds"), "{page}: {said}");
}

#[test]
fn the_readme_holds_what_it_promises_and_the_server_stops_cleanly() {
    let mut site = Site::start(&[]);
    run("README.md", &[("SITE", &site.url), ("MINSU_DATA_DIR", site.data())]);
    assert_eq!(site.terminate(), Some(0), "SIGTERM must end it with status 0");
}

#[test]
fn the_tour_of_the_native_api_holds_what_it_promises() {
    let mut site = Site::start(&[]);
    run("docs/tutorial/api-v2.md", &[("SITE", &site.url), ("MINSU_DATA_DIR", site.data())]);
    assert_eq!(site.terminate(), Some(0));
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
    let (server, redis, folder) = (Server::start(Kind::Postgres), RedisServer::start(), tempfile::tempdir().unwrap());
    // As `mktemp -d` makes it.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let machine = Machine::with(&server);
    let (first, second) = (machine.database("minsu"), machine.database("restored"));
    let address = || format!("127.0.0.1:{}", free_port());
    let [programs, host, port, user] = machine.variables();
    run(
        "docs/tutorial/first-hour.md",
        &[
            programs,
            host,
            port,
            user,
            ("FIRST_HOUR", folder.path().to_str().unwrap()),
            ("SITE", &format!("http://{}", address())),
            ("SECOND", &address()),
            ("TLS_PORT", &free_port().to_string()),
            ("PLAIN_PORT", &free_port().to_string()),
            ("DATABASE_URL", &first),
            ("SECOND_DATABASE_URL", &second),
            ("REDIS_URL", &redis.url()),
        ],
    );
}

#[tokio::test]
async fn the_how_tos_of_database_and_cache_hold_what_they_promise() {
    let (server, redis) = (Server::start(Kind::Postgres), RedisServer::start());
    let machine = Machine::with(&server);
    let [programs, host, port, user] = machine.variables();
    let database = machine.database("minsu");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let dev = ("MINSU_PROFILE", "dev");
    run(
        "docs/how-to/postgresql.md",
        &[programs, host, port, user, dev, ("MINSU_DATA_DIR", data), ("DATABASE_URL", &database)],
    );
    let database = ("MINSU_DATABASE__URL", &*database);
    run("docs/how-to/redis.md", &[dev, ("MINSU_DATA_DIR", data), database, ("REDIS_URL", &redis.url())]);
}

#[test]
fn the_how_to_of_the_metrics_holds_what_it_promises() {
    let address = format!("127.0.0.1:{}", free_port());
    let mut site = Site::start(&[("MINSU_METRICS__LISTEN", &address)]);
    run("docs/how-to/monitoring.md", &[("METRICS", &format!("http://{address}"))]);
    assert_eq!(site.terminate(), Some(0));
}

/// Follows the how-to of nginx in this folder.
fn nginx_is_set_up(folder: &Path) {
    let place = folder.to_str().unwrap();
    minsu_testservers::nginx::stock_layout(folder);
    // The editor fills in what differs from site to site: addresses, and an existing certificate.
    let editor = machine::program(
        folder,
        "edit",
        "#!/bin/sh\nset -e\ncd \"$(dirname \"$0\")\"\n\
         openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost \
         -keyout key.pem -out certificate.pem 2>openssl.log\n\
         sed -i \"s#/etc/ssl/minsu/fullchain.pem#$PWD/certificate.pem#; s#/etc/ssl/minsu/privkey.pem#$PWD/key.pem#\" \"$@\"\n",
    );
    run("docs/how-to/nginx.md", &[("NGINX", place), ("EDITOR", editor.to_str().unwrap())]);
}

#[test]
fn the_how_to_of_nginx_leaves_a_configuration_that_nginx_takes() {
    nginx_is_set_up(tempfile::tempdir().unwrap().path());
}

#[test]
fn the_how_to_of_old_pages_leads_to_a_site_that_answers_them() {
    let folder = tempfile::tempdir().unwrap();
    nginx_is_set_up(folder.path());
    // A set of pages as an owner has it: those that all sets share, and the scripts of one.
    let (pages, listen) = (folder.path().join("pages"), format!("127.0.0.1:{}", free_port()));
    for set in ["common", "classic-errcode"] {
        let from = workspace_file(&format!("fixtures/old-pages/{set}"));
        let copied = std::process::Command::new("cp").arg("-r").arg(from.join(".")).arg(&pages).status().unwrap();
        assert!(copied.success(), "{set}");
    }
    let nginx = folder.path().to_str().unwrap();
    run("docs/how-to/old-pages.md", &[("PAGES", pages.to_str().unwrap()), ("LISTEN", &listen), ("NGINX", nginx)]);
    let site = std::fs::read_to_string(folder.path().join("minsu/site-classic.conf")).unwrap();
    assert!(site.contains(&format!("root {};", pages.display())), "{site}");
}

#[test]
fn the_how_to_of_containers_makes_secrets_that_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    run("docs/how-to/containers.md", &[("SECRETS_BESIDE", place), ("BESIDE_COMPOSE", place)]);
    let compose = std::fs::read_to_string(workspace_file("docs/operations/docker/compose.yaml")).unwrap();
    let wanted = compose.split("../../../secrets/").skip(1).filter_map(|rest| rest.split([' ', '}']).next());
    let made = folder.path().join("secrets");
    // While the image makes the database it answers at its socket.
    assert!(compose.contains("pg_isready --host 127.0.0.1 "));
    assert!(wanted.clone().count() == 4 && wanted.clone().all(|name| made.join(name).exists()), "{made:?}");
    // Every variable that compose demands is set in a file, which calls from cron read too.
    let said = std::fs::read_to_string(folder.path().join(".env")).unwrap();
    let demanded = compose.split("${").skip(1).filter_map(|rest| rest.split('}').next()?.strip_suffix(":?"));
    assert_eq!(demanded.clone().count(), 4);
    for name in demanded {
        assert!(said.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.len() > 1)), "{name}: {said}");
    }
}
