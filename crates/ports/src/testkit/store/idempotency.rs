//! Idempotency keys.

use futures_util::future::join_all;
use minsu_domain::UserId;

use super::fixtures::{instant, new_user, user};
use crate::{ClaimOwner, IdempotencyRecord, KeyId, NewClaim, Store, StoreError, StoredAnswer};

fn key(number: u8) -> KeyId {
    KeyId([number; 32])
}

fn owner(number: u8) -> ClaimOwner {
    ClaimOwner([number; 16])
}

/// A claim whose lease ends at second 10 and which expires at second 100.
fn claim(id: u8, by: u8, user: Option<UserId>) -> NewClaim {
    let (lease_ends, expires_at) = (instant(10), instant(100));
    NewClaim { id: key(id), digest: [0xd1; 32], user, owner: owner(by), lease_ends, expires_at }
}

fn answer(body: &[u8]) -> StoredAnswer {
    StoredAnswer {
        status: 201,
        body: body.to_vec(),
        content_type: Some("application/json".to_owned()),
        location: Some("/api/v2/orders/1".to_owned()),
        etag: Some("\"1\"".to_owned()),
    }
}

async fn claimed(store: &dyn Store, claim: &NewClaim) -> Result<bool, StoreError> {
    let mut unit = store.begin().await?;
    let first = unit.idempotency().claim(claim).await?;
    unit.commit().await.map(|()| first)
}

async fn found(store: &dyn Store, id: u8) -> Option<IdempotencyRecord> {
    store.read_own().await.unwrap().idempotency().find(key(id)).await.unwrap()
}

/// A key is claimed once, its answer reads back byte for byte, and nothing changes it afterwards.
pub async fn a_key_is_claimed_once_and_its_answer_reads_back(store: &dyn Store) {
    let anna = user(store, 1).await;
    assert_eq!(found(store, 1).await, None);
    assert!(claimed(store, &claim(1, 1, Some(anna))).await.unwrap());
    assert!(!claimed(store, &claim(1, 2, None)).await.unwrap());
    let running = IdempotencyRecord {
        digest: [0xd1; 32],
        owner: owner(1),
        lease_ends: instant(10),
        expires_at: instant(100),
        effect: None,
        answer: None,
    };
    assert_eq!(found(store, 1).await, Some(running.clone()));
    let body: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let stored = answer(&body);
    let mut unit = store.begin().await.unwrap();
    assert!(!unit.idempotency().answer(key(1), owner(2), &stored).await.unwrap());
    assert!(unit.idempotency().record_effect(key(1), owner(1), 7).await.unwrap());
    assert!(unit.idempotency().answer(key(1), owner(1), &stored).await.unwrap());
    unit.commit().await.unwrap();
    let answered = IdempotencyRecord { effect: Some(7), answer: Some(stored), ..running };
    assert_eq!(found(store, 1).await, Some(answered.clone()));
    let mut unit = store.begin().await.unwrap();
    let keys = unit.idempotency();
    assert!(!keys.take_over(key(1), owner(1), owner(2), instant(20)).await.unwrap());
    assert!(!keys.record_effect(key(1), owner(1), 8).await.unwrap());
    assert!(!keys.answer(key(1), owner(1), &answer(b"other")).await.unwrap());
    keys.release(key(1), owner(1), instant(1)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(found(store, 1).await, Some(answered));
    let bare = StoredAnswer { status: 204, body: vec![], content_type: None, location: None, etag: None };
    assert!(claimed(store, &claim(2, 1, None)).await.unwrap());
    let mut unit = store.begin().await.unwrap();
    assert!(unit.idempotency().answer(key(2), owner(1), &bare).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(found(store, 2).await.unwrap().answer, Some(bare));
}

/// Of sixteen simultaneous requests under a key one claims it.
pub async fn one_of_sixteen_claims_a_key(store: &dyn Store) {
    let claims = (0..16).map(async |number| {
        loop {
            match claimed(store, &claim(1, number, None)).await {
                Err(StoreError::Conflict(_)) => {}
                result => return result.unwrap(),
            }
        }
    });
    let won = join_all(claims).await;
    assert_eq!(won.iter().filter(|first| **first).count(), 1);
}

/// A key that was taken over belongs to the new request: the effect of the old one cannot be committed. An
/// effect that was committed before is seen by the new request.
pub async fn a_key_that_was_taken_over_commits_no_second_effect(store: &dyn Store) {
    assert!(claimed(store, &claim(1, 1, None)).await.unwrap());
    let mut unit = store.begin().await.unwrap();
    assert!(unit.idempotency().take_over(key(1), owner(1), owner(2), instant(20)).await.unwrap());
    assert!(!unit.idempotency().take_over(key(1), owner(1), owner(3), instant(20)).await.unwrap());
    unit.commit().await.unwrap();
    let mut unit = store.begin().await.unwrap();
    unit.users().insert(&new_user(9, "late")).await.unwrap();
    assert!(!unit.idempotency().record_effect(key(1), owner(1), 7).await.unwrap());
    drop(unit);
    let mut unit = store.begin().await.unwrap();
    assert!(unit.idempotency().record_effect(key(1), owner(2), 8).await.unwrap());
    unit.commit().await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert!(unit.idempotency().take_over(key(1), owner(2), owner(3), instant(30)).await.unwrap());
    let taken = unit.idempotency().find(key(1)).await.unwrap().unwrap();
    assert_eq!((taken.effect, taken.owner, taken.lease_ends), (Some(8), owner(3), instant(30)));
    unit.commit().await.unwrap();
}

/// A request that came to nothing leaves no key; one with an effect leaves it to the next request.
pub async fn a_released_key_keeps_its_effect_only(store: &dyn Store) {
    for id in [1, 2] {
        assert!(claimed(store, &claim(id, 1, None)).await.unwrap());
    }
    let mut unit = store.begin().await.unwrap();
    assert!(unit.idempotency().record_effect(key(2), owner(1), 7).await.unwrap());
    for id in [1, 2] {
        unit.idempotency().release(key(id), owner(2), instant(5)).await.unwrap();
    }
    unit.commit().await.unwrap();
    assert_eq!(found(store, 1).await.unwrap().lease_ends, instant(10));
    let mut unit = store.begin().await.unwrap();
    for id in [1, 2] {
        unit.idempotency().release(key(id), owner(1), instant(5)).await.unwrap();
    }
    unit.commit().await.unwrap();
    assert_eq!(found(store, 1).await, None);
    let left = found(store, 2).await.unwrap();
    assert_eq!((left.effect, left.lease_ends), (Some(7), instant(5)));
}

/// Keys are forgotten one by one, with their person, and when they expire.
pub async fn keys_are_forgotten(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    for (id, user) in [(1, Some(anna)), (2, Some(anna)), (3, Some(berta)), (4, None), (5, None)] {
        assert!(claimed(store, &claim(id, 1, user)).await.unwrap());
    }
    let mut unit = store.begin().await.unwrap();
    let keys = unit.idempotency();
    assert!(!keys.forget(key(4), owner(2)).await.unwrap());
    assert!(keys.forget(key(4), owner(1)).await.unwrap());
    assert_eq!(keys.forget_all_of(anna).await.unwrap(), 2);
    assert_eq!(keys.count_expired(instant(99)).await.unwrap(), 0);
    assert_eq!(keys.count_expired(instant(100)).await.unwrap(), 2);
    assert_eq!(keys.forget_expired(instant(99), 10).await.unwrap(), 0);
    assert_eq!(keys.forget_expired(instant(100), 1).await.unwrap(), 1);
    assert_eq!(keys.forget_expired(instant(100), 10).await.unwrap(), 1);
    unit.commit().await.unwrap();
    for id in 1..=5 {
        assert_eq!(found(store, id).await, None, "{id}");
    }
}
