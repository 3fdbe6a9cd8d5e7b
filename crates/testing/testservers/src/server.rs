//! Servers of their own.

use std::sync::OnceLock;

use crate::{
    administrator,
    kind::Kind,
    mariadb, postgres,
    supervisor::{Background, signal},
};

impl Kind {
    /// The one server of this process.
    pub(crate) fn shared(self) -> &'static Server {
        static POSTGRES: OnceLock<Server> = OnceLock::new();
        static MARIADB: OnceLock<Server> = OnceLock::new();
        match self {
            Self::Postgres => POSTGRES.get_or_init(|| Server::start(self)),
            Self::MariaDb => MARIADB.get_or_init(|| Server::start(self)),
        }
    }
}

/// A server that is stopped, and its data removed, when this is dropped.
pub struct Server {
    kind: Kind,
    url: String,
    background: Background,
}

impl Server {
    /// Starts a server and waits until it answers: a second or a few.
    ///
    /// # Panics
    /// When it is not installed, or does not start.
    pub fn start(kind: Kind) -> Self {
        let (background, url) = match kind {
            Kind::Postgres => postgres::start(),
            Kind::MariaDb => mariadb::start(),
        };
        Self { kind, url, background }
    }

    /// Starts a hot standby of a PostgreSQL server, which follows it from now on.
    ///
    /// # Panics
    /// When this is no PostgreSQL server, or the copy does not start.
    pub fn standby(&self) -> Self {
        assert_eq!(self.kind, Kind::Postgres, "only PostgreSQL has standbys here");
        let (background, url) = postgres::follow(&self.url);
        Self { kind: self.kind, url, background }
    }

    /// Stops every process of the server in the middle of whatever it does: it keeps its connections and
    /// answers no request, until the returned value is dropped.
    pub fn freeze(&self) -> Frozen {
        let processes = self.background.processes();
        assert!(!processes.is_empty(), "the server has no process");
        signal("STOP", &processes);
        Frozen { processes }
    }

    /// `kill -9` of each of its processes; its data stays, and what was committed is in it.
    pub fn kill(&mut self) {
        self.background.end("KILL");
    }

    /// Ends it as an administrator would; its data stays.
    pub fn stop(&mut self) {
        self.background.end(match self.kind {
            // Fast: clients are disconnected.
            Kind::Postgres => "INT",
            Kind::MariaDb => "TERM",
        });
    }

    /// Starts it again on its data and its port.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        self.background.start_again();
    }

    /// Its processes.
    pub fn processes(&self) -> Vec<u32> {
        self.background.processes()
    }

    /// Runs a statement as the administrator, outside a transaction.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn execute(&self, sql: &str) {
        administrator::execute(self.kind, &administrator::parse(&self.url), sql.to_owned()).await;
    }

    /// Its engine.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its URL without a database, for an administrator.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A server that answers no request; it goes on when this is dropped.
pub struct Frozen {
    processes: Vec<u32>,
}

impl Drop for Frozen {
    fn drop(&mut self) {
        signal("CONT", &self.processes);
    }
}
