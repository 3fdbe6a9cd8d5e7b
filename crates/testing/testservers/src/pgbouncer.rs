//! PgBouncer before the PostgreSQL server of the tests.

use std::{fs, os::unix::fs::chown, sync::OnceLock};

use url::Url;

use crate::{
    Database, Kind,
    supervisor::{Account, Background, command, find, folder, free_port},
};

/// When a client's server goes to the next client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// When the client disconnects.
    Session,
    /// After each transaction.
    Transaction,
}

/// A PgBouncer as its package sets it up: no parameter at the start of a connection is ignored.
pub struct PgBouncer {
    port: u16,
    /// Stops it when this is dropped.
    _background: Background,
}

impl PgBouncer {
    /// The one of this process with this mode, before its PostgreSQL server.
    ///
    /// # Panics
    /// When it is not installed, or does not start.
    pub fn shared(mode: PoolMode) -> &'static Self {
        static SESSION: OnceLock<PgBouncer> = OnceLock::new();
        static TRANSACTION: OnceLock<PgBouncer> = OnceLock::new();
        let place = if mode == PoolMode::Session { &SESSION } else { &TRANSACTION };
        place.get_or_init(|| {
            let server =
                std::env::var(Kind::Postgres.variable()).unwrap_or_else(|_| Kind::Postgres.shared().url().into());
            Self::start(mode, &Url::parse(&server).expect("the URL of a test server can be read"))
        })
    }

    /// The URL of a database by way of it.
    pub fn url(&self, database: &Database) -> String {
        let mut url = Url::parse(database.url()).expect("the URL of a test database can be read");
        let moved = url.set_host(Some("127.0.0.1")).is_ok() && url.set_port(Some(self.port)).is_ok();
        assert!(moved, "a URL of PostgreSQL has a host and a port");
        url.into()
    }

    fn start(mode: PoolMode, server: &Url) -> Self {
        let account = Account::instead_of_root("postgres");
        let program = find("pgbouncer", &[], "pgbouncer");
        // Few servers for the clients of a database: transactions of one client meet many of them.
        let (mode, servers) = match mode {
            PoolMode::Session => ("session", 20),
            PoolMode::Transaction => ("transaction", 8),
        };
        let host = server.host_str().unwrap_or("127.0.0.1");
        let server_port = server.port().unwrap_or(5432);
        for _ in 0..5 {
            let (folder, port) = (folder(account.as_ref()), free_port());
            let (settings, users) = (folder.join("pgbouncer.ini"), folder.join("users.txt"));
            let text = format!(
                "[databases]\n* = host={host} port={server_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = {mode}\n\
                 default_pool_size = {servers}\nmax_client_conn = 1000\nserver_idle_timeout = 2\n\
                 autodb_idle_timeout = 5\n",
                users.display()
            );
            let user = format!("\"{}\" \"{}\"\n", server.username(), server.password().unwrap_or_default());
            for (file, text) in [(&settings, text), (&users, user)] {
                fs::write(file, text).expect("a file in a folder of its own");
                if let Some(account) = &account {
                    chown(file, Some(account.uid()), Some(account.gid())).expect("the file can be given away");
                }
            }
            let mut pooler = command(&program, account.as_ref());
            pooler.arg(&settings);
            if let Some(background) = Background::start(&folder, &pooler, "INT", "process up") {
                return Self { port, _background: background };
            }
        }
        panic!("PgBouncer found no port to listen on");
    }
}
