//! Houses of a bulk load with all that belongs to them, and their rows in every table.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{
    Claim, DayPlan, HouseId, HouseOffer, HouseRules, HouseSchedule, HouseTerms, Occupant, PictureKey, Seasons, UserId,
    terms_of,
};
use minsu_ports::StoreError;

use super::{cells::Rows, loader::Loader};
use crate::{
    entity::{
        house, house_claim, house_date, house_day, house_description, house_facility, house_picture, house_price_bound,
        house_rule, house_season, house_word,
    },
    repos::{schedules::rows, values::Table},
};

/// A published house.
#[derive(Debug, Clone)]
pub struct HouseBatch {
    /// The offer.
    pub offer: HouseOffer,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// Its rules.
    pub rules: HouseRules,
    /// Its seasons.
    pub seasons: Seasons,
    /// What is set for single days; blocked ones are closed.
    pub days: BTreeMap<NaiveDate, DayPlan>,
    /// Its pictures with their bytes, the first one for lists. The object store is to have them.
    pub pictures: Vec<(PictureKey, u64)>,
}

impl HouseBatch {
    /// A house without rules and pictures.
    pub fn plain(offer: HouseOffer, created_at: DateTime<Utc>) -> Self {
        let (rules, seasons) = (HouseRules::default(), Seasons::default());
        Self { offer, created_at, rules, seasons, days: BTreeMap::new(), pictures: Vec::new() }
    }

    fn has_rules(&self) -> bool {
        !self.rules.is_default() || !self.seasons.is_empty() || self.days.values().any(|plan| !plan.rule.is_empty())
    }

    fn schedule(&self, landlord: UserId) -> HouseSchedule {
        let HouseOffer { price, deposit, limits, dwelling, .. } = &self.offer;
        let terms = HouseTerms {
            landlord,
            price: *price,
            deposit: *deposit,
            limits: *limits,
            capacity: dwelling.capacity,
            has_rules: true,
        };
        let dates = self.days.iter().map(|(day, plan)| (*day, plan.rule)).collect();
        HouseSchedule { terms, rules: self.rules, seasons: self.seasons.clone(), dates }
    }
}

/// The rows of many houses.
#[derive(Default)]
pub(super) struct HouseRows {
    houses: Rows<house::Model>,
    facilities: Rows<house_facility::Model>,
    descriptions: Rows<house_description::Model>,
    /// Number of the term, and the house.
    words: Vec<(i64, i64)>,
    rules: Rows<house_rule::Model>,
    seasons: Rows<house_season::Model>,
    dates: Rows<house_date::Model>,
    bounds: Rows<house_price_bound::Model>,
    claims: Rows<house_claim::Model>,
    days: Rows<house_day::Model>,
    pictures: Rows<house_picture::Model>,
}

impl HouseRows {
    pub(super) fn push(
        &mut self,
        id: HouseId,
        landlord: i64,
        batch: &HouseBatch,
        picture_ids: &mut impl Iterator<Item = i64>,
    ) -> Result<(), StoreError> {
        let (offer, house_id) = (&batch.offer, id.get());
        let mut house = house::Model::new(house_id, landlord, offer, batch.created_at);
        house.has_rules = i16::from(batch.has_rules());
        // Each picture is a change.
        house.version += i32::try_from(batch.pictures.len()).unwrap_or(0);
        house.index_picture = batch.pictures.first().map(|(key, _)| key.as_str().to_owned());
        self.houses.push(&house);
        let facilities = offer.facilities.iter().map(|facility| facility.get());
        self.facilities.extend(facilities.map(|facility_id| house_facility::Model { house_id, facility_id }));
        let description = offer.description.clone();
        self.descriptions.extend(description.map(|description| house_description::Model { house_id, description }));
        let terms = terms_of([offer.title.as_str(), offer.address.as_str()]);
        self.words.extend(terms.into_iter().map(|term| (term.number(), house_id)));
        for ((key, bytes), id) in batch.pictures.iter().zip(picture_ids) {
            self.pictures.push(&house_picture::Model {
                id,
                house_id,
                picture: key.as_str().to_owned(),
                bytes: i64::try_from(*bytes).unwrap_or(i64::MAX),
                caption: None,
                place: house_picture::UNPLACED,
            });
        }
        self.push_schedule(id, Table("users").user("id", landlord)?, batch);
        Ok(())
    }

    fn push_schedule(&mut self, id: HouseId, landlord: UserId, batch: &HouseBatch) {
        if !batch.rules.is_default() {
            self.rules.push(&rows::of_rules(id, &batch.rules));
        }
        self.seasons.extend(batch.seasons.iter().map(|season| rows::of_season(id, season)));
        for (day, plan) in &batch.days {
            if !plan.rule.is_empty() || plan.note.is_some() {
                self.dates.push(&rows::of_date(id, *day, plan));
            }
            if plan.blocked {
                let (source, owner_id) = house_claim::columns(Claim::Block);
                self.claims.push(&house_claim::Model { house_id: id.get(), day: *day, source, owner_id });
                self.days.push(&house_day::Model::new(id, *day, Occupant::Block));
            }
        }
        if batch.has_rules() {
            let bounds = batch.schedule(landlord).price_bounds();
            self.bounds.push(&house_price_bound::Model::new(id, batch.offer.area.get(), bounds));
        }
    }

    pub(super) async fn write(mut self, loader: &mut Loader) -> Result<(), StoreError> {
        // Neighbours in an index are written together.
        self.words.sort_unstable();
        let mut words = Rows::new();
        words.extend(self.words.into_iter().map(|(pair, house_id)| house_word::Model { pair, house_id }));
        loader.write(self.houses).await?;
        loader.write(self.facilities).await?;
        loader.write(self.descriptions).await?;
        loader.write(words).await?;
        loader.write(self.rules).await?;
        loader.write(self.seasons).await?;
        loader.write(self.dates).await?;
        loader.write(self.bounds).await?;
        loader.write(self.claims).await?;
        loader.write(self.days).await?;
        loader.write(self.pictures).await
    }
}
