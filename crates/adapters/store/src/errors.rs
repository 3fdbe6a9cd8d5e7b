//! The mapping from the engines' errors to those of the port, in one place.

use minsu_ports::{StoreError, UniqueKey};
use sea_orm::{DbErr, RuntimeErr, SqlxError, SqlxMySqlError, SqlxPostgresError, SqlxSqliteError};
use thiserror::Error;

/// A row that this version cannot have written.
#[derive(Debug, Error)]
#[error("the column {column} of {table} holds a value outside of its domain")]
pub(crate) struct CorruptRow {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
}

/// A mistake in the calling code.
#[derive(Debug, Error)]
pub(crate) enum Misuse {
    #[error("a session for reading does not write")]
    WriteWhileReading,
    #[error("there is no such row to change")]
    NoSuchRow,
    #[error("a column has a type that bulk writes do not know")]
    UnknownValue,
    #[error("an order has columns for fewer days or lines")]
    QuoteLines,
}

impl From<CorruptRow> for StoreError {
    fn from(corrupt: CorruptRow) -> Self {
        Self::Backend(Box::new(corrupt))
    }
}

impl From<Misuse> for StoreError {
    fn from(misuse: Misuse) -> Self {
        Self::Backend(Box::new(misuse))
    }
}

/// The kinds of [`StoreError`] without their cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Duplicate(UniqueKey),
    Conflict,
    Unavailable,
    Backend,
}

/// The error of a statement.
pub(crate) fn failed(error: DbErr) -> StoreError {
    match kind(&error) {
        Kind::Duplicate(key) => StoreError::Duplicate(key),
        Kind::Conflict => StoreError::Conflict(Box::new(error)),
        Kind::Unavailable => StoreError::Unavailable(Box::new(error)),
        Kind::Backend => StoreError::Backend(Box::new(error)),
    }
}

/// Whether a statement was refused because a column that needs a value would have none.
pub(crate) fn is_missing_value(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    let SqlxError::Database(cause) = &**cause else { return false };
    if let Some(cause) = cause.try_downcast_ref::<SqlxMySqlError>() {
        return cause.number() == 1048;
    }
    // PostgreSQL's state, SQLite's extended code.
    cause.code().is_some_and(|code| ["23502", "1299"].contains(&code.as_ref()))
}

/// Whether another process holds a lock of a SQLite file.
pub(crate) fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(cause))
    | DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return false;
    };
    let SqlxError::Database(cause) = &**cause else { return false };
    let code = cause.try_downcast_ref::<SqlxSqliteError>().and(cause.code());
    // The low byte is the class: busy.
    code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| code & 0xff == 5)
}

/// Sorts an error.
pub(crate) fn kind(error: &DbErr) -> Kind {
    let cause = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return Kind::Unavailable,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => &**cause,
        _ => return Kind::Backend,
    };
    match cause {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed
        | SqlxError::BeginFailed => Kind::Unavailable,
        SqlxError::Database(cause) => {
            if let Some(cause) = cause.try_downcast_ref::<SqlxPostgresError>() {
                postgres(cause.code(), cause.constraint())
            } else if let Some(cause) = cause.try_downcast_ref::<SqlxMySqlError>() {
                mysql(cause.number(), cause.message())
            } else if cause.try_downcast_ref::<SqlxSqliteError>().is_some() {
                let code = cause.code().and_then(|code| code.parse().ok()).unwrap_or(0);
                sqlite(code, cause.message())
            } else {
                Kind::Backend
            }
        }
        _ => Kind::Backend,
    }
}

fn postgres(state: &str, constraint: Option<&str>) -> Kind {
    match state {
        "23505" => match constraint {
            Some("users_mobile") => Kind::Duplicate(UniqueKey::Mobile),
            Some("users_name" | "users_name_key") => Kind::Duplicate(UniqueKey::UserName),
            Some("house_pictures_once") => Kind::Duplicate(UniqueKey::HousePicture),
            Some("house_day_pkey") => Kind::Duplicate(UniqueKey::HouseDay),
            Some("identity_numbers_place" | "identity_numbers_pkey") => Kind::Conflict,
            _ => Kind::Backend,
        },
        // Serialisation failure, deadlock, lock not available.
        "40001" | "40P01" | "55P03" => Kind::Conflict,
        // Statement timeout; a primary that has become a replica; a transaction that idled too long.
        "57014" | "25006" | "25P03" => Kind::Unavailable,
        // Connection, resources (disk, memory, connections), operator intervention (shutdown).
        _ if ["08", "53", "57"].iter().any(|class| state.starts_with(class)) => Kind::Unavailable,
        _ => Kind::Backend,
    }
}

fn mysql(number: u16, message: &str) -> Kind {
    match number {
        // "Duplicate entry '…' for key 'users_mobile'", or 'users.users_mobile' from MySQL 8. The
        // entry comes first and may itself hold anything, so only the end of the text counts.
        1062 | 1586 => match message.trim_end_matches('\'').rsplit(['\'', '.']).next() {
            Some("users_mobile") => Kind::Duplicate(UniqueKey::Mobile),
            Some("users_name" | "users_name_key") => Kind::Duplicate(UniqueKey::UserName),
            Some("house_pictures_once") => Kind::Duplicate(UniqueKey::HousePicture),
            // Another transaction chose the same place.
            Some("identity_numbers_place") => Kind::Conflict,
            // A primary key has no other name there. All others are counted up by the database or
            // are free of doubles before they are inserted.
            Some("PRIMARY") => Kind::Duplicate(UniqueKey::HouseDay),
            _ => Kind::Backend,
        },
        // Deadlock, lock wait timeout, a row that changed since the snapshot.
        1213 | 1205 | 1020 => Kind::Conflict,
        // Too many connections, shutdown, disk full, read-only, killed, statement timeouts.
        1040 | 1053 | 1021 | 1114 | 1203 | 1290 | 1836 | 1317 | 1927 | 1969 | 3024 | 1152..=1161 => Kind::Unavailable,
        _ => Kind::Backend,
    }
}

fn sqlite(code: i32, message: &str) -> Kind {
    // The low byte is the class, the rest tells more.
    match code & 0xff {
        // Constraint: primary key (1555) or unique (2067), named by its columns.
        19 if matches!(code, 1555 | 2067) => {
            if message.contains("users.mobile") {
                Kind::Duplicate(UniqueKey::Mobile)
            } else if message.contains("users.name") {
                Kind::Duplicate(UniqueKey::UserName)
            } else if message.contains("house_pictures.picture") {
                Kind::Duplicate(UniqueKey::HousePicture)
            } else if message.contains("house_day.house_id") {
                Kind::Duplicate(UniqueKey::HouseDay)
            } else if message.contains("identity_numbers.") {
                Kind::Conflict
            } else {
                Kind::Backend
            }
        }
        // Busy, locked.
        5 | 6 => Kind::Conflict,
        // Interrupted, input or output error, disk full, cannot open.
        9 | 10 | 13 | 14 => Kind::Unavailable,
        _ => Kind::Backend,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_index_tells_what_is_taken() {
        let text = |key: &str| format!("Duplicate entry '13800000000' for key '{key}'");
        assert_eq!(mysql(1062, &text("users_mobile")), Kind::Duplicate(UniqueKey::Mobile));
        assert_eq!(mysql(1062, &text("users.users_name")), Kind::Duplicate(UniqueKey::UserName));
        assert_eq!(mysql(1062, &text("PRIMARY")), Kind::Duplicate(UniqueKey::HouseDay));
        assert_eq!(mysql(1062, &text("house_day.PRIMARY")), Kind::Duplicate(UniqueKey::HouseDay));
        assert_eq!(mysql(1062, &text("other")), Kind::Backend);
        assert_eq!(postgres("23505", Some("house_day_pkey")), Kind::Duplicate(UniqueKey::HouseDay));
        assert_eq!(postgres("23505", Some("other")), Kind::Backend);
        assert_eq!(sqlite(2067, "UNIQUE constraint failed: users.name"), Kind::Duplicate(UniqueKey::UserName));
        assert_eq!(sqlite(787, "FOREIGN KEY constraint failed"), Kind::Backend);
    }

    #[test]
    fn a_value_in_the_message_cannot_pass_for_an_index() {
        let text = "Duplicate entry ''users_mobile'' for key 'users_name'";
        assert_eq!(mysql(1062, text), Kind::Duplicate(UniqueKey::UserName));
    }

    #[test]
    fn collisions_can_be_tried_again_and_outages_cannot() {
        for state in ["40001", "40P01"] {
            assert_eq!(postgres(state, None), Kind::Conflict);
        }
        for state in ["57014", "57P01", "53300", "08006"] {
            assert_eq!(postgres(state, None), Kind::Unavailable);
        }
        for number in [1213, 1205] {
            assert_eq!(mysql(number, ""), Kind::Conflict);
        }
        for number in [1040, 1969, 3024, 1053] {
            assert_eq!(mysql(number, ""), Kind::Unavailable);
        }
        // Busy, busy with a stale snapshot, locked; then cannot open.
        for code in [5, 517, 6] {
            assert_eq!(sqlite(code, "database is locked"), Kind::Conflict);
        }
        assert_eq!(sqlite(14, "unable to open database file"), Kind::Unavailable);
        assert_eq!(postgres("42P01", None), Kind::Backend);
        assert_eq!(mysql(1146, ""), Kind::Backend);
    }
}
