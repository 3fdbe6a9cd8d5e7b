//! Starting PostgreSQL.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::supervisor::{Account, Background, command, find, folder, free_port, run};

/// Starts a server; its URL without a database.
pub(crate) fn start() -> (Background, String) {
    start_on(|initdb, data| {
        let mut initdb = initdb("initdb");
        initdb.arg("-D").arg(data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        initdb
    })
}

/// Copies the server of this URL and starts the copy: a hot standby that follows it.
pub(crate) fn follow(primary: &str) -> (Background, String) {
    start_on(|program, data| {
        let mut copy = program("pg_basebackup");
        copy.arg("-D").arg(data).args(["-d", primary, "-X", "stream", "-c", "fast", "-R", "--no-sync"]);
        copy
    })
}

/// Starts a server on the data that a command makes in a folder.
fn start_on(make: impl Fn(&dyn Fn(&str) -> Command, &Path) -> Command) -> (Background, String) {
    let account = Account::instead_of_root("postgres");
    let program = |name: &str| command(&find(name, &installed(), "postgresql"), account.as_ref());
    for _ in 0..5 {
        let (folder, port) = (folder(account.as_ref()), free_port());
        let data = folder.join("data");
        run(make(&program, &data));
        let mut server = program("postgres");
        server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        for setting in [
            "unix_socket_directories=",
            "max_connections=400",
            // The data is thrown away: no need to wait for the disk.
            "fsync=off",
            "full_page_writes=off",
            "autovacuum_naptime=10min",
        ] {
            server.args(["-c", setting]);
        }
        if let Some(background) =
            // A standby says "read-only connections".
            Background::start(&folder, &server, "QUIT", "database system is ready to accept")
        {
            return (background, format!("postgres://postgres@127.0.0.1:{port}"));
        }
    }
    panic!("PostgreSQL found no port to listen on");
}

/// Debian keeps the programs of each version in a folder that is not in the path; newest first.
fn installed() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_unstable();
    versions.into_iter().rev().map(|(_, folder)| folder).collect()
}
