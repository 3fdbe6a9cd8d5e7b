//! The API as others use it: a client that is generated from the document, and the page `/docs` in a
//! browser without a screen.

use std::{path::Path, process::Command};

use super::{site::Site, workspace_file};

/// Runs a program in a folder; what it says, when all is well.
#[track_caller]
fn run_in(folder: &Path, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .envs(variables.iter().copied())
        .output()
        .unwrap_or_else(|error| panic!("{program} is not installed: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    said
}

/// The packages of the lock file, once.
fn install(folder: &Path) {
    let lock = std::fs::metadata(folder.join("package-lock.json")).unwrap().modified().unwrap();
    let installed = std::fs::metadata(folder.join("node_modules/.package-lock.json")).and_then(|it| it.modified());
    if !installed.is_ok_and(|installed| installed >= lock) {
        run_in(folder, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"], &[]);
    }
}

#[test]
fn a_generated_typescript_client_compiles_and_runs_the_story() {
    let folder = workspace_file("fixtures/typescript");
    install(&folder);
    run_in(&folder, "npm", &["run", "generate"], &[]);
    run_in(&folder, "npm", &["run", "build"], &[]);
    let mut site = Site::start(&[]);
    let said = run_in(&folder, "node", &["built/story.js"], &[("SITE", &site.url), ("MINSU_DATA_DIR", site.data())]);
    assert!(said.contains("the story holds"), "{said}");
    assert_eq!(site.terminate(), Some(0));
}

#[test]
fn somebody_orders_a_house_on_the_page_of_the_api() {
    let folder = workspace_file("fixtures/browser");
    install(&folder);
    let mut site = Site::start(&[]);
    let screenshot = workspace_file("target").join("docs-page.png");
    let said = run_in(
        &folder,
        "node",
        &["docs-page.mjs"],
        &[("SITE", &site.url), ("MINSU_DATA_DIR", site.data()), ("SCREENSHOT", screenshot.to_str().unwrap())],
    );
    assert!(said.contains("ordered house"), "{said}");
    assert!(std::fs::metadata(screenshot).is_ok_and(|file| file.len() > 10_000));
    // A browser keeps its connections; whoever asks it to stop does not wait for them.
    site.terminate();
}
