//! Changes of a landlord's listing, each a compare-and-swap of its version.

use chrono::{DateTime, SubsecRound as _, Utc};
use minsu_domain::{HouseId, HouseOffer, ListingState, ListingStep, UserId, Version};
use minsu_ports::StoreError;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{self, Set},
    ColumnTrait, EntityTrait, ExprTrait, Iterable, QueryFilter, QuerySelect, UpdateMany,
    sea_query::Expr,
};

use crate::{
    entity::{hidden_house, house},
    errors::{Misuse, failed},
    repos::values::stored,
    session::SqlSession,
};

/// The update that advances the version of a listing, if it is the landlord's and still has this version.
fn swap(landlord: UserId, id: HouseId, seen: Version) -> UpdateMany<house::Entity> {
    house::Entity::update_many()
        .col_expr(house::Column::Version, Expr::col(house::Column::Version).add(1))
        .filter(house::Column::Id.eq(id.get()))
        .filter(house::Column::LandlordId.eq(landlord.get()))
        .filter(house::Column::Version.eq(stored(seen.get())))
}

impl SqlSession {
    pub(super) async fn swap_version(&self, landlord: UserId, id: HouseId, seen: Version) -> Result<bool, StoreError> {
        self.was_first(swap(landlord, id, seen)).await
    }

    async fn was_first(&self, update: UpdateMany<house::Entity>) -> Result<bool, StoreError> {
        Ok(update.exec(self.db.writing()?).await.map_err(failed)?.rows_affected == 1)
    }

    pub(super) async fn change_offer(
        &mut self,
        landlord: UserId,
        id: HouseId,
        seen: Version,
        offer: &HouseOffer,
    ) -> Result<bool, StoreError> {
        let texts: Option<(String, String)> = house::Entity::find_by_id(id.get())
            .select_only()
            .columns([house::Column::Title, house::Column::Address])
            .into_tuple()
            .one(&self.db)
            .await
            .map_err(failed)?;
        let Some((title, address)) = texts else { return Ok(false) };
        let row: house::ActiveModel = house::Model::new(0, 0, offer, DateTime::UNIX_EPOCH).into();
        let offered = house::Column::iter().filter(|column| house::is_offered(*column));
        let update = offered.fold(swap(landlord, id, seen), |update, column| match row.get(column) {
            Set(value) | ActiveValue::Unchanged(value) => update.col_expr(column, Expr::value(value)),
            ActiveValue::NotSet => update,
        });
        if !self.was_first(update).await? {
            return Ok(false);
        }
        self.delete_facilities(id.get()).await?;
        self.delete_descriptions(&[id.get()]).await?;
        self.delete_words(id.get(), &title, &address).await?;
        self.insert_texts(id.get(), offer).await?;
        self.refresh_price_bounds(id).await?;
        Ok(true)
    }

    pub(super) async fn change_state(
        &self,
        landlord: UserId,
        id: HouseId,
        seen: Version,
        step: ListingStep,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let mut update = swap(landlord, id, seen);
        if step.from == ListingState::Draft {
            // Cursors compare what all engines keep.
            update = update.col_expr(house::Column::CreatedAt, at.trunc_subsecs(6).into());
        }
        if !self.was_first(update).await? {
            return Ok(false);
        }
        // A published house has no row of its state.
        let changed = match (hidden_house::number(step.from), hidden_house::number(step.to)) {
            (None, None) => return Err(Misuse::NoSuchRow.into()),
            (Some(from), to) => {
                let row = hidden_house::Column::HouseId.eq(id.get()).and(hidden_house::Column::State.eq(from));
                match to {
                    None => {
                        hidden_house::Entity::delete_many().filter(row).exec(db).await.map_err(failed)?.rows_affected
                    }
                    Some(to) => {
                        let update = hidden_house::Entity::update_many()
                            .col_expr(hidden_house::Column::State, to.into())
                            .col_expr(hidden_house::Column::WithdrawnAt, at.into())
                            .filter(row);
                        update.exec(db).await.map_err(failed)?.rows_affected
                    }
                }
            }
            (None, Some(to)) => {
                let hidden = hidden_house::Column::HouseId.eq(id.get());
                let known: Vec<i16> = hidden_house::Entity::find()
                    .select_only()
                    .column(hidden_house::Column::State)
                    .filter(hidden)
                    .into_tuple()
                    .all(&self.db)
                    .await
                    .map_err(failed)?;
                if !known.is_empty() {
                    return Ok(false);
                }
                let row = hidden_house::ActiveModel { house_id: Set(id.get()), withdrawn_at: Set(at), state: Set(to) };
                hidden_house::Entity::insert(row).exec_without_returning(db).await.map_err(failed)?
            }
        };
        Ok(changed == 1)
    }
}
