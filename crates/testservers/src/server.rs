//! Servers of their own.

use std::sync::OnceLock;

use crate::{mariadb, postgres, supervisor::Background};

/// What a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL.
    Postgres,
    /// MariaDB or MySQL.
    MariaDb,
}

impl Kind {
    /// The variable that names a server to use instead.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "MINSU_TEST_POSTGRES_URL",
            Self::MariaDb => "MINSU_TEST_MYSQL_URL",
        }
    }

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
    // Held for its end.
    _background: Background,
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
        Self { kind, url, _background: background }
    }

    /// What it speaks.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its URL without a database, for an administrator.
    pub fn url(&self) -> &str {
        &self.url
    }
}
