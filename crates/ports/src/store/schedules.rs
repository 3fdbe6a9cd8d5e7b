//! Rules, seasons and dates of houses. Most houses have none: [`minsu_domain::HouseTerms::has_rules`] tells.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use minsu_domain::{DateRule, DayPlan, HouseId, HouseRules, Seasons};

use crate::{LockedCalendar, StoreError};

/// What prices and limits stays in a house beside the listing's own terms. Writing keeps
/// [`minsu_domain::HouseTerms::has_rules`] right.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait ScheduleRepo: Send {
    /// The rules of a house; the default where it has none.
    async fn rules(&mut self, house: HouseId) -> Result<HouseRules, StoreError>;

    /// The seasons of a house.
    async fn seasons(&mut self, house: HouseId) -> Result<Seasons, StoreError>;

    /// The dates from `from` to `to`, both included, that have a rule.
    async fn dates(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, DateRule>, StoreError>;

    /// The days from `from` to `to`, both included, for which the landlord has set anything: rules, a note, a block.
    async fn plans(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, DayPlan>, StoreError>;

    /// Replaces the rules of the locked calendar's house.
    async fn put_rules(&mut self, calendar: &LockedCalendar, rules: &HouseRules) -> Result<(), StoreError>;

    /// Replaces all its seasons.
    async fn put_seasons(&mut self, calendar: &LockedCalendar, seasons: &Seasons) -> Result<(), StoreError>;

    /// Replaces what the landlord has set for these days, blocks included; other days stay. Which days of orders are
    /// blocked is for the caller to refuse: an order keeps its days.
    async fn put_plans(
        &mut self,
        calendar: &LockedCalendar,
        plans: &BTreeMap<NaiveDate, DayPlan>,
    ) -> Result<(), StoreError>;
}
