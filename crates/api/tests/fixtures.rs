//! The fixtures are what they say: the reference data is what a new database holds, and the demo
//! houses can be published.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{collections::HashSet, fs, path::PathBuf};

use minsu_domain::{HouseDraft, HouseOffer};
use minsu_ports::Store;
use minsu_store::{SqlStore, StoreOptions, migrate_up};
use serde::Deserialize;

#[derive(Deserialize)]
struct AreaFixture {
    area_id: i64,
    name: String,
}

#[derive(Deserialize)]
struct FacilityFixture {
    facility_id: i64,
    name: String,
}

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn read<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    serde_json::from_str(&fs::read_to_string(fixtures().join(name)).unwrap()).unwrap()
}

#[actix_web::test]
async fn a_new_database_holds_the_reference_data() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/minsu.sqlite3", folder.path().display());
    migrate_up(&url).await.unwrap();
    let store = SqlStore::connect(&StoreOptions::new(url)).await.unwrap();
    let mut session = store.read().await.unwrap();

    let areas: Vec<_> = session.reference().areas().await.unwrap();
    let areas: Vec<_> = areas.into_iter().map(|area| (area.id.get(), area.name)).collect();
    let expected: Vec<AreaFixture> = read("areas.json");
    assert_eq!(areas, expected.into_iter().map(|area| (area.area_id, area.name)).collect::<Vec<_>>());

    let facilities: Vec<_> = session.reference().facilities().await.unwrap();
    let facilities: Vec<_> = facilities.into_iter().map(|facility| (facility.id.get(), facility.name)).collect();
    let expected: Vec<FacilityFixture> = read("facilities.json");
    let expected: Vec<_> = expected.into_iter().map(|facility| (facility.facility_id, facility.name)).collect();
    assert_eq!(facilities, expected);
}

#[test]
fn every_demo_house_can_be_published_and_every_picture_is_used() {
    #[derive(Deserialize)]
    struct Demo {
        houses: Vec<House>,
    }
    #[derive(Deserialize)]
    struct House {
        pictures: Vec<String>,
        #[serde(flatten)]
        form: minsu_web::house_body::HouseBody,
    }

    let demo: Demo = read("demo/houses.json");
    let (mut areas, mut named) = (HashSet::new(), HashSet::new());
    for house in demo.houses {
        assert!(!house.pictures.is_empty());
        named.extend(house.pictures);
        let offer = HouseOffer::try_from(HouseDraft::from(house.form)).unwrap();
        assert!(areas.insert(offer.area), "the demo houses lie in different areas");
    }
    let kept: HashSet<_> = fs::read_dir(fixtures().join("demo/pictures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(named, kept);
}

/// Places that the demo houses may name, and their districts, beside the names of the districts.
const LANDMARKS: [(&str, i64); 20] = [
    ("鼓楼", 1),
    ("南锣鼓巷", 1),
    ("天坛", 1),
    ("后海", 2),
    ("什刹海", 2),
    ("西单", 2),
    ("国贸", 3),
    ("三里屯", 3),
    ("望京", 3),
    ("中关村", 4),
    ("五道口", 4),
    ("颐和园", 4),
    ("天通苑", 5),
    ("卢沟桥", 6),
    ("十渡", 7),
    ("慕田峪", 11),
    ("雁栖湖", 11),
    ("古北水镇", 13),
    ("八达岭", 14),
    ("炼钢厂", 15),
];

#[test]
fn demo_houses_lie_where_they_say() {
    #[derive(Deserialize)]
    struct Demo {
        houses: Vec<House>,
    }
    #[derive(Deserialize)]
    struct House {
        title: String,
        address: String,
        area_id: i64,
    }

    let areas: Vec<AreaFixture> = read("areas.json");
    let names: Vec<_> = areas.iter().map(|area| (area.name.trim_end_matches('区'), area.area_id)).collect();
    let demo: Demo = read("demo/houses.json");
    for house in demo.houses {
        let mut named = 0;
        for text in [&house.title, &house.address] {
            for (place, district) in names.iter().copied().chain(LANDMARKS) {
                if text.contains(place) {
                    assert_eq!(district, house.area_id, "{place} in {text}");
                    named += 1;
                }
            }
        }
        assert!(named > 0, "{} names no place", house.title);
    }
}
