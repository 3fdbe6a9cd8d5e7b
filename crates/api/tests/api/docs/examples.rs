//! Settings and commands that the pages name are settings and commands that there are.

use std::{collections::BTreeSet, fs};

use clap::Parser;
use minsu_api::cli::Cli;
use minsu_settings::{Settings, SettingsError, Sources};

use super::{book::pages, workspace_file};

/// Every page as its name in `docs` and its text.
fn texts() -> Vec<(String, String)> {
    let mut all = vec!["../README.md".to_owned(), "../CHANGELOG.md".to_owned()];
    pages(&workspace_file("docs"), &mut all);
    let text = |page: &String| fs::read_to_string(workspace_file("docs").join(page)).unwrap();
    all.iter().map(|page| (page.clone(), text(page))).collect()
}

/// The texts between single backquotes in the running text, cut at the characters that separate commands in a
/// shell.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    let quoted = prose.flat_map(|prose| prose.split('`').skip(1).step_by(2));
    quoted.filter_map(|quoted| quoted.split(['|', ';', '>', '&', '…']).next()).map(str::trim)
}

#[test]
fn every_minsu_and_make_in_the_text_is_one_that_there_is() {
    let makefile = fs::read_to_string(workspace_file("Makefile")).unwrap();
    let targets: BTreeSet<_> =
        makefile.lines().filter_map(|line| line.split_once(": ##")).map(|(name, _)| name).collect();
    let (mut read, mut made) = (0, 0);
    for (page, text) in texts() {
        for command in commands(&text) {
            let line = command.trim_start_matches("target/debug/").trim_start_matches("target/release/");
            if let Some(target) = line.strip_prefix("make ") {
                assert!(targets.contains(target), "{page}: there is no `make {target}`");
                made += 1;
            } else if line.starts_with("minsu ") {
                // A line that only says where the settings are is no command yet.
                let line = if line == "minsu --config FILE" { "minsu --config FILE serve" } else { line };
                let words =
                    line.split_whitespace().map(|word| if ["N", "M", "3N"].contains(&word) { "3" } else { word });
                if let Err(error) = Cli::try_parse_from(words) {
                    panic!("{page}: `{command}`: {error}");
                }
                read += 1;
            }
        }
    }
    assert!(read > 20 && made > 5, "only {read} and {made}");
}

/// Demands settings that can be read but for their secrets, which are where the site is.
fn demand(page: &str, sources: &Sources) {
    match Settings::load(sources) {
        Ok(_) => {}
        Err(SettingsError::Problems(problems)) => {
            let wrong = problems.0.iter().find(|problem| !problem.fault.starts_with("cannot read /"));
            assert!(wrong.is_none(), "{page}: {wrong:?}");
        }
        Err(error) => panic!("{page}: {error}"),
    }
}

/// The value that a line of `compose.yaml` gives where its user gives none.
fn resolved(value: &str) -> &str {
    match value.strip_prefix("${").and_then(|value| value.strip_suffix('}')) {
        Some(variable) => variable.split_once(":-").map_or("given", |(_, default)| default),
        None => value,
    }
}

#[test]
fn the_files_for_systemd_and_for_containers_are_settings() {
    let packaged = workspace_file("docs/operations/minsu.toml");
    demand("minsu.toml", &Sources { file: Some(packaged), environment: Vec::new() });
    let compose = fs::read_to_string(workspace_file("docs/operations/docker/compose.yaml")).unwrap();
    let lines = compose.lines().filter_map(|line| line.trim().split_once(": "));
    let variables = lines.filter(|(name, _)| name.starts_with("MINSU_"));
    let environment: Vec<_> = variables.map(|(name, value)| (name.into(), resolved(value).into())).collect();
    assert!(environment.len() > 8, "{environment:?}");
    demand("compose.yaml", &Sources { file: None, environment });
}

#[test]
fn every_settings_file_of_every_page_is_read() {
    let (folder, mut read) = (tempfile::tempdir().unwrap(), 0);
    for (page, text) in texts() {
        for block in text.split("\n```toml\n").skip(1).filter_map(|rest| rest.split("\n```").next()) {
            let file = folder.path().join("minsu.toml");
            fs::write(&file, block).unwrap();
            read += 1;
            demand(&page, &Sources { file: Some(file), environment: Vec::new() });
        }
    }
    assert!(read >= 6, "only {read} files");
}
