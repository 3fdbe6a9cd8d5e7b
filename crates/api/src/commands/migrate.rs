//! `minsu migrate`: brings the schema up or down, or tells its version.

use minsu_store::{SchemaState, migrate_down, migrate_up, schema_status};
use thiserror::Error;

use super::{CommandError, print};
use minsu_settings::Settings;

/// The schema and the binary do not fit.
#[derive(Debug, Error)]
pub enum SchemaMismatch {
    /// Migrations are missing.
    #[error("the database schema is older than this binary: run `minsu migrate up` first (missing: {0})")]
    Older(String),
    /// A newer binary migrated it.
    #[error("the database schema is newer than this binary: run the newer one (unknown here: {0})")]
    Newer(String),
}

/// `migrate up`
///
/// # Errors
/// When a migration fails; it is then rolled back where the engine can.
pub async fn up(settings: &Settings) -> Result<(), CommandError> {
    Ok(migrate_up(settings.database.url.expose()).await?)
}

/// `migrate down`: takes back so many migrations.
///
/// # Errors
/// When a migration fails.
pub async fn down(settings: &Settings, steps: u32) -> Result<(), CommandError> {
    Ok(migrate_down(settings.database.url.expose(), steps).await?)
}

/// `migrate status`
///
/// # Errors
/// When the database cannot be reached.
pub async fn status(settings: &Settings) -> Result<(), CommandError> {
    let status = schema_status(settings.database.url.expose()).await?;
    for name in &status.applied {
        print(format_args!("applied  {name}"))?;
    }
    for name in &status.pending {
        print(format_args!("pending  {name}"))?;
    }
    for name in &status.unknown {
        print(format_args!("unknown  {name}"))?;
    }
    Ok(())
}

/// Demands a schema of exactly this binary's age.
///
/// # Errors
/// [`SchemaMismatch`], or when the database cannot be reached.
pub async fn demand_current(settings: &Settings) -> Result<(), CommandError> {
    let status = schema_status(settings.database.url.expose()).await?;
    match status.state() {
        SchemaState::Current => Ok(()),
        SchemaState::Older => Err(SchemaMismatch::Older(status.pending.join(", ")).into()),
        SchemaState::Newer => Err(SchemaMismatch::Newer(status.unknown.join(", ")).into()),
    }
}
