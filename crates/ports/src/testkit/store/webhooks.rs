//! Webhooks and their deliveries.

use std::time::Duration;

use futures_util::future::{join, join_all};
use minsu_domain::{DeliveryId, DeliveryState, EventKinds, UserId, Version, WebhookId, WebhookState};

use super::fixtures::{instant, name, retried, user};
use crate::{
    AfterAttempt, AttemptResult, Cargo, Delivery, ErasedUser, LockedAccount, NewDelivery, NewWebhook, OrderingKey,
    SealedIdentity, Store, StoreError, Webhook,
};

fn sealed(key: &str, byte: u8) -> SealedIdentity {
    SealedIdentity { key_id: key.to_owned(), sealed: vec![byte, 0, 255] }
}

fn new_webhook(number: u8) -> NewWebhook {
    NewWebhook {
        host: format!("receiver{number}.example"),
        sealed: sealed("a", number),
        kinds: EventKinds::new(["order.placed", "order.paid"]).unwrap(),
        since: number.into(),
        created_at: instant(number.into()),
    }
}

async fn add(store: &dyn Store, owner: UserId, number: u8) -> WebhookId {
    retried(async || {
        let (mut unit, owner) = LockedAccount::begin(store, owner).await?.unwrap();
        let id = unit.webhooks().insert(&owner, &new_webhook(number)).await?;
        unit.commit().await.map(|()| id)
    })
    .await
}

async fn found(store: &dyn Store, id: WebhookId) -> Option<Webhook> {
    store.read_own().await.unwrap().webhooks().find(id).await.unwrap()
}

/// Webhooks read back, the newest first; those that are turned on are found by their owners.
pub async fn a_new_webhook_reads_back(store: &dyn Store) {
    let (anna, berta, clara) = (user(store, 1).await, user(store, 2).await, user(store, 3).await);
    let (first, second, other) = (add(store, anna, 1).await, add(store, anna, 2).await, add(store, berta, 3).await);
    let expected = |id, user, number: u8| {
        let NewWebhook { host, sealed, kinds, since, created_at } = new_webhook(number);
        let (state, version) = (WebhookState::On, Version::new(1).unwrap());
        let (former_until, failing_since) = (None, None);
        Webhook { id, user, host, sealed, kinds, state, version, since, former_until, failing_since, created_at }
    };
    assert_eq!(found(store, first).await, Some(expected(first, anna, 1)));
    let mut session = store.read_own().await.unwrap();
    let own = session.webhooks().of_user(anna).await.unwrap();
    assert_eq!(own, [expected(second, anna, 2), expected(first, anna, 1)]);
    drop(session);
    let mut unit = store.begin().await.unwrap();
    let on = unit.webhooks().lock_enabled(&[anna, berta, clara]).await.unwrap();
    assert_eq!(on.iter().map(|webhook| webhook.id).collect::<Vec<_>>(), [first, second, other]);
    assert_eq!(unit.webhooks().lock_enabled(&[]).await.unwrap(), []);
    drop(unit);
    let (mut unit, owner) = LockedAccount::begin(store, anna).await.unwrap().unwrap();
    assert_eq!(unit.webhooks().count(&owner).await.unwrap(), 2);
}

/// A change needs the version that was seen and makes the next one; what failing and sealing note makes none.
pub async fn a_change_needs_the_version_that_was_seen(store: &dyn Store) {
    let anna = user(store, 1).await;
    let id = add(store, anna, 1).await;
    let before = found(store, id).await.unwrap();
    let changed = Webhook {
        host: "other.example".into(),
        sealed: sealed("b", 9),
        kinds: EventKinds::ALL,
        state: WebhookState::GivenUp,
        since: 77,
        former_until: Some(instant(5)),
        failing_since: Some(instant(6)),
        ..before.clone()
    };
    let mut unit = store.begin().await.unwrap();
    assert!(unit.webhooks().replace(&changed, before.version).await.unwrap());
    assert!(!unit.webhooks().replace(&before, before.version).await.unwrap());
    unit.commit().await.unwrap();
    let version = Version::new(2).unwrap();
    assert_eq!(found(store, id).await, Some(Webhook { version, ..changed.clone() }));
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.webhooks().lock_enabled(&[anna]).await.unwrap(), []);
    unit.webhooks().note_failing(id, None).await.unwrap();
    let others = unit.webhooks().sealed_otherwise("a", None, 10).await.unwrap();
    assert_eq!(others.iter().map(|webhook| webhook.id).collect::<Vec<_>>(), [id]);
    assert_eq!(unit.webhooks().sealed_otherwise("a", Some(id), 10).await.unwrap(), []);
    assert_eq!(unit.webhooks().sealed_otherwise("b", None, 10).await.unwrap(), []);
    assert!(unit.webhooks().reseal(id, &sealed("b", 9), &sealed("c", 9)).await.unwrap());
    assert!(!unit.webhooks().reseal(id, &sealed("b", 9), &sealed("d", 9)).await.unwrap());
    unit.commit().await.unwrap();
    let resealed = Webhook { version, failing_since: None, sealed: sealed("c", 9), ..changed };
    assert_eq!(found(store, id).await, Some(resealed));
}

/// An event for an order of a webhook.
fn delivery(webhook: WebhookId, position: u64, order: i64) -> NewDelivery {
    let cargo = Cargo::Event { position, kind: "order.placed" };
    NewDelivery { webhook, cargo, ordering_key: OrderingKey::Order(order), created_at: instant(0) }
}

async fn insert(store: &dyn Store, deliveries: &[NewDelivery]) {
    retried(async || {
        let mut unit = store.begin().await?;
        unit.deliveries().insert(deliveries).await?;
        unit.commit().await
    })
    .await;
}

/// The positions of what is due for a webhook, as it is told.
async fn due(store: &dyn Store, webhook: WebhookId, seconds: i64) -> Vec<Delivery> {
    store.read_own().await.unwrap().deliveries().due_of(webhook, instant(seconds), 10).await.unwrap()
}

fn positions(deliveries: &[Delivery]) -> Vec<u64> {
    let position = |delivery: &Delivery| match delivery.cargo {
        Cargo::Event { position, .. } => position,
        Cargo::Test => 0,
    };
    deliveries.iter().map(position).collect()
}

/// Notes that a webhook is failing, or is not.
async fn fails(store: &dyn Store, webhook: WebhookId, is_failing: bool) {
    retried(async || {
        let mut unit = store.begin().await?;
        unit.webhooks().note_failing(webhook, is_failing.then(|| instant(0))).await?;
        unit.commit().await
    })
    .await;
}

async fn claim(store: &dyn Store, delivery: &Delivery, until: i64) -> bool {
    retried(async || {
        let mut unit = store.begin().await?;
        let claimed = unit.deliveries().claim(delivery.id, delivery.attempts, instant(until)).await?;
        unit.commit().await.map(|()| claimed)
    })
    .await
}

async fn record(store: &dyn Store, id: DeliveryId, attempt: u32, after: AfterAttempt, seconds: i64) -> bool {
    let result = AttemptResult { status: Some(500), error: Some("status".into()), millis: 7 };
    retried(async || {
        let mut unit = store.begin().await?;
        let recorded = unit.deliveries().record(id, attempt, after, &result, instant(seconds)).await?;
        unit.commit().await.map(|()| recorded)
    })
    .await
}

/// Of the deliveries of an ordering key one is due at a time, in their order; those of another key or another webhook and a
/// test wait for none of them.
pub async fn an_ordering_key_keeps_its_order(store: &dyn Store) {
    let anna = user(store, 1).await;
    let (one, other) = (add(store, anna, 1).await, add(store, anna, 2).await);
    let test =
        NewDelivery { webhook: one, cargo: Cargo::Test, ordering_key: OrderingKey::Free, created_at: instant(0) };
    let listing = NewDelivery { ordering_key: OrderingKey::Listing(5), ..delivery(one, 3, 5) };
    insert(store, &[delivery(one, 1, 5), delivery(one, 2, 5), listing, test, test, delivery(other, 1, 5)]).await;
    assert_eq!(due(store, one, -1).await, []);
    let now = due(store, one, 0).await;
    assert_eq!(positions(&now), [1, 3, 0, 0]);
    assert_eq!(positions(&due(store, other, 0).await), [1]);
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.deliveries().due_webhooks(instant(0), 10).await.unwrap(), [one, other]);
    assert_eq!(session.deliveries().due_webhooks(instant(0), 1).await.unwrap(), [one]);
    assert_eq!(session.deliveries().due_webhooks(instant(-1), 10).await.unwrap(), []);
    drop(session);
    fails(store, one, true).await;
    assert_eq!(store.read_own().await.unwrap().deliveries().due_webhooks(instant(0), 10).await.unwrap(), [other, one]);
    fails(store, one, false).await;
    // While an attempt runs, and until the next one, the second waits, and so does what comes later.
    assert!(claim(store, &now[0], 60).await);
    assert_eq!(positions(&due(store, one, 59).await), [3, 0, 0]);
    assert!(record(store, now[0].id, 1, AfterAttempt::Again(instant(100)), 2).await);
    insert(store, &[delivery(one, 4, 5)]).await;
    assert_eq!(positions(&due(store, one, 99).await), [3, 0, 0]);
    assert_eq!(positions(&due(store, one, 100).await), [3, 0, 0, 1]);
    let again = due(store, one, 100).await.pop().unwrap();
    assert!(claim(store, &again, 200).await);
    assert!(record(store, again.id, 2, AfterAttempt::Delivered, 101).await);
    assert_eq!(positions(&due(store, one, 101).await), [3, 0, 0, 2]);
    // One that is parked lets the next one go, too.
    let second = due(store, one, 101).await.pop().unwrap();
    assert!(claim(store, &second, 300).await);
    assert!(record(store, second.id, 1, AfterAttempt::Parked, 102).await);
    assert_eq!(positions(&due(store, one, 102).await), [3, 0, 0, 4]);
}

/// One of sixteen claims an attempt; what a worker records whose claim another one took over changes nothing.
pub async fn one_of_sixteen_claims_a_delivery(store: &dyn Store) {
    let anna = user(store, 1).await;
    let webhook = add(store, anna, 1).await;
    insert(store, &[delivery(webhook, 1, 5)]).await;
    let seen = due(store, webhook, 0).await.pop().unwrap();
    let claims = join_all((0..16).map(|_| claim(store, &seen, 60))).await;
    assert_eq!(claims.into_iter().filter(|claimed| *claimed).count(), 1);
    let again = due(store, webhook, 60).await.pop().unwrap();
    assert_eq!(again.attempts, 1);
    assert!(claim(store, &again, 120).await);
    assert!(!record(store, seen.id, 1, AfterAttempt::Delivered, 61).await);
    assert!(record(store, seen.id, 2, AfterAttempt::Delivered, 62).await);
    assert!(!record(store, seen.id, 2, AfterAttempt::Parked, 63).await);
    let mut session = store.read_own().await.unwrap();
    let told = session.deliveries().find(webhook, seen.id).await.unwrap().unwrap();
    let last = AttemptResult { status: Some(500), error: Some("status".into()), millis: 7 };
    assert_eq!(
        told,
        Delivery {
            state: DeliveryState::Delivered,
            attempts: 2,
            last: Some(last),
            next_at: instant(62),
            ended_at: Some(instant(62)),
            ..seen
        }
    );
}

/// Deliveries are listed from the newest on and by state; one that ended may be delivered anew, from its first attempt on.
pub async fn deliveries_are_listed_parked_and_redelivered(store: &dyn Store) {
    let anna = user(store, 1).await;
    let (webhook, other) = (add(store, anna, 1).await, add(store, anna, 2).await);
    insert(store, &[delivery(webhook, 1, 1), delivery(webhook, 2, 2), delivery(webhook, 3, 3), delivery(other, 1, 1)])
        .await;
    let first = due(store, webhook, 0).await.remove(0);
    assert!(claim(store, &first, 60).await && record(store, first.id, 1, AfterAttempt::Delivered, 1).await);
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.deliveries().park_all(webhook, instant(2)).await.unwrap(), 2);
    assert!(!unit.deliveries().redeliver(other, first.id, instant(3)).await.unwrap());
    unit.commit().await.unwrap();
    let list = async |states: &[DeliveryState], after, limit| {
        let mut session = store.read_own().await.unwrap();
        session.deliveries().of_webhook(webhook, states, after, limit).await.unwrap()
    };
    assert_eq!(positions(&list(&[], None, 2).await), [3, 2]);
    assert_eq!(list(&[], Some(first.id), 2).await, []);
    assert_eq!(positions(&list(&[DeliveryState::Delivered], None, 9).await), [1]);
    assert_eq!(list(&[DeliveryState::Waiting], None, 9).await, []);
    assert_eq!(positions(&list(&[DeliveryState::Parked, DeliveryState::Delivered], None, 9).await), [3, 2, 1]);
    let mut unit = store.begin().await.unwrap();
    assert!(unit.deliveries().redeliver(webhook, first.id, instant(3)).await.unwrap());
    assert!(!unit.deliveries().redeliver(webhook, first.id, instant(3)).await.unwrap());
    unit.commit().await.unwrap();
    let again = due(store, webhook, 3).await.remove(0);
    assert_eq!((again.id, again.attempts, again.ended_at), (first.id, 0, None));
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.deliveries().find(other, first.id).await.unwrap(), None);
    // The two that were parked ended at second 2.
    assert_eq!(session.deliveries().count_ended(instant(2)).await.unwrap(), 0);
    assert_eq!(session.deliveries().count_ended(instant(3)).await.unwrap(), 2);
    drop(session);
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.deliveries().delete_ended(instant(3), 1).await.unwrap(), 1);
    assert_eq!(unit.deliveries().delete_ended(instant(3), 9).await.unwrap(), 1);
    assert_eq!(unit.deliveries().delete_ended(instant(3), 9).await.unwrap(), 0);
    unit.commit().await.unwrap();
    assert_eq!(positions(&list(&[], None, 9).await), [1]);
}

/// A webhook goes with its deliveries, by its owner alone, or with the account.
pub async fn a_webhook_goes_with_its_deliveries(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    let (first, second, other) = (add(store, anna, 1).await, add(store, anna, 2).await, add(store, berta, 3).await);
    insert(store, &[delivery(first, 1, 1), delivery(second, 1, 1), delivery(other, 1, 1)]).await;
    let mut unit = store.begin().await.unwrap();
    assert!(!unit.webhooks().delete(berta, first).await.unwrap());
    assert!(unit.webhooks().delete(anna, first).await.unwrap());
    assert!(!unit.webhooks().delete(anna, first).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!((found(store, first).await, due(store, first, 0).await.len()), (None, 0));
    assert_eq!(due(store, second, 0).await.len(), 1);
    let (mut unit, erased) = ErasedUser::begin(store, anna, &name("erased")).await.unwrap().unwrap();
    assert_eq!(unit.webhooks().delete_all_of(erased.id()).await.unwrap(), 1);
    unit.commit().await.unwrap();
    assert_eq!((found(store, second).await, due(store, second, 0).await.len()), (None, 0));
    assert_eq!(due(store, other, 0).await.len(), 1);
}

/// Of events that are handed out and a webhook that is turned off, or deleted, at once none is left waiting for it: the
/// second one sees what the first one did.
pub async fn a_hand_out_and_the_end_of_a_webhook_see_each_other(store: &dyn Store) {
    let anna = user(store, 1).await;
    for turn in 1..=12 {
        let id = add(store, anna, turn).await;
        let seen = found(store, id).await.unwrap();
        let hand_out = retried(async || {
            pause(turn, 3).await;
            let mut unit = store.begin().await?;
            let on = unit.webhooks().lock_enabled(&[anna]).await?;
            pause(turn, 5).await;
            let new: Vec<_> = on.iter().map(|webhook| delivery(webhook.id, 1, 5)).collect();
            unit.deliveries().insert(&new).await?;
            unit.commit().await
        });
        let end = retried(async || {
            pause(turn, 7).await;
            let mut unit = store.begin().await?;
            if turn % 2 == 0 {
                unit.webhooks().delete(anna, id).await?;
            } else {
                let off = Webhook { state: WebhookState::Off, ..seen.clone() };
                assert!(unit.webhooks().replace(&off, seen.version).await?);
                pause(turn, 9).await;
                unit.deliveries().park_all(id, instant(1)).await?;
            }
            unit.commit().await
        });
        join(hand_out, end).await;
        assert_eq!(due(store, id, 9).await, [], "turn {turn}");
    }
}

/// Waits for some milliseconds, another time each turn.
async fn pause(turn: u8, of: u8) {
    tokio::time::sleep(Duration::from_millis(u64::from(turn) * u64::from(of) % 11)).await;
}

/// Simultaneous hand-outs wait for each other: each part of the events is handed out once.
pub async fn simultaneous_hand_outs_see_each_other(store: &dyn Store) {
    let start = store.read_own().await.unwrap().deliveries().cursor().await.unwrap();
    let moves = join_all((0..16).map(async |_| {
        retried(async || {
            let mut unit = store.begin().await?;
            let at = unit.deliveries().lock_cursor().await?;
            unit.deliveries().move_cursor(at + 1).await?;
            unit.commit().await.map(|()| at)
        })
        .await
    }));
    let mut seen: Vec<_> = moves.await;
    seen.sort_unstable();
    assert_eq!(seen, (start..start + 16).collect::<Vec<_>>());
    assert_eq!(store.read_own().await.unwrap().deliveries().cursor().await.unwrap(), start + 16);
    let lost: Result<(), StoreError> = async {
        let mut unit = store.begin().await?;
        unit.deliveries().move_cursor(0).await
    }
    .await;
    lost.unwrap();
    assert_eq!(store.read_own().await.unwrap().deliveries().cursor().await.unwrap(), start + 16);
}
