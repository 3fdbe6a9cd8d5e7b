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

    let facilities: Vec<_> = session.reference().facilities().await.unwrap().iter().map(|id| id.get()).collect();
    let expected: Vec<FacilityFixture> = read("facilities.json");
    assert_eq!(facilities, expected.iter().map(|facility| facility.facility_id).collect::<Vec<_>>());
}

/// No port tells the names of facilities: pages know them by heart. So the file stands against the
/// migration's own text.
#[test]
fn facilities_have_the_names_of_the_migration() {
    let migration = include_str!("../../../migrations/src/m20261121_000003_facilities.rs");
    let list = migration.split("[&str; 23] = [").nth(1).unwrap().split("];").next().unwrap();
    let names: Vec<_> =
        list.split(',').map(|name| name.trim().trim_matches('"')).filter(|name| !name.is_empty()).collect();
    let expected: Vec<FacilityFixture> = read("facilities.json");
    assert_eq!(expected.into_iter().map(|facility| facility.name).collect::<Vec<_>>(), names);
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
        form: minsu_api::dialect::house_body::HouseBody,
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
