//! Portraits: simultaneous uploads and the deletion of the account leave no picture behind.

use std::{fs, path::Path};

use futures_util::future::join;

use super::{Engine, Minsu, Site, on_every_engine};

/// Pairs of simultaneous uploads.
const ROUNDS: u8 = 100;

/// The stored portraits of a person.
fn stored(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

async fn no_portrait_outlives_its_account(engine: Engine) {
    let server = Minsu::start(&engine.url()).await;
    let site = Site::new(&server, 1).await;
    let leaver = site.leaver("13500000009").await;
    let folder = server.media().join("avatars").join(leaver.id.to_string());
    for round in 0..ROUNDS {
        let uploads = join(site.upload_portrait(&leaver, 2 * round), site.upload_portrait(&leaver, 2 * round + 1));
        assert_eq!(uploads.await, ("0".to_owned(), "0".to_owned()), "round {round}");
        assert_eq!(stored(&folder), 1, "round {round}");
    }
    assert_eq!(site.leave(&leaver).await, "0");
    assert_eq!(stored(&folder), 0, "after the deletion");
}

on_every_engine!(no_portrait_outlives_its_account);
