//! Orders.

use minsu_domain::{CancellationPreset, Money, OrderStatus, Quote, QuoteLine};
use sea_orm::entity::prelude::*;

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
    pub(crate) expires_at: Option<DateTimeUtc>,
    pub(crate) cancellation: i16,
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

/// A quote in the columns `days`, `price` and `amount`, which have room for one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuoteColumns {
    pub(crate) days: i32,
    pub(crate) price: i64,
    pub(crate) amount: i64,
}

impl QuoteColumns {
    /// # Errors
    /// [`Misuse::QuoteLines`] for several lines.
    pub(crate) fn of(quote: &Quote) -> Result<Self, Misuse> {
        let [line] = quote.lines() else { return Err(Misuse::QuoteLines) };
        let days = i32::try_from(line.quantity()).map_err(|_| Misuse::QuoteLines)?;
        Ok(Self { days, price: line.unit_price().fen(), amount: quote.total().fen() })
    }

    /// The quote of a stay that begins on `first`; `None` when the columns contradict each other.
    pub(crate) fn read(self, first: Date) -> Option<Quote> {
        let days = u32::try_from(self.days).ok()?;
        let line = QuoteLine::days(first, days, Money::from_fen(self.price).ok()?).ok()?;
        Quote::of_lines(vec![line]).ok().filter(|quote| quote.total().fen() == self.amount)
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
    fn a_quote_of_one_line_fits_and_one_of_two_does_not() {
        let day = Date::from_ymd_opt(2026, 12, 1).unwrap();
        let line = |first| QuoteLine::days(first, 2, Money::from_fen(1999).unwrap()).unwrap();
        let quote = Quote::of_lines(vec![line(day)]).unwrap();
        let columns = QuoteColumns::of(&quote).unwrap();
        assert_eq!(columns, QuoteColumns { days: 2, price: 1999, amount: 3998 });
        assert_eq!(columns.read(day), Some(quote));
        assert_eq!(QuoteColumns { amount: 3997, ..columns }.read(day), None);
        assert_eq!(QuoteColumns { days: 0, ..columns }.read(day), None);
        let two = Quote::of_lines(vec![line(day), line(day.checked_add_days(chrono::Days::new(2)).unwrap())]).unwrap();
        assert!(QuoteColumns::of(&two).is_err());
    }
}
