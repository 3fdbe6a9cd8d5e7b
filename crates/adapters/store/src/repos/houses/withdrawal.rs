//! Taking houses off the site for good: their texts, pictures and words are erased, their rows stay for their orders.

use chrono::{DateTime, Utc};
use minsu_domain::{HouseId, PictureKey};
use minsu_ports::{ErasedUser, StoreError, WithdrawnHouse};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::rows::HOUSES;
use crate::{
    entity::{hidden_house, house, house_picture},
    errors::failed,
    repos::search,
    session::SqlSession,
};

/// Replaces the texts of a withdrawn house.
const WITHDRAWN: &str = "已下架";

/// The texts that a house has besides its title.
const TEXTS: [house::Column; 3] = [house::Column::Address, house::Column::Unit, house::Column::Beds];

impl SqlSession {
    /// Deletes every house of an erased landlord, the titles of those deleted before too.
    pub(super) async fn withdraw_all_of(
        &self,
        landlord: &ErasedUser,
        at: DateTime<Utc>,
    ) -> Result<Vec<WithdrawnHouse>, StoreError> {
        let of_landlord = house::Column::LandlordId.eq(landlord.id().get());
        let withdrawn = self.withdraw(of_landlord.clone().and(search::is_kept()), at).await?;
        self.overwrite(&[&[house::Column::Title], &TEXTS[..]].concat(), of_landlord).await?;
        Ok(withdrawn)
    }

    /// Deletes a house but for its title; the version was advanced before.
    pub(super) async fn withdraw_one(&self, id: HouseId, at: DateTime<Utc>) -> Result<Vec<PictureKey>, StoreError> {
        let house = house::Column::Id.eq(id.get());
        let withdrawn = self.withdraw(house.clone().and(search::is_kept()), at).await?;
        self.overwrite(&TEXTS, house).await?;
        Ok(withdrawn.into_iter().flat_map(|house| house.pictures).collect())
    }

    async fn overwrite(&self, texts: &[house::Column], houses: Expr) -> Result<(), StoreError> {
        let erased = house::Entity::update_many()
            .col_expr(house::Column::IndexPicture, Option::<String>::None.into())
            .filter(houses);
        let erased = texts.iter().fold(erased, |update, text| update.col_expr(*text, Expr::value(WITHDRAWN)));
        erased.exec(self.db.writing()?).await.map_err(failed)?;
        Ok(())
    }

    /// Makes houses deleted and erases their texts in other tables.
    async fn withdraw(&self, houses: Expr, at: DateTime<Utc>) -> Result<Vec<WithdrawnHouse>, StoreError> {
        let db = self.db.writing()?;
        let texts: Vec<(i64, String, String)> = house::Entity::find()
            .select_only()
            .columns([house::Column::Id, house::Column::Title, house::Column::Address])
            .filter(houses)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        for (id, title, address) in &texts {
            self.delete_words(*id, title, address).await?;
        }
        let ids: Vec<i64> = texts.iter().map(|(id, ..)| *id).collect();
        let of_houses = house_picture::Column::HouseId.is_in(ids.iter().copied());
        let pictures: Vec<(i64, String)> = house_picture::Entity::find()
            .select_only()
            .columns([house_picture::Column::HouseId, house_picture::Column::Picture])
            .filter(of_houses.clone())
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        house_picture::Entity::delete_many().filter(of_houses).exec(db).await.map_err(failed)?;
        self.delete_descriptions(&ids).await?;
        self.disconnect(&ids).await?;
        let hidden = hidden_house::Column::HouseId.is_in(ids.iter().copied());
        hidden_house::Entity::delete_many().filter(hidden).exec(db).await.map_err(failed)?;
        let rows = ids.iter().map(|id| hidden_house::ActiveModel {
            house_id: Set(*id),
            withdrawn_at: Set(at),
            state: Set(hidden_house::DELETED),
        });
        hidden_house::Entity::insert_many(rows).exec_without_returning(db).await.map_err(failed)?;
        let withdrawn = |id: i64| {
            let own = pictures.iter().filter(|(house, _)| *house == id);
            let keys = own.map(|(_, key)| HOUSES.checked("picture", PictureKey::new(key)));
            Ok(WithdrawnHouse { id: HOUSES.house("id", id)?, pictures: keys.collect::<Result<_, _>>()? })
        };
        ids.into_iter().map(withdrawn).collect()
    }
}
