//! Settings that the pages show are settings that there are.

use std::fs;

use minsu_api::settings::{Settings, SettingsError, Sources};

use super::{book::pages, workspace_file};

#[test]
fn every_settings_file_of_every_page_is_read() {
    let mut all = vec!["../README.md".to_owned()];
    pages(&workspace_file("docs"), &mut all);
    let (folder, mut read) = (tempfile::tempdir().unwrap(), 0);
    for page in all {
        let text = fs::read_to_string(workspace_file("docs").join(&page)).unwrap();
        for block in text.split("\n```toml\n").skip(1).filter_map(|rest| rest.split("\n```").next()) {
            let file = folder.path().join("minsu.toml");
            fs::write(&file, block).unwrap();
            read += 1;
            match Settings::load(&Sources { file: Some(file), environment: Vec::new() }) {
                Ok(_) => {}
                Err(SettingsError::Problems(problems)) => {
                    // Files with secrets are where the site is.
                    let wrong = problems.0.iter().find(|problem| !problem.fault.starts_with("cannot read /"));
                    assert!(wrong.is_none(), "{page}: {wrong:?} in\n{block}");
                }
                Err(error) => panic!("{page}: {error} in\n{block}"),
            }
        }
    }
    assert!(read >= 6, "only {read} files");
}
