//! A machine to follow the pages on: programs that would change this one are others there.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use minsu_testservers::{Kind, Server};
use tempfile::TempDir;

/// As an administrator: packages are looked up and not installed, and PostgreSQL is the one of the test.
const SUDO: &str = r#"#!/bin/sh
case $1 in
  -u) [ "$2" = postgres ] && shift 2 && exec "$@" ;;
  apt-get) shift && apt-get --simulate --quiet=2 "$@" >/dev/null && exit ;;
esac
echo "sudo: not here: $*" >&2
exit 1
"#;

/// A folder of programs that come first.
pub struct Machine {
    programs: TempDir,
    port: String,
}

impl Machine {
    /// With the PostgreSQL of this server.
    pub fn with(server: &Server) -> Self {
        assert_eq!(server.kind(), Kind::Postgres);
        let port = server.url().rsplit_once(':').unwrap().1.to_owned();
        let machine = Self { programs: tempfile::tempdir().unwrap(), port };
        machine.has("sudo", SUDO);
        symlink(env!("CARGO_BIN_EXE_minsu"), machine.place().join("minsu")).unwrap();
        machine
    }

    /// Gives it a program.
    pub fn has(&self, name: &str, script: &str) -> PathBuf {
        program(self.place(), name, script)
    }

    fn place(&self) -> &Path {
        self.programs.path()
    }

    /// The variables with which a page must be run.
    pub fn variables(&self) -> [(&str, &str); 4] {
        let place = self.place().to_str().unwrap();
        [("BIN_DIR", place), ("PGHOST", "127.0.0.1"), ("PGPORT", &self.port), ("PGUSER", "postgres")]
    }

    /// The URL of a database that a page made.
    pub fn database(&self, name: &str) -> String {
        format!("postgres://minsu:minsu@127.0.0.1:{}/{name}", self.port)
    }
}

/// Writes a script that can be run.
pub fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, script).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file
}
