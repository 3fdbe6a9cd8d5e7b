//! Rows of a table before an engine has them.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use sea_orm::Value;

use crate::repos::values::stored;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Long(i64),
    Int(i32),
    Small(i16),
    Text(String),
    NoText,
    Day(NaiveDate),
    Instant(DateTime<Utc>),
    NoInstant,
}

/// A count of the domain.
pub(super) fn capped(count: u32) -> Cell {
    Cell::Int(stored(count))
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// As the text format of `COPY` has it.
    fn write(&self, text: &mut String) {
        match self {
            Self::Long(number) => number_to(text, *number),
            Self::Int(number) => number_to(text, i64::from(*number)),
            Self::Small(number) => number_to(text, i64::from(*number)),
            Self::Text(value) => {
                for c in value.chars() {
                    match c {
                        '\\' => text.push_str("\\\\"),
                        '\t' => text.push_str("\\t"),
                        '\n' => text.push_str("\\n"),
                        '\r' => text.push_str("\\r"),
                        c => text.push(c),
                    }
                }
            }
            Self::NoText | Self::NoInstant => text.push_str("\\N"),
            Self::Day(day) => display_to(text, day),
            Self::Instant(instant) => display_to(text, instant.trunc_subsecs(6).format("%Y-%m-%d %H:%M:%S%.6f+00")),
        }
    }
}

fn number_to(text: &mut String, number: i64) {
    display_to(text, number);
}

fn display_to(text: &mut String, value: impl std::fmt::Display) {
    // Writing into a text cannot fail.
    let _ = write!(text, "{value}");
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Long(number) => number.into(),
            Cell::Int(number) => number.into(),
            Cell::Small(number) => number.into(),
            Cell::Text(text) => text.into(),
            Cell::NoText => None::<String>.into(),
            Cell::Day(day) => day.into(),
            Cell::Instant(instant) => instant.trunc_subsecs(6).into(),
            Cell::NoInstant => None::<DateTime<Utc>>.into(),
        }
    }
}

/// Rows of one table.
pub(super) struct Rows {
    pub(super) table: &'static str,
    pub(super) columns: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
}

impl Rows {
    pub(super) fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self { table, columns, rows: Vec::new() }
    }

    pub(super) fn push<const N: usize>(&mut self, row: [Cell; N]) {
        self.rows.push(row.into());
    }

    pub(super) fn extend<const N: usize>(&mut self, rows: impl Iterator<Item = [Cell; N]>) {
        rows.for_each(|row| self.push(row));
    }

    /// Puts rows in the order of a key: neighbours in an index are written together.
    pub(super) fn sort_by_first(&mut self) {
        self.rows.sort_unstable();
    }

    /// As the text format of `COPY` has them.
    pub(super) fn copy_text(&self) -> String {
        let mut text = String::with_capacity(self.rows.len() * self.columns.len() * 12);
        for row in &self.rows {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                cell.write(&mut text);
            }
            text.push('\n');
        }
        text
    }

    /// So many rows at a time.
    pub(super) fn into_chunks(self, values: usize) -> impl Iterator<Item = Vec<Vec<Cell>>> {
        let size = (values / self.columns.len()).max(1);
        let mut rows = self.rows.into_iter();
        std::iter::from_fn(move || {
            let chunk: Vec<_> = rows.by_ref().take(size).collect();
            (!chunk.is_empty()).then_some(chunk)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_to_their_cell() {
        let mut rows = Rows::new("t", &["a", "b", "c"]);
        let instant = DateTime::from_timestamp(0, 123_456_789).unwrap();
        rows.push([Cell::text("a\tb\\N\n院"), Cell::NoText, Cell::Instant(instant)]);
        rows.push([Cell::Long(-1), Cell::Small(2), Cell::Day(instant.date_naive())]);
        let expected = "a\\tb\\\\N\\n院\t\\N\t1970-01-01 00:00:00.123456+00\n-1\t2\t1970-01-01\n";
        assert_eq!(rows.copy_text(), expected);
    }

    #[test]
    fn chunks_hold_so_many_values_at_most() {
        let mut rows = Rows::new("t", &["a", "b"]);
        rows.extend((0..5).map(|number| [Cell::Long(number), Cell::Long(0)]));
        assert_eq!(rows.into_chunks(5).map(|chunk| chunk.len()).collect::<Vec<_>>(), [2, 2, 1]);
    }
}
