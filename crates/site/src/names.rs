//! English names of the reference data, whose ids are fixed. What a site adds is shown under its own name.

use minsu_domain::{AreaId, FacilityId};
use minsu_web::language::Language;

const AREAS: [&str; 16] = [
    "Dongcheng",
    "Xicheng",
    "Chaoyang",
    "Haidian",
    "Changping",
    "Fengtai",
    "Fangshan",
    "Tongzhou",
    "Shunyi",
    "Daxing",
    "Huairou",
    "Pinggu",
    "Miyun",
    "Yanqing",
    "Shijingshan",
    "Mentougou",
];

const FACILITIES: [&str; 23] = [
    "Wi-Fi",
    "Hot shower",
    "Air conditioning",
    "Heating",
    "Smoking allowed",
    "Drinking water",
    "Toothbrush and paste",
    "Soap",
    "Slippers",
    "Toilet paper",
    "Towels",
    "Shampoo and shower gel",
    "Refrigerator",
    "Washing machine",
    "Lift",
    "Cooking allowed",
    "Pets allowed",
    "Parties allowed",
    "Entry system",
    "Parking space",
    "Wired internet",
    "Television",
    "Bathtub",
];

/// The name of a district.
pub fn area(language: Language, id: AreaId, name: &str) -> String {
    named(language, &AREAS, id.get(), name)
}

/// The name of a facility.
pub fn facility(language: Language, id: FacilityId, name: &str) -> String {
    named(language, &FACILITIES, id.get(), name)
}

fn named(language: Language, english: &[&str], id: i64, name: &str) -> String {
    let place = usize::try_from(id - 1).ok().filter(|_| language == Language::English);
    place.and_then(|place| english.get(place)).copied().unwrap_or(name).to_owned()
}
