//! Statements by the command-line clients of the engines.

use std::{path::Path, process::Command};

use url::Url;

use crate::{
    database::{Engine, find},
    error::BenchError,
};

/// How long a statement of a reader may take, in seconds: the default of the site's own setting.
const PATIENCE: u32 = 5;

/// Runs statements and returns what the client prints: rows without head, columns apart.
///
/// # Errors
/// [`BenchError::Ended`] with what the client says.
pub async fn ask(engine: Engine, url: &str, sql: &str) -> Result<String, BenchError> {
    let mut command = client(engine, url)?;
    command.arg(sql);
    run(command).await
}

/// The same as a reader of the site: a statement that takes too long, waits for locks included, fails.
///
/// # Errors
/// As [`ask`].
pub async fn read(engine: Engine, url: &str, sql: &str) -> Result<String, BenchError> {
    let mut command = client(engine, url)?;
    match engine {
        Engine::Sqlite => command.arg(sql),
        Engine::Postgres => command.env("PGOPTIONS", format!("-c statement_timeout={}", PATIENCE * 1000)).arg(sql),
        Engine::Mariadb => {
            command.arg(format!("SET lock_wait_timeout = {PATIENCE}, max_statement_time = {PATIENCE}; {sql}"))
        }
    };
    run(command).await
}

async fn run(mut command: Command) -> Result<String, BenchError> {
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    let output = output.map_err(|_| BenchError::Interrupted)?.map_err(BenchError::io("start a database client"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(BenchError::Ended { name: "a database client", log: String::from_utf8_lossy(&output.stderr).into_owned() })
}

/// The client, but for the statement.
fn client(engine: Engine, url: &str) -> Result<Command, BenchError> {
    let unusable = || BenchError::Unusable(url.to_owned());
    match engine {
        Engine::Sqlite => {
            let file = url.strip_prefix("sqlite://").ok_or_else(unusable)?;
            let mut command = Command::new(find("sqlite3", "sqlite3")?);
            command.args(["-batch", "-cmd", &format!(".timeout {}", PATIENCE * 1000)]).arg(Path::new(file));
            Ok(command)
        }
        Engine::Postgres => {
            let mut command = Command::new(find("psql", "postgresql-client")?);
            command.args(["-qAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-c"]);
            Ok(command)
        }
        Engine::Mariadb => {
            let url = Url::parse(url).map_err(|_| unusable())?;
            let mut command = Command::new(find("mariadb", "mariadb-client")?);
            command.args(["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=root"]);
            command.args(["--batch", "--skip-column-names", &format!("--port={}", url.port().ok_or_else(unusable)?)]);
            command.args([&format!("--database={}", url.path().trim_start_matches('/')), "--execute"]);
            Ok(command)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Databases;

    #[tokio::test]
    async fn every_client_answers_and_tells_what_is_wrong() {
        for engine in [Engine::Sqlite, Engine::Postgres, Engine::Mariadb] {
            let folder = tempfile::tempdir().unwrap();
            let databases = Databases::start(engine, folder.path()).await.unwrap();
            let url = databases.url("asked").await.unwrap();
            ask(engine, &url, "CREATE TABLE t (a INT); INSERT INTO t VALUES (7)").await.unwrap();
            assert_eq!(read(engine, &url, "SELECT a FROM t").await.unwrap(), "7");
            let error = ask(engine, &url, "SELECT b FROM t").await.unwrap_err();
            assert!(matches!(error, BenchError::Ended { .. }), "{error:?}");
            databases.stop().await.unwrap();
        }
    }
}
