//! Rules, seasons and dates of houses.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use minsu_domain::{Claim, DateRule, DayPlan, HouseId, HouseRules, Seasons};
use minsu_ports::{LockedCalendar, ScheduleRepo, StoreError};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, IntoActiveModel as _,
    QueryFilter, QueryOrder, Select, Statement,
};

use crate::{
    entity::{house_date, house_rule, house_season},
    errors::failed,
    repos::{claims, schedules::rows::SEASONS, sql::Sql},
    session::SqlSession,
};

pub(crate) mod rows;

#[async_trait]
impl ScheduleRepo for SqlSession {
    async fn rules(&mut self, house: HouseId) -> Result<HouseRules, StoreError> {
        let row = house_rule::Entity::find_by_id(house.get()).one(&self.db).await.map_err(failed)?;
        Ok(row.map_or(Ok(HouseRules::default()), |row| rows::rules(&row))?)
    }

    async fn seasons(&mut self, house: HouseId) -> Result<Seasons, StoreError> {
        let of_house = house_season::Entity::find().filter(house_season::Column::HouseId.eq(house.get()));
        let rows = of_house.all(&self.db).await.map_err(failed)?;
        let seasons: Result<Vec<_>, _> = rows.iter().map(rows::season).collect();
        Ok(Seasons::stored(seasons?).ok_or_else(|| SEASONS.corrupt("last_day"))?)
    }

    async fn dates(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, DateRule>, StoreError> {
        let rows = dates(house, from, to).all(&self.db).await.map_err(failed)?;
        let mut rules = BTreeMap::new();
        for row in rows {
            rules.insert(row.day, rows::date(&row)?);
        }
        rules.retain(|_, rule: &mut DateRule| !rule.is_empty());
        Ok(rules)
    }

    async fn plans(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, DayPlan>, StoreError> {
        let rows = dates(house, from, to).all(&self.db).await.map_err(failed)?;
        let mut plans = BTreeMap::new();
        for row in rows {
            plans.insert(row.day, DayPlan { rule: rows::date(&row)?, note: rows::note(&row)?, blocked: false });
        }
        for (day, claim) in claims::find(&self.db, house, from, to).await? {
            if claim == Claim::Block {
                plans.entry(day).or_default().blocked = true;
            }
        }
        Ok(plans)
    }

    async fn put_rules(&mut self, calendar: &LockedCalendar, rules: &HouseRules) -> Result<(), StoreError> {
        let (db, house) = (self.db.writing()?, calendar.house());
        house_rule::Entity::delete_by_id(house.get()).exec(db).await.map_err(failed)?;
        if !rules.is_default() {
            let row = rows::of_rules(house, rules).into_active_model().reset_all();
            house_rule::Entity::insert(row).exec_without_returning(db).await.map_err(failed)?;
        }
        self.rules_changed(house).await
    }

    async fn put_seasons(&mut self, calendar: &LockedCalendar, seasons: &Seasons) -> Result<(), StoreError> {
        let (db, house) = (self.db.writing()?, calendar.house());
        let before = house_season::Entity::delete_many().filter(house_season::Column::HouseId.eq(house.get()));
        before.exec(db).await.map_err(failed)?;
        if !seasons.is_empty() {
            let rows = seasons.iter().map(|season| rows::of_season(house, season).into_active_model().reset_all());
            house_season::Entity::insert_many(rows).exec_without_returning(db).await.map_err(failed)?;
        }
        self.rules_changed(house).await
    }

    async fn put_plans(
        &mut self,
        calendar: &LockedCalendar,
        plans: &BTreeMap<NaiveDate, DayPlan>,
    ) -> Result<(), StoreError> {
        let (db, house) = (self.db.writing()?, calendar.house());
        let before = house_date::Entity::delete_many()
            .filter(house_date::Column::HouseId.eq(house.get()))
            .filter(house_date::Column::Day.is_in(plans.keys().copied()));
        before.exec(db).await.map_err(failed)?;
        let set = plans.iter().filter(|(_, plan)| !plan.rule.is_empty() || plan.note.is_some());
        let rows: Vec<_> =
            set.map(|(day, plan)| rows::of_date(house, *day, plan).into_active_model().reset_all()).collect();
        if !rows.is_empty() {
            house_date::Entity::insert_many(rows).exec_without_returning(db).await.map_err(failed)?;
        }
        let days = |blocked: bool| -> BTreeSet<NaiveDate> {
            plans.iter().filter(|(_, plan)| plan.blocked == blocked).map(|(day, _)| *day).collect()
        };
        claims::remove(db, house, Claim::Block, &days(false)).await?;
        claims::add(db, house, Claim::Block, &days(true)).await?;
        self.rules_changed(house).await
    }
}

fn dates(house: HouseId, from: NaiveDate, to: NaiveDate) -> Select<house_date::Entity> {
    let of_house = house_date::Column::HouseId.eq(house.get()).and(house_date::Column::Day.between(from, to));
    house_date::Entity::find().filter(of_house).order_by_asc(house_date::Column::Day)
}

impl SqlSession {
    /// Says on the house whether it has rules, as its rows are now, and between which prices they lie.
    async fn rules_changed(&mut self, house: HouseId) -> Result<(), StoreError> {
        let db = self.db.writing()?;
        db.execute_raw(flag(db.get_database_backend(), house)).await.map_err(failed)?;
        self.refresh_price_bounds(house).await
    }
}

fn flag(backend: DbBackend, house: HouseId) -> Statement {
    let mut sql = Sql::new(backend);
    sql.push(
        "UPDATE houses SET has_rules = CASE WHEN EXISTS (SELECT 1 FROM house_rules r WHERE r.house_id = houses.id) \
         OR EXISTS (SELECT 1 FROM house_seasons s WHERE s.house_id = houses.id) \
         OR EXISTS (SELECT 1 FROM house_dates d WHERE d.house_id = houses.id AND (d.price IS NOT NULL \
         OR d.min_days IS NOT NULL OR d.closed_to_arrival IS NOT NULL OR d.closed_to_departure IS NOT NULL)) \
         THEN 1 ELSE 0 END WHERE id = ",
    );
    sql.bind(house.get());
    sql.done()
}
