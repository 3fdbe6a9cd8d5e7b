//! The price of an order.

/// What an order costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreedPrice {
    /// What an old page showed, as the site's setting has it: days × base price, or the total of the rules.
    OldPage,
    /// The total of the rules.
    Rules,
    /// What a quote says, by its token.
    Quote(String),
}
