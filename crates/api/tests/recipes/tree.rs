//! A copy of the tree that can be edited and built. It has a target folder of its own, so that neither the locks
//! nor the outputs of the build that runs this test are touched; what is already built of other crates is linked
//! into it.

use std::{
    ffi::OsStr,
    fs::{self, File, FileTimes},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::page::{Edit, Page};

/// A file of the workspace.
pub fn workspace_file(path: &str) -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap().join(path)
}

/// Variables that cargo sets for a test and that a build of its own must not see.
const OF_THIS_RUN: &[&str] = &["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_TARGET_"];

pub struct Tree {
    folder: TempDir,
}

impl Tree {
    /// Copies what git knows or would add, and links what is built.
    pub fn copy() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(workspace_file("."))
            .output()
            .unwrap();
        assert!(listed.status.success(), "the tests of the recipes need a checkout of git");
        for path in String::from_utf8(listed.stdout).unwrap().split_terminator('\0') {
            let (from, to) = (workspace_file(path), folder.path().join(path));
            // A deleted file is listed until that is committed.
            if from.is_file() {
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                copy_with_time(&from, &to).unwrap();
            }
        }
        let tree = Self { folder };
        tree.link_built().unwrap();
        tree
    }

    /// Links the outputs of crates from elsewhere. Cargo rewrites a fingerprint in place, so these are copied.
    fn link_built(&self) -> io::Result<()> {
        let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../debug");
        for (name, link) in [("deps", true), ("build", true), (".fingerprint", false)] {
            let to = self.folder.path().join("target/debug").join(name);
            fs::create_dir_all(&to)?;
            for entry in fs::read_dir(built.join(name))? {
                let entry = entry?;
                if !entry.file_name().to_string_lossy().contains("minsu") {
                    reuse(&entry.path(), &to.join(entry.file_name()), link)?;
                }
            }
        }
        Ok(())
    }

    /// Does what a page says.
    pub fn apply(&self, page: &Page) {
        for edit in &page.edits {
            match edit {
                Edit::New(file, text) => {
                    let file = self.folder.path().join(file);
                    assert!(!file.exists(), "{} is not new", file.display());
                    fs::create_dir_all(file.parent().unwrap()).unwrap();
                    fs::write(file, text).unwrap();
                }
                Edit::Change(diff) => self.patch(diff),
            }
        }
    }

    fn patch(&self, diff: &str) {
        let mut patch = Command::new("patch")
            .args(["-p1", "--forward", "--batch", "--no-backup-if-mismatch"])
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        patch.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
        let output = patch.wait_with_output().unwrap();
        assert!(output.status.success(), "{}\nof\n{diff}", String::from_utf8_lossy(&output.stdout));
    }

    /// Calls cargo in the copy; both ways it gives what was said.
    pub fn cargo(&self, arguments: &[&str]) -> Result<String, String> {
        let of_this_run = |name: &OsStr| OF_THIS_RUN.iter().any(|start| name.to_string_lossy().starts_with(start));
        let mut cargo = Command::new(env!("CARGO"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| of_this_run(name)) {
            cargo.env_remove(name);
        }
        let output = cargo
            .args(arguments)
            .env("CARGO_TARGET_DIR", self.folder.path().join("target"))
            .env("CARGO_NET_OFFLINE", "true")
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(said) } else { Err(said) }
    }

    /// The text of a file of the copy.
    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap()
    }
}

/// Links a file or a folder of files, or copies them where a link cannot be made or is not wanted.
fn reuse(from: &Path, to: &Path, link: bool) -> io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            reuse(&entry.path(), &to.join(entry.file_name()), link)?;
        }
        return Ok(());
    }
    if link && fs::hard_link(from, to).is_ok() { Ok(()) } else { copy_with_time(from, to) }
}

/// Cargo takes a file for unchanged by its time.
fn copy_with_time(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    let modified = fs::metadata(from)?.modified()?;
    File::options().write(true).open(to)?.set_times(FileTimes::new().set_modified(modified))
}
