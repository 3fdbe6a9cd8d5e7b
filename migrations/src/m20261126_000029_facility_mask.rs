//! The facilities of a house as bits of one number, beside their rows: a search for all 23 compares one
//! column and looks up no row. The bit of a facility is its id; ids above 62 have none and are looked up.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Houses {
    Table,
    FacilityMask,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("houses", "facility_mask").await? {
            let column = ColumnDef::new(Houses::FacilityMask).big_integer().not_null().default(0).take();
            manager.alter_table(Table::alter().table(Houses::Table).add_column(column).take()).await?;
        }
        // A house has each facility once, so the sum of their bits is all of them.
        let sum = match manager.get_database_backend() {
            DbBackend::Postgres => "CAST(SUM(CAST(1 AS bigint) << CAST(f.facility_id AS integer)) AS bigint)",
            DbBackend::MySql => "CAST(SUM(1 << f.facility_id) AS SIGNED)",
            _ => "SUM(1 << f.facility_id)",
        };
        let update = format!(
            "UPDATE houses SET facility_mask = COALESCE((SELECT {sum} FROM house_facilities f \
             WHERE f.house_id = houses.id AND f.facility_id <= 62), 0)"
        );
        manager.get_connection().execute_unprepared(&update).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Houses::Table).drop_column(Houses::FacilityMask).take()).await
    }
}
