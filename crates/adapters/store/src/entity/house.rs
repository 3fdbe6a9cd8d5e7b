//! Houses: the table, and how a row is made of an offer and read as one.

use chrono::SubsecRound as _;
use minsu_domain::{Dwelling, FacilityId, HouseOffer};
use minsu_ports::GuestCounts;
use sea_orm::{ActiveValue::NotSet, entity::prelude::*};

use crate::{
    errors::CorruptRow,
    repos::{
        facility_mask::mask,
        values::{Table, stored},
    },
};

const HOUSES: Table = Table("houses");

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "houses")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) landlord_id: i64,
    pub(crate) area_id: i64,
    pub(crate) title: String,
    pub(crate) price: i64,
    pub(crate) deposit: i64,
    pub(crate) address: String,
    pub(crate) room_count: i32,
    pub(crate) acreage: i32,
    pub(crate) unit: String,
    pub(crate) capacity: i32,
    pub(crate) beds: String,
    pub(crate) min_days: i32,
    pub(crate) max_days: i32,
    pub(crate) index_picture: Option<String>,
    pub(crate) order_count: i32,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) version: i32,
    /// See `repos/facility_mask.rs`.
    pub(crate) facility_mask: i64,
    pub(crate) guest_count: i32,
    pub(crate) stayed_guest_count: i32,
    /// 1 where the house has rows in `house_rules`, `house_seasons` or, with a rule, in `house_dates`; 0 otherwise.
    pub(crate) has_rules: i16,
}

/// Whether a column is what the landlord offers: a change replaces it.
pub(crate) const fn is_offered(column: Column) -> bool {
    match column {
        Column::AreaId
        | Column::Title
        | Column::Price
        | Column::Deposit
        | Column::Address
        | Column::RoomCount
        | Column::Acreage
        | Column::Unit
        | Column::Capacity
        | Column::Beds
        | Column::MinDays
        | Column::MaxDays
        | Column::FacilityMask => true,
        Column::Id
        | Column::LandlordId
        | Column::IndexPicture
        | Column::OrderCount
        | Column::CreatedAt
        | Column::Version
        | Column::GuestCount
        | Column::StayedGuestCount
        | Column::HasRules => false,
    }
}

impl Model {
    /// The row of a new house, for every way of writing one.
    pub(crate) fn new(id: i64, landlord_id: i64, offer: &HouseOffer, created_at: DateTimeUtc) -> Self {
        // The description has a table of its own, see `house_description.rs`.
        let HouseOffer { title, price, deposit, area, address, description: _, dwelling, limits, facilities } =
            offer.clone();
        Self {
            id,
            landlord_id,
            area_id: area.get(),
            title,
            price: price.fen(),
            deposit: deposit.fen(),
            address,
            min_days: stored(limits.min_days()),
            max_days: stored(limits.max_days()),
            index_picture: None,
            order_count: 0,
            guest_count: 0,
            stayed_guest_count: 0,
            has_rules: 0,
            // To the microsecond: cursors compare the value that all engines keep.
            created_at: created_at.trunc_subsecs(6),
            version: 1,
            facility_mask: mask(&facilities),
            room_count: stored(dwelling.room_count),
            acreage: stored(dwelling.acreage),
            unit: dwelling.unit,
            capacity: stored(dwelling.capacity),
            beds: dwelling.beds,
        }
    }

    /// What the house is like.
    pub(crate) fn dwelling(&self) -> Result<Dwelling, CorruptRow> {
        Ok(Dwelling {
            room_count: HOUSES.count("room_count", self.room_count)?,
            acreage: HOUSES.count("acreage", self.acreage)?,
            unit: self.unit.clone(),
            capacity: HOUSES.count("capacity", self.capacity)?,
            beds: self.beds.clone(),
        })
    }

    /// The guests that it has had.
    pub(crate) fn guests(&self) -> Result<GuestCounts, CorruptRow> {
        Ok(GuestCounts {
            completed: HOUSES.count("guest_count", self.guest_count)?,
            stayed: HOUSES.count("stayed_guest_count", self.stayed_guest_count)?,
        })
    }

    /// What is offered, with the description and the facilities of the house.
    pub(crate) fn offer(
        self,
        description: Option<String>,
        facilities: Vec<FacilityId>,
    ) -> Result<HouseOffer, CorruptRow> {
        Ok(HouseOffer {
            dwelling: self.dwelling()?,
            title: self.title,
            price: HOUSES.money("price", self.price)?,
            deposit: HOUSES.money("deposit", self.deposit)?,
            area: HOUSES.area("area_id", self.area_id)?,
            address: self.address,
            description,
            limits: HOUSES.limits(self.min_days, self.max_days)?,
            facilities,
        })
    }
}

impl ActiveModel {
    /// A row whose id the database gives.
    pub(crate) fn inserting(row: Model) -> Self {
        Self { id: NotSet, ..row.into() }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
