//! The API as others use it: a client that is generated from the document, and the page `/docs` in a
//! browser without a screen.

use super::{
    npm::{install, run_in},
    site::Site,
    workspace_file,
};

#[test]
fn a_generated_typescript_client_compiles_and_runs_the_story() {
    let folder = workspace_file("fixtures/typescript");
    install(&folder);
    run_in(&folder, "npm", &["run", "generate"], &[]);
    run_in(&folder, "npm", &["run", "build"], &[]);
    let mut site = Site::start(&[]);
    for story in ["built/story.js", "built/native.js"] {
        let said = run_in(&folder, "node", &[story], &[("SITE", &site.url), ("MINSU_DATA_DIR", site.data())]);
        assert!(said.contains("the story holds"), "{story}: {said}");
    }
    assert_eq!(site.terminate(), Some(0));
}

#[test]
fn a_house_is_ordered_on_the_page_of_the_api() {
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
    // The shutdown does not wait for the connections that the browser keeps open.
    site.terminate();
}
