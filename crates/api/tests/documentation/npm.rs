//! Programs of node, with the packages of a lock file.

use std::{path::Path, process::Command};

/// Runs a program in a folder; what it says, when all is well.
#[track_caller]
pub fn run_in(folder: &Path, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
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
pub fn install(folder: &Path) {
    let lock = std::fs::metadata(folder.join("package-lock.json")).unwrap().modified().unwrap();
    let installed = std::fs::metadata(folder.join("node_modules/.package-lock.json")).and_then(|it| it.modified());
    if !installed.is_ok_and(|installed| installed >= lock) {
        run_in(folder, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"], &[]);
    }
}
