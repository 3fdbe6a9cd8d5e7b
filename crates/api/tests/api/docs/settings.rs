//! `docs/settings.md`: what `minsu config --reference` prints, as tables.

use std::fmt::Write;

use minsu_settings::REFERENCE;

use super::{compare, generated};

const INTRODUCTION: &str = "
Everything has a default. A TOML file lies over the defaults (`minsu --config FILE`), environment
variables lie over the file; lists are written with commas there, and an empty variable counts as not
set. Unknown keys and values that cannot be right stop the start with a message that names all of them.
A secret may stand in a file of its own, which the key with `_file` names.

`minsu config --reference` prints this page as a settings file, `minsu config` the settings in force
with every secret masked, `minsu doctor` tries them out.
";

fn rendered() -> String {
    let mut page = format!("# Settings\n\n{}{INTRODUCTION}", generated("docs::settings"));
    let mut section = String::new();
    let mut says: Vec<&str> = Vec::new();
    // The head of the file is for those who read it as a file.
    let lines = REFERENCE.lines().skip_while(|line| !line.is_empty());
    page.push_str("\n## At the top of the file\n");
    page.push_str(HEAD);
    for line in lines {
        if let Some(title) = line.strip_prefix('[') {
            section = title.trim_end_matches(']').to_owned();
            write!(page, "\n## [{section}]\n{HEAD}").unwrap();
        } else if let Some(comment) = line.strip_prefix("# ") {
            says.push(comment);
        } else if let Some((key, value)) = line.trim_start_matches('#').split_once(" =") {
            let prefix = if section.is_empty() { String::new() } else { format!("{}__", section.to_uppercase()) };
            let default = if line.starts_with('#') { String::new() } else { format!("`{}`", value.trim()) };
            let text = std::mem::take(&mut says).join(" ").replace('|', "\\|");
            writeln!(page, "| `{key}` | `MINSU_{prefix}{}` | {default} | {text} |", key.to_uppercase()).unwrap();
        }
    }
    page
}

const HEAD: &str = "\n| key | variable | default | meaning |\n|---|---|---|---|\n";

#[test]
fn the_page_is_what_the_reference_says() {
    let page = rendered();
    let keys = REFERENCE.lines().filter(|line| line.contains(" =") && !line.starts_with("# ")).count();
    assert_eq!(page.lines().filter(|line| line.starts_with("| `")).count(), keys);
    compare("docs/settings.md", &page);
}
