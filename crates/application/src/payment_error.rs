//! The errors of payments.

use minsu_ports::PaymentError;
use thiserror::Error;

/// Payments.
#[derive(Debug, Error)]
pub enum PaymentFailed {
    /// No such payment of this person.
    #[error("no such payment")]
    NotFound,
    /// The site takes no payments, or not in this way.
    #[error("the site takes no payment of this kind")]
    NotOffered,
    /// More is to be paid back than was received and is left.
    #[error("more than can be paid back")]
    TooMuch,
    /// The provider refused, failed or did not answer.
    #[error("the payment provider failed")]
    Provider(#[source] PaymentError),
}
