//! Stores a picture: the objects in the object store, then the row.

use bytes::Bytes;
use futures_util::future::try_join_all;
use minsu_domain::PictureKey;

use crate::{App, AppError, PictureError, orphaned_objects};

/// Stores the objects of a picture, then writes its row. The key is noted before (see
/// [`crate::orphaned_objects`]); `write_row` forgets it in its transaction. When an object cannot be stored
/// or the row cannot be written, the objects are removed again, at once or by the sweep.
///
/// # Errors
/// [`PictureError::NotStored`], [`AppError::StoreUnavailable`], those of `write_row`.
pub(crate) async fn store(
    app: &App,
    key: &PictureKey,
    objects: &[(&PictureKey, Bytes)],
    write_row: impl AsyncFnOnce() -> Result<(), AppError>,
) -> Result<(), AppError> {
    orphaned_objects::note(app, key).await?;
    // All at once, so that the caller waits for one deadline.
    let stored = try_join_all(objects.iter().map(|(key, bytes)| app.objects.put(key, bytes.clone()))).await;
    let written = match stored {
        Ok(_) => write_row().await,
        Err(error) => Err(PictureError::NotStored(error).into()),
    };
    if written.is_err() {
        orphaned_objects::discard(app, key).await;
    }
    written
}
