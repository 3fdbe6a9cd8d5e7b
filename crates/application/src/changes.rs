//! Telling ready pages that something they show has changed.

use minsu_ports::Scope;

use crate::{App, AppError};

/// Makes the pages of these scopes out of date, unless the change was refused. A database that
/// went away may have committed before it did, so that counts as a change, too.
pub(crate) async fn announce<T>(app: &App, result: &Result<T, AppError>, scopes: &[Scope]) {
    if matches!(result, Ok(_) | Err(AppError::StoreUnavailable(_))) {
        app.pages.changed(scopes).await;
    }
}
