//! Pictures on their way into or out of the object store.

use super::fixtures::{add_picture, house, instant, picture, user};
use crate::Store;

/// Oldest first; a claim takes what was noted before the instant, and noting anew prevents it.
pub async fn they_are_noted_claimed_and_forgotten(store: &dyn Store) {
    let [a, b, c] = ["a.jpg", "b.jpg", "c.jpg"].map(picture);
    let mut unit = store.begin().await.unwrap();
    for (key, seconds) in [(&b, 2), (&a, 1), (&c, 3)] {
        unit.strays().note(key, instant(seconds)).await.unwrap();
    }
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.strays().noted_before(instant(3), 10).await.unwrap(), [a.clone(), b.clone()]);
    assert_eq!(session.strays().noted_before(instant(9), 1).await.unwrap(), std::slice::from_ref(&a));
    drop(session);

    let mut unit = store.begin().await.unwrap();
    unit.strays().note(&a, instant(5)).await.unwrap();
    assert!(!unit.strays().claim(&a, instant(5)).await.unwrap());
    assert!(unit.strays().claim(&b, instant(5)).await.unwrap());
    assert!(!unit.strays().claim(&b, instant(5)).await.unwrap());
    unit.strays().forget(&c).await.unwrap();
    unit.strays().forget(&c).await.unwrap();
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.strays().noted_before(instant(9), 10).await.unwrap(), [a]);
}

/// Pictures of houses and portraits of people are shown, others are not.
pub async fn what_is_shown_is_told(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    add_picture(store, house, "houses/9.jpg").await;
    let mut unit = store.begin().await.unwrap();
    assert!(unit.users().set_avatar(landlord, &picture("avatars/1.jpg")).await.unwrap());
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    for (key, shown) in [("houses/9.jpg", true), ("avatars/1.jpg", true), ("houses/1.jpg", false)] {
        assert_eq!(session.strays().is_shown(&picture(key)).await.unwrap(), shown, "{key}");
    }
}
