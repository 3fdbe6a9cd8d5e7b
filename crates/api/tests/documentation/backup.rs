//! A restored site is the one that was backed up: every row, every picture, and a server that serves them.

use std::{path::Path, process::Command};

use super::{run, site::Site, workspace_file};

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every row, sorted.
fn rows(url: &str) -> Vec<String> {
    let text = match url.strip_prefix("sqlite://") {
        Some(file) => {
            let dump = "import sqlite3, sys\nfor line in sqlite3.connect(sys.argv[1]).iterdump(): print(line)";
            output("python3", &["-c", dump, file])
        }
        None => output("pg_dump", &["--data-only", "--inserts", url]),
    };
    let mut rows: Vec<_> = text.lines().filter(|line| line.starts_with("INSERT")).map(String::from).collect();
    rows.sort();
    rows
}

/// Runs one of the scripts with a settings file, where the URL is in a file of its own, as a package has it.
fn by_file(script: &str, folder: &Path, data: &str, url: &str) -> std::process::Output {
    let settings = tempfile::tempdir().unwrap();
    let (file, secret) = (settings.path().join("minsu.toml"), settings.path().join("database-url"));
    std::fs::write(&secret, format!("{url}\n")).unwrap();
    let text = format!(
        "profile = \"dev\"\ndata_dir = {data:?}\n[database]\nurl_file = {secret:?}\n[objects]\nurl = \"file:{data}/media\"\n"
    );
    std::fs::write(&file, text).unwrap();
    let script = workspace_file(&format!("docs/operations/backup/{script}.sh"));
    Command::new(script).arg("--config").arg(file).arg(folder).output().unwrap()
}

fn restore(from: &Path, data: &str, url: &str) -> std::process::Output {
    by_file("restore", from, data, url)
}

/// Fills a site by the README, backs it up while it serves, restores it, and compares.
fn what_comes_back_is_what_was_there(url: &str, second_url: &str) {
    // Without jobs, which write on after the backup.
    let mut site = Site::start(&[("MINSU_DATABASE__URL", url), ("MINSU_JOBS__IN_PROCESS", "false")]);
    run("README.md", &[("SITE", &site.url), ("MINSU_DATA_DIR", site.data())]);
    let (backups, restored) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let new_data = restored.path().to_str().unwrap().to_owned();
    run(
        "docs/how-to/backup.md",
        &[
            ("BACKUP", backups.path().to_str().unwrap()),
            ("MINSU_PROFILE", "dev"),
            ("MINSU_DATA_DIR", site.data()),
            ("MINSU_DATABASE__URL", url),
            ("NEW_DATA_DIR", &new_data),
            ("NEW_DATABASE_URL", second_url),
        ],
    );
    let before = rows(url);
    assert!(before.iter().any(|row| row.contains("玉渊潭旁的小屋")), "the README left no house");
    assert_eq!(rows(second_url), before);
    let partial = ["--recursive", "--exclude", ".partial"];
    output(
        "diff",
        &[partial[0], partial[1], partial[2], &format!("{}/media", site.data()), &format!("{new_data}/media")],
    );
    // The same backup, by a settings file.
    let other = backups.path().join("by-file");
    let said = by_file("backup", &other, site.data(), url);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(site.terminate(), Some(0));
    let name = std::fs::read_dir(backups.path()).unwrap().map(|entry| entry.unwrap().path()).find(|it| *it != other);
    let backup = name.unwrap();
    let files = |of: &Path| {
        let mut names = output("ls", &[of.to_str().unwrap()]);
        names += &output("tar", &["--list", "--file", of.join("media.tar").to_str().unwrap()]);
        names
    };
    assert_eq!(files(&other), files(&backup));

    // The place is not empty any more, and nothing is ever written over.
    let again = restore(&backup, &new_data, second_url);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("not empty"));
    // A backup that was damaged is not restored.
    std::fs::write(backup.join("media.tar"), b"damaged").unwrap();
    let empty = tempfile::tempdir().unwrap();
    assert!(!restore(&backup, empty.path().to_str().unwrap(), second_url).status.success());
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0);

    let mut second = Site::start_in(restored, &[("MINSU_DATABASE__URL", second_url)]);
    let slides = output("curl", &["--silent", "--noproxy", "*", &format!("{}/api/v1.0/houses?sk=booking", second.url)]);
    assert!(slides.contains("玉渊潭旁的小屋"), "{slides}");
    assert_eq!(second.terminate(), Some(0));
}

#[test]
fn sqlite() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let url = |folder: &tempfile::TempDir| format!("sqlite://{}/minsu.sqlite3", folder.path().display());
    what_comes_back_is_what_was_there(&url(&first), &url(&second));
}

#[tokio::test]
async fn postgres() {
    let (first, second) = (minsu_testservers::postgres().await, minsu_testservers::postgres().await);
    let (url, second_url) = (first.url().to_owned(), second.url().to_owned());
    tokio::task::spawn_blocking(move || what_comes_back_is_what_was_there(&url, &second_url)).await.unwrap();
}
