//! A recipe: a page whose blocks are edits. New files are given whole, in a block that names its file
//! (```` ```rust,file=path ````); a ```` ```diff ```` block changes existing ones.

use std::{collections::BTreeSet, fs};

use regex::Regex;

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

    /// Its hunks, each from its head on.
    fn hunks(&self) -> Vec<&str> {
        match self {
            Self::New(..) => Vec::new(),
            Self::Change(diff) => {
                diff.split("\n@@ ").skip(1).map(|hunk| hunk.split("\n--- ").next().unwrap()).collect()
            }
        }
    }
}

/// The unchanged lines that `diff` shows around a change.
const CONTEXT: usize = 3;

/// Whether a hunk has more unchanged lines than `diff` would give it: beyond twice the context between two changes
/// there are two hunks.
fn is_glued(hunk: &str) -> bool {
    let lines: Vec<_> = hunk.lines().skip(1).collect();
    let unchanged = lines.split(|line| line.starts_with(['+', '-'])).map(<[_]>::len).collect::<Vec<_>>();
    let ends = [unchanged[0], unchanged[unchanged.len() - 1]];
    ends.iter().any(|run| *run > CONTEXT) || unchanged.iter().any(|run| *run > 2 * CONTEXT)
}

/// The edits of a page, in their order.
#[derive(Debug)]
pub struct Page {
    pub edits: Vec<Edit>,
    /// The files and edits that the page says it takes.
    pub stated: Option<(usize, usize)>,
}

impl Page {
    pub fn read(path: &str) -> Self {
        Self::parse(&fs::read_to_string(workspace_file(path)).unwrap())
    }

    fn parse(text: &str) -> Self {
        let stated = Regex::new(r"takes\s+(\d+)\s+files\s+and\s+(\d+)\s+edits").unwrap().captures(text);
        let stated = stated.map(|numbers| (numbers[1].parse().unwrap(), numbers[2].parse().unwrap()));
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
        Self { edits, stated }
    }

    /// The files that are added or changed.
    pub fn files(&self) -> BTreeSet<&str> {
        self.edits.iter().flat_map(Edit::files).collect()
    }

    /// How many places are edited: new files and hunks.
    pub fn edits(&self) -> usize {
        let places = |edit: &Edit| match edit {
            Edit::New(..) => 1,
            Edit::Change(_) => edit.hunks().len(),
        };
        self.edits.iter().map(places).sum()
    }

    /// The hunks that hold more than one edit.
    pub fn glued(&self) -> Vec<&str> {
        self.edits.iter().flat_map(Edit::hunks).filter(|hunk| is_glued(hunk)).collect()
    }
}

#[test]
fn blocks_without_a_file_are_for_readers_only() {
    let page = Page::parse(
        "# T\nIt takes 2\nfiles and 3 edits.\n```rust\nno\n```\n```rust,file=a/b.rs\nfn b() {}\n```\nText\n```diff\n--- a/c\n+++ b/c\n@@ -1 +1,2 @@\n \
         x\n+y\n@@ -9 +10,2 @@\n z\n+\n```\n",
    );
    assert_eq!(page.edits.len(), 2);
    assert_eq!(page.edits[0], Edit::New("a/b.rs".into(), "fn b() {}\n".into()));
    assert_eq!(page.files(), BTreeSet::from(["a/b.rs", "c"]));
    assert_eq!(page.edits(), 3);
    assert_eq!(page.stated, Some((2, 3)));
    assert_eq!(page.glued(), Vec::<&str>::new());
}

#[test]
fn a_hunk_of_two_edits_is_found() {
    let hunk = |between: usize, end: usize| {
        format!("@@ -1 +1 @@\n a\n+b\n{}-c\n{}", " x\n".repeat(between), " y\n".repeat(end))
    };
    assert_eq!(
        [(6, 3), (7, 3), (6, 4), (0, 0)].map(|(between, end)| is_glued(&hunk(between, end))),
        [false, true, true, false]
    );
}
