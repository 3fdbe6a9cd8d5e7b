//! The database engines.

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file; one api process, which is all that this engine allows.
    Sqlite,
    /// PostgreSQL, with Redis, two api processes and a worker.
    Postgres,
    /// MariaDB, with Redis, two api processes and a worker.
    MariaDb,
}

impl Engine {
    /// Its name, as `TORTURE_ENGINE` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
        }
    }
}
