//! House offers: the data that a landlord publishes.

use validator::{Validate, ValidationErrors};

use crate::{
    AreaId, FacilityId, Field, Invalid, Money,
    text::{Kind, checked},
};

/// The field that an error names, for every field of a draft by its name: a new field does not compile
/// until it has a line.
macro_rules! fields_at_fault {
    ($($name:ident: $field:ident,)*) => {
        impl HouseDraft {
            /// The fields that errors name, in the order in which the first one at fault is looked for.
            pub const FIELDS: &[(&str, Field)] = {
                const fn every_field_is_listed(draft: &HouseDraft) {
                    let HouseDraft { $($name: _,)* } = draft;
                }
                const _: fn(&HouseDraft) = every_field_is_listed;
                &[$((stringify!($name), Field::$field),)*]
            };
        }
    };
}

/// The input of publishing a house: any text, any number. Each dialect
/// fills it from its own field names; [`HouseOffer`] is made from it.
#[derive(Debug, Clone, PartialEq, Validate)]
pub struct HouseDraft {
    /// 1 to 64 characters.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_TITLE_CHARS)))]
    pub title: String,
    /// Price of a day as decimal text in 元, at least 0.01.
    #[validate(length(min = 1, max = HouseDraft::MAX_AMOUNT_CHARS))]
    pub price_yuan: String,
    /// Deposit as decimal text in 元, 0 allowed.
    #[validate(length(min = 1, max = HouseDraft::MAX_AMOUNT_CHARS))]
    pub deposit_yuan: String,
    /// The district.
    #[validate(range(min = 1))]
    pub area_id: i64,
    /// 1 to 512 characters.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_ADDRESS_CHARS)))]
    pub address: String,
    /// What the landlord says about it in several lines, 1 to 2,000 characters; none in the old dialects.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_DESCRIPTION_CHARS)))]
    pub description: Option<String>,
    /// Rooms, 1 to 100.
    #[validate(range(min = 1, max = HouseDraft::MAX_ROOM_COUNT))]
    pub room_count: i64,
    /// Floor area in square metres, 1 to 100,000.
    #[validate(range(min = 1, max = HouseDraft::MAX_ACREAGE))]
    pub acreage: i64,
    /// Layout in words ("三室两厅"), 1 to 32 characters.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_UNIT_CHARS)))]
    pub unit: String,
    /// Guests, 1 to 1,000.
    #[validate(range(min = 1, max = HouseDraft::MAX_CAPACITY))]
    pub capacity: i64,
    /// Beds in words, 1 to 64 characters.
    #[validate(length(min = 1, max = chars(HouseDraft::MAX_BEDS_CHARS)))]
    pub beds: String,
    /// Shortest stay in days, 1 to 3,650.
    #[validate(range(min = 1, max = HouseDraft::MAX_STAY_DAYS))]
    pub min_days: i64,
    /// Longest stay in days, 0 for no limit.
    #[validate(range(min = 0, max = HouseDraft::MAX_STAY_DAYS))]
    pub max_days: i64,
    /// Ids of facilities; may be empty, doubles count once.
    #[validate(length(max = chars(HouseDraft::MAX_FACILITIES)))]
    pub facilities: Vec<i64>,
}

fields_at_fault! {
    acreage: Acreage,
    address: Address,
    area_id: Id,
    beds: Beds,
    capacity: Capacity,
    deposit_yuan: Deposit,
    description: Description,
    facilities: Facility,
    max_days: MaxDays,
    min_days: MinDays,
    price_yuan: Price,
    room_count: RoomCount,
    title: Title,
    unit: Unit,
}

/// The bounds of the fields, each once: rules, searches and the schemas of the API derive from them. And a
/// sample.
impl HouseDraft {
    /// The most characters of a title.
    pub const MAX_TITLE_CHARS: usize = 64;
    /// The most characters of an address.
    pub const MAX_ADDRESS_CHARS: usize = 512;
    /// The most characters of a description.
    pub const MAX_DESCRIPTION_CHARS: usize = 2000;
    /// The most characters of a layout.
    pub const MAX_UNIT_CHARS: usize = 32;
    /// The most characters about beds.
    pub const MAX_BEDS_CHARS: usize = 64;
    /// The highest price of a day and the highest deposit, in 分.
    pub const MAX_PRICE_FEN: i64 = 10_000_000_000;
    /// The most characters of an amount.
    const MAX_AMOUNT_CHARS: u64 = 24;
    /// The most rooms; the fewest is one.
    pub const MAX_ROOM_COUNT: i64 = 100;
    /// The most square metres; the fewest is one.
    pub const MAX_ACREAGE: i64 = 100_000;
    /// The most guests; the fewest is one.
    pub const MAX_CAPACITY: i64 = 1000;
    /// The most days that a shortest or a longest stay can have.
    pub const MAX_STAY_DAYS: i64 = 3650;
    /// The most ids of facilities, doubles included.
    pub const MAX_FACILITIES: usize = 100;

    /// A draft that can be published, with a value of its own in every number, for tests.
    #[cfg(any(test, feature = "testkit"))]
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

/// The shortest and the longest stay in a house, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StayLimits {
    min_days: u32,
    max_days: u32,
}

impl StayLimits {
    /// `min_days` ≥ 1; `max_days` 0 (no limit) or ≥ `min_days`.
    ///
    /// # Errors
    /// [`Field::MinDays`] or [`Field::MaxDays`].
    pub const fn new(min_days: u32, max_days: u32) -> Result<Self, Invalid> {
        if min_days == 0 {
            Err(Invalid::range(Field::MinDays))
        } else if max_days != 0 && max_days < min_days {
            Err(Invalid::range(Field::MaxDays))
        } else {
            Ok(Self { min_days, max_days })
        }
    }

    /// The fewest days.
    pub const fn min_days(self) -> u32 {
        self.min_days
    }

    /// The most days; 0 means no limit.
    pub const fn max_days(self) -> u32 {
        self.max_days
    }

    /// Whether a stay of so many days is allowed.
    pub const fn allow(self, days: u32) -> bool {
        days >= self.min_days && (self.max_days == 0 || days <= self.max_days)
    }
}

/// What a house is like, in every place where a house is shown as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dwelling {
    /// Number of rooms.
    pub room_count: u32,
    /// Floor area in square metres.
    pub acreage: u32,
    /// Layout in words.
    pub unit: String,
    /// How many guests it takes.
    pub capacity: u32,
    /// Beds in words.
    pub beds: String,
}

impl Dwelling {
    fn of(draft: &HouseDraft) -> Result<Self, Invalid> {
        Ok(Self {
            room_count: count(draft.room_count, Field::RoomCount)?,
            acreage: count(draft.acreage, Field::Acreage)?,
            unit: line(&draft.unit, HouseDraft::MAX_UNIT_CHARS, Field::Unit)?,
            capacity: count(draft.capacity, Field::Capacity)?,
            beds: line(&draft.beds, HouseDraft::MAX_BEDS_CHARS, Field::Beds)?,
        })
    }
}

fn count(value: i64, field: Field) -> Result<u32, Invalid> {
    u32::try_from(value).map_err(|_| Invalid::range(field))
}

fn line(text: &str, max: usize, field: Field) -> Result<String, Invalid> {
    checked(text, max, Kind::Line, field)
}

/// A house as it can be published. Whether the area and the facilities exist is checked by the
/// application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseOffer {
    /// Headline.
    pub title: String,
    /// Price of a day, at least 1 分.
    pub price: Money,
    /// Deposit.
    pub deposit: Money,
    /// The district.
    pub area: AreaId,
    /// The address.
    pub address: String,
    /// What the landlord says about it.
    pub description: Option<String>,
    /// What it is like.
    pub dwelling: Dwelling,
    /// Shortest and longest stay.
    pub limits: StayLimits,
    /// Facilities, ascending, each once.
    pub facilities: Vec<FacilityId>,
}

impl TryFrom<HouseDraft> for HouseOffer {
    type Error = Invalid;

    fn try_from(draft: HouseDraft) -> Result<Self, Invalid> {
        draft.validate().map_err(|errors| first_at_fault(&errors))?;
        Ok(Self {
            title: line(&draft.title, HouseDraft::MAX_TITLE_CHARS, Field::Title)?,
            price: draft.price()?,
            deposit: amount(&draft.deposit_yuan, Field::Deposit)?,
            area: AreaId::new(draft.area_id)?,
            address: line(&draft.address, HouseDraft::MAX_ADDRESS_CHARS, Field::Address)?,
            description: draft.description()?,
            dwelling: Dwelling::of(&draft)?,
            limits: draft.limits()?,
            facilities: draft.facilities()?,
        })
    }
}

impl HouseDraft {
    /// Every field at fault by its name in the draft, in the order of [`HouseDraft::FIELDS`]; none where the draft
    /// makes a [`HouseOffer`].
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

    fn price(&self) -> Result<Money, Invalid> {
        let price = amount(&self.price_yuan, Field::Price)?;
        if price == Money::ZERO { Err(Invalid::range(Field::Price)) } else { Ok(price) }
    }

    fn description(&self) -> Result<Option<String>, Invalid> {
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

    fn facilities(&self) -> Result<Vec<FacilityId>, Invalid> {
        let ids = self.facilities.iter().map(|id| FacilityId::new(*id).map_err(|_| Invalid::range(Field::Facility)));
        let mut facilities = ids.collect::<Result<Vec<_>, _>>()?;
        facilities.sort_unstable();
        facilities.dedup();
        Ok(facilities)
    }
}

/// An amount in 元 that a house may cost: a hundred million yuan a day is beyond any house, and 10,000 days of it
/// still fit.
fn amount(text: &str, field: Field) -> Result<Money, Invalid> {
    let money = Money::from_yuan_text(text).map_err(|invalid| Invalid { field, ..invalid })?;
    if money.fen() > HouseDraft::MAX_PRICE_FEN { Err(Invalid::range(field)) } else { Ok(money) }
}

/// The field that the declared rules refused; of several the first of the list, so that the
/// same draft always gets the same answer. A rule about the draft as a whole names none of its fields.
fn first_at_fault(errors: &ValidationErrors) -> Invalid {
    let errors = errors.errors();
    let first = HouseDraft::FIELDS.iter().find(|(name, _)| errors.contains_key(*name));
    Invalid::range(first.map_or(Field::Listing, |(_, field)| *field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> HouseDraft {
        HouseDraft {
            price_yuan: "19.99".into(),
            deposit_yuan: "0".into(),
            facilities: vec![3, 1, 3],
            ..HouseDraft::sample()
        }
    }

    #[test]
    fn an_offer_keeps_exact_money_and_each_facility_once() {
        let offer = HouseOffer::try_from(draft()).unwrap();
        assert_eq!(offer.price.fen(), 1999);
        assert_eq!(offer.deposit, Money::ZERO);
        assert_eq!(offer.facilities.iter().map(|id| id.get()).collect::<Vec<_>>(), [1, 3]);
        assert!(HouseOffer::try_from(HouseDraft { facilities: vec![], ..draft() }).is_ok());
    }

    #[test]
    fn each_rule_names_its_field() {
        let field = |draft: HouseDraft| HouseOffer::try_from(draft).unwrap_err().field;
        assert_eq!(field(HouseDraft { title: " ".into(), ..draft() }), Field::Title);
        assert_eq!(field(HouseDraft { title: "房".repeat(65), ..draft() }), Field::Title);
        assert_eq!(field(HouseDraft { title: "a\0b".into(), ..draft() }), Field::Title);
        assert_eq!(field(HouseDraft { price_yuan: "0".into(), ..draft() }), Field::Price);
        assert_eq!(field(HouseDraft { price_yuan: "1.999".into(), ..draft() }), Field::Price);
        assert_eq!(field(HouseDraft { price_yuan: "100000001".into(), ..draft() }), Field::Price);
        assert_eq!(field(HouseDraft { deposit_yuan: "-1".into(), ..draft() }), Field::Deposit);
        assert_eq!(field(HouseDraft { area_id: 0, ..draft() }), Field::Id);
        assert_eq!(field(HouseDraft { address: String::new(), ..draft() }), Field::Address);
        assert_eq!(field(HouseDraft { room_count: 0, ..draft() }), Field::RoomCount);
        assert_eq!(field(HouseDraft { acreage: i64::MAX, ..draft() }), Field::Acreage);
        assert_eq!(field(HouseDraft { unit: "室".repeat(33), ..draft() }), Field::Unit);
        assert_eq!(field(HouseDraft { capacity: -1, ..draft() }), Field::Capacity);
        assert_eq!(field(HouseDraft { beds: "床".repeat(65), ..draft() }), Field::Beds);
        assert_eq!(field(HouseDraft { min_days: 0, ..draft() }), Field::MinDays);
        assert_eq!(field(HouseDraft { min_days: 5, max_days: 4, ..draft() }), Field::MaxDays);
        assert_eq!(field(HouseDraft { facilities: vec![0], ..draft() }), Field::Facility);
        assert_eq!(field(HouseDraft { facilities: vec![1; 101], ..draft() }), Field::Facility);
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
            min_days: 5,
            max_days: 4,
            facilities: vec![0],
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

    #[test]
    fn no_upper_limit_is_written_as_zero() {
        let limits = StayLimits::new(2, 0).unwrap();
        assert!(!limits.allow(1) && limits.allow(2) && limits.allow(3000));
        let limits = StayLimits::new(2, 3).unwrap();
        assert!(!limits.allow(1) && limits.allow(3) && !limits.allow(4));
    }
}
