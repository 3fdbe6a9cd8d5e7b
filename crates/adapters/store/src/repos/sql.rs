//! Statements as texts, where it matters how they are written.

use sea_orm::{DbBackend, Statement, Value, Values};

/// A statement in the making.
pub(crate) struct Sql {
    backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(backend: DbBackend) -> Self {
        Self { backend, text: String::new(), values: Vec::new() }
    }

    /// Begins with a statement between two texts; its placeholders come first.
    pub(crate) fn around(before: &str, statement: Statement, behind: &str) -> Self {
        let Statement { sql, values, db_backend } = statement;
        let values = values.map_or_else(Vec::new, |Values(values)| values);
        Self { backend: db_backend, text: format!("{before}{sql}{behind}"), values }
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Appends text; never text from a client.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder and binds its value.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        match self.backend {
            DbBackend::Postgres => self.text.push_str(&format!("${}", self.values.len())),
            _ => self.text.push('?'),
        }
        self
    }

    /// Appends placeholders with commas between, and binds their values. There must be one.
    pub(crate) fn list<T: Into<Value>>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Self {
        for (place, value) in values.into_iter().enumerate() {
            self.push(if place == 0 { "" } else { ", " }).bind(value);
        }
        self
    }

    /// Appends `LIMIT` (the most rows) and `OFFSET` (how many go before them).
    ///
    /// The limit is part of the text: SQLite compiles a statement anew at every use when its limit is
    /// a parameter, and PostgreSQL plans better for a limit that it knows. The offset is a parameter,
    /// because a text for each page would crowd the caches of prepared statements.
    pub(crate) fn limit(&mut self, limit: u64, offset: u64) -> &mut Self {
        self.push(&format!(" LIMIT {}", limit.min(i64::MAX.unsigned_abs())));
        if offset > 0 {
            self.push(" OFFSET ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
        }
        self
    }

    pub(crate) fn done(self) -> Statement {
        Statement { sql: self.text, values: Some(Values(self.values)), db_backend: self.backend }
    }
}
