//! Orders that wait for a payment, and stays that are over.

use minsu_domain::OrderStatus;

use super::{
    fixtures::{advance, day, house, instant, new_order, place, stay, try_place, user},
    payments::{add, close, new_attempt},
};
use crate::{NewOrder, OrderNote, Store};

/// Orders expire unless they are paid, and their stays end the day after the last one.
pub async fn deadlines_of_payment_and_stay(store: &dyn Store) {
    use OrderStatus::{Paid, WaitAccept, WaitPayment};
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = NewOrder { status: WaitPayment, ..new_order(house, stay(1, 3)) };
    let instant_one = try_place(store, guest, &order).await.unwrap();
    let accepted = place(store, house, guest, stay(5, 5)).await;
    let waiting = place(store, house, guest, stay(7, 7)).await;
    assert!(advance(store, accepted, WaitAccept, WaitPayment, &OrderNote::None).await);
    let mut unit = store.begin().await.unwrap();
    unit.orders().expire_at(accepted, instant(500)).await.unwrap();
    unit.commit().await.unwrap();
    let unpaid = async |now| store.read_own().await.unwrap().orders().unpaid(instant(now), 9).await.unwrap();
    assert_eq!(unpaid(499).await, []);
    assert_eq!(unpaid(500).await, [accepted]);
    assert_eq!(unpaid(1_000).await, [accepted, instant_one]);
    assert_eq!(store.read_own().await.unwrap().orders().expired(instant(1_000), 9).await.unwrap(), [waiting]);
    let attempt = add(store, accepted, &new_attempt(1)).await.unwrap();
    assert_eq!(unpaid(1_000).await, [instant_one]);
    assert!(close(store, attempt).await);
    assert_eq!(unpaid(1_000).await, [accepted, instant_one]);
    for order in [accepted, instant_one] {
        assert!(advance(store, order, WaitPayment, Paid, &OrderNote::None).await);
    }
    assert_eq!(unpaid(1_000).await, []);
    let stayed =
        async |today| store.read_own().await.unwrap().orders().stayed(day(today), instant(0), 9).await.unwrap();
    assert_eq!(stayed(3).await, []);
    assert_eq!(stayed(4).await, [instant_one]);
    assert_eq!(stayed(5).await, [instant_one]);
    assert_eq!(stayed(6).await, [instant_one, accepted]);
}
