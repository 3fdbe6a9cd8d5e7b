//! The contract of the store on SQLite.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use minsu_store::{SqlStore, StoreOptions, migrate_up};
use tempfile::TempDir;

async fn fresh() -> (SqlStore, TempDir) {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/minsu.db", folder.path().display());
    migrate_up(&url).await.unwrap();
    (SqlStore::connect(&StoreOptions::new(url)).await.unwrap(), folder)
}

mod contract {
    minsu_ports::store_contract!(crate::fresh);
}
