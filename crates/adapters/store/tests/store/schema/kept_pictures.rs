//! The pictures of a site of a version before keep their ids and their order, and get captions and places.

use minsu_domain::{Caption, PictureKey};
use minsu_ports::{ListingPicture, LockedLandlord, Store as _};
use minsu_store::{SqlStore, StoreOptions, migrate_down, migrate_up};
use sea_orm::{ConnectionTrait, Database};

use super::steps_before;
use crate::support::{Engine, Scene, landlord_of, migrated, on_every_engine, scene};

on_every_engine! {
    pictures_from_before_keep_their_order,
}

fn key(name: &str) -> PictureKey {
    PictureKey::new(&format!("houses/1/{name}.jpg")).unwrap()
}

async fn shown(store: &SqlStore, scene: &Scene) -> Vec<ListingPicture> {
    store.read_own().await.unwrap().own_listings().find(scene.landlord, scene.house).await.unwrap().unwrap().pictures
}

/// Also those that a process of the version before adds while the schema is new: behind the others.
async fn pictures_from_before_keep_their_order(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let scene = scene(&store).await;
    let (mut unit, landlord): (_, LockedLandlord) = landlord_of(&store, scene.landlord).await;
    for name in ["c", "a", "b"] {
        unit.houses().add_picture(&landlord, scene.house, &key(name), 7).await.unwrap();
    }
    unit.commit().await.unwrap();
    let before = shown(&store, &scene).await;
    assert_eq!(before.iter().map(|picture| &picture.key).collect::<Vec<_>>(), [&key("c"), &key("a"), &key("b")]);
    migrate_down(&url, steps_before("picture_captions")).await.unwrap();
    // Twice, as after a crash before the record.
    let db = Database::connect(&url).await.unwrap();
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        assert_eq!(shown(&store, &scene).await, before);
        let forget = "DELETE FROM seaql_migrations WHERE version = 'm20261127_000042_picture_captions'";
        db.execute_unprepared(forget).await.unwrap();
    }
    migrate_up(&url).await.unwrap();
    let (mut unit, landlord) = landlord_of(&store, scene.landlord).await;
    let seen = unit.own_listings().standing(scene.house).await.unwrap().unwrap().version;
    let caption = Caption::new("院子").unwrap();
    let order = [(before[2].id, Some(caption.clone())), (before[0].id, None), (before[1].id, None)];
    assert!(unit.own_listings().arrange_pictures(&landlord, scene.house, seen, &order).await.unwrap());
    unit.commit().await.unwrap();
    let house = scene.house;
    let old = format!("INSERT INTO house_pictures (house_id, picture, bytes) VALUES ({house}, 'houses/1/0.jpg', 1)");
    db.execute_unprepared(&old).await.unwrap();
    let names: Vec<_> = shown(&store, &scene).await.into_iter().map(|picture| picture.key).collect();
    assert_eq!(names, ["b", "c", "a", "0"].map(key));
    // The way down takes captions and places along, and keeps the pictures.
    migrate_down(&url, steps_before("picture_captions")).await.unwrap();
    migrate_up(&url).await.unwrap();
    let kept = shown(&store, &scene).await;
    assert_eq!(kept.iter().map(|picture| picture.key.clone()).collect::<Vec<_>>(), ["c", "a", "b", "0"].map(key));
    assert!(kept.iter().all(|picture| picture.caption.is_none()));
}
