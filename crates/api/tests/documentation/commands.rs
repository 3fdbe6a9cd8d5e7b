//! Every block of shell on every page is run by a test or says that it is not.

use std::{collections::BTreeSet, fs, path::Path};

use super::{webhooks, workspace_file};

/// The beginning of the line behind a block that no test runs.
const NOT_RUN: &str = "*Not run by the tests: ";

/// A block of a page.
struct Block {
    page: String,
    /// The line of its beginning, from 1.
    line: usize,
    language: String,
    text: String,
    in_tour: bool,
    /// The first line of text behind it.
    next: String,
}

impl Block {
    fn is_shell(&self) -> bool {
        // A block without a language could be anything, so it must not be.
        matches!(&*self.language, "" | "sh" | "bash" | "shell" | "console")
    }

    /// Whether every line calls `make` for one of these.
    fn makes_only(&self, targets: &BTreeSet<String>) -> bool {
        let mut lines = self.text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        lines.all(|line| line.strip_prefix("make ").is_some_and(|target| targets.contains(target)))
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let text = fs::read_to_string(workspace_file(page)).unwrap();
    let (mut blocks, mut in_tour, mut open) = (Vec::<Block>::new(), false, None::<Block>);
    for (number, line) in text.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            match open.take() {
                Some(block) => blocks.push(block),
                None => {
                    let (page, language) = (page.to_owned(), language.trim().to_owned());
                    let (text, next) = (String::new(), String::new());
                    open = Some(Block { page, line: number + 1, language, text, in_tour, next });
                }
            }
        } else if let Some(block) = &mut open {
            block.text += line;
            block.text.push('\n');
        } else {
            in_tour = (in_tour || line.starts_with("<!-- tour:")) && !line.starts_with("<!-- end of the tour -->");
            match blocks.last_mut() {
                Some(block) if block.next.is_empty() => block.next = line.to_owned(),
                _ => {}
            }
        }
    }
    assert!(open.is_none(), "{page}: a block does not end");
    blocks
}

fn pages(folder: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            all.push(path.strip_prefix(workspace_file(".")).unwrap().to_str().unwrap().to_owned());
        }
    }
}

fn every_block() -> Vec<Block> {
    let mut all = vec!["README.md".to_owned(), "fixtures/README.md".to_owned()];
    pages(&workspace_file("docs"), &mut all);
    all.sort();
    all.iter().flat_map(|page| blocks(page)).collect()
}

/// The arguments with which the sources of these tests call a function, such as the pages that they run.
fn called_with(function: &str) -> BTreeSet<String> {
    let mut sources = String::new();
    for entry in fs::read_dir(workspace_file("crates/api/tests/documentation")).unwrap() {
        sources += &fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let call = format!(" {function}(");
    let calls = sources.split(&call).skip(1);
    calls.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).map(String::from).collect()
}

/// Targets that the barrier makes, or a test here.
fn made() -> BTreeSet<String> {
    let barrier = fs::read_to_string(workspace_file(".ci/run")).unwrap();
    let targets = barrier.lines().filter_map(|line| line.strip_prefix("make ")).map(String::from);
    targets.chain(called_with("make")).collect()
}

#[test]
fn every_command_of_every_page_is_run_or_says_that_it_is_not() {
    let (mut run, made) = (called_with("run"), made());
    // A test holds its commands against those of the README.
    run.insert("docs/README.zh-CN.md".to_owned());
    let (mut left, mut toured, mut marked) = (Vec::new(), 0, 0);
    for block in every_block().iter().filter(|block| block.is_shell()) {
        let is_program = block.language == "bash" && block.page == webhooks::PAGE;
        if is_program || block.in_tour && block.language == "sh" && run.contains(&block.page) {
            toured += 1;
        } else if block.next.starts_with(NOT_RUN) && block.next.ends_with('*') {
            marked += 1;
        } else if !(block.language == "sh" && block.makes_only(&made)) {
            left.push(format!("{}:{} ({})", block.page, block.line, block.language));
        }
    }
    assert_eq!(left, Vec::<String>::new(), "no test runs these blocks, and they do not say so");
    assert!(toured > 25 && marked <= 7, "{toured} blocks are run, {marked} are not");
}

#[test]
fn every_tour_is_run_to_its_end() {
    let run = called_with("run");
    for page in every_block().into_iter().filter(|block| block.in_tour).map(|block| block.page) {
        assert!(run.contains(&page) || page == "docs/README.zh-CN.md", "{page} has commands that no test runs");
    }
    for page in &run {
        let text = fs::read_to_string(workspace_file(page)).unwrap();
        let (begins, ends) = (text.matches("<!-- tour:").count(), text.matches("<!-- end of the tour -->").count());
        assert!(begins == ends && begins > 0, "{page}: {begins} tours begin, {ends} end");
        assert!(blocks(page).iter().any(|block| block.in_tour), "{page}: a tour without a block");
    }
}
