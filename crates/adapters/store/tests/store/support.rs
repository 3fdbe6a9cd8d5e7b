//! Databases to test on.

use minsu_store::{SqlStore, StoreOptions, migrate_up};
use minsu_testservers::Database;
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
    MariaDb,
}

/// Keeps a database alive.
pub enum Guard {
    Folder { _folder: TempDir },
    Server { _database: Database },
}

/// An empty database; its URL.
pub async fn empty(engine: Engine) -> (String, Guard) {
    let database = match engine {
        Engine::Sqlite => {
            let folder = TempDir::new().unwrap();
            let url = format!("sqlite://{}/minsu.db", folder.path().display());
            return (url, Guard::Folder { _folder: folder });
        }
        Engine::Postgres => minsu_testservers::postgres().await,
        Engine::MariaDb => minsu_testservers::mariadb().await,
    };
    (database.url().to_owned(), Guard::Server { _database: database })
}

/// A migrated database; its URL.
pub async fn migrated(engine: Engine) -> (String, Guard) {
    let (url, guard) = empty(engine).await;
    migrate_up(&url).await.unwrap();
    (url, guard)
}

/// A store on a migrated database.
pub async fn fresh(engine: Engine) -> (SqlStore, Guard) {
    let (url, guard) = migrated(engine).await;
    (SqlStore::connect(&StoreOptions::new(url)).await.unwrap(), guard)
}

/// Makes a test on each engine of every function, which takes the engine.
macro_rules! on_every_engine {
    ($($test:ident),+ $(,)?) => {
        $crate::support::on_every_engine! { @ sqlite Sqlite: $($test),+ }
        $crate::support::on_every_engine! { @ postgres Postgres: $($test),+ }
        $crate::support::on_every_engine! { @ mariadb MariaDb: $($test),+ }
    };
    (@ $module:ident $engine:ident: $($test:ident),+) => {
        mod $module {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::support::Engine::$engine).await;
            })+
        }
    };
}
pub(crate) use on_every_engine;
