//! Databases of their own.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection};
use tokio::time::timeout;
use url::Url;

use crate::{
    administrator::{PATIENCE, execute, parse},
    kind::Kind,
    server::Server,
};

/// A database that no other test uses; on a server that stays, it is dropped with this.
pub struct Database {
    kind: Kind,
    url: String,
    /// Where to drop it.
    administrator: Option<Url>,
    name: String,
}

impl Database {
    /// A fresh database on the server that the environment names, or on this process's own.
    pub(crate) async fn fresh(kind: Kind) -> Self {
        match std::env::var(kind.variable()) {
            Ok(url) => {
                let mut database = Self::create(kind, &url).await;
                database.administrator = Some(parse(&url));
                database
            }
            Err(_) => Self::on(kind.shared()).await,
        }
    }

    /// A fresh database on a server.
    ///
    /// # Panics
    /// When the server does not make one.
    pub async fn on(server: &Server) -> Self {
        Self::create(server.kind(), server.url()).await
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn create(kind: Kind, server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
        let name = format!("minsu_test_{}_{moment}_{number}", std::process::id());
        let administrator = parse(server);
        let encoding = match kind {
            Kind::Postgres => "TEMPLATE template0 ENCODING 'UTF8'",
            // A default that an administrator may have left: the schema must set its own.
            Kind::MariaDb => "CHARACTER SET latin1",
        };
        execute(kind, &administrator, format!("CREATE DATABASE {name} {encoding}")).await;
        let mut url = administrator;
        url.set_path(&name);
        Self { kind, url: url.into(), administrator: None, name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(administrator) = self.administrator.take() else { return };
        let (kind, name) = (self.kind, self.name.clone());
        // A thread of its own: a test's runtime cannot be waited for from within.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(remove(kind, &administrator, &name));
        });
        assert!(dropped.join().is_ok() || std::thread::panicking(), "the database {} remains", self.name);
    }
}

/// Drops a database with the connections that are still open: the test's own, which its runtime can no longer
/// close.
async fn remove(kind: Kind, administrator: &Url, name: &str) {
    let sql = match kind {
        Kind::Postgres => format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        Kind::MariaDb => {
            let users = sqlx::query_scalar("SELECT id FROM information_schema.processlist WHERE db = ?").bind(name);
            let work = async {
                let mut connection = MySqlConnection::connect(administrator.as_str()).await?;
                let users: Vec<i64> = users.fetch_all(&mut connection).await?;
                for user in users {
                    // It may just have gone by itself.
                    let _ = connection.execute(AssertSqlSafe(format!("KILL {user}"))).await;
                }
                connection.close().await
            };
            timeout(PATIENCE, work).await.expect("the test server answers in time").expect("connections can be ended");
            format!("DROP DATABASE IF EXISTS {name}")
        }
    };
    execute(kind, administrator, sql).await;
}
