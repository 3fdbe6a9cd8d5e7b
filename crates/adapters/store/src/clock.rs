//! The database's clock, for whoever compares it with their own.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{
    MigrateError,
    engine::Engine,
    migrate::{close, open},
};

/// What time it is where the database runs, to the second.
///
/// # Errors
/// [`MigrateError::Connect`], [`MigrateError::Failed`].
pub async fn database_time(url: &str) -> Result<DateTime<Utc>, MigrateError> {
    let (engine, pool) = open(url).await?;
    let question = match engine {
        Engine::Sqlite => "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
        Engine::Postgres => "SELECT CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)",
        Engine::MySql => "SELECT CAST(UNIX_TIMESTAMP() AS SIGNED)",
    };
    let asked = pool.query_one_raw(Statement::from_string(pool.get_database_backend(), question)).await;
    let seconds = asked.and_then(|row| {
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the database's time".to_owned()))?;
        row.try_get_by_index::<i64>(0)
    });
    close(pool).await;
    let time = seconds.map_err(MigrateError::Failed)?;
    DateTime::from_timestamp(time, 0)
        .ok_or_else(|| MigrateError::Failed(DbErr::Custom("the database's time is no time".to_owned())))
}
