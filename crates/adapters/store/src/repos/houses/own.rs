//! A landlord's own listings, drafts included.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{
    Caption, HouseId, HouseOffer, HouseTerms, ListingState, ListingStep, PictureId, PictureKey, UserId, Version,
};
use minsu_ports::{
    LandlordAlone, ListingStanding, LockStrength, LockedLandlord, NewHouse, OwnHouse, OwnListingRepo, StoreError,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, Order,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, sea_query::Expr,
};

use super::{
    pictures::{PictureRow, in_order},
    rows::{HOUSES, TermsRow, by_house, offer, terms, terms_row, version, with_description},
};
use crate::{
    entity::{hidden_house, house, house_facility, house_picture},
    errors::{CorruptRow, failed},
    repos::{
        claims,
        pages::{limited, one},
        search::is_kept,
    },
    session::SqlSession,
};

#[derive(FromQueryResult)]
struct StandingRow {
    landlord_id: i64,
    version: i32,
    pictures: i64,
    state: Option<i16>,
}

#[derive(FromQueryResult)]
struct OwnRow {
    #[sea_orm(nested)]
    house: house::Model,
    state: Option<i16>,
    description: Option<String>,
}

#[async_trait]
impl OwnListingRepo for SqlSession {
    async fn insert_draft(&mut self, landlord: &LockedLandlord, house: &NewHouse) -> Result<HouseId, StoreError> {
        let id = self.insert_house(landlord, house).await?;
        let hidden = hidden_house::ActiveModel {
            house_id: Set(id.get()),
            withdrawn_at: Set(house.created_at),
            state: Set(hidden_house::DRAFT),
        };
        hidden_house::Entity::insert(hidden).exec_without_returning(self.db.writing()?).await.map_err(failed)?;
        Ok(id)
    }

    async fn standing(&mut self, id: HouseId) -> Result<Option<ListingStanding>, StoreError> {
        let of_house = house_picture::Column::HouseId.eq(id.get());
        let pictures = house_picture::Entity::find().select_only().column_as(Expr::cust("COUNT(*)"), "pictures");
        let pictures = Expr::SubQuery(None, Box::new(pictures.filter(of_house).into_query().into()));
        let house = house::Entity::find_by_id(id.get())
            .select_only()
            .columns([house::Column::LandlordId, house::Column::Version])
            .column_as(pictures, "pictures");
        let row: Option<StandingRow> = one(&self.db, with_state(house)).await?;
        row.map(|row| {
            Ok(ListingStanding {
                landlord: HOUSES.user("landlord_id", row.landlord_id)?,
                state: hidden_house::state(row.state).ok_or_else(|| HOUSES.corrupt("state"))?,
                version: version(row.version)?,
                pictures: u32::try_from(row.pictures).map_err(|_| HOUSES.corrupt("pictures"))?,
            })
        })
        .transpose()
    }

    async fn terms(&mut self, id: HouseId) -> Result<Option<HouseTerms>, StoreError> {
        one::<TermsRow>(&self.db, terms_row(id)).await?.map(terms).transpose()
    }

    async fn lock_calendar(&mut self, landlord: &LockedLandlord, id: HouseId) -> Result<bool, StoreError> {
        if !claims::lock_house(self.db.writing()?, id, LockStrength::Alone).await? {
            return Ok(false);
        }
        let standing = self.standing(id).await?;
        let is_own = |standing: &ListingStanding| {
            standing.landlord == landlord.landlord() && standing.state != ListingState::Deleted
        };
        Ok(standing.as_ref().is_some_and(is_own))
    }

    async fn bump_version(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
    ) -> Result<bool, StoreError> {
        self.swap_version(landlord.landlord(), id, seen).await
    }

    async fn change(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
        offer: &HouseOffer,
    ) -> Result<bool, StoreError> {
        self.change_offer(landlord.landlord(), id, seen, offer).await
    }

    async fn take_step(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
        step: ListingStep,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.change_state(landlord.landlord(), id, seen, step, at).await
    }

    async fn delete(
        &mut self,
        landlord: &LandlordAlone,
        id: HouseId,
        seen: Version,
        at: DateTime<Utc>,
    ) -> Result<Option<Vec<PictureKey>>, StoreError> {
        if !self.swap_version(landlord.landlord(), id, seen).await? {
            return Ok(None);
        }
        Ok(Some(self.withdraw_one(id, at).await?))
    }

    async fn arrange_pictures(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
        pictures: &[(PictureId, Option<Caption>)],
    ) -> Result<bool, StoreError> {
        if !self.swap_version(landlord.landlord(), id, seen).await? {
            return Ok(false);
        }
        self.write_arrangement(id, pictures).await?;
        Ok(true)
    }

    async fn remove_picture(
        &mut self,
        landlord: &LockedLandlord,
        id: HouseId,
        seen: Version,
        picture: PictureId,
    ) -> Result<Option<PictureKey>, StoreError> {
        if !self.swap_version(landlord.landlord(), id, seen).await? {
            return Ok(None);
        }
        self.delete_picture(id, picture).await
    }

    async fn find(&mut self, landlord: UserId, id: HouseId) -> Result<Option<OwnHouse>, StoreError> {
        let mut found = self.own(landlord, vec![id.get()], Order::Asc).await?;
        Ok(found.pop())
    }

    async fn page(
        &mut self,
        landlord: UserId,
        after: Option<HouseId>,
        limit: u32,
    ) -> Result<Vec<OwnHouse>, StoreError> {
        let behind = after.map(|after| house::Column::Id.lt(after.get()));
        self.own_page(landlord, behind, limit, Order::Desc).await
    }

    async fn oldest(
        &mut self,
        landlord: UserId,
        after: Option<HouseId>,
        limit: u32,
    ) -> Result<Vec<OwnHouse>, StoreError> {
        let behind = after.map(|after| house::Column::Id.gt(after.get()));
        self.own_page(landlord, behind, limit, Order::Asc).await
    }
}

impl SqlSession {
    /// At most `limit` listings of a landlord by id, those behind a place.
    async fn own_page(
        &self,
        landlord: UserId,
        behind: Option<Expr>,
        limit: u32,
        order: Order,
    ) -> Result<Vec<OwnHouse>, StoreError> {
        let mut ids = house::Entity::find()
            .select_only()
            .column(house::Column::Id)
            .filter(house::Column::LandlordId.eq(landlord.get()).and(is_kept()))
            .order_by(house::Column::Id, order.clone());
        if let Some(behind) = behind {
            ids = ids.filter(behind);
        }
        let statement = limited(self.db.get_database_backend(), &ids.into_query(), u64::from(limit), 0);
        let rows = self.db.query_all_raw(statement).await.map_err(failed)?;
        let ids: Result<Vec<i64>, _> = rows.iter().map(|row| row.try_get_by_index(0).map_err(failed)).collect();
        self.own(landlord, ids?, order).await
    }

    /// The listings of a landlord with these ids that are not deleted.
    async fn own(&self, landlord: UserId, ids: Vec<i64>, order: Order) -> Result<Vec<OwnHouse>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = house::Column::LandlordId.eq(landlord.get()).and(is_kept()).and(house::Column::Id.is_in(ids));
        let houses = with_description(with_state(house::Entity::find()))
            .filter(wanted.clone())
            .order_by(house::Column::Id, order);
        let houses = houses.into_model::<OwnRow>().all(&self.db).await.map_err(failed)?;
        let of_house = house_facility::Entity::belongs_to(house::Entity)
            .from(house_facility::Column::HouseId)
            .to(house::Column::Id);
        let facilities: Vec<(i64, i64)> = house_facility::Entity::find()
            .select_only()
            .columns([house_facility::Column::HouseId, house_facility::Column::FacilityId])
            .join(JoinType::InnerJoin, of_house.into())
            .filter(wanted.clone())
            .order_by_asc(house_facility::Column::FacilityId)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        let of_house =
            house_picture::Entity::belongs_to(house::Entity).from(house_picture::Column::HouseId).to(house::Column::Id);
        let pictures = in_order()
            .join(JoinType::InnerJoin, of_house.into())
            .filter(wanted)
            .into_model::<PictureRow>()
            .all(&self.db)
            .await
            .map_err(failed)?
            .into_iter()
            .map(|row| Ok((row.house_id, row.read()?)))
            .collect::<Result<Vec<_>, CorruptRow>>()?;
        let (mut facilities, mut pictures) = (by_house(facilities), by_house(pictures));
        let own = |row: OwnRow| {
            let OwnRow { house, state, description } = row;
            let id = house.id;
            Ok(OwnHouse {
                id: HOUSES.house("id", id)?,
                created_at: house.created_at,
                state: hidden_house::state(state).ok_or_else(|| HOUSES.corrupt("state"))?,
                version: version(house.version)?,
                order_count: HOUSES.count("order_count", house.order_count)?,
                offer: offer(house, description, &facilities.remove(&id).unwrap_or_default())?,
                pictures: pictures.remove(&id).unwrap_or_default(),
            })
        };
        houses.into_iter().map(own).collect()
    }
}

/// Adds the column `state`, which is absent for a published house.
fn with_state(houses: Select<house::Entity>) -> Select<house::Entity> {
    let hidden =
        house::Entity::belongs_to(hidden_house::Entity).from(house::Column::Id).to(hidden_house::Column::HouseId);
    houses.join(JoinType::LeftJoin, hidden.into()).column_as(hidden_house::Column::State, "state")
}
