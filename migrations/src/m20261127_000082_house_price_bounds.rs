//! Between which prices of a day the houses with rules lie: a list that is sorted by the total of a stay walks them in
//! the order of these bounds, instead of pricing every house.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{clustered, create, index, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum HousePriceBounds {
    Table,
    HouseId,
    AreaId,
    Lowest,
    Highest,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// May be repeated.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_table("house_price_bounds").await? {
            create_table(manager).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared("DELETE FROM house_price_bounds").await?;
        db.execute_unprepared(&fill(manager.get_database_backend())).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HousePriceBounds::Table).if_exists().take()).await
    }
}

async fn create_table(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use HousePriceBounds::{AreaId, Highest, HouseId, Lowest};
    let house = (Alias::new("houses"), Alias::new("id"));
    let mut owner = reference("house_price_bounds_house", (HousePriceBounds::Table, HouseId), house);
    owner.on_delete(ForeignKeyAction::Cascade);
    let table = Table::create()
        .table(HousePriceBounds::Table)
        .col(ColumnDef::new(HouseId).big_integer().not_null().primary_key())
        .col(ColumnDef::new(AreaId).big_integer().not_null())
        .col(ColumnDef::new(Lowest).big_integer().not_null())
        .col(ColumnDef::new(Highest).big_integer().not_null())
        .foreign_key(&mut owner)
        .take();
    // As in the indexes of the houses: ties are broken by the newest id in both directions.
    let lowest = |name: &str, area: Option<HousePriceBounds>| {
        let mut index = index(name, HousePriceBounds::Table, area);
        index.col(Lowest).col((HouseId, IndexOrder::Desc)).take()
    };
    let indexes = vec![
        lowest("house_price_bounds_lowest", None),
        index("house_price_bounds_highest", HousePriceBounds::Table, [Highest, HouseId]),
        lowest("house_price_bounds_area_lowest", Some(AreaId)),
        index("house_price_bounds_area_highest", HousePriceBounds::Table, [AreaId, Highest, HouseId]),
    ];
    create(manager, clustered(manager, table), indexes).await
}

/// The bounds of the houses that have rules already.
fn fill(backend: DbBackend) -> String {
    let mut prices = "SELECT id AS house_id, price FROM houses WHERE has_rules = 1".to_owned();
    let weekdays = (1..=7).map(|number| format!("price_{number}"));
    let of = |table: &str, column: &str| format!(" UNION ALL SELECT house_id, {column} FROM {table}");
    prices.extend(weekdays.clone().map(|column| of("house_rules", &column)));
    prices.extend(weekdays.map(|column| of("house_seasons", &column)));
    prices.push_str(&of("house_seasons", "price"));
    prices.push_str(&of("house_dates", "price"));
    let divided = if backend == DbBackend::MySql { "DIV" } else { "/" };
    format!(
        "INSERT INTO house_price_bounds (house_id, area_id, lowest, highest) \
         SELECT h.id, h.area_id, \
         p.lowest * (10000 - CASE WHEN COALESCE(r.weekly_discount, 0) > COALESCE(r.monthly_discount, 0) \
         THEN r.weekly_discount ELSE COALESCE(r.monthly_discount, 0) END) {divided} 10000, \
         p.highest + COALESCE(r.cleaning_fee, 0) + CASE WHEN h.capacity > COALESCE(r.guests_included, 1) \
         THEN (h.capacity - COALESCE(r.guests_included, 1)) * COALESCE(r.extra_guest_fee, 0) ELSE 0 END \
         FROM houses h JOIN (SELECT house_id, MIN(price) AS lowest, MAX(price) AS highest FROM ({prices}) AS q \
         GROUP BY house_id) AS p ON p.house_id = h.id LEFT JOIN house_rules r ON r.house_id = h.id \
         WHERE h.has_rules = 1"
    )
}
