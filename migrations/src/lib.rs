//! The schema of the store, embedded in the binary: one migration, one table.
//!
//! A migration never changes after a release. It names its own tables and columns instead of
//! using the entities of the store adapter, because those move on and it must not.
//!
//! # Adding a migration
//! 1. A file `m<date>_<number>_<what>.rs` with a struct, its `up` and its `down`.
//! 2. A line at the end of [`Migrator::migrations`].
//! 3. On MySQL every statement commits by itself: one statement a migration, or statements that
//!    can be repeated after a crash. SQLite runs all pending ones in one transaction, PostgreSQL each in its own.
//! 4. A site is read meanwhile. On PostgreSQL a change of a table locks readers out until its transaction ends: what
//!    takes long, such as filling another table, goes before it or into the next migration.

mod m20261121_000001_users;
mod m20261121_000002_areas;
mod m20261121_000003_facilities;
mod m20261121_000004_houses;
mod m20261121_000005_house_facilities;
mod m20261121_000006_house_pictures;
mod m20261121_000007_orders;
mod m20261121_000008_house_day;
mod m20261121_000009_strays;
mod m20261121_000010_house_pictures_once;
mod m20261121_000011_users_avatar;
mod m20261121_000012_withdrawn_houses;
mod m20261121_000013_house_words;
mod m20261121_000014_waiting_orders;
mod m20261126_000015_house_day_source;
mod m20261126_000016_stay_limits_in_lists;
mod m20261126_000017_waiting_orders_by_end;
mod m20261126_000018_characters_in_house_words;
mod m20261126_000019_user_name_key;
mod m20261126_000020_idempotency_keys;
mod m20261126_000021_personal_tokens;
mod m20261126_000022_listing_states;
mod m20261126_000023_cache_entries;
mod m20261126_000025_markup_in_texts;
mod m20261126_000026_user_name_looks;
mod m20261126_000027_identity_numbers;
mod m20261126_000029_facility_mask;
mod m20261126_000033_picture_bytes;
mod m20261126_000041_house_guests;
mod m20261127_000040_house_descriptions;
mod m20261127_000041_order_changes;
mod m20261127_000042_picture_captions;
mod m20261127_000050_house_rules;
mod m20261127_000051_house_seasons;
mod m20261127_000052_house_dates;
mod m20261127_000053_house_claims;
mod m20261127_000054_order_lines;
mod m20261127_000055_rules_in_lists;
mod m20261127_000080_order_deadlines;
mod m20261127_000081_jobs;
mod m20261127_000082_house_price_bounds;
mod m20261127_000082_order_guests;
mod m20261127_000083_order_occupants;
mod m20261127_000083_waiting_deadlines;
mod m20261127_000100_outbox;
mod m20261127_000110_payments;
mod m20261128_000120_calendar_feeds;
mod m20261128_000121_webhooks;
mod table;

pub use sea_orm_migration::{MigratorTrait, SchemaManager};
use sea_orm_migration::{prelude::*, sea_orm::EntityName, seaql_migrations};

/// Brings a database to the schema of this version.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_users::Migration),
            Box::new(m20261121_000002_areas::Migration),
            Box::new(m20261121_000003_facilities::Migration),
            Box::new(m20261121_000004_houses::Migration),
            Box::new(m20261121_000005_house_facilities::Migration),
            Box::new(m20261121_000006_house_pictures::Migration),
            Box::new(m20261121_000007_orders::Migration),
            Box::new(m20261121_000008_house_day::Migration),
            Box::new(m20261121_000009_strays::Migration),
            Box::new(m20261121_000010_house_pictures_once::Migration),
            Box::new(m20261121_000011_users_avatar::Migration),
            Box::new(m20261121_000012_withdrawn_houses::Migration),
            Box::new(m20261121_000013_house_words::Migration),
            Box::new(m20261121_000014_waiting_orders::Migration),
            Box::new(m20261126_000015_house_day_source::Migration),
            Box::new(m20261126_000016_stay_limits_in_lists::Migration),
            Box::new(m20261126_000017_waiting_orders_by_end::Migration),
            Box::new(m20261126_000018_characters_in_house_words::Migration),
            Box::new(m20261126_000019_user_name_key::Migration),
            Box::new(m20261126_000020_idempotency_keys::Migration),
            Box::new(m20261126_000021_personal_tokens::Migration),
            Box::new(m20261126_000022_listing_states::Migration),
            Box::new(m20261126_000023_cache_entries::Migration),
            Box::new(m20261126_000025_markup_in_texts::Migration),
            Box::new(m20261126_000026_user_name_looks::Migration),
            Box::new(m20261126_000027_identity_numbers::Migration),
            Box::new(m20261126_000029_facility_mask::Migration),
            Box::new(m20261126_000033_picture_bytes::Migration),
            Box::new(m20261126_000041_house_guests::Migration),
            Box::new(m20261127_000040_house_descriptions::Migration),
            Box::new(m20261127_000041_order_changes::Migration),
            Box::new(m20261127_000042_picture_captions::Migration),
            Box::new(m20261127_000050_house_rules::Migration),
            Box::new(m20261127_000051_house_seasons::Migration),
            Box::new(m20261127_000052_house_dates::Migration),
            Box::new(m20261127_000053_house_claims::Migration),
            Box::new(m20261127_000054_order_lines::Migration),
            Box::new(m20261127_000055_rules_in_lists::Migration),
            Box::new(m20261127_000080_order_deadlines::Migration),
            Box::new(m20261127_000081_jobs::Migration),
            Box::new(m20261127_000082_order_guests::Migration),
            Box::new(m20261127_000083_order_occupants::Migration),
            Box::new(m20261127_000082_house_price_bounds::Migration),
            Box::new(m20261127_000083_waiting_deadlines::Migration),
            Box::new(m20261127_000100_outbox::Migration),
            Box::new(m20261127_000110_payments::Migration),
            Box::new(m20261128_000120_calendar_feeds::Migration),
            Box::new(m20261128_000121_webhooks::Migration),
        ]
    }
}

/// The names of all migrations in the order in which they are applied.
pub fn names() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// The names that a database has recorded as applied, those of later versions included. It only
/// reads: a database without any records has none applied.
///
/// # Errors
/// What the database reports.
pub async fn recorded(manager: &SchemaManager<'_>) -> Result<Vec<String>, DbErr> {
    if !manager.has_table(seaql_migrations::Entity.table_name()).await? {
        return Ok(Vec::new());
    }
    let versions = Query::select()
        .column(seaql_migrations::Column::Version)
        .from(seaql_migrations::Entity)
        .order_by(seaql_migrations::Column::Version, Order::Asc)
        .take();
    let rows = manager.get_connection().query_all(&versions).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
