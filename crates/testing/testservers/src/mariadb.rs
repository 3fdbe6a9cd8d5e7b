//! Starting MariaDB.

use crate::supervisor::{Account, Background, command, find, folder, free_port, run};

/// Starts a server; its URL without a database.
pub(crate) fn start() -> (Background, String) {
    let account = Account::instead_of_root("mysql");
    let program = |name| find(name, &[], "mariadb-server");
    for _ in 0..5 {
        let (folder, port) = (folder(account.as_ref()), free_port());
        let data = folder.join("data");
        let mut install = command(&program("mariadb-install-db"), account.as_ref());
        install
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--tmpdir={}", folder.display()));
        run(install);
        let mut server = command(&program("mariadbd"), account.as_ref());
        server
            .args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--max-connections=400"])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--tmpdir={}", folder.display()))
            .arg(format!("--socket={}", folder.join("socket").display()))
            .arg(format!("--port={port}"))
            // The data is thrown away: no need to wait for the disk. A commit outlives the process, not the machine.
            .args(["--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--sync-binlog=0"]);
        if let Some(background) = Background::start(&folder, &server, "KILL", "ready for connections") {
            return (background, format!("mysql://root@127.0.0.1:{port}"));
        }
    }
    panic!("MariaDB found no port to listen on");
}
