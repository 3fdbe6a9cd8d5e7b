//! Objects as files under one folder.

mod files;
mod walk;

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use minsu_domain::PictureKey;
use minsu_ports::{ObjectError, ObjectListing, ObjectReader, ObjectStore};
use tokio::task::spawn_blocking;

use self::{
    files::Files,
    walk::{DiskListing, Walk},
};
use crate::address::PublicBase;

/// Keeps every object as a file named after its key. A file appears under its name only when all
/// its bytes are on the disk, so neither a reader nor a power failure meets half a picture; leftovers
/// of a crash are in the folder `.partial` and can be deleted at any time.
#[derive(Debug)]
pub struct DiskObjects {
    files: Arc<Files>,
    public_base: PublicBase,
}

impl DiskObjects {
    /// Objects in `root`, which is created with the first object, at public addresses under
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

    #[tracing::instrument(level = "trace", name = "objects open", skip_all, fields(otel.kind = "client"))]
    async fn open(&self, key: &PictureKey) -> Result<Option<Box<dyn ObjectReader>>, ObjectError> {
        let key = key.clone();
        let opened = self.blocking(move |files| files.open(&key)).await?;
        Ok(opened.map(|(file, length)| Box::new(FileReader { file: Some(file), length }) as Box<dyn ObjectReader>))
    }

    #[tracing::instrument(level = "trace", name = "objects delete", skip_all, fields(otel.kind = "client"))]
    async fn delete(&self, key: &PictureKey) -> Result<(), ObjectError> {
        let key = key.clone();
        self.blocking(move |files| files.delete(&key)).await
    }

    fn list(&self, folder: &PictureKey) -> Box<dyn ObjectListing> {
        Box::new(DiskListing(Some(Walk::new(Arc::clone(&self.files), folder.clone()))))
    }

    fn public_url(&self, key: &PictureKey) -> String {
        self.public_base.of(key)
    }
}

/// Bytes that are read at a time.
const PIECE: usize = 64 << 10;

/// An open file. Its bytes never change: a file is replaced as a whole.
struct FileReader {
    file: Option<File>,
    length: u64,
}

#[async_trait]
impl ObjectReader for FileReader {
    fn length(&self) -> u64 {
        self.length
    }

    async fn next(&mut self) -> Result<Option<Bytes>, ObjectError> {
        let Some(file) = self.file.take() else { return Ok(None) };
        let read =
            spawn_blocking(move || piece(file)).await.map_err(|panicked| ObjectError::Failed(panicked.into()))?;
        let (file, bytes) = read.map_err(|error| ObjectError::Failed(error.into()))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.file = Some(file);
        Ok(Some(bytes))
    }
}

fn piece(mut file: File) -> io::Result<(File, Bytes)> {
    let mut bytes = BytesMut::zeroed(PIECE);
    let mut filled = 0;
    while filled < PIECE {
        match file.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok((file, bytes.freeze()))
}
