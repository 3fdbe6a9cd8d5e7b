//! Rows of houses as statements return them, and their mapping to the domain.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use minsu_domain::{HouseId, HouseOffer, HouseTerms, Version};
use minsu_ports::{HouseComment, HouseDetail, Landlord, ListingPicture, LockedLandlord, NewHouse, StoreError};
use sea_orm::{EntityTrait, FromQueryResult, JoinType, QuerySelect, Select};

use crate::{
    entity::{house, house_description},
    errors::CorruptRow,
    repos::values::Table,
};

pub(super) const HOUSES: Table = Table("houses");

#[derive(FromQueryResult)]
pub(super) struct TermsRow {
    pub(super) landlord_id: i64,
    pub(super) price: i64,
    pub(super) deposit: i64,
    pub(super) min_days: i32,
    pub(super) max_days: i32,
    pub(super) capacity: i32,
    pub(super) has_rules: i16,
    pub(super) version: i32,
}

/// What [`TermsRow`] reads of a house.
pub(super) fn terms_row(id: HouseId) -> Select<house::Entity> {
    use house::Column::{Capacity, Deposit, HasRules, LandlordId, MaxDays, MinDays, Price, Version};
    let columns = [LandlordId, Price, Deposit, MinDays, MaxDays, Capacity, HasRules, Version];
    house::Entity::find_by_id(id.get()).select_only().columns(columns)
}

pub(super) fn terms(row: TermsRow) -> Result<HouseTerms, StoreError> {
    Ok(HouseTerms {
        landlord: HOUSES.user("landlord_id", row.landlord_id)?,
        price: HOUSES.money("price", row.price)?,
        deposit: HOUSES.money("deposit", row.deposit)?,
        limits: HOUSES.limits(row.min_days, row.max_days)?,
        capacity: HOUSES.count("capacity", row.capacity)?,
        has_rules: row.has_rules != 0,
    })
}

#[derive(FromQueryResult)]
pub(super) struct HouseRow {
    #[sea_orm(nested)]
    pub(super) house: house::Model,
    pub(super) landlord_name: String,
    pub(super) landlord_avatar: Option<String>,
    pub(super) description: Option<String>,
}

#[derive(FromQueryResult)]
pub(super) struct SlideRow {
    pub(super) id: i64,
    pub(super) title: String,
    pub(super) index_picture: String,
}

#[derive(FromQueryResult)]
pub(super) struct CommentRow {
    pub(super) user_name: String,
    pub(super) commented_at: DateTime<Utc>,
    pub(super) comment: String,
}

pub(super) fn row(landlord: &LockedLandlord, house: &NewHouse) -> house::ActiveModel {
    let NewHouse { offer, created_at } = house;
    house::ActiveModel::inserting(house::Model::new(0, landlord.landlord().get(), offer, *created_at))
}

pub(super) fn detail(
    row: HouseRow,
    facilities: &[i64],
    pictures: Vec<ListingPicture>,
    comments: Vec<HouseComment>,
) -> Result<HouseDetail, CorruptRow> {
    let house = row.house;
    let (created_at, version) = (house.created_at, version(house.version)?);
    let order_count = HOUSES.count("order_count", house.order_count)?;
    Ok(HouseDetail {
        id: HOUSES.house("id", house.id)?,
        landlord: Landlord {
            id: HOUSES.user("landlord_id", house.landlord_id)?,
            name: Table("users").user_name("name", &row.landlord_name)?,
            avatar: Table("users").picture("avatar", row.landlord_avatar.as_deref())?,
        },
        offer: offer(house, row.description, facilities)?,
        pictures,
        comments,
        created_at,
        version,
        order_count,
    })
}

pub(super) fn version(number: i32) -> Result<Version, CorruptRow> {
    HOUSES.checked("version", Version::new(HOUSES.count("version", number)?))
}

pub(super) fn offer(
    house: house::Model,
    description: Option<String>,
    facilities: &[i64],
) -> Result<HouseOffer, CorruptRow> {
    let facility = |id: &i64| Table("house_facilities").facility("facility_id", *id);
    house.offer(description, facilities.iter().map(facility).collect::<Result<_, _>>()?)
}

/// Adds the column `description`, which is absent for a house without one.
pub(super) fn with_description(houses: Select<house::Entity>) -> Select<house::Entity> {
    let of_house = house::Entity::belongs_to(house_description::Entity)
        .from(house::Column::Id)
        .to(house_description::Column::HouseId);
    houses.join(JoinType::LeftJoin, of_house.into()).column(house_description::Column::Description)
}

/// Groups rows by house; their order within a house stays.
pub(super) fn by_house<T>(rows: Vec<(i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut of = HashMap::<i64, Vec<T>>::new();
    for (house, own) in rows {
        of.entry(house).or_default().push(own);
    }
    of
}
