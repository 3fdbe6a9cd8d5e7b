//! Objects as files under one folder.

mod files;

use std::{io, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use minsu_domain::PictureKey;
use minsu_ports::{ObjectError, ObjectStore};
use tokio::task::spawn_blocking;

use self::files::Files;
use crate::address::PublicBase;

/// Keeps every object as a file named after its key. A file appears under its name only when all
/// its bytes are on the disk, so neither a reader nor a power cut meets half a picture; leftovers
/// of a crash lie in the folder `.partial` and can be deleted at any time.
#[derive(Debug)]
pub struct DiskObjects {
    files: Arc<Files>,
    public_base: PublicBase,
}

impl DiskObjects {
    /// Objects in `root`, which is made when the first one comes, shown to browsers under
    /// `public_base`: a path such as `/media` or a URL.
    pub fn new(root: PathBuf, public_base: String) -> Self {
        Self { files: Arc::new(Files::new(root)), public_base: PublicBase::new(&public_base) }
    }

    /// File calls block, so they run on a thread for blocking work.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Files) -> io::Result<T> + Send + 'static,
    ) -> Result<T, ObjectError> {
        let files = Arc::clone(&self.files);
        match spawn_blocking(move || work(&files)).await {
            Ok(done) => done.map_err(|error| ObjectError::Failed(error.into())),
            Err(panicked) => Err(ObjectError::Failed(panicked.into())),
        }
    }
}

#[async_trait]
impl ObjectStore for DiskObjects {
    #[tracing::instrument(level = "trace", name = "objects put", skip_all, fields(otel.kind = "client"))]
    async fn put(&self, key: &PictureKey, jpeg: Bytes) -> Result<(), ObjectError> {
        let key = key.clone();
        self.blocking(move |files| files.put(&key, &jpeg)).await
    }

    #[tracing::instrument(level = "trace", name = "objects get", skip_all, fields(otel.kind = "client"))]
    async fn get(&self, key: &PictureKey) -> Result<Option<Bytes>, ObjectError> {
        let key = key.clone();
        self.blocking(move |files| files.get(&key)).await
    }

    #[tracing::instrument(level = "trace", name = "objects delete", skip_all, fields(otel.kind = "client"))]
    async fn delete(&self, key: &PictureKey) -> Result<(), ObjectError> {
        let key = key.clone();
        self.blocking(move |files| files.delete(&key)).await
    }

    fn public_url(&self, key: &PictureKey) -> String {
        self.public_base.of(key)
    }
}
