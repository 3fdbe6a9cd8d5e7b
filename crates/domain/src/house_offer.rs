//! A listing as it can be published.

use validator::Validate as _;

use crate::{
    AreaId, FacilityId, Field, HouseDraft, Invalid, Money, StayLimits,
    house_draft::{amount, count, first_at_fault, line},
};

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

impl From<HouseOffer> for HouseDraft {
    /// The input that makes this offer, for one who changes some of its fields.
    fn from(offer: HouseOffer) -> Self {
        let HouseOffer { title, price, deposit, area, address, description, dwelling, limits, facilities } = offer;
        let Dwelling { room_count, acreage, unit, capacity, beds } = dwelling;
        Self {
            title,
            price_yuan: price.to_yuan_text(),
            deposit_yuan: deposit.to_yuan_text(),
            area_id: area.get(),
            address,
            description,
            room_count: room_count.into(),
            acreage: acreage.into(),
            unit,
            capacity: capacity.into(),
            beds,
            min_days: limits.min_days().into(),
            max_days: limits.max_days().into(),
            facilities: facilities.iter().map(|id| id.get()).collect(),
        }
    }
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
    fn an_offer_is_made_anew_from_its_own_draft() {
        for draft in [draft(), HouseDraft::sample(), HouseDraft { description: None, ..HouseDraft::sample() }] {
            let offer = HouseOffer::try_from(draft).unwrap();
            assert_eq!(HouseOffer::try_from(HouseDraft::from(offer.clone())), Ok(offer));
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
}
