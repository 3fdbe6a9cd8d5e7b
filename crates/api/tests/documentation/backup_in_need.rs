//! Backups of a site on which something is not as it should be: nothing is guessed, and nothing is lost
//! that is there.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use super::{machine::program, workspace_file};

/// A site that keeps its defaults below its working directory, with one row and two pictures, and programs
/// of its own before those of the machine.
struct Small {
    folder: TempDir,
    /// The only programs there are, where it is set.
    bare: Option<PathBuf>,
}

impl Small {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pictures = folder.path().join("data/media/houses");
        fs::create_dir_all(&pictures).unwrap();
        for name in ["a.jpg", "b.jpg"] {
            fs::write(pictures.join(name), name).unwrap();
        }
        fs::create_dir(folder.path().join("programs")).unwrap();
        let made = Self { folder, bare: None };
        let script = "import sqlite3; sqlite3.connect('data/minsu.sqlite3').executescript('create table t (x)')";
        let output = Command::new("python3").args(["-c", script]).current_dir(made.place("")).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        made
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn has(&self, name: &str, script: &str) {
        program(&self.place("programs"), name, script);
    }

    /// Runs a script where the site is.
    fn run(&self, script: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
        let path = match &self.bare {
            Some(folder) => folder.display().to_string(),
            None => format!("{}:$PATH", self.place("programs").display()),
        };
        Command::new("timeout")
            .args(["60", "bash", "-c", &format!("PATH=\"{path}\" exec \"$0\" \"$@\"")])
            .arg(workspace_file(&format!("docs/operations/backup/{script}.sh")))
            .args(arguments)
            .current_dir(self.place(""))
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    fn pictures_in(&self, backup: &str) -> Vec<String> {
        let archive = self.place(backup).join("media.tar");
        let output = Command::new("tar").arg("--list").arg("--file").arg(archive).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let mut names: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect();
        names.sort();
        names
    }
}

#[track_caller]
fn succeeds(output: &Output) {
    assert!(output.status.success(), "{output:?}");
}

#[track_caller]
fn fails(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(why), "{why}: {output:?}");
}

/// All programs of this machine but Python.
fn without_python(folder: &Path) {
    fs::create_dir(folder).unwrap();
    for entry in fs::read_dir("/usr/bin").unwrap().chain(fs::read_dir("/bin").unwrap()) {
        let entry = entry.unwrap();
        let link = folder.join(entry.file_name());
        if !entry.file_name().to_string_lossy().starts_with("python") && !link.exists() {
            // A link that leads nowhere is in the way of its second.
            let _ = symlink(entry.path(), link);
        }
    }
}

#[test]
fn settings_that_cannot_be_read_are_not_taken_for_the_defaults() {
    let mut site = Small::new();
    for (name, text) in [
        ("good.toml", "[server]\nlisten = \"127.0.0.1:0\"\n"),
        ("broken.toml", "[database\nurl = \"postgres://elsewhere\"\n"),
        ("no-section.toml", "database = \"postgres://elsewhere\"\n"),
        ("no-secret.toml", "[database]\nurl_file = \"nowhere\"\n"),
        ("empty-secret.toml", "[database]\nurl_file = \"empty\"\n"),
        ("empty", "\n"),
    ] {
        fs::write(site.place(name), text).unwrap();
    }
    succeeds(&site.run("backup", &[], &["--config", "good.toml", "first"]));
    assert_eq!(site.pictures_in("first"), ["./houses/a.jpg", "./houses/b.jpg"]);
    // To restore is to write into the data directory: there is none now.
    fs::rename(site.place("data"), site.place("kept")).unwrap();

    let bare = site.place("bare");
    without_python(&bare);
    let config = |name: &'static str| vec!["--config", name];
    let url_file = "MINSU_DATABASE__URL_FILE";
    for (programs, variables, arguments, why) in [
        (None, vec![], config("broken.toml"), "broken.toml"),
        (None, vec![], config("no-section.toml"), "database.url"),
        (None, vec![], config("no-secret.toml"), "nowhere: No such file"),
        (None, vec![], config("empty-secret.toml"), "empty is empty"),
        (None, vec![], config("nowhere.toml"), "nowhere.toml"),
        (None, vec![(url_file, "nowhere")], vec![], "nowhere: No such file"),
        (None, vec![(url_file, "empty")], vec![], "empty is empty"),
        (Some(bare), vec![], config("good.toml"), "python3: command not found"),
    ] {
        site.bare = programs;
        let refused = site.run("restore", &variables, &[&arguments[..], &["first"]].concat());
        fails(&refused, why);
        assert!(!site.place("data").exists(), "{arguments:?}: {refused:?}");
        // The defaults are there to be backed up.
        fs::rename(site.place("kept"), site.place("data")).unwrap();
        let refused = site.run("backup", &variables, &[&arguments[..], &["second"]].concat());
        fails(&refused, why);
        assert!(!site.place("second").exists() && !site.place("second.unfinished").exists(), "{arguments:?}");
        fs::rename(site.place("data"), site.place("kept")).unwrap();
    }
}

#[test]
fn a_picture_that_goes_away_meanwhile_is_left_out_and_one_that_cannot_be_read_is_not() {
    let site = Small::new();
    // It was there when it was looked for.
    site.has("find", "#!/bin/sh\nprintf './houses/gone.jpg\\0'\nPATH=/usr/bin:/bin exec find \"$@\"\n");
    succeeds(&site.run("backup", &[], &["first"]));
    assert_eq!(site.pictures_in("first"), ["./houses/a.jpg", "./houses/b.jpg"]);
    let mut files: Vec<_> = fs::read_dir(site.place("first")).unwrap().map(|it| it.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["SHA256SUMS", "database.sqlite3", "media.tar"]);

    // Root may read everything, so what tar would say is said for it.
    let tar = "#!/bin/sh\necho 'tar: ./houses/b.jpg: Warning: Cannot open: Permission denied' >&2\n\
               PATH=/usr/bin:/bin exec tar \"$@\"\n";
    site.has("tar", tar);
    let refused = site.run("backup", &[], &["second"]);
    fails(&refused, "b.jpg: Warning: Cannot open");
    assert!(!site.place("second").exists() && !site.place("second.unfinished").exists());
}

#[test]
fn a_folder_that_pictures_only_passed_through_is_empty() {
    let site = Small::new();
    succeeds(&site.run("backup", &[], &["first"]));
    fs::remove_dir_all(site.place("data")).unwrap();
    fs::create_dir_all(site.place("data/media/.partial")).unwrap();
    succeeds(&site.run("restore", &[], &["first"]));
    assert_eq!(fs::read_to_string(site.place("data/media/houses/b.jpg")).unwrap(), "b.jpg");
    fs::remove_file(site.place("data/minsu.sqlite3")).unwrap();
    fails(&site.run("restore", &[], &["first"]), "not empty");
    assert!(!site.place("data/minsu.sqlite3").exists());
}
