//! Houses: publishing, pictures, lists, search.

mod by_total;
mod changes;
mod guests;
mod own;
mod pictures;
mod rows;
mod texts;
mod withdrawal;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{HouseFilter, HouseId, HouseTerms, PictureKey, UserId, Version};
use minsu_ports::{
    CompletedOrder, ErasedUser, HouseComment, HouseDetail, HouseRepo, HouseSummary, LockStrength, LockedLandlord,
    NewHouse, PageStart, SlideHouse, StoreError, WithdrawnHouse,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, RelationDef, Select,
};

use rows::{
    CommentRow, HOUSES, HouseRow, SlideRow, TermsRow, detail, row, terms, terms_row, version, with_description,
};

use crate::{
    entity::{house, house_facility, order, user},
    errors::failed,
    repos::{
        pages::{limited, one},
        search::{self, Walk, Way},
        summaries::summaries,
        users,
        values::Table,
    },
    session::SqlSession,
};

fn landlord() -> RelationDef {
    house::Entity::belongs_to(user::Entity).from(house::Column::LandlordId).to(user::Column::Id).into()
}

/// What [`TermsRow`] reads of a house that is on the site.
fn offered(id: HouseId) -> Select<house::Entity> {
    terms_row(id).filter(search::is_offered())
}

fn terms_and_version(row: TermsRow) -> Result<(HouseTerms, Version), StoreError> {
    let version = version(row.version)?;
    Ok((terms(row)?, version))
}

#[async_trait]
impl HouseRepo for SqlSession {
    async fn insert(&mut self, landlord: &LockedLandlord, house: &NewHouse) -> Result<HouseId, StoreError> {
        self.insert_house(landlord, house).await
    }

    async fn terms(&mut self, id: HouseId) -> Result<Option<HouseTerms>, StoreError> {
        Ok(self.versioned_terms(id).await?.map(|(terms, _)| terms))
    }

    async fn lock_landlord(&mut self, id: HouseId) -> Result<Option<(HouseTerms, Version)>, StoreError> {
        let db = self.db.writing()?;
        let backend = db.get_database_backend();
        if backend == DbBackend::MySql {
            // MariaDB would lock the row of the house too, and a withdrawn one's gap.
            let Some(found) = self.versioned_terms(id).await? else { return Ok(None) };
            return Ok(self.lock_user(found.0.landlord, LockStrength::Shared).await?.then_some(found));
        }
        // PostgreSQL evaluates the conditions of a locked row anew when it had to wait for it.
        let rows = offered(id).join(JoinType::InnerJoin, landlord()).filter(users::erased().not());
        let mut statement = backend.build(&rows.into_query());
        let locking = users::locking(backend, LockStrength::Shared);
        if !locking.is_empty() {
            statement.sql.push_str(&format!("{locking} OF users"));
        }
        let row = db.query_one_raw(statement).await.map_err(failed)?;
        row.map(|row| terms_and_version(TermsRow::from_query_result(&row, "").map_err(failed)?)).transpose()
    }

    async fn detail(&mut self, id: HouseId, max_comments: u32) -> Result<Option<HouseDetail>, StoreError> {
        let house = with_description(house::Entity::find_by_id(id.get()))
            .filter(search::is_offered())
            .join(JoinType::InnerJoin, landlord())
            .column_as(user::Column::Name, "landlord_name")
            .column_as(user::Column::Avatar, "landlord_avatar");
        let house: Option<HouseRow> = one(&self.db, house).await?;
        let Some(house) = house else { return Ok(None) };
        let facilities: Vec<i64> = house_facility::Entity::find()
            .select_only()
            .column(house_facility::Column::FacilityId)
            .filter(house_facility::Column::HouseId.eq(id.get()))
            .order_by_asc(house_facility::Column::FacilityId)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        let pictures = self.pictures_of(id).await?;
        let comments = self.comments(id, max_comments).await?;
        Ok(Some(detail(house, &facilities, pictures, comments)?))
    }

    async fn add_picture(
        &mut self,
        _: &LockedLandlord,
        id: HouseId,
        picture: &PictureKey,
        bytes: u64,
    ) -> Result<(), StoreError> {
        self.insert_picture(id, picture, bytes).await
    }

    async fn of_landlord(&mut self, landlord: UserId, limit: u32) -> Result<Vec<HouseSummary>, StoreError> {
        let newest = house::Entity::find()
            .select_only()
            .column(house::Column::Id)
            .filter(house::Column::LandlordId.eq(landlord.get()).and(search::is_offered()))
            .order_by_desc(house::Column::CreatedAt)
            .order_by_desc(house::Column::Id)
            .into_query();
        let page = limited(self.db.get_database_backend(), &newest, u64::from(limit), 0);
        summaries(&self.db, page, "h.created_at DESC, h.id DESC").await
    }

    async fn most_booked(&mut self, limit: u32) -> Result<Vec<SlideHouse>, StoreError> {
        let select = house::Entity::find()
            .select_only()
            .columns([house::Column::Id, house::Column::Title, house::Column::IndexPicture])
            .filter(house::Column::IndexPicture.is_not_null().and(search::is_offered()))
            .order_by_desc(house::Column::GuestCount)
            .order_by_desc(house::Column::Id)
            .into_query();
        let statement = limited(self.db.get_database_backend(), &select, u64::from(limit), 0);
        let rows = SlideRow::find_by_statement(statement).all(&self.db).await.map_err(failed)?;
        let slide = |row: SlideRow| {
            Ok(SlideHouse {
                id: HOUSES.house("id", row.id)?,
                title: row.title,
                picture: HOUSES.checked("index_picture", PictureKey::new(&row.index_picture))?,
            })
        };
        rows.into_iter().map(slide).collect()
    }

    async fn search(
        &mut self,
        filter: &HouseFilter,
        from: PageStart,
        limit: u32,
    ) -> Result<Vec<HouseSummary>, StoreError> {
        let way = self.way(filter).await?;
        if way == Way::Nowhere {
            return Ok(Vec::new());
        }
        if let Some(walk) = Walk::of(filter, way, from) {
            return self.page_by_total(walk, from, limit).await;
        }
        let page = search::page(self.db.get_database_backend(), filter, way, from, limit);
        summaries(&self.db, page, search::order(filter)).await
    }

    async fn count(&mut self, filter: &HouseFilter, at_most: u64) -> Result<u64, StoreError> {
        let way = self.way(filter).await?;
        if way == Way::Nowhere {
            return Ok(0);
        }
        let statement = search::count(self.db.get_database_backend(), filter, way, at_most);
        let row = self.db.query_one_raw(statement).await.map_err(failed)?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose().map_err(failed)?.unwrap_or(0);
        Ok(count.unsigned_abs())
    }

    async fn withdraw_all(
        &mut self,
        landlord: &ErasedUser,
        at: DateTime<Utc>,
    ) -> Result<Vec<WithdrawnHouse>, StoreError> {
        self.withdraw_all_of(landlord, at).await
    }

    async fn count_completed_order(&mut self, order: CompletedOrder) -> Result<(), StoreError> {
        self.count_completed(order).await
    }
}

impl SqlSession {
    async fn versioned_terms(&self, id: HouseId) -> Result<Option<(HouseTerms, Version)>, StoreError> {
        one::<TermsRow>(&self.db, offered(id)).await?.map(terms_and_version).transpose()
    }

    /// Writes a house with its facilities and the terms that it is found by.
    async fn insert_house(&self, landlord: &LockedLandlord, house: &NewHouse) -> Result<HouseId, StoreError> {
        let db = self.db.writing()?;
        let inserted = house::Entity::insert(row(landlord, house)).exec(db).await.map_err(failed)?;
        let house_id = inserted.last_insert_id;
        self.insert_texts(house_id, &house.offer).await?;
        Ok(HOUSES.house("id", house_id)?)
    }

    /// How the houses of a search are found; a search for words asks first how frequent they are.
    async fn way(&self, filter: &HouseFilter) -> Result<Way, StoreError> {
        let Some(words) = &filter.filters.words else { return Ok(Way::InOrder) };
        let statement = search::frequencies(self.db.get_database_backend(), words.terms());
        let mut frequencies = vec![0; words.terms().len()];
        for row in self.db.query_all_raw(statement).await.map_err(failed)? {
            let place: i32 = row.try_get_by_index(0).map_err(failed)?;
            let houses: i64 = row.try_get_by_index(1).map_err(failed)?;
            if let Some(frequency) = usize::try_from(place).ok().and_then(|place| frequencies.get_mut(place)) {
                *frequency = houses.unsigned_abs();
            }
        }
        Ok(search::way(words.terms(), &frequencies))
    }

    async fn comments(&self, house: HouseId, limit: u32) -> Result<Vec<HouseComment>, StoreError> {
        let guest = order::Entity::belongs_to(user::Entity).from(order::Column::GuestId).to(user::Column::Id).into();
        let select = order::Entity::find()
            .select_only()
            .column_as(user::Column::Name, "user_name")
            .columns([order::Column::CommentedAt, order::Column::Comment])
            .join(JoinType::InnerJoin, guest)
            .filter(order::Column::HouseId.eq(house.get()))
            .filter(order::Column::CommentedAt.is_not_null())
            .order_by_desc(order::Column::CommentedAt)
            .order_by_desc(order::Column::Id)
            .into_query();
        let statement = limited(self.db.get_database_backend(), &select, u64::from(limit), 0);
        let rows = CommentRow::find_by_statement(statement).all(&self.db).await.map_err(failed)?;
        let comment = |row: CommentRow| {
            Ok(HouseComment {
                user_name: Table("users").user_name("name", &row.user_name)?,
                written_at: row.commented_at,
                text: row.comment,
            })
        };
        rows.into_iter().map(comment).collect()
    }
}
