//! House offers: what a landlord publishes.

use validator::{Validate, ValidationErrors};

use crate::{
    AreaId, FacilityId, Field, Invalid, Money,
    text::{Lines, checked},
};

/// What the outside world sends when a house is published: any text, any number. Each dialect
/// fills it from its own field names; [`HouseOffer`] is made from it.
#[derive(Debug, Clone, PartialEq, Validate)]
pub struct HouseDraft {
    /// 1 to 64 characters.
    #[validate(length(min = 1, max = 64))]
    pub title: String,
    /// Price of a day as decimal text in 元, at least 0.01.
    #[validate(length(min = 1, max = 24))]
    pub price_yuan: String,
    /// Deposit as decimal text in 元, 0 allowed.
    #[validate(length(min = 1, max = 24))]
    pub deposit_yuan: String,
    /// The district.
    #[validate(range(min = 1))]
    pub area_id: i64,
    /// 1 to 512 characters.
    #[validate(length(min = 1, max = 512))]
    pub address: String,
    /// Rooms, 1 to 100.
    #[validate(range(min = 1, max = 100))]
    pub room_count: i64,
    /// Floor area in square metres, 1 to 100,000.
    #[validate(range(min = 1, max = 100_000))]
    pub acreage: i64,
    /// Layout in words ("三室两厅"), 1 to 32 characters.
    #[validate(length(min = 1, max = 32))]
    pub unit: String,
    /// Guests, 1 to 1,000.
    #[validate(range(min = 1, max = 1000))]
    pub capacity: i64,
    /// Beds in words, 1 to 64 characters.
    #[validate(length(min = 1, max = 64))]
    pub beds: String,
    /// Shortest stay in days, 1 to 3,650.
    #[validate(range(min = 1, max = 3650))]
    pub min_days: i64,
    /// Longest stay in days, 0 for no limit.
    #[validate(range(min = 0, max = 3650))]
    pub max_days: i64,
    /// Ids of facilities; may be empty, doubles count once.
    #[validate(length(max = 100))]
    pub facilities: Vec<i64>,
}

/// How short and how long a stay in a house may be, in days.
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

/// A house as it can be published. Whether the area and the facilities exist is for the
/// application to ask.
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
    /// Where it is.
    pub address: String,
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
    /// Shortest and longest stay.
    pub limits: StayLimits,
    /// Facilities, ascending, each once.
    pub facilities: Vec<FacilityId>,
}

impl TryFrom<HouseDraft> for HouseOffer {
    type Error = Invalid;

    fn try_from(draft: HouseDraft) -> Result<Self, Invalid> {
        draft.validate().map_err(|errors| first_at_fault(&errors))?;
        let text = |text: &str, max, field| checked(text, max, Lines::One, field);
        let number = |value: i64, field| u32::try_from(value).map_err(|_| Invalid::range(field));
        let money = |text: &str, field| {
            Money::from_yuan_text(text).map_err(|invalid| Invalid { field, ..invalid }).and_then(|money| {
                // A hundred million yuan a day: beyond any house, and 10,000 days still fit.
                if money.fen() > 10_000_000_000 { Err(Invalid::range(field)) } else { Ok(money) }
            })
        };
        let price = money(&draft.price_yuan, Field::Price)?;
        if price == Money::ZERO {
            return Err(Invalid::range(Field::Price));
        }
        let mut facilities = draft
            .facilities
            .iter()
            .map(|id| FacilityId::new(*id).map_err(|_| Invalid::range(Field::Facility)))
            .collect::<Result<Vec<_>, _>>()?;
        facilities.sort_unstable();
        facilities.dedup();
        Ok(Self {
            title: text(&draft.title, 64, Field::Title)?,
            price,
            deposit: money(&draft.deposit_yuan, Field::Deposit)?,
            area: AreaId::new(draft.area_id)?,
            address: text(&draft.address, 512, Field::Address)?,
            room_count: number(draft.room_count, Field::RoomCount)?,
            acreage: number(draft.acreage, Field::Acreage)?,
            unit: text(&draft.unit, 32, Field::Unit)?,
            capacity: number(draft.capacity, Field::Capacity)?,
            beds: text(&draft.beds, 64, Field::Beds)?,
            limits: StayLimits::new(number(draft.min_days, Field::MinDays)?, number(draft.max_days, Field::MaxDays)?)?,
            facilities,
        })
    }
}

/// The field that the declared rules refused; with several of them the first by name, so that
/// the same draft always gets the same answer.
fn first_at_fault(errors: &ValidationErrors) -> Invalid {
    let name = errors.errors().keys().map(AsRef::as_ref).min().unwrap_or("title");
    Invalid::range(match name {
        "acreage" => Field::Acreage,
        "address" => Field::Address,
        "area_id" => Field::Id,
        "beds" => Field::Beds,
        "capacity" => Field::Capacity,
        "deposit_yuan" => Field::Deposit,
        "facilities" => Field::Facility,
        "max_days" => Field::MaxDays,
        "min_days" => Field::MinDays,
        "price_yuan" => Field::Price,
        "room_count" => Field::RoomCount,
        "unit" => Field::Unit,
        _ => Field::Title,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> HouseDraft {
        HouseDraft {
            title: "四合院".into(),
            price_yuan: "19.99".into(),
            deposit_yuan: "0".into(),
            area_id: 1,
            address: "东城区南锣鼓巷 1 号".into(),
            room_count: 2,
            acreage: 60,
            unit: "两室一厅".into(),
            capacity: 4,
            beds: "双人床 1.8×2.0×2".into(),
            min_days: 1,
            max_days: 0,
            facilities: vec![3, 1, 3],
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
    fn no_upper_limit_is_written_as_zero() {
        let limits = StayLimits::new(2, 0).unwrap();
        assert!(!limits.allow(1) && limits.allow(2) && limits.allow(3000));
        let limits = StayLimits::new(2, 3).unwrap();
        assert!(!limits.allow(1) && limits.allow(3) && !limits.allow(4));
    }
}
