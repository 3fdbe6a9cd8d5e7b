//! The bounds of the prices of a house, kept as its rules and its offer are now.

use std::collections::BTreeMap;

use minsu_domain::{HouseId, HouseSchedule, HouseTerms};
use minsu_ports::{ScheduleRepo as _, StoreError};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, EntityTrait, FromQueryResult, IntoActiveModel as _, QueryFilter, QuerySelect,
};

use crate::{
    entity::{house, house_date, house_price_bound},
    errors::failed,
    repos::{pages::one, schedules::rows, values::Table},
    session::SqlSession,
};

const HOUSES: Table = Table("houses");

/// What the bounds depend on, of the house itself.
#[derive(FromQueryResult)]
struct HouseRow {
    landlord_id: i64,
    area_id: i64,
    price: i64,
    deposit: i64,
    min_days: i32,
    max_days: i32,
    capacity: i32,
    has_rules: i16,
}

impl SqlSession {
    /// Writes the bounds anew; a house without rules has none.
    pub(super) async fn refresh_price_bounds(&mut self, id: HouseId) -> Result<(), StoreError> {
        use house::Column::{AreaId, Capacity, Deposit, HasRules, LandlordId, MaxDays, MinDays, Price};
        let columns = [LandlordId, AreaId, Price, Deposit, MinDays, MaxDays, Capacity, HasRules];
        let house = house::Entity::find_by_id(id.get()).select_only().columns(columns);
        let Some(house) = one::<HouseRow>(&self.db, house).await? else { return Ok(()) };
        let db = self.db.writing()?;
        house_price_bound::Entity::delete_by_id(id.get()).exec(db).await.map_err(failed)?;
        if house.has_rules == 0 {
            return Ok(());
        }
        let dates = house_date::Entity::find().filter(house_date::Column::HouseId.eq(id.get()));
        let dates = dates.all(&self.db).await.map_err(failed)?;
        let dates =
            dates.iter().map(|row| Ok((row.day, rows::date(row)?))).collect::<Result<BTreeMap<_, _>, StoreError>>();
        let schedule = HouseSchedule {
            terms: HouseTerms {
                landlord: HOUSES.user("landlord_id", house.landlord_id)?,
                price: HOUSES.money("price", house.price)?,
                deposit: HOUSES.money("deposit", house.deposit)?,
                limits: HOUSES.limits(house.min_days, house.max_days)?,
                capacity: HOUSES.count("capacity", house.capacity)?,
                has_rules: true,
            },
            rules: self.rules(id).await?,
            seasons: self.seasons(id).await?,
            dates: dates?,
        };
        let row = house_price_bound::Model::new(id, house.area_id, schedule.price_bounds());
        let insert = house_price_bound::Entity::insert(row.into_active_model().reset_all());
        insert.exec_without_returning(self.db.writing()?).await.map_err(failed)?;
        Ok(())
    }
}
