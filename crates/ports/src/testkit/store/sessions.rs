//! Sessions and units of work.

use futures_util::future::join_all;
use minsu_domain::SortKey;

use super::fixtures::{completed, filter, house, name, new_user, user};
use crate::{PageStart, Store, StoreError, UniqueKey};

/// A store that was just opened answers and takes writes.
pub async fn it_answers(store: &dyn Store) {
    store.ping().await.unwrap();
    store.check_writes().await.unwrap();
}

/// Without a commit nothing is written, and the next unit of work is not hindered.
pub async fn a_dropped_unit_leaves_nothing(store: &dyn Store) {
    for _ in 0..40 {
        let mut unit = store.begin().await.unwrap();
        let id = unit.users().insert(&new_user(1, "Anna")).await.unwrap();
        assert!(unit.users().find(id).await.unwrap().is_some());
    }
    let mut session = store.read().await.unwrap();
    assert_eq!(session.users().credentials(&new_user(1, "Anna").mobile).await.unwrap(), None);
}

/// A unit of work sees its own changes at once, other sessions see them after the commit.
pub async fn changes_show_after_the_commit_only(store: &dyn Store) {
    let mut unit = store.begin().await.unwrap();
    let id = unit.users().insert(&new_user(1, "Anna")).await.unwrap();
    assert!(unit.users().find(id).await.unwrap().is_some());
    assert_eq!(store.read().await.unwrap().users().find(id).await.unwrap(), None);
    assert_eq!(store.read_own().await.unwrap().users().find(id).await.unwrap(), None);
    unit.commit().await.unwrap();
    assert!(store.read_own().await.unwrap().users().find(id).await.unwrap().is_some());
    assert!(store.read().await.unwrap().users().find(id).await.unwrap().is_some());
}

/// A failed unit of work undoes the changes before the failure.
pub async fn a_failed_unit_leaves_nothing(store: &dyn Store) {
    let anna = user(store, 1).await;
    let mut unit = store.begin().await.unwrap();
    assert!(unit.users().rename(anna, &name("Berta")).await.unwrap());
    let error = unit.users().insert(&new_user(1, "Carla")).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(UniqueKey::Mobile)), "{error:?}");
    drop(unit);
    let found = store.read().await.unwrap().users().find(anna).await.unwrap().unwrap();
    assert_eq!(found.name, name("person 1"));
}

/// Changes need a unit of work, so that none is half made and none goes to a replica.
pub async fn a_session_for_reading_does_not_write(store: &dyn Store) {
    let anna = user(store, 1).await;
    for mut session in [store.read().await.unwrap(), store.read_own().await.unwrap()] {
        let error = session.users().rename(anna, &name("Berta")).await.unwrap_err();
        assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
        let error = session.users().insert(&new_user(2, "Carla")).await.unwrap_err();
        assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
    }
    let found = store.read().await.unwrap().users().find(anna).await.unwrap().unwrap();
    assert_eq!(found.name, name("person 1"));
}

/// Sixteen simultaneous changes of one row all count.
pub async fn no_update_is_lost(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    let count_one = async || {
        let mut unit = store.begin().await?;
        unit.houses().count_completed_order(completed(house, 1, true)).await?;
        unit.commit().await
    };
    let until_counted = async |_| {
        while let Err(error) = count_one().await {
            assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
        }
    };
    join_all((0..16).map(until_counted)).await;
    let houses =
        store.read().await.unwrap().houses().search(&filter(SortKey::New), PageStart::Offset(0), 10).await.unwrap();
    assert_eq!(houses[0].order_count, 16);
}
