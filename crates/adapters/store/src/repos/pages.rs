//! Single rows, limits, and ids that the database counts.

use minsu_ports::StoreError;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, FromQueryResult, QueryTrait, Statement, Values,
    sea_query::{Alias, InsertStatement, SelectStatement},
};

use crate::{errors::failed, executor::Executor};

/// A statement with at most `limit` rows, from `offset` on.
///
/// The limit is part of the text: SQLite compiles a statement anew at every use when its limit is a
/// parameter, and PostgreSQL plans better for a limit that it knows. The offset is a parameter,
/// because a text for each page would crowd the caches of prepared statements.
pub(crate) fn limited(backend: DbBackend, select: &SelectStatement, limit: u64, offset: u64) -> Statement {
    let mut statement = backend.build(select);
    statement.sql.push_str(&format!(" LIMIT {}", limit.min(i64::MAX.unsigned_abs())));
    if offset > 0 {
        let values = statement.values.get_or_insert_with(|| Values(Vec::new()));
        values.0.push(i64::try_from(offset).unwrap_or(i64::MAX).into());
        match backend {
            DbBackend::Postgres => statement.sql.push_str(&format!(" OFFSET ${}", values.0.len())),
            _ => statement.sql.push_str(" OFFSET ?"),
        }
    }
    statement
}

/// The one row of a select by a key; it needs no limit.
pub(crate) async fn one<T: FromQueryResult>(
    db: &Executor,
    select: impl QueryTrait<QueryStatement = SelectStatement>,
) -> Result<Option<T>, StoreError> {
    let row = db.query_one(&select.into_query()).await.map_err(failed)?;
    row.map(|row| T::from_query_result(&row, "")).transpose().map_err(failed)
}

/// Inserts one row and returns the id that it got.
pub(crate) async fn insert_counted(db: &Executor, mut insert: InsertStatement) -> Result<i64, DbErr> {
    if db.support_returning() {
        insert.returning_col(Alias::new("id"));
        db.query_one(&insert).await?.ok_or(DbErr::RecordNotInserted)?.try_get_by_index(0)
    } else {
        let inserted = db.execute(&insert).await?;
        i64::try_from(inserted.last_insert_id()).map_err(|_| DbErr::UnpackInsertId)
    }
}
