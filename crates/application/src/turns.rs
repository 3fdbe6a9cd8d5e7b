//! Turns for heavy work.

use minsu_ports::{Party, Signal, Work, WorkTurn};

use crate::{App, AppError};

/// Waits for a turn; it ends when it is dropped.
///
/// # Errors
/// [`AppError::Busy`] when too many wait before it.
pub async fn turn(app: &App, work: Work, party: &Party) -> Result<WorkTurn, AppError> {
    app.scheduler.enter(work, party).await.map_err(|_| {
        app.telemetry.count(Signal::WorkRefused(work));
        AppError::Busy(match work {
            Work::Hashing => "hashing passwords",
            Work::Pictures => "processing pictures",
            Work::Searches => "searching",
            Work::Exports => "collecting exports",
        })
    })
}
