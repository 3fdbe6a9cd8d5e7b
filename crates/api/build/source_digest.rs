//! A digest of the product's sources, which tells builds of one version apart.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

/// The folders below `crates` whose sources are no part of the product.
const APART: &[&str] = &["testing"];

/// Every `src` folder of the product below `folder`, in the order of their names.
///
/// # Errors
/// When a folder cannot be read.
pub fn source_folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for child in children(folder)? {
        let name = child.file_name().unwrap_or_default();
        if !child.is_dir() || APART.iter().any(|apart| name == *apart) {
            continue;
        }
        if name == "src" {
            found.push(child);
        } else {
            found.extend(source_folders(&child)?);
        }
    }
    Ok(found)
}

/// A digest of the names and contents of all files in these folders, the same wherever they lie.
///
/// # Errors
/// When a file cannot be read.
pub fn digest(folders: &[PathBuf]) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for folder in folders {
        add(folder, folder, &mut hasher)?;
    }
    Ok(hasher.finish())
}

fn add(base: &Path, folder: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    for child in children(folder)? {
        if child.is_dir() {
            add(base, &child, hasher)?;
        } else {
            child.strip_prefix(base).unwrap_or(&child).hash(hasher);
            std::fs::read(&child)?.hash(hasher);
        }
    }
    Ok(())
}

fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut children: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    children.sort();
    Ok(children)
}
