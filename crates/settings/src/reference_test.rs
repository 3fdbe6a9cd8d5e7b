//! Keeps `reference.toml` the printed form of the doc comments: one place to write them, another
//! to read them.

use std::{fs, path::Path};

use toml::Table;

use super::{REFERENCE, Settings, keys};

const HEAD: &str = "\
# Every setting of minsu with its default in profile prod.
#
# Copy the lines that you change into a file of your own and start with `minsu --config FILE`, or
# set the environment variable: `listen` of `[server]` is MINSU_SERVER__LISTEN, `data_dir` is
# MINSU_DATA_DIR. Lists are written with commas there. A line that begins with `#` and a key shows
# a setting without a default.
";

/// The fields of a settings struct in the order of its source: name and doc comment.
fn documented_fields(source: &str) -> Vec<(String, Vec<String>)> {
    let mut fields = Vec::new();
    let mut doc = Vec::new();
    let body = source.split("#[serde(deny_unknown_fields, default)]").nth(1).unwrap();
    for line in body.split("\n}").next().unwrap().lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            doc.push(text.trim().to_owned());
        } else if let Some(field) = line.strip_prefix("pub ").filter(|field| !field.starts_with("struct")) {
            fields.push((field.split(':').next().unwrap().to_owned(), std::mem::take(&mut doc)));
        }
    }
    fields
}

fn rendered() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let defaults = Table::try_from(Settings::default()).unwrap();
    let mut text = HEAD.to_owned();
    let mut section = |title: Option<&str>, source: &str, values: &Table, names: &[&str]| {
        if let Some(title) = title {
            text.push_str(&format!("\n[{title}]\n"));
        }
        let source = fs::read_to_string(folder.join(source)).unwrap();
        for (name, doc) in documented_fields(&source).into_iter().filter(|(name, _)| names.contains(&&**name)) {
            assert!(!doc.is_empty(), "{name} of {title:?} has no doc comment");
            text.push('\n');
            doc.iter().for_each(|line| text.push_str(&format!("# {line}\n")));
            match values.get(&name) {
                Some(value) => text.push_str(&format!("{name} = {value}\n")),
                None => text.push_str(&format!("#{name} =\n")),
            }
        }
    };
    section(None, "lib.rs", &defaults, &["profile", "data_dir"]);
    for (title, names) in keys::sections() {
        section(Some(title), &format!("{title}.rs"), defaults[title].as_table().unwrap(), names);
    }
    text
}

#[test]
fn reference_is_what_the_doc_comments_say() {
    let text = rendered();
    if text != REFERENCE {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reference.toml"), text).unwrap();
        panic!("reference.toml was out of date and has been written anew: look at it and commit it");
    }
}

#[test]
fn reference_names_every_key_and_reads_as_the_defaults() {
    let settings: Settings = toml::from_str(REFERENCE).unwrap();
    assert_eq!(settings.redacted().unwrap(), Settings::default().redacted().unwrap());
    for key in keys::all() {
        let named = REFERENCE.lines().any(|line| line.trim_start_matches('#').starts_with(&format!("{} =", key.name)));
        assert!(named, "{key}");
    }
}
