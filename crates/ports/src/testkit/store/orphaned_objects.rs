//! Orphaned objects: notes of pictures around their upload and removal.

use super::fixtures::{add_picture, house, instant, picture, set_avatar, user};
use crate::{ShownBy, Store};

/// Oldest first; a claim takes notes from before the instant, and noting a picture again prevents it.
pub async fn they_are_noted_claimed_and_forgotten(store: &dyn Store) {
    let [a, b, c] = ["a.jpg", "b.jpg", "c.jpg"].map(picture);
    let mut unit = store.begin().await.unwrap();
    for (key, seconds) in [(&b, 2), (&a, 1), (&c, 3)] {
        unit.orphaned_objects().note(key, instant(seconds)).await.unwrap();
    }
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.orphaned_objects().noted_before(instant(3), 10).await.unwrap(), [a.clone(), b.clone()]);
    assert_eq!(session.orphaned_objects().noted_before(instant(9), 1).await.unwrap(), std::slice::from_ref(&a));
    drop(session);

    let mut unit = store.begin().await.unwrap();
    unit.orphaned_objects().note(&a, instant(5)).await.unwrap();
    assert!(!unit.orphaned_objects().claim(&a, instant(5)).await.unwrap());
    assert!(unit.orphaned_objects().claim(&b, instant(5)).await.unwrap());
    assert!(!unit.orphaned_objects().claim(&b, instant(5)).await.unwrap());
    unit.orphaned_objects().forget(&c).await.unwrap();
    unit.orphaned_objects().forget(&c).await.unwrap();
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.orphaned_objects().noted_before(instant(9), 10).await.unwrap(), [a]);
}

/// Of many pictures those are wanted that a row shows or a young note names.
pub async fn what_is_wanted_is_found(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    add_picture(store, house, "houses/1/a.jpg").await;
    set_avatar(store, landlord, "avatars/1/a.jpg").await;
    let mut unit = store.begin().await.unwrap();
    for (key, seconds) in [("houses/1/old.jpg", 4), ("houses/1/new.jpg", 5)] {
        unit.orphaned_objects().note(&picture(key), instant(seconds)).await.unwrap();
    }
    unit.commit().await.unwrap();
    let asked = ["houses/1/a.jpg", "houses/1/a-small.jpg", "avatars/1/a.jpg", "houses/1/old.jpg", "houses/1/new.jpg"];
    let mut asked: Vec<_> = asked.map(picture).into();
    asked.extend((0..1995).map(|number| picture(&format!("houses/2/{number}.jpg"))));
    let mut session = store.read_own().await.unwrap();
    let mut found = session.orphaned_objects().wanted(&asked, instant(5)).await.unwrap();
    found.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    assert_eq!(found, ["avatars/1/a.jpg", "houses/1/a.jpg", "houses/1/new.jpg"].map(picture));
    assert_eq!(session.orphaned_objects().wanted(&asked[1..2], instant(5)).await.unwrap(), []);
}

/// Every row's picture once, page by page.
pub async fn shown_pictures_come_in_pages(store: &dyn Store) {
    let (landlord, other) = (user(store, 1).await, user(store, 2).await);
    user(store, 3).await;
    let (one, two) = (house(store, landlord, 0).await, house(store, other, 1).await);
    for (house, key) in [(one, "houses/1/a.jpg"), (two, "houses/2/a.jpg"), (one, "houses/1/b.jpg")] {
        add_picture(store, house, key).await;
    }
    set_avatar(store, other, "avatars/2/a.jpg").await;
    let mut session = store.read_own().await.unwrap();
    for (by, expected) in [
        (ShownBy::Houses, vec!["houses/1/a.jpg", "houses/2/a.jpg", "houses/1/b.jpg"]),
        (ShownBy::Users, vec!["avatars/2/a.jpg"]),
    ] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = session.orphaned_objects().shown(by, after, 2).await.unwrap();
            assert!(page.len() <= 2);
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            seen.extend(page.into_iter().map(|(_, picture)| picture));
        }
        assert_eq!(seen, expected.into_iter().map(picture).collect::<Vec<_>>());
    }
}

/// Pictures of houses and portraits of people are shown, others are not.
pub async fn what_is_shown_is_told(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    add_picture(store, house, "houses/9.jpg").await;
    set_avatar(store, landlord, "avatars/1.jpg").await;
    let mut session = store.read_own().await.unwrap();
    for (key, shown) in [("houses/9.jpg", true), ("avatars/1.jpg", true), ("houses/1.jpg", false)] {
        assert_eq!(session.orphaned_objects().is_shown(&picture(key)).await.unwrap(), shown, "{key}");
    }
}
