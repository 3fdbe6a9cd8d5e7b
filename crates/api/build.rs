//! Gives the binary its build id: cached pages of builds that differ are told apart by it.

#![expect(clippy::disallowed_methods, reason = "cargo passes its variables in the environment")]

use std::{env, error::Error, path::Path};

#[path = "build/source_digest.rs"]
mod source_digest;

/// `BUILD_ID` of the environment, for packagers that have an id of their own; otherwise a digest of
/// the sources, which is there without git and without a clock.
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=BUILD_ID");
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let folders = source_digest::source_folders(Path::new(&root).parent().ok_or("the crate lies at the root")?)?;
    for folder in &folders {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    let id = match env::var("BUILD_ID") {
        Ok(id) if !id.is_empty() => id,
        _ => format!("{:016x}", source_digest::digest(&folders)?),
    };
    println!("cargo::rustc-env=BUILD_ID={id}");
    Ok(())
}
