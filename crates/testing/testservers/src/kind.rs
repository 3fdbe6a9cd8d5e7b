//! The kinds of database servers.

/// The engine of a server.
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
}
