//! Made-up values that look like real ones, the same for the same seed.

use chrono::TimeDelta;
use minsu_domain::{AreaId, Dwelling, FacilityId, HouseDraft, HouseOffer, Invalid, Money, StayLimits};

/// Places by the id of their district.
const PLACES: [(i64, &[&str]); 16] = [
    (1, &["鼓楼", "天坛", "簋街", "前门", "南锣鼓巷", "雍和宫", "东直门", "崇文门"]),
    (2, &["后海", "西单", "什刹海", "大栅栏"]),
    (3, &["国贸", "望京", "潘家园", "三里屯", "奥体中心", "双井", "亮马桥", "酒仙桥", "四惠", "百子湾", "北苑"]),
    (4, &["五道口", "中关村", "西二旗", "颐和园"]),
    (5, &["天通苑", "回龙观", "小汤山"]),
    (6, &["方庄", "丽泽", "卢沟桥"]),
    (7, &["十渡", "良乡"]),
    (8, &["宋庄", "梨园"]),
    (9, &["后沙峪", "天竺"]),
    (10, &["亦庄", "黄村"]),
    (11, &["雁栖湖", "慕田峪"]),
    (12, &["金海湖", "大华山"]),
    (13, &["古北水镇", "云蒙山"]),
    (14, &["八达岭", "龙庆峡"]),
    (15, &["八大处", "古城"]),
    (16, &["潭柘寺", "爨底下"]),
];
/// Two of these make the name that a house has of its own.
const NAMES_OF_HOUSES: [&str; 48] = [
    "云", "溪", "竹", "松", "月", "山", "水", "石", "花", "鸟", "风", "雨", "雪", "霜", "梅", "兰", "菊", "荷", "桂",
    "柳", "桃", "李", "杏", "槐", "榆", "枫", "鹤", "燕", "鹿", "鱼", "龙", "凤", "琴", "棋", "书", "画", "诗", "酒",
    "茶", "灯", "船", "桥", "亭", "台", "轩", "苑", "庐", "舍",
];
const KINDS: [&str; 8] = ["四合院", "loft", "两居室", "一居室", "大床房", "亲子套房", "带院小楼", "高层公寓"];
const WORDS: [&str; 8] = ["安静", "近地铁", "阳光充足", "全新装修", "可做饭", "带停车位", "有电梯", "拎包入住"];
const COMMENTS: [&str; 6] =
    ["很干净，下次还来。", "离地铁近，方便。", "房东热情，推荐！", "和照片一样。", "安静，睡得好。", "性价比高 👍"];
const NAMES: [&str; 8] = ["小王", "小李", "老张", "阿梅", "小陈", "大刘", "小雨", "阿强"];
const UNITS: [&str; 4] = ["一室一厅", "两室一厅", "三室两厅", "开间"];
const BEDS: [&str; 3] = ["双人床 1.8×2.0 1 张", "单人床 1.2×2.0 2 张", "双人床 1 张，沙发床 1 张"];

/// A source of plausible values.
pub struct Plausible {
    random: fastrand::Rng,
}

impl Plausible {
    /// Starts from a seed and the number of what is made: each thing has values of its own, whatever
    /// was made before it.
    pub fn new(seed: u64, number: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number) }
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.random.u64(..)
    }

    /// A number below a bound above zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.random.u64(..bound)
    }

    /// Whether this one is among so many in a hundred.
    pub fn is_among(&mut self, percent: u8) -> bool {
        self.below(100) < u64::from(percent)
    }

    /// The price of a day in whole yuan: most near the middle of the range, few at its ends.
    fn price(&mut self) -> Result<Money, Invalid> {
        let parts = self.number().to_be_bytes();
        let sum: u32 =
            parts.chunks(2).map(|part| part.iter().fold(0, |sum, byte| sum * 256 + u32::from(*byte)) % 225).sum();
        Money::from_fen(i64::from(80 + sum) * 100)
    }

    /// A time span of whole seconds below a bound.
    pub fn seconds_below(&mut self, bound: u32) -> TimeDelta {
        TimeDelta::seconds(i64::try_from(self.below(bound.into())).unwrap_or(i64::from(bound)))
    }

    /// A short given name.
    pub fn given_name(&mut self) -> &'static str {
        self.one_of(&NAMES)
    }

    /// The comment of a guest.
    pub fn comment(&mut self) -> &'static str {
        self.one_of(&COMMENTS)
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.random.usize(..choices.len())]
    }

    /// A house in one of the areas, at a place that lies in it.
    ///
    /// # Errors
    /// Never for the values above; they pass the same checks as a published house.
    pub fn offer(&mut self, areas: &[AreaId]) -> Result<HouseOffer, Invalid> {
        let area = areas.get(self.random.usize(..areas.len().max(1))).copied().map_or(AreaId::new(1), Ok)?;
        let place = self.one_of(places_in(area));
        let rooms = 1 + self.random.u32(..4);
        let mut facilities = Vec::new();
        // Nearly every house has the first three; 17 is the pet that few take; the ids run to 23.
        for id in 1..=23 {
            let percent = match id {
                1..=3 => 90,
                17 => 5,
                _ => 25,
            };
            if self.random.u8(..100) < percent {
                facilities.push(FacilityId::new(id)?);
            }
        }
        Ok(HouseOffer {
            title: format!(
                "{place}{}{} {} {}",
                self.one_of(&NAMES_OF_HOUSES),
                self.one_of(&NAMES_OF_HOUSES),
                self.one_of(&KINDS),
                self.one_of(&WORDS)
            ),
            price: self.price()?,
            deposit: Money::from_fen(i64::from(self.random.u32(..10)) * 10_000)?,
            area,
            address: format!("{place}街道 {} 号院 {} 号楼", 1 + self.random.u32(..200), 1 + self.random.u32(..30)),
            description: None,
            dwelling: self.dwelling(rooms)?,
            limits: StayLimits::new(1 + self.random.u32(..2), if self.random.bool() { 0 } else { 30 })?,
            facilities,
        })
    }

    /// What a house with so many rooms is like; what has no plausible values here is as in the sample.
    fn dwelling(&mut self, rooms: u32) -> Result<Dwelling, Invalid> {
        let mut dwelling = HouseOffer::try_from(HouseDraft::sample())?.dwelling;
        dwelling.room_count = rooms;
        dwelling.acreage = 20 * rooms + self.random.u32(..30);
        dwelling.unit = self.one_of(&UNITS).to_owned();
        dwelling.capacity = 2 * rooms;
        dwelling.beds = self.one_of(&BEDS).to_owned();
        Ok(dwelling)
    }
}

/// The places of a district; of one that has none here, a name that fits everywhere.
fn places_in(area: AreaId) -> &'static [&'static str] {
    PLACES.iter().find(|(district, _)| *district == area.get()).map_or(&["老街"], |(_, places)| places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn houses_lie_in_the_district_of_the_place_that_they_name() {
        // A few well-known places, besides all that the generator can name.
        let known = [("什刹海", 2), ("国贸", 3), ("中关村", 4), ("天通苑", 5), ("八达岭", 14), ("古北水镇", 13)];
        let listed = PLACES.iter().flat_map(|(area, places)| places.iter().map(|place| (*place, *area)));
        let districts: Vec<(&str, i64)> = known.into_iter().chain(listed).collect();
        let areas: Vec<_> = (1..=16).map(|id| AreaId::new(id).unwrap()).collect();
        let mut plausible = Plausible::new(7, 0);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..2000 {
            let offer = plausible.offer(&areas).unwrap();
            let named = |text: &str| districts.iter().filter(|(place, _)| text.contains(place)).collect::<Vec<_>>();
            for text in [&offer.title, &offer.address] {
                assert!(!named(text).is_empty(), "{text}");
                for (place, district) in named(text) {
                    assert_eq!(*district, offer.area.get(), "{place} in {text}");
                }
            }
            seen.insert(offer.area);
        }
        assert_eq!(seen.len(), 16);
        assert!(plausible.offer(&[AreaId::new(99).unwrap()]).unwrap().title.starts_with("老街"));
    }

    #[test]
    fn one_seed_makes_one_sequence_and_offers_are_valid() {
        let areas = [AreaId::new(3).unwrap()];
        let mut one = Plausible::new(7, 0);
        let mut two = Plausible::new(7, 0);
        for _ in 0..500 {
            let offer = one.offer(&areas).unwrap();
            assert_eq!(offer, two.offer(&areas).unwrap());
            assert!(offer.price > Money::ZERO && offer.facilities.is_sorted() && offer.area == areas[0]);
        }
        assert_ne!(Plausible::new(8, 0).number(), Plausible::new(7, 0).number());
        assert_ne!(Plausible::new(7, 1).number(), Plausible::new(7, 0).number());
    }
}
