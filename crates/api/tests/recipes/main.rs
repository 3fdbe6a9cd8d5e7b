//! The recipes of the documentation, followed to the letter in a copy of the tree: what they add is built, its
//! tests pass, and a recipe asks for no more files and edits than it may.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod page;
mod paths;
mod tree;

use page::Page;
use tree::Tree;

/// The recipe, and how many files and edits it may ask for. Generated files are not counted.
const RECIPES: [(&str, usize, usize); 2] = [("docs/adding-an-endpoint.md", 8, 10), ("docs/adding-a-field.md", 14, 20)];

/// The tests of `crates/api/tests/api` that write generated files, and those that a recipe names.
const GENERATING: &[&str] = &["docs::errors::the_page", "openapi::", "tables::"];
const NAMED: &[&str] = &["authorisation::", "bad_input::", "account::", "search::"];
/// The tests of `crates/adapters/store/tests/store` that a recipe names; the second one writes a page.
const OF_STORE: &[&str] = &["a_site_of_before_keeps_its_data", "the_diagram_has_every_table_and_column"];
/// Runs until every generated file is written: a test that writes one fails, and the rest of it is not reached.
const GENERATIONS: usize = 4;

#[test]
fn recipes_are_short() {
    for (path, files, edits) in RECIPES {
        let page = Page::read(path);
        assert!(page.files().len() <= files, "{path} touches {} files: {:?}", page.files().len(), page.files());
        assert!(page.edits() <= edits, "{path} asks for {} edits", page.edits());
        assert!(page.edits() > 4, "{path} has lost its blocks");
        assert_eq!(page.stated, Some((page.files().len(), page.edits())), "{path} states other numbers than it has");
        assert_eq!(page.glued(), Vec::<&str>::new(), "{path} has hunks with more context than three lines");
    }
}

/// The mutations of `make mutations` still have their places in the sources.
#[test]
fn mutations_can_be_planted() {
    let checked = std::process::Command::new("python3")
        .args([tree::workspace_file("scripts/mutations.py").as_os_str(), "--check".as_ref()])
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn what_the_recipes_add_is_built_and_answers() {
    let tree = Tree::copy();
    for (path, ..) in RECIPES {
        tree.apply(&Page::read(path));
    }
    let run = |test, names: &[&str]| tree.cargo(&[&["test", "--workspace", "--test", test, "--"], names].concat());
    for (test, generating, all) in [("api", GENERATING, &*[GENERATING, NAMED].concat()), ("store", OF_STORE, OF_STORE)]
    {
        let written = (0..GENERATIONS).any(|_| run(test, generating).is_ok());
        assert!(written, "the generated files do not settle: {}", run(test, generating).unwrap_err());
        let said = run(test, all).unwrap_or_else(|said| panic!("the tests of {test} fail: {said}"));
        assert!(said.contains("test result: ok.") && !said.contains(" 0 passed"), "{said}");
    }
    // What the pages say was answered.
    let answers = tree.text("fixtures/answers/v1.txt");
    assert!(answers.contains("/areas/2"), "no answer of the new call is recorded");
    for path in ["fixtures/answers/v1.txt", "fixtures/answers/classic.txt"] {
        assert!(tree.text(path).contains("\"bathroom_count\":3"), "{path} has no answer with the new field");
    }
    assert!(tree.text("docs/openapi.json").contains("\"/api/v1.0/areas/{id}\""));
    assert!(tree.text("docs/database.md").contains("\n        int bathroom_count\n"));
}
