//! A recipe: a page whose blocks are edits. New files are given whole, in a block that names its file
//! (```` ```rust,file=path ````); a ```` ```diff ```` block changes existing ones.

use std::{collections::BTreeSet, fs};

use super::tree::workspace_file;

/// A block that is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A file with its text.
    New(String, String),
    /// What `patch -p1` takes.
    Change(String),
}

impl Edit {
    fn files(&self) -> Vec<&str> {
        match self {
            Self::New(file, _) => vec![file],
            Self::Change(diff) => diff.lines().filter_map(|line| line.strip_prefix("+++ b/")).collect(),
        }
    }
}

/// The edits of a page, in their order.
#[derive(Debug)]
pub struct Page {
    pub edits: Vec<Edit>,
}

impl Page {
    pub fn read(path: &str) -> Self {
        Self::parse(&fs::read_to_string(workspace_file(path)).unwrap())
    }

    fn parse(text: &str) -> Self {
        let mut edits = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(language) = line.strip_prefix("```") else { continue };
            let body: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            if let Some((_, file)) = language.split_once(",file=") {
                edits.push(Edit::New(file.to_owned(), body));
            } else if language == "diff" {
                edits.push(Edit::Change(body));
            }
        }
        Self { edits }
    }

    /// The files that are added or changed.
    pub fn files(&self) -> BTreeSet<&str> {
        self.edits.iter().flat_map(Edit::files).collect()
    }

    /// How many places are edited: new files and hunks.
    pub fn edits(&self) -> usize {
        let places = |edit: &Edit| match edit {
            Edit::New(..) => 1,
            Edit::Change(diff) => diff.lines().filter(|line| line.starts_with("@@ ")).count(),
        };
        self.edits.iter().map(places).sum()
    }
}

#[test]
fn blocks_without_a_file_are_for_readers_only() {
    let page = Page::parse(
        "# T\n```rust\nno\n```\n```rust,file=a/b.rs\nfn b() {}\n```\nText\n```diff\n--- a/c\n+++ b/c\n@@ -1 +1,2 @@\n \
         x\n+y\n@@ -9 +10,2 @@\n z\n+\n```\n",
    );
    assert_eq!(page.edits.len(), 2);
    assert_eq!(page.edits[0], Edit::New("a/b.rs".into(), "fn b() {}\n".into()));
    assert_eq!(page.files(), BTreeSet::from(["a/b.rs", "c"]));
    assert_eq!(page.edits(), 3);
}
