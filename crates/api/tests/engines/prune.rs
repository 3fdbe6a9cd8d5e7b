//! `minsu prune` beside a running site: the object store and the database are compared both ways.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use minsu_fakes::S3;

use super::{Engine, Minsu, Site, on_every_engine};

const DAY: Duration = Duration::from_secs(86_400);

/// The objects of a store that keeps them as files, with their contents.
fn objects(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let key = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(key, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// Puts an object past the site, or dates one that is there, so long ago.
fn plant(root: &Path, key: &str, age: Duration) {
    let path = root.join(key);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = fs::File::options().append(true).create(true).open(path).unwrap();
    file.set_modified(UNIX_EPOCH + UNIX_EPOCH.elapsed().unwrap() - age).unwrap();
}

/// Lines that begin so, without their beginning, sorted.
fn lines<'a>(output: &'a str, begin: &str) -> Vec<&'a str> {
    let mut lines: Vec<_> = output.lines().filter_map(|line| line.strip_prefix(begin)).collect();
    lines.sort_unstable();
    lines
}

/// Runs on a site whose objects are files below `root`.
async fn compares_both_ways(server: &Minsu, root: PathBuf) {
    let site = Site::new(server, 1).await;
    let leaver = site.leaver("13500000008").await;
    assert_eq!(site.upload_portrait(&leaver, 1).await, "0");
    // Everything is old, what rows show too.
    for key in objects(&root).keys() {
        plant(&root, key, 2 * DAY);
    }
    let portraits = format!("avatars/{}", leaver.id);
    let lost = ["houses/1/lost.jpg".to_owned(), format!("{portraits}/lost.jpg")];
    for key in &lost {
        plant(&root, key, DAY + Duration::from_secs(60));
    }
    plant(&root, "houses/1/being-uploaded.jpg", DAY - Duration::from_secs(600));
    plant(&root, "backups/of-another-program.jpg", 9 * DAY);
    let before = objects(&root);
    let gone = before.keys().find(|key| key.starts_with("houses/") && key.ends_with("-small.jpg")).unwrap().clone();
    fs::remove_file(root.join(&gone)).unwrap();

    let before = objects(&root);
    let preview = server.run(&["prune", "--dry-run"]);
    let mut expected: Vec<_> = lost.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(lines(&preview, "would remove object "), expected, "{preview}");
    assert_eq!(lines(&preview, "missing object "), [gone.as_str()], "{preview}");
    assert!(preview.contains("\nmissing 1 objects that rows reference"), "{preview}");
    assert_eq!(objects(&root), before, "a dry run changed something");

    let pruned = server.run(&["prune"]);
    assert!(pruned.contains("\nremoved 2 of "), "{pruned}");
    assert!(pruned.contains("\nmissing 1 objects that rows reference"), "{pruned}");
    assert!(pruned.contains(&format!("picture=\"{gone}\"")), "the log names no key: {pruned}");
    let mut after = before.clone();
    after.retain(|key, _| !lost.contains(key));
    assert_eq!(objects(&root), after);
    let again = server.run(&["prune"]);
    assert!(again.contains("\nremoved 0 of ") && again.contains("\nmissing 1 objects"), "{again}");

    // A portrait that no row names goes with its person all the same.
    plant(&root, &lost[1], Duration::ZERO);
    assert_eq!(site.leave(&leaver).await, "0");
    assert_eq!(objects(&root).keys().filter(|key| key.starts_with(&portraits)).count(), 0);
}

async fn objects_and_rows_are_compared_on_a_disk(engine: Engine) {
    let server = Minsu::start(&engine.url()).await;
    compares_both_ways(&server, server.media()).await;
}

async fn objects_and_rows_are_compared_in_a_bucket(engine: Engine) {
    let s3 = S3::start().await;
    let server = Minsu::start_with(&[
        ("DATABASE__URL", engine.url().as_str()),
        ("OBJECTS__URL", format!("s3://{}", S3::BUCKET).as_str()),
        ("OBJECTS__ENDPOINT", s3.url()),
        ("OBJECTS__REGION", "us-east-1"),
        ("OBJECTS__PUBLIC_BASE", s3.url()),
        ("OBJECTS__ACCESS_KEY", S3::ACCESS_KEY),
        ("OBJECTS__SECRET_KEY", S3::SECRET_KEY),
    ])
    .await;
    compares_both_ways(&server, s3.folder()).await;
    assert!(!s3.listings().is_empty());
}

on_every_engine!(objects_and_rows_are_compared_on_a_disk, objects_and_rows_are_compared_in_a_bucket);
