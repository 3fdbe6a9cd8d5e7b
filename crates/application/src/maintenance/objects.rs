//! Stored objects that no row references.

use std::time::Duration;

use crate::{
    App, AppError,
    object_comparison::{self, Unreferenced, Walked},
    orphaned_objects,
};

/// After how long a picture belongs to no upload that is still in progress.
pub const ORPHAN_AGE: Duration = Duration::from_secs(86_400);

/// Pictures of one batch.
const AT_ONCE: u32 = 500;

/// What was removed of the object store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrunedObjects {
    /// Pictures that were noted as orphaned.
    pub noted: u64,
    /// What the walk through the object store found, and removed.
    pub walked: Walked,
}

/// Removes the pictures that were noted as orphaned, then every object that no row references.
///
/// # Errors
/// [`AppError::StoreUnavailable`], or what the object store reports; what was removed until then is.
pub async fn prune_objects(app: &App) -> Result<PrunedObjects, AppError> {
    let mut noted = 0;
    loop {
        let swept = orphaned_objects::sweep(app, ORPHAN_AGE, AT_ONCE).await?;
        noted += u64::from(swept);
        if swept < AT_ONCE {
            break;
        }
    }
    let log = |key: &minsu_domain::PictureKey| tracing::info!(object = key.as_str(), "removing an unreferenced object");
    let walked = object_comparison::sweep_objects(app, ORPHAN_AGE, Unreferenced::Remove, log).await?;
    Ok(PrunedObjects { noted, walked })
}
