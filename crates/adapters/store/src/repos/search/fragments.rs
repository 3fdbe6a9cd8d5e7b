//! What the conditions of a search share.

use sea_orm::DbBackend;

use crate::repos::sql::Sql;

/// Whether houses with rules of their own are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    With,
    Without,
    Either,
}

/// Ends a subquery that is to be run for one house after the other. PostgreSQL would rather
/// collect every house of a common facility first, unless an `OFFSET` prevents it.
pub(super) fn probed(sql: &mut Sql) {
    sql.push(if sql.backend() == DbBackend::Postgres { " OFFSET 0)" } else { ")" });
}
