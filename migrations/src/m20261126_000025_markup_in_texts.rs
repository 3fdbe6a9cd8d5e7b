//! Takes the markup out of texts that are older than the rule against it: `<` and `>` become the full-width `＜` and
//! `＞`, which no page reads as HTML. Pages insert these texts as HTML.

use sea_orm_migration::prelude::*;

/// The columns with texts of people.
const TEXTS: [(&str, &[&str]); 3] = [
    ("users", &["name"]),
    ("houses", &["title", "address", "unit", "beds"]),
    ("orders", &["comment", "reject_reason"]),
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in TEXTS {
            for column in columns {
                let update = format!(
                    "UPDATE {table} SET {column} = REPLACE(REPLACE({column}, '<', '＜'), '>', '＞') \
                     WHERE {column} LIKE '%<%' OR {column} LIKE '%>%'"
                );
                manager.get_connection().execute_unprepared(&update).await?;
            }
        }
        Ok(())
    }

    /// The texts stay as they are: what they were is not kept.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
