//! Pages of `docs/` that the code writes: they say what it does, because it wrote them.

mod book;
pub mod calls;
mod commands;
mod documents;
mod enums;
mod errors;
mod examples;
pub mod samples;
mod settings;

use std::{fs, path::PathBuf};

/// A file of the workspace.
pub fn workspace_file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Demands that a page is what the code says; writes it anew if it is not.
pub fn compare(page: &str, text: &str) {
    let file = workspace_file(page);
    if fs::read_to_string(&file).ok().as_deref() != Some(text) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        panic!("{page} was out of date and has been written anew: look at it and commit it");
    }
}

/// The lines under the title of every page that is written here.
pub fn generated(test: &str) -> String {
    format!(
        "<!-- Written by the tests. To write it anew: cargo test -p minsu-api --test api {test} \
         (fails once, and has then written it). -->\n"
    )
}
