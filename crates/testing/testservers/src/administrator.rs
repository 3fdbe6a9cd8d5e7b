//! Statements that only an administrator of a server may run.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection, PgConnection};
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
