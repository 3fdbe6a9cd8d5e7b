//! What belongs to a house beside its row: facilities, description, and the words that it is found by.

use std::collections::BTreeSet;

use minsu_domain::{HouseOffer, Term, terms_of};
use minsu_ports::StoreError;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter};

use crate::{
    entity::{house_description, house_facility, house_word},
    errors::failed,
    session::SqlSession,
};

impl SqlSession {
    /// Writes facilities, description and words of a house that has none of them.
    pub(super) async fn insert_texts(&self, house_id: i64, offer: &HouseOffer) -> Result<(), StoreError> {
        let db = self.db.writing()?;
        // Duplicates would violate the primary key, which the error mapping takes for that of `house_day`.
        let facilities: BTreeSet<_> = offer.facilities.iter().map(|id| id.get()).collect();
        if !facilities.is_empty() {
            let rows = facilities
                .into_iter()
                .map(|id| house_facility::ActiveModel { house_id: Set(house_id), facility_id: Set(id) });
            house_facility::Entity::insert_many(rows).exec_without_returning(db).await.map_err(failed)?;
        }
        if let Some(description) = offer.description.clone() {
            let row = house_description::ActiveModel { house_id: Set(house_id), description: Set(description) };
            house_description::Entity::insert(row).exec_without_returning(db).await.map_err(failed)?;
        }
        let terms = terms_of([offer.title.as_str(), offer.address.as_str()]);
        if !terms.is_empty() {
            let rows = terms
                .into_iter()
                .map(|term| house_word::ActiveModel { pair: Set(term.number()), house_id: Set(house_id) });
            house_word::Entity::insert_many(rows).exec_without_returning(db).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Deletes the facilities of a house.
    pub(super) async fn delete_facilities(&self, house_id: i64) -> Result<(), StoreError> {
        let of_house = house_facility::Column::HouseId.eq(house_id);
        let db = self.db.writing()?;
        house_facility::Entity::delete_many().filter(of_house).exec(db).await.map_err(failed)?;
        Ok(())
    }

    /// Deletes the descriptions of houses.
    pub(super) async fn delete_descriptions(&self, houses: &[i64]) -> Result<(), StoreError> {
        let of_houses = house_description::Column::HouseId.is_in(houses.iter().copied());
        let db = self.db.writing()?;
        house_description::Entity::delete_many().filter(of_houses).exec(db).await.map_err(failed)?;
        Ok(())
    }

    /// Deletes the words of a house with this title and address, by their pairs, because the key of the words begins
    /// with the pair.
    pub(super) async fn delete_words(&self, house_id: i64, title: &str, address: &str) -> Result<(), StoreError> {
        let terms = terms_of([title, address]).into_iter().map(Term::number);
        let of_house = house_word::Column::HouseId.eq(house_id).and(house_word::Column::Pair.is_in(terms));
        let db = self.db.writing()?;
        house_word::Entity::delete_many().filter(of_house).exec(db).await.map_err(failed)?;
        Ok(())
    }
}
