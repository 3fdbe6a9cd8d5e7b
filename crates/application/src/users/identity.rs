//! A person's own real-name data.

use minsu_domain::UserId;
use minsu_ports::Identity;

use crate::{App, AppError};

/// The real-name data of the person behind a session; `None` before it was written.
///
/// # Errors
/// [`AppError::Internal`] when it cannot be unsealed.
pub async fn identity(app: &App, viewer: UserId) -> Result<Option<Identity>, AppError> {
    let sealed = app.store.read_own().await?.users().identity(viewer).await?;
    Ok(sealed.map(|sealed| app.sealer.open(viewer, &sealed)).transpose()?)
}
