//! Deletions in batches.

use crate::{
    App, AppError,
    transaction::{Transaction, in_transaction},
};

/// Rows of one unit of work: few, so that its locks delay no request.
pub(super) const BATCH: u32 = 500;

/// Repeats a step that deletes at most [`BATCH`] rows until it deletes fewer, and returns how many it deleted.
pub(super) async fn batches(
    app: &App,
    mut step: impl AsyncFnMut(&mut Transaction) -> Result<u64, AppError>,
) -> Result<u64, AppError> {
    let mut total = 0;
    loop {
        let deleted = in_transaction(app, &mut step).await?;
        total += deleted;
        if deleted < u64::from(BATCH) {
            return Ok(total);
        }
    }
}
