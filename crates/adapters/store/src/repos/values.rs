//! Maps columns to values of the domain. The domain checks them again: a row that this version cannot
//! have written is an error, not a panic and not a wrong answer.

use minsu_domain::{AreaId, FacilityId, HouseId, Invalid, Money, OrderId, PictureKey, StayLimits, UserId, UserName};

use crate::errors::CorruptRow;

/// Where a value comes from, for the error.
#[derive(Clone, Copy)]
pub(crate) struct Table(pub(crate) &'static str);

impl Table {
    /// A value that the domain has checked.
    pub(crate) fn checked<T>(self, column: &'static str, value: Result<T, Invalid>) -> Result<T, CorruptRow> {
        value.map_err(|_| self.corrupt(column))
    }

    /// A count.
    pub(crate) fn count(self, column: &'static str, value: i32) -> Result<u32, CorruptRow> {
        u32::try_from(value).map_err(|_| self.corrupt(column))
    }

    /// The columns `min_days` and `max_days`.
    pub(crate) fn limits(self, min_days: i32, max_days: i32) -> Result<StayLimits, CorruptRow> {
        let (min_days, max_days) = (self.count("min_days", min_days)?, self.count("max_days", max_days)?);
        self.checked("max_days", StayLimits::new(min_days, max_days))
    }

    pub(crate) fn money(self, column: &'static str, fen: i64) -> Result<Money, CorruptRow> {
        self.checked(column, Money::from_fen(fen))
    }

    pub(crate) fn picture(self, column: &'static str, key: Option<&str>) -> Result<Option<PictureKey>, CorruptRow> {
        key.map(|key| self.checked(column, PictureKey::new(key))).transpose()
    }

    pub(crate) fn user_name(self, column: &'static str, name: &str) -> Result<UserName, CorruptRow> {
        self.checked(column, UserName::stored(name))
    }

    pub(crate) fn user(self, column: &'static str, id: i64) -> Result<UserId, CorruptRow> {
        self.checked(column, UserId::new(id))
    }

    pub(crate) fn house(self, column: &'static str, id: i64) -> Result<HouseId, CorruptRow> {
        self.checked(column, HouseId::new(id))
    }

    pub(crate) fn order(self, column: &'static str, id: i64) -> Result<OrderId, CorruptRow> {
        self.checked(column, OrderId::new(id))
    }

    pub(crate) fn area(self, column: &'static str, id: i64) -> Result<AreaId, CorruptRow> {
        self.checked(column, AreaId::new(id))
    }

    pub(crate) fn facility(self, column: &'static str, id: i64) -> Result<FacilityId, CorruptRow> {
        self.checked(column, FacilityId::new(id))
    }

    pub(crate) fn corrupt(self, column: &'static str) -> CorruptRow {
        CorruptRow { table: self.0, column }
    }
}

/// A count as a column stores it; the domain's bounds are far below.
pub(crate) fn stored(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
