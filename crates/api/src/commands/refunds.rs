//! `minsu refunds`.

use minsu_application::{
    App,
    payments::{self, FailedRefund},
};
use minsu_domain::RefundId;

use super::{CommandError, print};

/// Prints the refunds that failed, a line each; with `retry` asks for one of them again.
///
/// # Errors
/// When there is no such refund, or the database refuses.
pub async fn refunds(app: &App, retry: Option<i64>) -> Result<(), CommandError> {
    if let Some(id) = retry {
        let asked = payments::retry_refund(app, RefundId::new(id)?).await?;
        print(if asked { "it is asked for again" } else { "it has not failed: nothing was changed" })?;
        return Ok(());
    }
    for FailedRefund { refund, code } in payments::failed_refunds(app).await? {
        let (id, order, fen) = (refund.id, refund.order, refund.amount.fen());
        print(format_args!("refund {id} of order {order}: {fen} fen were refused with {code}"))?;
    }
    Ok(())
}
