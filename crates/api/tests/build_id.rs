//! The build id: builds of other sources have another one.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{fs, path::Path};

#[path = "../build/source_digest.rs"]
mod source_digest;

use source_digest::{digest, source_folders};

#[test]
fn every_change_of_a_source_is_another_digest() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let now = || digest(&source_folders(folder.path()).unwrap()).unwrap();
    write("web/src/pages.rs", "a");
    write("dialects/v1/src/dto.rs", "b");
    let mut known = vec![now()];
    assert_eq!(now(), known[0]);
    for (path, text) in [("web/src/pages.rs", "c"), ("dialects/v1/src/new.rs", ""), ("dialects/v1/src/dto/row.rs", "b")]
    {
        write(path, text);
        assert!(!known.contains(&now()), "{path} changed nothing");
        known.push(now());
    }
    fs::rename(folder.path().join("web/src/pages.rs"), folder.path().join("web/src/page.rs")).unwrap();
    assert!(!known.contains(&now()), "a name changed nothing");
    // A file that is no source of the product does not change the digest.
    let before = now();
    write("web/tests/pages.rs", "d");
    write("testing/servers/src/lib.rs", "e");
    assert_eq!(now(), before);
}

#[test]
fn the_sources_of_this_product_are_found() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let found = source_folders(crates).unwrap();
    for of in ["api", "application", "domain", "adapters/cache"] {
        assert!(found.contains(&crates.join(of).join("src")), "{of} is not among {found:?}");
    }
}
