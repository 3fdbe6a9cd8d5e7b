//! What houses are ranked by: guests instead of completed orders, each guest once for a house. A guest counts apart
//! as one who stayed when an order was completed on its first day or later.
//!
//! Orders of before are counted the same way. The site's time zone is a setting that a migration does not know: the
//! day of a comment is that of UTC+8, the zone of the default.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{clustered, create, replace_indexes};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum Houses {
    Table,
    GuestCount,
    StayedGuestCount,
}

#[derive(DeriveIden)]
enum HouseGuests {
    Table,
    HouseId,
    GuestId,
    Stayed,
}

/// The orders by bookings, by the names of their indexes.
const BOOKING: [(&str, &str); 2] = [("houses_booking", ""), ("houses_area_booking", "area_id, ")];
/// The orders by guests who stayed.
const POPULAR: [(&str, &str); 2] = [("houses_popular", ""), ("houses_area_popular", "area_id, ")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in [("guest_count", Houses::GuestCount), ("stayed_guest_count", Houses::StayedGuestCount)] {
            if !manager.has_column("houses", name).await? {
                // The default is for processes of the version before, which go on publishing.
                let column = ColumnDef::new(column).integer().not_null().default(0).take();
                manager.alter_table(Table::alter().table(Houses::Table).add_column(column).take()).await?;
            }
        }
        if !manager.has_table("house_guests").await? {
            create(manager, clustered(manager, table()), vec![]).await?;
        }
        count(manager).await?;
        replace_indexes(manager, "houses", &BOOKING.map(|index| over(index, "guest_count"))).await?;
        for index in POPULAR {
            if !manager.has_index("houses", index.0).await? {
                let (name, columns) = over(index, "stayed_guest_count");
                let statement = format!("CREATE INDEX {name} ON houses ({columns})");
                manager.get_connection().execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_indexes(manager, "houses", &BOOKING.map(|index| over(index, "order_count"))).await?;
        for (name, _) in POPULAR {
            manager.drop_index(Index::drop().name(name).table(Houses::Table).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table(HouseGuests::Table).take()).await?;
        for column in [Houses::GuestCount, Houses::StayedGuestCount] {
            manager.alter_table(Table::alter().table(Houses::Table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}

/// Without foreign keys: checking one would lock the house in a weaker mode before counting locks it in a stronger
/// one, and two comments would wait for each other.
fn table() -> TableCreateStatement {
    use HouseGuests::{GuestId, HouseId, Stayed};
    Table::create()
        .table(HouseGuests::Table)
        .col(ColumnDef::new(HouseId).big_integer().not_null())
        .col(ColumnDef::new(GuestId).big_integer().not_null())
        .col(ColumnDef::new(Stayed).small_integer().not_null())
        .primary_key(Index::create().col(HouseId).col(GuestId))
        .take()
}

/// An index in the order of a column, with what searches with dates ask for.
fn over<'a>((name, area): (&'a str, &str), column: &str) -> (&'a str, String) {
    (name, format!("{area}{column}, id, min_days, max_days"))
}

/// Counts the guests of the orders that are there.
async fn count(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let commented_on = match manager.get_database_backend() {
        DbBackend::Postgres => "CAST(commented_at AT TIME ZONE INTERVAL '+08:00' AS date)",
        DbBackend::MySql => "DATE(commented_at + INTERVAL 8 HOUR)",
        _ => "date(commented_at, '+8 hours')",
    };
    // 4 is the state of a completed order.
    let guests = format!(
        "INSERT INTO house_guests (house_id, guest_id, stayed) \
         SELECT house_id, guest_id, MAX(CASE WHEN {commented_on} >= start_day THEN 1 ELSE 0 END) \
         FROM orders WHERE status = 4 GROUP BY house_id, guest_id"
    );
    let of_house = "FROM house_guests g WHERE g.house_id = houses.id";
    let houses = format!(
        "UPDATE houses SET guest_count = (SELECT COUNT(*) {of_house}), \
         stayed_guest_count = (SELECT SUM(g.stayed) {of_house}) \
         WHERE id IN (SELECT house_id FROM house_guests)"
    );
    let db = manager.get_connection();
    for statement in ["DELETE FROM house_guests", &guests, &houses] {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}
