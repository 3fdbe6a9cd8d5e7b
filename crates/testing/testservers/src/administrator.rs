//! Statements that only an administrator of a server may run.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection, PgConnection, SqliteConnection};
use tokio::time::timeout;
use url::Url;

use crate::kind::Kind;

/// The longest wait for a server.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The URL for an administrator of a server.
pub(crate) fn parse(url: &str) -> Url {
    let mut url = Url::parse(url).expect("the URL of a test server can be read");
    if url.scheme() != "mysql" && matches!(url.path(), "" | "/") {
        url.set_path("postgres");
    }
    url
}

/// Runs a statement, outside a transaction.
pub(crate) async fn execute(kind: Kind, administrator: &Url, sql: String) {
    let work = async {
        let sql = AssertSqlSafe(sql);
        match kind {
            Kind::Postgres => {
                let mut connection = PgConnection::connect(administrator.as_str()).await?;
                connection.execute(sql).await?;
                connection.close().await
            }
            Kind::MariaDb => {
                let mut connection = MySqlConnection::connect(administrator.as_str()).await?;
                connection.execute(sql).await?;
                connection.close().await
            }
        }
    };
    timeout(PATIENCE, work).await.expect("the test server answers in time").expect("the test server takes a statement");
}

/// Runs a statement on a database of a test, of any engine.
///
/// # Panics
/// When the database does not take it.
pub async fn execute_on(url: &str, sql: &str) {
    if !url.starts_with("sqlite:") {
        let kind = if url.starts_with("mysql:") { Kind::MariaDb } else { Kind::Postgres };
        return execute(kind, &Url::parse(url).expect("the URL of a database"), sql.to_owned()).await;
    }
    let work = async {
        let mut connection = SqliteConnection::connect(url).await?;
        connection.execute(AssertSqlSafe(sql.to_owned())).await?;
        connection.close().await
    };
    timeout(PATIENCE, work).await.expect("the file answers in time").expect("the file takes a statement");
}
