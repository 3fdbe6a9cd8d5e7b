//! Houses: publishing, pictures, lists, search.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use minsu_domain::{HouseFilter, HouseId, HouseOffer, HouseTerms, Pair, PictureKey, StayLimits, UserId, pairs_of};
use minsu_ports::{
    HouseComment, HouseDetail, HouseRepo, HouseSummary, Landlord, NewHouse, OwnHouse, PageStart, SlideHouse,
    StoreError, WithdrawnHouse,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};

use crate::{
    entity::{house, house_facility, house_picture, house_word, order, user, withdrawn_house},
    errors::{CorruptRow, Misuse, failed},
    repos::{
        pages::{limited, one},
        search::{self, Way},
        summaries::summaries,
        values::{Table, stored},
    },
    session::SqlSession,
};

const HOUSES: Table = Table("houses");
/// What a house says that was taken off the site.
const WITHDRAWN: &str = "已下架";

#[async_trait]
impl HouseRepo for SqlSession {
    async fn insert(&mut self, house: &NewHouse) -> Result<HouseId, StoreError> {
        let db = self.db.writing()?;
        let inserted = house::Entity::insert(row(house)).exec(db).await.map_err(failed)?;
        let house_id = inserted.last_insert_id;
        // Doubles would be taken for something else by the one who reads the error.
        let facilities: std::collections::BTreeSet<_> = house.offer.facilities.iter().map(|id| id.get()).collect();
        if !facilities.is_empty() {
            let rows = facilities
                .into_iter()
                .map(|id| house_facility::ActiveModel { house_id: Set(house_id), facility_id: Set(id) });
            house_facility::Entity::insert_many(rows).exec_without_returning(db).await.map_err(failed)?;
        }
        let pairs = pairs_of([house.offer.title.as_str(), house.offer.address.as_str()]);
        if !pairs.is_empty() {
            let rows = pairs
                .into_iter()
                .map(|pair| house_word::ActiveModel { pair: Set(pair.number()), house_id: Set(house_id) });
            house_word::Entity::insert_many(rows).exec_without_returning(db).await.map_err(failed)?;
        }
        Ok(HOUSES.house("id", house_id)?)
    }

    async fn terms(&mut self, id: HouseId) -> Result<Option<HouseTerms>, StoreError> {
        let columns = [house::Column::LandlordId, house::Column::Price, house::Column::MinDays, house::Column::MaxDays];
        let row: Option<TermsRow> = one(
            &self.db,
            house::Entity::find_by_id(id.get()).select_only().columns(columns).filter(search::is_offered()),
        )
        .await?;
        row.map(|row| {
            Ok(HouseTerms {
                landlord: HOUSES.user("landlord_id", row.landlord_id)?,
                price: HOUSES.money("price", row.price)?,
                limits: limits(row.min_days, row.max_days)?,
            })
        })
        .transpose()
    }

    async fn detail(&mut self, id: HouseId, max_comments: u32) -> Result<Option<HouseDetail>, StoreError> {
        let landlord =
            house::Entity::belongs_to(user::Entity).from(house::Column::LandlordId).to(user::Column::Id).into();
        let house = house::Entity::find_by_id(id.get())
            .filter(search::is_offered())
            .join(JoinType::InnerJoin, landlord)
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
        let pictures: Vec<String> = house_picture::Entity::find()
            .select_only()
            .column(house_picture::Column::Picture)
            .filter(house_picture::Column::HouseId.eq(id.get()))
            .order_by_asc(house_picture::Column::Id)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        let comments = self.comments(id, max_comments).await?;
        Ok(Some(detail(house, &facilities, &pictures, comments)?))
    }

    async fn add_picture(&mut self, id: HouseId, picture: &PictureKey) -> Result<(), StoreError> {
        let db = self.db.writing()?;
        let row = house_picture::ActiveModel {
            house_id: Set(id.get()),
            picture: Set(picture.as_str().to_owned()),
            ..Default::default()
        };
        house_picture::Entity::insert(row).exec_without_returning(db).await.map_err(failed)?;
        house::Entity::update_many()
            .col_expr(house::Column::IndexPicture, picture.as_str().into())
            .filter(house::Column::Id.eq(id.get()).and(house::Column::IndexPicture.is_null()))
            .exec(db)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn of_landlord(&mut self, landlord: UserId, limit: u32) -> Result<Vec<HouseSummary>, StoreError> {
        let newest = house::Entity::find()
            .select_only()
            .column(house::Column::Id)
            .filter(house::Column::LandlordId.eq(landlord.get()))
            .order_by_desc(house::Column::CreatedAt)
            .order_by_desc(house::Column::Id)
            .into_query();
        let page = limited(self.db.get_database_backend(), &newest, u64::from(limit), 0);
        summaries(&self.db, page, "h.created_at DESC, h.id DESC").await
    }

    async fn all_of_landlord(&mut self, landlord: UserId) -> Result<Vec<OwnHouse>, StoreError> {
        let of_landlord = house::Column::LandlordId.eq(landlord.get()).and(search::is_offered());
        let houses = house::Entity::find().filter(of_landlord.clone()).order_by_asc(house::Column::Id);
        let houses = houses.all(&self.db).await.map_err(failed)?;
        let of_house = house_facility::Entity::belongs_to(house::Entity)
            .from(house_facility::Column::HouseId)
            .to(house::Column::Id);
        let facilities: Vec<(i64, i64)> = house_facility::Entity::find()
            .select_only()
            .columns([house_facility::Column::HouseId, house_facility::Column::FacilityId])
            .join(JoinType::InnerJoin, of_house.into())
            .filter(of_landlord.clone())
            .order_by_asc(house_facility::Column::FacilityId)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        let of_house =
            house_picture::Entity::belongs_to(house::Entity).from(house_picture::Column::HouseId).to(house::Column::Id);
        let pictures: Vec<(i64, String)> = house_picture::Entity::find()
            .select_only()
            .columns([house_picture::Column::HouseId, house_picture::Column::Picture])
            .join(JoinType::InnerJoin, of_house.into())
            .filter(of_landlord)
            .order_by_asc(house_picture::Column::Id)
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        let (mut facilities, mut pictures) = (by_house(facilities), by_house(pictures));
        let own = |house: house::Model| {
            let id = house.id;
            Ok(OwnHouse {
                id: HOUSES.house("id", id)?,
                created_at: house.created_at,
                offer: offer(house, &facilities.remove(&id).unwrap_or_default())?,
                pictures: keys(&pictures.remove(&id).unwrap_or_default())?,
            })
        };
        houses.into_iter().map(own).collect()
    }

    async fn most_booked(&mut self, limit: u32) -> Result<Vec<SlideHouse>, StoreError> {
        let select = house::Entity::find()
            .select_only()
            .columns([house::Column::Id, house::Column::Title, house::Column::IndexPicture])
            .filter(house::Column::IndexPicture.is_not_null())
            .order_by_desc(house::Column::OrderCount)
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
        let page = search::page(self.db.get_database_backend(), filter, way, from, limit);
        summaries(&self.db, page, search::order(filter.sort)).await
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

    async fn withdraw_all(&mut self, landlord: UserId, at: DateTime<Utc>) -> Result<Vec<WithdrawnHouse>, StoreError> {
        let db = self.db.writing()?;
        let of_landlord = house::Column::LandlordId.eq(landlord.get());
        let texts: Vec<(i64, String, String)> = house::Entity::find()
            .select_only()
            .columns([house::Column::Id, house::Column::Title, house::Column::Address])
            .filter(of_landlord.clone().and(search::is_offered()))
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = texts.iter().map(|(id, ..)| *id).collect();
        // By their pairs, because the key of the words begins with the pair.
        for (id, title, address) in &texts {
            let pairs = pairs_of([title.as_str(), address.as_str()]).into_iter().map(Pair::number);
            let of_house = house_word::Column::HouseId.eq(*id).and(house_word::Column::Pair.is_in(pairs));
            house_word::Entity::delete_many().filter(of_house).exec(db).await.map_err(failed)?;
        }
        let pictures: Vec<(i64, String)> = house_picture::Entity::find()
            .select_only()
            .columns([house_picture::Column::HouseId, house_picture::Column::Picture])
            .filter(house_picture::Column::HouseId.is_in(ids.clone()))
            .into_tuple()
            .all(&self.db)
            .await
            .map_err(failed)?;
        let rows = ids.iter().map(|id| withdrawn_house::ActiveModel { house_id: Set(*id), withdrawn_at: Set(at) });
        withdrawn_house::Entity::insert_many(rows).exec_without_returning(db).await.map_err(failed)?;
        let of_houses = house_picture::Column::HouseId.is_in(ids.clone());
        house_picture::Entity::delete_many().filter(of_houses).exec(db).await.map_err(failed)?;
        house::Entity::update_many()
            .col_expr(house::Column::Title, WITHDRAWN.into())
            .col_expr(house::Column::Address, WITHDRAWN.into())
            .col_expr(house::Column::Unit, WITHDRAWN.into())
            .col_expr(house::Column::Beds, WITHDRAWN.into())
            .col_expr(house::Column::IndexPicture, Option::<String>::None.into())
            .filter(of_landlord)
            .exec(db)
            .await
            .map_err(failed)?;
        let withdrawn = |id: i64| {
            let own = pictures.iter().filter(|(house, _)| *house == id);
            let keys = own.map(|(_, key)| HOUSES.checked("picture", PictureKey::new(key)));
            Ok(WithdrawnHouse { id: HOUSES.house("id", id)?, pictures: keys.collect::<Result<_, _>>()? })
        };
        ids.into_iter().map(withdrawn).collect()
    }

    async fn count_completed_order(&mut self, id: HouseId) -> Result<(), StoreError> {
        let updated = house::Entity::update_many()
            .col_expr(house::Column::OrderCount, Expr::col(house::Column::OrderCount).add(1))
            .filter(house::Column::Id.eq(id.get()))
            .exec(self.db.writing()?)
            .await
            .map_err(failed)?;
        if updated.rows_affected == 1 { Ok(()) } else { Err(Misuse::NoSuchRow.into()) }
    }
}

impl SqlSession {
    /// How to come by the houses of a search; a search for words asks first how frequent they are.
    async fn way(&self, filter: &HouseFilter) -> Result<Way, StoreError> {
        let Some(words) = &filter.wishes.words else { return Ok(Way::InOrder) };
        let statement = search::frequencies(self.db.get_database_backend(), words.pairs());
        let mut frequencies = vec![0; words.pairs().len()];
        for row in self.db.query_all_raw(statement).await.map_err(failed)? {
            let place: i32 = row.try_get_by_index(0).map_err(failed)?;
            let houses: i64 = row.try_get_by_index(1).map_err(failed)?;
            if let Some(frequency) = usize::try_from(place).ok().and_then(|place| frequencies.get_mut(place)) {
                *frequency = houses.unsigned_abs();
            }
        }
        Ok(search::way(words.pairs(), &frequencies))
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

#[derive(FromQueryResult)]
struct TermsRow {
    landlord_id: i64,
    price: i64,
    min_days: i32,
    max_days: i32,
}

#[derive(FromQueryResult)]
struct HouseRow {
    #[sea_orm(nested)]
    house: house::Model,
    landlord_name: String,
    landlord_avatar: Option<String>,
}

#[derive(FromQueryResult)]
struct SlideRow {
    id: i64,
    title: String,
    index_picture: String,
}

#[derive(FromQueryResult)]
struct CommentRow {
    user_name: String,
    commented_at: DateTime<Utc>,
    comment: String,
}

fn row(house: &NewHouse) -> house::ActiveModel {
    let offer = &house.offer;
    house::ActiveModel {
        landlord_id: Set(house.landlord.get()),
        area_id: Set(offer.area.get()),
        title: Set(offer.title.clone()),
        price: Set(offer.price.fen()),
        deposit: Set(offer.deposit.fen()),
        address: Set(offer.address.clone()),
        room_count: Set(stored(offer.room_count)),
        acreage: Set(stored(offer.acreage)),
        unit: Set(offer.unit.clone()),
        capacity: Set(stored(offer.capacity)),
        beds: Set(offer.beds.clone()),
        min_days: Set(stored(offer.limits.min_days())),
        max_days: Set(stored(offer.limits.max_days())),
        // Cursors compare what all engines keep.
        created_at: Set(house.created_at.trunc_subsecs(6)),
        ..Default::default()
    }
}

fn limits(min_days: i32, max_days: i32) -> Result<StayLimits, CorruptRow> {
    let (min_days, max_days) = (HOUSES.count("min_days", min_days)?, HOUSES.count("max_days", max_days)?);
    HOUSES.checked("max_days", StayLimits::new(min_days, max_days))
}

fn detail(
    row: HouseRow,
    facilities: &[i64],
    pictures: &[String],
    comments: Vec<HouseComment>,
) -> Result<HouseDetail, CorruptRow> {
    let house = row.house;
    Ok(HouseDetail {
        id: HOUSES.house("id", house.id)?,
        landlord: Landlord {
            id: HOUSES.user("landlord_id", house.landlord_id)?,
            name: Table("users").user_name("name", &row.landlord_name)?,
            avatar: Table("users").picture("avatar", row.landlord_avatar.as_deref())?,
        },
        offer: offer(house, facilities)?,
        pictures: keys(pictures)?,
        comments,
    })
}

fn offer(house: house::Model, facilities: &[i64]) -> Result<HouseOffer, CorruptRow> {
    let facility = |id: &i64| Table("house_facilities").facility("facility_id", *id);
    Ok(HouseOffer {
        title: house.title,
        price: HOUSES.money("price", house.price)?,
        deposit: HOUSES.money("deposit", house.deposit)?,
        area: HOUSES.area("area_id", house.area_id)?,
        address: house.address,
        room_count: HOUSES.count("room_count", house.room_count)?,
        acreage: HOUSES.count("acreage", house.acreage)?,
        unit: house.unit,
        capacity: HOUSES.count("capacity", house.capacity)?,
        beds: house.beds,
        limits: limits(house.min_days, house.max_days)?,
        facilities: facilities.iter().map(facility).collect::<Result<_, _>>()?,
    })
}

fn keys(pictures: &[String]) -> Result<Vec<PictureKey>, CorruptRow> {
    pictures.iter().map(|key| Table("house_pictures").checked("picture", PictureKey::new(key))).collect()
}

/// What belongs to each house, in its order.
fn by_house<T>(rows: Vec<(i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut of = HashMap::<i64, Vec<T>>::new();
    for (house, own) in rows {
        of.entry(house).or_default().push(own);
    }
    of
}
