//! The file calls behind the disk adapter; all of them block.

use std::{
    fs::{self, File, OpenOptions, ReadDir},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use minsu_domain::PictureKey;
use uuid::Uuid;

/// Where files are written before they get their names. No key starts with a point.
const PARTIAL: &str = ".partial";

#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
}

impl Files {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(super) fn put(&self, key: &PictureKey, content: &[u8]) -> io::Result<()> {
        let target = self.root.join(key.as_str());
        let folder = target.parent().unwrap_or(&self.root);
        self.make_folder(folder)?;
        self.inside(folder)?;
        let partial = self.root.join(PARTIAL);
        self.make_folder(&partial)?;
        let partial = partial.join(Uuid::new_v4().to_string());
        let written = write_whole(&partial, content).and_then(|()| fs::rename(&partial, &target));
        if written.is_err() {
            // Nothing half-written stays; the error that matters is the first one.
            let _ = fs::remove_file(&partial);
        }
        written?;
        sync_folder(folder)
    }

    pub(super) fn get(&self, key: &PictureKey) -> io::Result<Option<Bytes>> {
        self.present(|| {
            let path = self.root.join(key.as_str());
            self.inside(&path)?;
            if path.is_dir() {
                return Err(ErrorKind::IsADirectory.into());
            }
            fs::read(&path).map(Bytes::from)
        })
    }

    /// A file to be read, and its length.
    pub(super) fn open(&self, key: &PictureKey) -> io::Result<Option<(File, u64)>> {
        self.present(|| {
            let path = self.root.join(key.as_str());
            self.inside(&path)?;
            let file = File::open(&path)?;
            let meta = file.metadata()?;
            if meta.is_dir() { Err(ErrorKind::IsADirectory.into()) } else { Ok((file, meta.len())) }
        })
    }

    /// The entries of a folder.
    pub(super) fn folder(&self, folder: &PictureKey) -> io::Result<Option<ReadDir>> {
        self.present(|| {
            let path = self.root.join(folder.as_str());
            self.inside(&path)?;
            fs::read_dir(&path)
        })
    }

    pub(super) fn delete(&self, key: &PictureKey) -> io::Result<()> {
        let path = self.root.join(key.as_str());
        let folder = path.parent().unwrap_or(&self.root);
        let removed = self.present(|| {
            self.inside(folder)?;
            if path.is_dir() {
                return Err(ErrorKind::IsADirectory.into());
            }
            fs::remove_file(&path)
        })?;
        match removed {
            Some(()) => sync_folder(folder),
            None => Ok(()),
        }
    }

    /// `None` where the key names nothing: no file, a folder of other keys, or below a file. A
    /// root that is there but is no folder is a mistake of the installation, not an empty store.
    fn present<T>(&self, call: impl FnOnce() -> io::Result<T>) -> io::Result<Option<T>> {
        match call() {
            Ok(found) => Ok(Some(found)),
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::IsADirectory => Ok(None),
                ErrorKind::NotADirectory if self.root.is_dir() => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// Fails when a symbolic link leads out of the root. Keys cannot: they have no `..`.
    fn inside(&self, path: &Path) -> io::Result<()> {
        if path.canonicalize()?.starts_with(self.root.canonicalize()?) {
            Ok(())
        } else {
            Err(io::Error::new(ErrorKind::PermissionDenied, "the path leads out of the folder for objects"))
        }
    }

    /// Makes a folder and those above it, up to the root and it too, and makes that durable.
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let new: Vec<_> = folder.ancestors().take_while(|ancestor| !ancestor.is_dir()).collect();
        fs::create_dir_all(folder)?;
        for made in new {
            if let Some(parent) = made.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                sync_folder(parent)?;
            }
        }
        Ok(())
    }
}

fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the names in a folder durable, where the system can.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes the names in a folder durable, where the system can.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
