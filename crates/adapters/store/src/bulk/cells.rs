//! Rows of a table before an engine has them. Columns and values come from the entity, so that a
//! column cannot be left out.

use std::{fmt::Write as _, marker::PhantomData};

use chrono::SubsecRound as _;
use minsu_ports::StoreError;
use sea_orm::{EntityName as _, EntityTrait, IdenStatic as _, Iterable as _, ModelTrait, Value};

use crate::errors::Misuse;

/// Rows of one table, each with every column of its entity.
pub(super) struct Rows<M> {
    rows: Vec<Vec<Value>>,
    of: PhantomData<M>,
}

impl<M: ModelTrait> Default for Rows<M> {
    fn default() -> Self {
        Self::new()
    }
}

type Column<M> = <<M as ModelTrait>::Entity as EntityTrait>::Column;

impl<M: ModelTrait> Rows<M> {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), of: PhantomData }
    }

    pub(super) fn table() -> &'static str {
        M::Entity::default().table_name()
    }

    pub(super) fn columns() -> Vec<&'static str> {
        Column::<M>::iter().map(|column| column.as_str()).collect()
    }

    pub(super) fn push(&mut self, row: &M) {
        self.rows.push(Column::<M>::iter().map(|column| rounded(row.get(column))).collect());
    }

    pub(super) fn extend(&mut self, rows: impl IntoIterator<Item = M>) {
        rows.into_iter().for_each(|row| self.push(&row));
    }

    /// As the text format of `COPY` has them.
    ///
    /// # Errors
    /// [`Misuse::UnknownValue`] for a type of column that no table had so far.
    pub(super) fn copy_text(&self) -> Result<String, StoreError> {
        let mut text = String::with_capacity(self.rows.len() * Self::columns().len() * 12);
        for row in &self.rows {
            for (place, value) in row.iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                write_value(&mut text, value)?;
            }
            text.push('\n');
        }
        Ok(text)
    }

    /// Chunks of at most so many values.
    pub(super) fn into_chunks(self, values: usize) -> impl Iterator<Item = Vec<Vec<Value>>> {
        let size = (values / Self::columns().len()).max(1);
        let mut rows = self.rows.into_iter();
        std::iter::from_fn(move || {
            let chunk: Vec<_> = rows.by_ref().take(size).collect();
            (!chunk.is_empty()).then_some(chunk)
        })
    }
}

/// All engines keep instants to the microsecond.
fn rounded(value: Value) -> Value {
    match value {
        Value::ChronoDateTimeUtc(Some(instant)) => instant.trunc_subsecs(6).into(),
        value => value,
    }
}

fn write_value(text: &mut String, value: &Value) -> Result<(), StoreError> {
    match value {
        Value::SmallInt(Some(number)) => display_to(text, number),
        Value::Int(Some(number)) => display_to(text, number),
        Value::BigInt(Some(number)) => display_to(text, number),
        Value::String(Some(value)) => value.chars().for_each(|c| match c {
            '\\' => text.push_str("\\\\"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            c => text.push(c),
        }),
        Value::ChronoDate(Some(day)) => display_to(text, day),
        Value::ChronoDateTimeUtc(Some(instant)) => display_to(text, instant.format("%Y-%m-%d %H:%M:%S%.6f+00")),
        Value::SmallInt(None)
        | Value::Int(None)
        | Value::BigInt(None)
        | Value::String(None)
        | Value::Bytes(None)
        | Value::ChronoDate(None)
        | Value::ChronoDateTimeUtc(None) => text.push_str("\\N"),
        _ => return Err(Misuse::UnknownValue.into()),
    }
    Ok(())
}

fn display_to(text: &mut String, value: impl std::fmt::Display) {
    // Writing into a text cannot fail.
    let _ = write!(text, "{value}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::{house_word, user};
    use chrono::DateTime;

    #[test]
    fn texts_keep_to_their_cell() {
        let mut rows = Rows::new();
        rows.push(&user::Model {
            id: -1,
            mobile: "a\tb\\N\n院".to_owned(),
            name: String::new(),
            name_key: String::new(),
            password_hash: "\r".to_owned(),
            avatar: None,
            identity_key_id: None,
            identity_sealed: None,
            created_at: DateTime::from_timestamp(0, 123_456_789).unwrap(),
        });
        let expected = "-1\ta\\tb\\\\N\\n院\t\t\t\\r\t\\N\t\\N\t\\N\t1970-01-01 00:00:00.123456+00\n";
        assert_eq!(rows.copy_text().unwrap(), expected);
    }

    #[test]
    fn a_value_that_cannot_be_written_is_an_error() {
        assert!(write_value(&mut String::new(), &Value::Bytes(Some(vec![1]))).is_err());
    }

    #[test]
    fn chunks_hold_so_many_values_at_most() {
        let mut rows = Rows::new();
        rows.extend((0..5).map(|pair| house_word::Model { pair, house_id: 0 }));
        assert_eq!(rows.into_chunks(5).map(|chunk| chunk.len()).collect::<Vec<_>>(), [2, 2, 1]);
    }
}
