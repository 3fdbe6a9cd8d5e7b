//! Starting PostgreSQL.

use std::path::PathBuf;

use crate::supervisor::{Account, Background, command, find, folder, free_port, run};

/// Starts a server; its URL without a database.
pub(crate) fn start() -> (Background, String) {
    let account = Account::instead_of_root("postgres");
    let program = |name| find(name, &installed(), "postgresql");
    for _ in 0..5 {
        let (folder, port) = (folder(account.as_ref()), free_port());
        let data = folder.join("data");
        let mut initdb = command(&program("initdb"), account.as_ref());
        initdb.arg("-D").arg(&data).args(["-U", "minsu", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        run(initdb);
        let mut server = command(&program("postgres"), account.as_ref());
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
            Background::start(&folder, &server, "QUIT", "database system is ready to accept connections")
        {
            return (background, format!("postgres://minsu@127.0.0.1:{port}"));
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
