//! Objects on a disk keep the contract of their port, and stay in their folder.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{fs, time::UNIX_EPOCH};

use bytes::Bytes;
use minsu_domain::PictureKey;
use minsu_objects::DiskObjects;
use minsu_ports::{ObjectStore, testkit::object_store as contract};
use tempfile::TempDir;

fn disk() -> (TempDir, DiskObjects) {
    let folder = TempDir::new().unwrap();
    let objects = DiskObjects::new(folder.path().join("data/objects"), "/media/".to_owned());
    (folder, objects)
}

#[tokio::test]
async fn gives_back_what_was_put() {
    let (_folder, objects) = disk();
    contract::gives_back_what_was_put(&objects).await;
}

#[tokio::test]
async fn knows_what_is_not_there() {
    let (_folder, objects) = disk();
    contract::knows_what_is_not_there(&objects).await;
}

#[tokio::test]
async fn an_empty_store_that_was_never_written_to_has_nothing() {
    let (_folder, objects) = disk();
    let key = PictureKey::new("a/b.jpg").unwrap();
    assert_eq!(objects.get(&key).await.unwrap(), None);
    objects.delete(&key).await.unwrap();
}

#[tokio::test]
async fn deletes_one_object_and_no_other() {
    let (_folder, objects) = disk();
    contract::deletes_one_object_and_no_other(&objects).await;
}

#[tokio::test]
async fn storing_the_same_twice_is_fine() {
    let (_folder, objects) = disk();
    contract::storing_the_same_twice_is_fine(&objects).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_never_see_a_part() {
    let (_folder, objects) = disk();
    contract::readers_never_see_a_part(&objects).await;
}

#[tokio::test]
async fn lists_what_is_below_a_folder() {
    let (_folder, objects) = disk();
    contract::lists_what_is_below_a_folder(&objects, (UNIX_EPOCH + UNIX_EPOCH.elapsed().unwrap()).into()).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_listing_passes_over_links_and_what_is_no_key() {
    let (folder, objects) = disk();
    let root = folder.path().join("data/objects");
    objects.put(&PictureKey::new("a/b.jpg").unwrap(), Bytes::from_static(b"1")).await.unwrap();
    fs::write(root.join("a/Readme.TXT"), "not a key").unwrap();
    fs::create_dir(root.join("a/.hidden")).unwrap();
    fs::write(root.join("a/.hidden/c.jpg"), "not a key").unwrap();
    fs::write(folder.path().join("outside.jpg"), "outside").unwrap();
    std::os::unix::fs::symlink(folder.path().join("outside.jpg"), root.join("a/link.jpg")).unwrap();
    std::os::unix::fs::symlink(&root, root.join("a/circle")).unwrap();
    let mut listing = objects.list(&PictureKey::new("a").unwrap());
    let keys: Vec<_> = listing.next(10).await.unwrap().into_iter().map(|object| object.key).collect();
    assert_eq!(keys, [PictureKey::new("a/b.jpg").unwrap()]);
    assert_eq!(listing.next(10).await.unwrap(), []);
}

#[tokio::test]
async fn takes_the_longest_key() {
    let (_folder, objects) = disk();
    contract::takes_the_longest_key(&objects).await;
}

#[test]
fn addresses_end_in_the_key() {
    let (_folder, objects) = disk();
    contract::addresses_end_in_the_key(&objects);
    assert_eq!(objects.public_url(&PictureKey::new("a/b.jpg").unwrap()), "/media/a/b.jpg");
}

#[tokio::test]
async fn a_root_that_is_a_file_is_an_error() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("file");
    fs::write(&root, "not a folder").unwrap();
    contract::a_broken_store_says_so(&DiskObjects::new(root, "/media".to_owned())).await;
}

#[tokio::test]
async fn leaves_no_partial_file_behind_also_when_it_fails() {
    let (folder, objects) = disk();
    objects.put(&PictureKey::new("a/b.jpg").unwrap(), Bytes::from_static(b"1")).await.unwrap();
    // The name of an object is the folder of another: the last step fails.
    objects.put(&PictureKey::new("a").unwrap(), Bytes::from_static(b"2")).await.unwrap_err();
    let partial = folder.path().join("data/objects/.partial");
    assert_eq!(fs::read_dir(partial).unwrap().count(), 0);
    assert_eq!(fs::read(folder.path().join("data/objects/a/b.jpg")).unwrap(), b"1");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_does_not_lead_out_of_the_root() {
    let (folder, objects) = disk();
    let (root, outside) = (folder.path().join("data/objects"), folder.path().join("outside"));
    fs::create_dir_all(&root).unwrap();
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret.jpg"), "secret").unwrap();
    std::os::unix::fs::symlink(&outside, root.join("link")).unwrap();
    std::os::unix::fs::symlink(outside.join("secret.jpg"), root.join("file.jpg")).unwrap();
    let through = PictureKey::new("link/secret.jpg").unwrap();
    objects.put(&through, Bytes::from_static(b"changed")).await.unwrap_err();
    objects.get(&through).await.unwrap_err();
    objects.delete(&through).await.unwrap_err();
    objects.get(&PictureKey::new("file.jpg").unwrap()).await.unwrap_err();
    // Putting replaces the link itself, not the file that it points to.
    objects.put(&PictureKey::new("file.jpg").unwrap(), Bytes::from_static(b"new")).await.unwrap();
    assert_eq!(fs::read_to_string(outside.join("secret.jpg")).unwrap(), "secret");
}
