//! Orders.

use minsu_domain::{CancellationPreset, Money, OrderStatus, Quote, QuoteLine};
use sea_orm::entity::prelude::*;

use super::order_line;
use crate::errors::Misuse;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) house_id: i64,
    pub(crate) landlord_id: i64,
    pub(crate) guest_id: i64,
    pub(crate) start_day: Date,
    pub(crate) end_day: Date,
    pub(crate) days: i32,
    pub(crate) price: i64,
    pub(crate) amount: i64,
    pub(crate) status: i16,
    pub(crate) comment: Option<String>,
    pub(crate) commented_at: Option<DateTimeUtc>,
    pub(crate) reject_reason: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    /// The number of the newest row of its history, see `order_change.rs`.
    pub(crate) version: i32,
    /// How many lines its price has; of more than one they are in `order_line.rs`, and `price` is that of the first day.
    pub(crate) line_count: i32,
    pub(crate) expires_at: Option<DateTimeUtc>,
    pub(crate) cancellation: i16,
    pub(crate) guests: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The number of a state in the column `status`.
pub(crate) fn number(status: OrderStatus) -> i16 {
    match status {
        OrderStatus::WaitAccept => 0,
        OrderStatus::WaitPayment => 1,
        OrderStatus::Paid => 2,
        OrderStatus::WaitComment => 3,
        OrderStatus::Complete => 4,
        OrderStatus::Canceled => 5,
        OrderStatus::Rejected => 6,
    }
}

/// The state of a number, if there is one.
pub(crate) fn status(stored: i16) -> Option<OrderStatus> {
    OrderStatus::ALL.into_iter().find(|status| number(*status) == stored)
}

/// The number of a cancellation policy in the column `cancellation`.
pub(crate) const fn cancellation_number(preset: CancellationPreset) -> i16 {
    match preset {
        CancellationPreset::Flexible => 0,
        CancellationPreset::Moderate => 1,
        CancellationPreset::Strict => 2,
    }
}

/// The cancellation policy of a number, if there is one.
pub(crate) fn cancellation(stored: i16) -> Option<CancellationPreset> {
    CancellationPreset::ALL.into_iter().find(|preset| cancellation_number(*preset) == stored)
}

/// A quote in the columns `days`, `price`, `amount` and `line_count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuoteColumns {
    pub(crate) days: i32,
    pub(crate) price: i64,
    pub(crate) amount: i64,
    pub(crate) line_count: i32,
}

impl QuoteColumns {
    /// # Errors
    /// [`Misuse::QuoteLines`] for more days or lines than a column holds.
    pub(crate) fn of(quote: &Quote) -> Result<Self, Misuse> {
        let price = quote.lines().first().ok_or(Misuse::QuoteLines)?.unit_price().fen();
        let days = i32::try_from(quote.days()).map_err(|_| Misuse::QuoteLines)?;
        let line_count = i32::try_from(quote.lines().len()).map_err(|_| Misuse::QuoteLines)?;
        Ok(Self { days, price, amount: quote.total().fen(), line_count })
    }

    /// The quote of a stay that begins on `first`, with its lines where it has more than one; `None` when the columns
    /// contradict each other.
    pub(crate) fn read(self, first: Date, lines: &[order_line::Model]) -> Option<Quote> {
        let days = u32::try_from(self.days).ok()?;
        let lines = if self.line_count == 1 {
            vec![QuoteLine::days(first, days, Money::from_fen(self.price).ok()?).ok()?]
        } else {
            lines.iter().map(order_line::Model::line).collect::<Option<Vec<_>>>()?
        };
        let quote = Quote::of_lines(lines).ok()?;
        let is_sound = quote.total().fen() == self.amount && quote.days() == days && quote.first_day() == Some(first);
        is_sound.then_some(quote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_number_of_its_own() {
        for state in OrderStatus::ALL {
            assert_eq!(status(number(state)), Some(state));
        }
        assert_eq!(OrderStatus::ALL.map(number), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!((status(-1), status(7)), (None, None));
    }

    #[test]
    fn a_quote_reads_back_with_its_lines() {
        let day = Date::from_ymd_opt(2026, 12, 1).unwrap();
        let line = |first| QuoteLine::days(first, 2, Money::from_fen(1999).unwrap()).unwrap();
        let quote = Quote::of_lines(vec![line(day)]).unwrap();
        let columns = QuoteColumns::of(&quote).unwrap();
        assert_eq!(columns, QuoteColumns { days: 2, price: 1999, amount: 3998, line_count: 1 });
        assert_eq!(columns.read(day, &[]), Some(quote));
        assert_eq!(QuoteColumns { amount: 3997, ..columns }.read(day, &[]), None);
        assert_eq!(QuoteColumns { days: 0, ..columns }.read(day, &[]), None);
        let two = Quote::of_lines(vec![line(day), line(day.checked_add_days(chrono::Days::new(2)).unwrap())]).unwrap();
        let (columns, lines) = (QuoteColumns::of(&two).unwrap(), order_line::rows(1, &two));
        assert_eq!(columns, QuoteColumns { days: 4, price: 1999, amount: 7996, line_count: 2 });
        assert_eq!(columns.read(day, &lines), Some(two));
        assert_eq!(columns.read(day, &lines[..1]), None);
        assert_eq!(QuoteColumns { amount: 7995, ..columns }.read(day, &lines), None);
    }
}
