//! `minsu jobs`.

use minsu_application::{App, jobs};
use minsu_ports::JobFailure;

use super::{CommandError, print};

/// Prints when each job is due and what is not tried again, a line each; with `retry` makes the latter due again.
///
/// # Errors
/// When the database refuses.
pub async fn jobs(app: &App, retry: bool) -> Result<(), CommandError> {
    let state = jobs::state(app).await?;
    for (job, at) in state.due {
        print(format_args!("{} is due at {}", job.name(), at.format("%Y-%m-%dT%H:%M:%SZ")))?;
    }
    for JobFailure { job, subject, attempts, next_at: _, error } in state.dead {
        print(format_args!("{} failed for {subject} after {attempts} attempts: {error}", job.name()))?;
    }
    if retry {
        print(format_args!("made {} due again", jobs::retry(app).await?))?;
    }
    Ok(())
}
