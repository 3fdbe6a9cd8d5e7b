//! Lines of the price of an order that has more than one; see `orders.line_count`.

use minsu_domain::{Quote, QuoteLine, QuoteLineKind, SignedMoney};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_lines")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) order_id: i64,
    /// Counted up for each order, from 1 on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i32,
    pub(crate) kind: i16,
    pub(crate) first_day: Date,
    pub(crate) last_day: Date,
    pub(crate) quantity: i32,
    /// Below zero for what is taken off.
    pub(crate) unit_price: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The number of a kind in the column `kind`.
pub(crate) fn kind_number(kind: QuoteLineKind) -> i16 {
    match kind {
        QuoteLineKind::Days => 0,
        QuoteLineKind::Discount => 1,
        QuoteLineKind::Cleaning => 2,
        QuoteLineKind::ExtraGuests => 3,
    }
}

/// The rows of an order; none where `orders` has room for its one line.
pub(crate) fn rows(order_id: i64, quote: &Quote) -> Vec<Model> {
    if quote.lines().len() == 1 {
        return Vec::new();
    }
    let row = |(number, line): (i32, &QuoteLine)| Model {
        order_id,
        number,
        kind: kind_number(line.kind()),
        first_day: line.first(),
        last_day: line.last(),
        quantity: i32::try_from(line.quantity()).unwrap_or(i32::MAX),
        unit_price: line.unit_price().fen(),
    };
    (1..).zip(quote.lines()).map(row).collect()
}

impl Model {
    /// The line; `None` when the columns contradict each other.
    pub(crate) fn line(&self) -> Option<QuoteLine> {
        let kind = QuoteLineKind::ALL.into_iter().find(|kind| kind_number(*kind) == self.kind)?;
        let quantity = u32::try_from(self.quantity).ok()?;
        let unit_price = SignedMoney::from_fen(self.unit_price).ok()?;
        QuoteLine::new(kind, (self.first_day, self.last_day), quantity, unit_price).ok()
    }
}
