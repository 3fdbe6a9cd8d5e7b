//! Walks through the files below a folder.

use std::{
    fs::{DirEntry, ReadDir},
    io::{self, ErrorKind},
    sync::Arc,
};

use async_trait::async_trait;
use minsu_domain::PictureKey;
use minsu_ports::{ListedObject, ObjectError, ObjectListing};
use tokio::task::spawn_blocking;

use super::files::Files;

/// A walk: the open folders, the deepest last. A folder is read entry by entry, so that its size costs no memory.
/// Links are passed over.
pub(super) struct Walk {
    files: Arc<Files>,
    /// Where it begins; absent once it has begun.
    folder: Option<PictureKey>,
    open: Vec<(PictureKey, ReadDir)>,
}

impl Walk {
    pub(super) fn new(files: Arc<Files>, folder: PictureKey) -> Self {
        Self { files, folder: Some(folder), open: Vec::new() }
    }

    fn enter(&mut self, folder: PictureKey) -> io::Result<()> {
        if let Some(entries) = self.files.folder(&folder)? {
            self.open.push((folder, entries));
        }
        Ok(())
    }

    fn page(&mut self, limit: u32) -> io::Result<Vec<ListedObject>> {
        if let Some(folder) = self.folder.take() {
            self.enter(folder)?;
        }
        let mut found = Vec::new();
        while found.len() < limit as usize {
            let Some((folder, entries)) = self.open.last_mut() else { break };
            let Some(entry) = entries.next().transpose()? else {
                self.open.pop();
                continue;
            };
            // What is no key was not stored by this adapter.
            let name = entry.file_name();
            let path = name.to_str().map(|name| format!("{}/{name}", folder.as_str()));
            let Some(Ok(key)) = path.map(|path| PictureKey::new(&path)) else { continue };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.enter(key)?;
            } else if kind.is_file() {
                found.extend(listed(key, &entry)?);
            }
        }
        Ok(found)
    }
}

/// `None` for a file that was removed meanwhile.
fn listed(key: PictureKey, entry: &DirEntry) -> io::Result<Option<ListedObject>> {
    match entry.metadata().and_then(|meta| meta.modified()) {
        Ok(modified) => Ok(Some(ListedObject { key, modified_at: modified.into() })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The listing of a disk: its walk, while no page is read.
pub(super) struct DiskListing(pub(super) Option<Walk>);

#[async_trait]
impl ObjectListing for DiskListing {
    async fn next(&mut self, limit: u32) -> Result<Vec<ListedObject>, ObjectError> {
        let Some(mut walk) = self.0.take() else { return Ok(Vec::new()) };
        let read = spawn_blocking(move || walk.page(limit).map(|page| (walk, page)));
        let read = read.await.map_err(|panicked| ObjectError::Failed(panicked.into()))?;
        let (walk, page) = read.map_err(|error| ObjectError::Failed(error.into()))?;
        self.0 = Some(walk);
        Ok(page)
    }
}
