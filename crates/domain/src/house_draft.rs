//! The input of a listing, and its faults by field.

use validator::{Validate, ValidationErrors};

use crate::{
    FacilityId, Field, Invalid, Money, StayLimits,
    text::{Kind, checked},
};

/// Declares the input of a listing. A row is a field with its declared rule, the field that errors name, and the bound
/// that is its own, from which searches, pages and the schemas of the API derive theirs. Rows are in alphabetical order.
macro_rules! house_draft {
    ($(
        $(#[$meta:meta])*
        $name:ident: $type:ident$(<$of:ident>)? => $field:ident$(, $bound:ident: $number:ty = $most:expr)?;
    )*) => {
        /// The input of publishing a house: any text, any number. Each dialect
        /// fills it from its own field names; [`crate::HouseOffer`] is made from it.
        #[derive(Debug, Clone, PartialEq, Validate)]
        pub struct HouseDraft {
            $($(#[$meta])* pub $name: $type$(<$of>)?,)*
        }

        impl HouseDraft {
            /// The fields that errors name, in the order in which the first one at fault is looked for.
            pub const FIELDS: &[(&str, Field)] = &[$((stringify!($name), Field::$field),)*];
            $($(
                #[doc = concat!("The most that `", stringify!($name), "` takes: its value, or its characters or entries.")]
                pub const $bound: $number = $most;
            )?)*
        }
    };
}

house_draft! {
    /// Floor area in square metres, 1 to 100,000.
    #[validate(range(min = 1, max = HouseDraft::MAX_ACREAGE))]
    acreage: i64 => Acreage, MAX_ACREAGE: i64 = 100_000;
    /// 1 to 512 characters.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_ADDRESS_CHARS)))]
    address: String => Address, MAX_ADDRESS_CHARS: usize = 512;
    /// The district.
    #[validate(range(min = 1))]
    area_id: i64 => Id;
    /// Beds in words, 1 to 64 characters.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_BEDS_CHARS)))]
    beds: String => Beds, MAX_BEDS_CHARS: usize = 64;
    /// Guests, 1 to 1,000.
    #[validate(range(min = 1, max = HouseDraft::MAX_CAPACITY))]
    capacity: i64 => Capacity, MAX_CAPACITY: i64 = 1000;
    /// Deposit as decimal text in 元, 0 allowed.
    #[validate(length(min = 1, max = HouseDraft::MAX_AMOUNT_CHARS))]
    deposit_yuan: String => Deposit;
    /// What the landlord says about it in several lines, 1 to 2,000 characters; none in the old dialects.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_DESCRIPTION_CHARS)))]
    description: Option<String> => Description, MAX_DESCRIPTION_CHARS: usize = 2000;
    /// Ids of facilities, at most 100, doubles included; may be empty, doubles count once.
    #[validate(length(max = chars(HouseDraft::MAX_FACILITIES)))]
    facilities: Vec<i64> => Facility, MAX_FACILITIES: usize = 100;
    /// Longest stay in days, 0 for no limit.
    #[validate(range(min = 0, max = HouseDraft::MAX_STAY_DAYS))]
    max_days: i64 => MaxDays;
    /// Shortest stay in days, 1 to 3,650.
    #[validate(range(min = 1, max = HouseDraft::MAX_STAY_DAYS))]
    min_days: i64 => MinDays;
    /// Price of a day as decimal text in 元, at least 0.01.
    #[validate(length(min = 1, max = HouseDraft::MAX_AMOUNT_CHARS))]
    price_yuan: String => Price;
    /// Rooms, 1 to 100.
    #[validate(range(min = 1, max = HouseDraft::MAX_ROOM_COUNT))]
    room_count: i64 => RoomCount, MAX_ROOM_COUNT: i64 = 100;
    /// 1 to 64 characters.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_TITLE_CHARS)))]
    title: String => Title, MAX_TITLE_CHARS: usize = 64;
    /// Layout in words ("三室两厅"), 1 to 32 characters.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_UNIT_CHARS)))]
    unit: String => Unit, MAX_UNIT_CHARS: usize = 32;
}

/// Bounds of more than one field.
impl HouseDraft {
    /// The highest price of a day and the highest deposit, in 分.
    pub const MAX_PRICE_FEN: i64 = 10_000_000_000;
    /// The most characters of an amount.
    const MAX_AMOUNT_CHARS: u64 = 24;
    /// The most days that a shortest or a longest stay can have.
    pub const MAX_STAY_DAYS: i64 = 3650;
}

impl HouseDraft {
    /// A draft that can be published, with a value of its own in every number, for tests, and for made-up data in
    /// fields that have no plausible values of their own.
    pub fn sample() -> Self {
        Self {
            title: "什刹海四合院".to_owned(),
            price_yuan: "199.99".to_owned(),
            deposit_yuan: "500".to_owned(),
            area_id: 4,
            address: "中关村大街 1 号".to_owned(),
            description: Some("胡同里的老院子。\n步行五分钟到地铁站 🚇".to_owned()),
            room_count: 3,
            acreage: 120,
            unit: "三室两厅".to_owned(),
            capacity: 6,
            beds: "双人床 2 张 🛏".to_owned(),
            min_days: 2,
            max_days: 30,
            facilities: vec![1, 3, 23],
        }
    }
}

/// A length as the declared rules count it.
const fn chars(length: usize) -> u64 {
    length as u64
}

impl HouseDraft {
    /// Every field at fault by its name in the draft, in the order of [`HouseDraft::FIELDS`]; none where the draft
    /// makes a [`crate::HouseOffer`].
    pub fn faults(&self) -> Vec<(&'static str, Invalid)> {
        let declared = self.validate().err();
        let declared = |name| declared.as_ref().is_some_and(|errors| errors.errors().contains_key(name));
        // What the declared rules cannot say.
        let beyond = [
            line(&self.title, Self::MAX_TITLE_CHARS, Field::Title).err(),
            self.price().err(),
            amount(&self.deposit_yuan, Field::Deposit).err(),
            line(&self.address, Self::MAX_ADDRESS_CHARS, Field::Address).err(),
            self.description().err(),
            line(&self.unit, Self::MAX_UNIT_CHARS, Field::Unit).err(),
            line(&self.beds, Self::MAX_BEDS_CHARS, Field::Beds).err(),
            self.limits().err(),
            self.facilities().err(),
        ];
        let fault = |(name, field): &(&'static str, Field)| {
            let beyond = beyond.iter().flatten().find(|fault| fault.field == *field).copied();
            let fault = if declared(*name) { Some(Invalid::range(*field)) } else { beyond };
            fault.map(|fault| (*name, fault))
        };
        Self::FIELDS.iter().filter_map(fault).collect()
    }

    pub(crate) fn price(&self) -> Result<Money, Invalid> {
        let price = amount(&self.price_yuan, Field::Price)?;
        if price == Money::ZERO { Err(Invalid::range(Field::Price)) } else { Ok(price) }
    }

    pub(crate) fn description(&self) -> Result<Option<String>, Invalid> {
        let lines = |text| checked(text, Self::MAX_DESCRIPTION_CHARS, Kind::Lines, Field::Description);
        self.description.as_deref().map(lines).transpose()
    }

    /// The shortest and the longest stay.
    ///
    /// # Errors
    /// [`Field::MinDays`] or [`Field::MaxDays`].
    pub fn limits(&self) -> Result<StayLimits, Invalid> {
        StayLimits::new(count(self.min_days, Field::MinDays)?, count(self.max_days, Field::MaxDays)?)
    }

    pub(crate) fn facilities(&self) -> Result<Vec<FacilityId>, Invalid> {
        let ids = self.facilities.iter().map(|id| FacilityId::new(*id).map_err(|_| Invalid::range(Field::Facility)));
        let mut facilities = ids.collect::<Result<Vec<_>, _>>()?;
        facilities.sort_unstable();
        facilities.dedup();
        Ok(facilities)
    }
}

pub(crate) fn count(value: i64, field: Field) -> Result<u32, Invalid> {
    u32::try_from(value).map_err(|_| Invalid::range(field))
}

pub(crate) fn line(text: &str, max: usize, field: Field) -> Result<String, Invalid> {
    checked(text, max, Kind::Line, field)
}

/// An amount in 元 that a house may cost: a hundred million yuan a day is beyond any house, and 10,000 days of it
/// still fit.
pub(crate) fn amount(text: &str, field: Field) -> Result<Money, Invalid> {
    let money = Money::from_yuan_text(text).map_err(|invalid| Invalid { field, ..invalid })?;
    if money.fen() > HouseDraft::MAX_PRICE_FEN { Err(Invalid::range(field)) } else { Ok(money) }
}

/// The field that the declared rules refused; of several the first of the list, so that the
/// same draft always gets the same answer. A rule about the draft as a whole names none of its fields.
pub(crate) fn first_at_fault(errors: &ValidationErrors) -> Invalid {
    let errors = errors.errors();
    let first = HouseDraft::FIELDS.iter().find(|(name, _)| errors.contains_key(*name));
    Invalid::range(first.map_or(Field::Listing, |(_, field)| *field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HouseOffer;

    fn draft() -> HouseDraft {
        HouseDraft {
            price_yuan: "19.99".into(),
            deposit_yuan: "0".into(),
            facilities: vec![3, 1, 3],
            ..HouseDraft::sample()
        }
    }

    #[test]
    fn every_fault_is_told_under_the_name_of_its_field() {
        assert_eq!(draft().faults(), []);
        let none = HouseDraft { description: None, ..draft() };
        assert_eq!((none.faults(), HouseOffer::try_from(none).unwrap().description), (vec![], None));
        let wrong = HouseDraft {
            title: "<b>".into(),
            price_yuan: "0".into(),
            deposit_yuan: "1.999".into(),
            area_id: 0,
            address: "a\0b".into(),
            description: Some("<script>".into()),
            room_count: 0,
            acreage: 0,
            unit: String::new(),
            capacity: 1001,
            beds: " ".into(),
            max_days: 1,
            facilities: vec![0],
            // The shortest stay of the sample, and the fields to come.
            ..HouseDraft::sample()
        };
        let range = |name, field| (name, Invalid::range(field));
        let expected = [
            range("acreage", Field::Acreage),
            ("address", Invalid::format(Field::Address)),
            range("area_id", Field::Id),
            range("beds", Field::Beds),
            range("capacity", Field::Capacity),
            ("deposit_yuan", Invalid::format(Field::Deposit)),
            ("description", Invalid::format(Field::Description)),
            range("facilities", Field::Facility),
            range("max_days", Field::MaxDays),
            range("price_yuan", Field::Price),
            range("room_count", Field::RoomCount),
            ("title", Invalid::format(Field::Title)),
            range("unit", Field::Unit),
        ];
        assert_eq!(wrong.faults(), expected);
        assert!(HouseOffer::try_from(wrong).is_err());
        // A bound that cannot be compared is at fault alone.
        let (no_least, too_long) = (HouseDraft { min_days: 0, ..draft() }, HouseDraft { max_days: 3651, ..draft() });
        assert_eq!(no_least.faults(), [range("min_days", Field::MinDays)]);
        assert_eq!(too_long.faults(), [range("max_days", Field::MaxDays)]);
    }

    #[test]
    fn a_rule_about_no_field_blames_no_field() {
        let mut errors = ValidationErrors::new();
        errors.add("__all__", validator::ValidationError::new("rooms for all guests"));
        assert_eq!(first_at_fault(&errors).field, Field::Listing);
        assert!(HouseDraft::FIELDS.is_sorted_by_key(|(name, _)| *name));
    }
}
