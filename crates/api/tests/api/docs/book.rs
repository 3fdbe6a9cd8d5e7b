//! The book of `docs/`: its table of contents names every page, and every link leads somewhere.

use std::{collections::BTreeSet, fs, path::Path};

use super::workspace_file;

/// Targets of Markdown links, without what leads to other sites and within a page.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.filter_map(|target| target.split('#').next());
    targets.filter(|target| !target.is_empty() && !target.contains("://")).map(String::from).collect()
}

/// The pages of a folder and those below it, as paths in `docs`.
pub(super) fn pages(folder: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            let docs = workspace_file("docs");
            all.push(path.strip_prefix(docs).unwrap().to_str().unwrap().to_owned());
        }
    }
}

#[test]
fn the_table_of_contents_names_every_page_once() {
    let mut all = Vec::new();
    pages(&workspace_file("docs"), &mut all);
    all.retain(|page| page != "SUMMARY.md");
    let named = links(&fs::read_to_string(workspace_file("docs/SUMMARY.md")).unwrap());
    let (found, listed): (BTreeSet<_>, BTreeSet<_>) = (all.into_iter().collect(), named.iter().cloned().collect());
    assert_eq!(found, listed);
    assert_eq!(named.len(), listed.len(), "a page stands twice");
}

#[test]
fn every_link_leads_to_a_file() {
    let mut all = Vec::new();
    pages(&workspace_file("docs"), &mut all);
    let all = all.into_iter().map(|page| format!("docs/{page}"));
    let others = ["README.md", "fixtures/README.md"].map(String::from);
    for page in all.chain(others) {
        let file = workspace_file(&page);
        for target in links(&fs::read_to_string(&file).unwrap()) {
            assert!(file.parent().unwrap().join(&target).exists(), "{page}: {target} leads nowhere");
        }
    }
}
