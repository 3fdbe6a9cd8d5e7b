//! Enums as their source has them: the variants and what their doc comments say.

use std::fs;

use super::workspace_file;

/// A variant and its doc comment.
#[derive(Debug, PartialEq, Eq)]
pub struct Variant {
    pub name: String,
    pub says: String,
}

/// The variants of an enum in the order of its source.
pub fn variants(file: &str, name: &str) -> Vec<Variant> {
    of_source(&fs::read_to_string(workspace_file(file)).unwrap(), name)
}

fn of_source(source: &str, name: &str) -> Vec<Variant> {
    let body = source.split(&format!("pub enum {name} {{\n")).nth(1).unwrap().split("\n}").next().unwrap();
    let mut variants = Vec::new();
    let mut says: Vec<&str> = Vec::new();
    for line in body.lines() {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("///") {
            says.push(text.trim());
        } else if line.starts_with(char::is_uppercase) {
            let name = line.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned();
            variants.push(Variant { name, says: std::mem::take(&mut says).join(" ") });
        }
    }
    variants
}

#[test]
fn variants_come_with_their_doc_comments() {
    let source = "/// No.\npub enum E {\n    /// One,\n    /// and on.\n    #[error(\"x\")]\n    First,\n    Second(#[source] Box<u8>),\n}\n\nfn f() {}\n";
    let variant = |name: &str, says: &str| Variant { name: name.into(), says: says.into() };
    assert_eq!(of_source(source, "E"), [variant("First", "One, and on."), variant("Second", "")]);
}
