//! The people who stay under orders.

use futures_util::future::join;
use minsu_domain::{
    OrderId,
    OrderStatus::{Canceled, Rejected, WaitAccept, WaitComment},
    Transition, UserId,
};

use super::fixtures::{act, advance, day, house, name, place, retried, stay, user};
use crate::{ErasedUser, LockedGuest, OrderNote, SealedIdentity, Store};

const CANCEL: Transition = Transition { from: WaitAccept, to: Canceled };

fn sealed(key: &str, byte: u8) -> SealedIdentity {
    SealedIdentity { key_id: key.to_owned(), sealed: vec![byte; 100] }
}

/// Two orders of one guest, of days 1 and 2, and of days 5 and 6.
async fn orders(store: &dyn Store) -> (UserId, [OrderId; 2]) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    (guest, [place(store, house, guest, stay(1, 2)).await, place(store, house, guest, stay(5, 6)).await])
}

async fn write(store: &dyn Store, order: OrderId, last: u64, people: &SealedIdentity) {
    let mut unit = store.begin().await.unwrap();
    unit.occupants().replace(order, day(last), people).await.unwrap();
    unit.commit().await.unwrap();
}

async fn read(store: &dyn Store, order: OrderId) -> Option<SealedIdentity> {
    store.read_own().await.unwrap().occupants().of_order(order).await.unwrap()
}

/// What is written replaces what was there, for one order, and is read for one or several.
pub async fn the_people_of_an_order_are_replaced(store: &dyn Store) {
    let (_, [first, second]) = orders(store).await;
    assert_eq!(read(store, first).await, None);
    write(store, first, 2, &sealed("a", 1)).await;
    write(store, first, 2, &sealed("b", 2)).await;
    write(store, second, 6, &SealedIdentity { key_id: "a".to_owned(), sealed: vec![7; 100_000] }).await;
    assert_eq!(read(store, first).await, Some(sealed("b", 2)));
    let mut session = store.read_own().await.unwrap();
    let both = session.occupants().of_orders(&[second, first]).await.unwrap();
    assert_eq!(
        both.iter().map(|(order, people)| (*order, people.sealed.len())).collect::<Vec<_>>(),
        [(first, 100), (second, 100_000)]
    );
    assert_eq!(session.occupants().of_orders(&[]).await.unwrap(), []);
    drop(session);
    let mut unit = store.begin().await.unwrap();
    assert!(unit.occupants().erase(first).await.unwrap());
    assert!(!unit.occupants().erase(first).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!((read(store, first).await, read(store, second).await.is_some()), (None, true));
}

/// The oldest go first, so many at a time; those whose last day is `before` or later stay.
pub async fn past_people_are_erased_in_batches(store: &dyn Store) {
    let (_, [first, second]) = orders(store).await;
    write(store, second, 6, &sealed("a", 2)).await;
    write(store, first, 2, &sealed("a", 1)).await;
    let erase = async |before, limit| {
        let mut unit = store.begin().await.unwrap();
        let erased = unit.occupants().erase_past(day(before), limit).await.unwrap();
        unit.commit().await.unwrap();
        erased
    };
    for (before, past) in [(2, 0), (3, 1), (7, 2)] {
        assert_eq!(store.read_own().await.unwrap().occupants().count_past(day(before)).await.unwrap(), past);
    }
    assert_eq!(erase(2, 10).await, 0);
    assert_eq!(erase(9, 1).await, 1);
    assert_eq!((read(store, first).await, read(store, second).await), (None, Some(sealed("a", 2))));
    assert_eq!((erase(6, 10).await, erase(7, 10).await, erase(7, 10).await), (0, 1, 0));
}

/// With the account of the guest the people go, with that of the landlord they stay.
pub async fn people_go_with_the_account_of_their_guest(store: &dyn Store) {
    let (guest, [first, _]) = orders(store).await;
    write(store, first, 2, &sealed("a", 1)).await;
    let landlord = store.read_own().await.unwrap().orders().find(first).await.unwrap().unwrap().landlord;
    for (party, gone) in [(landlord, 0), (guest, 1)] {
        let erased = ErasedUser::begin(store, party, &name(&format!("erased {party}"))).await.unwrap();
        let (mut unit, erased) = erased.unwrap();
        assert_eq!(unit.occupants().erase_of_guest(&erased).await.unwrap(), gone);
        unit.commit().await.unwrap();
    }
    assert_eq!(read(store, first).await, None);
}

/// Sealing anew walks by the id of the order, and leaves what was written meanwhile.
pub async fn people_are_sealed_anew(store: &dyn Store) {
    let (_, [first, second]) = orders(store).await;
    write(store, first, 2, &sealed("old", 1)).await;
    write(store, second, 6, &sealed("old", 2)).await;
    let others = async |after| {
        let mut session = store.read_own().await.unwrap();
        session.occupants().sealed_otherwise("new", after, 1).await.unwrap()
    };
    assert_eq!(others(None).await, [(first, sealed("old", 1))]);
    assert_eq!(others(Some(first)).await, [(second, sealed("old", 2))]);
    assert_eq!(others(Some(second)).await, []);
    let mut unit = store.begin().await.unwrap();
    assert!(!unit.occupants().reseal(first, &sealed("old", 9), &sealed("new", 9)).await.unwrap());
    assert!(unit.occupants().reseal(first, &sealed("old", 1), &sealed("new", 3)).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(read(store, first).await, Some(sealed("new", 3)));
    assert_eq!(others(None).await, [(second, sealed("old", 2))]);
}

/// An order is held in its state alone, and by its guest alone.
pub async fn only_a_guests_order_in_its_state_is_held(store: &dyn Store) {
    let (guest, [first, second]) = orders(store).await;
    advance(store, second, WaitAccept, Rejected, &OrderNote::None).await;
    let landlord = store.read_own().await.unwrap().orders().find(first).await.unwrap().unwrap().landlord;
    for (party, order, status, holds) in [
        (guest, first, WaitAccept, true),
        (guest, first, WaitComment, false),
        (guest, second, WaitAccept, false),
        (landlord, first, WaitAccept, false),
    ] {
        let (mut unit, locked) = LockedGuest::begin(store, party).await.unwrap().unwrap();
        assert_eq!(unit.occupants().lock_order(&locked, order, status).await.unwrap(), holds, "{order} {status:?}");
    }
}

/// People are written while the order is being canceled: in the end a canceled order has none.
pub async fn a_canceled_order_keeps_no_people(store: &dyn Store) {
    for _ in 0..8 {
        let (guest, [first, _]) = orders_anew(store).await;
        let writing = retried(async || {
            let (mut unit, locked) = LockedGuest::begin(store, guest).await?.unwrap();
            if unit.occupants().lock_order(&locked, first, WaitAccept).await? {
                unit.occupants().replace(first, day(2), &sealed("a", 1)).await?;
            }
            unit.commit().await
        });
        let canceling = retried(async || {
            let mut unit = store.begin().await?;
            assert!(unit.orders().advance(first, CANCEL, act(), &OrderNote::None).await?);
            unit.occupants().erase(first).await?;
            unit.commit().await
        });
        join(writing, canceling).await;
        assert_eq!(read(store, first).await, None);
    }
}

/// The same with people of its own each time.
async fn orders_anew(store: &dyn Store) -> (UserId, [OrderId; 2]) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1_000);
    let number = NEXT.fetch_add(2, Ordering::Relaxed);
    let (landlord, guest) = (user(store, number).await, user(store, number + 1).await);
    let house = house(store, landlord, 0).await;
    (guest, [place(store, house, guest, stay(1, 2)).await, place(store, house, guest, stay(5, 6)).await])
}
