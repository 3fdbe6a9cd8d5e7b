//! Paths of the workspace that the documentation names exist.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

use super::tree::workspace_file;

/// What a page tells the reader to make.
const TO_BE_MADE: &[&str] = &["crates/dialects/v2/"];

/// The Markdown files of the documentation; records of decisions speak of their time.
fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("adr") {
            pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// Every file and folder below the sources, from the root of the workspace.
fn sources(folder: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(workspace_file(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            sources(&path, found);
        }
        found.push(path);
    }
}

/// The paths in backticks that lead to a source, as they stand: a source file, or a folder of a crate. A page may
/// leave out where a path begins.
fn named(text: &str) -> BTreeSet<String> {
    let file = Regex::new(r"`([A-Za-z0-9_./-]+\.rs)`").unwrap();
    let folder = Regex::new(r"`((?:crates|migrations)/[A-Za-z0-9_./-]*)`").unwrap();
    let link = Regex::new(r"\]\((?:\.\./)*((?:crates|migrations)/[A-Za-z0-9_./-]*)\)").unwrap();
    [file, folder, link].iter().flat_map(|kind| kind.captures_iter(text).map(|found| found[1].to_owned())).collect()
}

fn exists(sources: &[String], path: &str) -> bool {
    let path = path.trim_end_matches('/');
    sources.iter().any(|source| source == path || source.strip_suffix(path).is_some_and(|rest| rest.ends_with('/')))
}

#[test]
fn every_source_that_the_documentation_names_exists() {
    let mut all = vec![workspace_file("README.md"), workspace_file("CONTRIBUTING.md")];
    pages(&workspace_file("docs"), &mut all);
    let mut known = vec!["crates".to_owned(), "migrations".to_owned()];
    sources("crates", &mut known);
    sources("migrations", &mut known);
    let (mut missing, mut seen) = (Vec::new(), 0);
    for page in all {
        let text = fs::read_to_string(&page).unwrap();
        // What a recipe adds is not there yet.
        let added: Vec<_> = text.lines().filter_map(|line| Some(line.split_once(",file=")?.1)).collect();
        for path in named(&text) {
            seen += 1;
            if !exists(&known, &path) && !added.contains(&&*path) && !TO_BE_MADE.contains(&&*path) {
                missing.push(format!("{}: {path}", page.display()));
            }
        }
    }
    assert!(seen > 100, "only {seen} paths");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_path_that_does_not_exist_is_found() {
    let known = ["crates/web/src/routes.rs".to_owned(), "migrations/src".to_owned()];
    let text = "`web/src/nowhere.rs`, `routes.rs`, `outes.rs`, `migrations/src/`, [x](../migrations/none), `cargo run`";
    let names = named(text);
    let missing: Vec<_> = names.iter().filter(|path| !exists(&known, path)).map(String::as_str).collect();
    assert_eq!(missing, ["migrations/none", "outes.rs", "web/src/nowhere.rs"]);
    assert_eq!(names.len(), 5);
}
