//! Orders with all that their parties may see.

use minsu_domain::{
    CancellationPreset, ChangedBy, Comment, HouseId, OrderChange, OrderId, OrderReason, OrderStatus, Transition,
    UserId, Version,
};

use super::fixtures::{
    act, add_picture, advance, comment, day, fen, house, instant, name, new_order, picture, place, stay, try_place,
    user,
};
use crate::{NewOrder, OrderAct, OrderFilter, OrderNote, OrderParty, OrderSide, OrderView, Store};

fn of(party: UserId, side: OrderSide) -> OrderFilter {
    OrderFilter { party, side, states: vec![], house: None, from: None, to: None }
}

async fn page(store: &dyn Store, filter: &OrderFilter, after: Option<OrderId>, limit: u32) -> Vec<OrderId> {
    let mut session = store.read().await.unwrap();
    session.orders().page(filter, after, limit).await.unwrap().into_iter().map(|order| order.id).collect()
}

/// Guest and landlord see the same order, with its house, its prices, and what both said.
pub async fn both_parties_see_the_whole_order(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    add_picture(store, house, "houses/1.jpg").await;
    let order = NewOrder { created_at: instant(5), ..new_order(house, stay(3, 5)) };
    let id = try_place(store, guest, &order).await.unwrap();
    let mut expected = OrderView {
        id,
        house,
        title: "house 0".to_owned(),
        picture: Some(picture("houses/1.jpg")),
        deposit: fen(50_000),
        guest: OrderParty { id: guest, name: name("person 2") },
        landlord: OrderParty { id: landlord, name: name("person 1") },
        start: day(3),
        end: day(5),
        quote: order.quote,
        status: OrderStatus::WaitAccept,
        version: Version::new(1).unwrap(),
        comment: None,
        reason: None,
        created_at: instant(5),
        expires_at: Some(instant(1_000)),
        guests: 2,
        cancellation: CancellationPreset::Strict,
    };
    let view = async || store.read().await.unwrap().orders().view(id).await.unwrap();
    assert_eq!(view().await, Some(expected.clone()));
    for filter in [of(guest, OrderSide::Guest), of(landlord, OrderSide::Landlord)] {
        let mut session = store.read().await.unwrap();
        assert_eq!(session.orders().page(&filter, None, 10).await.unwrap(), [expected.clone()]);
    }
    comment(store, id, "quiet", 9).await;
    expected.comment = Some((Comment::new("quiet").unwrap().as_str().to_owned(), instant(9)));
    expected.status = OrderStatus::Complete;
    expected.version = Version::new(3).unwrap();
    assert_eq!(view().await, Some(expected));
    let rejected = place(store, house, guest, stay(7, 7)).await;
    let note = OrderNote::Reason(OrderReason::new("full").unwrap());
    assert!(advance(store, rejected, OrderStatus::WaitAccept, OrderStatus::Rejected, &note).await);
    let mut session = store.read().await.unwrap();
    let rejected = session.orders().view(rejected).await.unwrap().unwrap();
    assert_eq!((rejected.reason.as_deref(), rejected.comment), (Some("full"), None));
    assert_eq!(session.orders().view(OrderId::new(i64::MAX).unwrap()).await.unwrap(), None);
}

/// Pages behind an order neither repeat nor leave out one, also where several were placed at one
/// instant and more are placed between two pages.
pub async fn pages_go_on_behind_an_order(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let mut placed = Vec::new();
    for (number, seconds) in [3, 1, 1, 2, 1, 0].into_iter().enumerate() {
        let number = u64::try_from(number).unwrap();
        let order = NewOrder { created_at: instant(seconds), ..new_order(house, stay(number, number)) };
        placed.push((seconds, try_place(store, guest, &order).await.unwrap()));
    }
    placed.sort_unstable_by(|one, other| other.cmp(one));
    let expected: Vec<_> = placed.into_iter().map(|(_, id)| id).collect();
    let filter = of(guest, OrderSide::Guest);
    assert_eq!(page(store, &filter, None, 10).await, expected);
    for limit in [1, 2, 4] {
        let mut walked: Vec<OrderId> = Vec::new();
        loop {
            let next = page(store, &filter, walked.last().copied(), limit).await;
            if next.is_empty() {
                break;
            }
            walked.extend(next);
            let days = 100 * u64::from(limit) + u64::try_from(walked.len()).unwrap();
            let newer = NewOrder { created_at: instant(9), ..new_order(house, stay(days, days)) };
            try_place(store, guest, &newer).await.unwrap();
        }
        assert_eq!(
            walked.iter().filter(|id| expected.contains(id)).collect::<Vec<_>>(),
            expected.iter().collect::<Vec<_>>()
        );
    }
    assert_eq!(page(store, &filter, Some(OrderId::new(i64::MAX).unwrap()), 10).await, []);
}

/// A list has the orders of one side, in the named states, for the named house, that begin on the named days.
pub async fn a_list_narrows(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let (one, other): (HouseId, HouseId) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    let first = place(store, one, guest, stay(1, 3)).await;
    let second = place(store, other, guest, stay(5, 5)).await;
    assert!(advance(store, second, OrderStatus::WaitAccept, OrderStatus::WaitComment, &OrderNote::None).await);
    let guests = of(guest, OrderSide::Guest);
    assert_eq!(page(store, &of(guest, OrderSide::Landlord), None, 10).await, []);
    let states = |states: &[OrderStatus]| OrderFilter { states: states.to_vec(), ..guests.clone() };
    assert_eq!(page(store, &states(&[OrderStatus::WaitComment]), None, 10).await, [second]);
    assert_eq!(page(store, &states(&[OrderStatus::WaitAccept, OrderStatus::Paid]), None, 10).await, [first]);
    assert_eq!(page(store, &OrderFilter { house: Some(one), ..guests.clone() }, None, 10).await, [first]);
    assert_eq!(page(store, &OrderFilter { from: Some(day(2)), ..guests.clone() }, None, 10).await, [second]);
    assert_eq!(page(store, &OrderFilter { from: Some(day(1)), to: Some(day(1)), ..guests }, None, 10).await, [first]);
}

/// The history has an entry for the placing and for each change, by either party; a change that came second adds
/// none, and neither does one that was not committed. Earlier versions keep their history.
pub async fn every_change_is_an_entry_of_the_history(store: &dyn Store) {
    use OrderStatus::{Canceled, Rejected, WaitAccept, WaitComment};
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = NewOrder { created_at: instant(5), ..new_order(house, stay(1, 1)) };
    let id = try_place(store, guest, &order).await.unwrap();
    let other = place(store, house, guest, stay(3, 3)).await;
    let history = async |id, version| {
        let mut session = store.read().await.unwrap();
        session.orders().history(id, Version::new(version).unwrap()).await.unwrap()
    };
    let change = |seconds, by, from, to| OrderChange { at: instant(seconds), by, from, to, reason: None };
    let placed = change(5, ChangedBy::Guest, None, WaitAccept);
    assert_eq!(history(id, 1).await, std::slice::from_ref(&placed));
    assert!(advance(store, id, WaitAccept, WaitComment, &OrderNote::None).await);
    assert!(!advance(store, id, WaitAccept, Rejected, &OrderNote::None).await);
    let accepted = change(60, ChangedBy::Landlord, Some(WaitAccept), WaitComment);
    let mut expected = vec![placed.clone(), accepted];
    assert_eq!(history(id, 2).await, expected);
    let step = Transition { from: WaitComment, to: Canceled };
    for (by, seconds) in [(ChangedBy::Site, 7), (ChangedBy::Clock, 8)] {
        let mut unit = store.begin().await.unwrap();
        let back = Transition { from: Canceled, to: WaitComment };
        let act = OrderAct { by, at: instant(seconds) };
        assert!(unit.orders().advance(id, step, act, &OrderNote::None).await.unwrap());
        assert!(unit.orders().advance(id, back, act, &OrderNote::None).await.unwrap());
        unit.commit().await.unwrap();
        expected.push(change(seconds, by, Some(WaitComment), Canceled));
        expected.push(change(seconds, by, Some(Canceled), WaitComment));
        let mut lost = store.begin().await.unwrap();
        assert!(lost.orders().advance(id, step, act, &OrderNote::None).await.unwrap());
        drop(lost);
    }
    assert_eq!(history(id, 100).await, expected);
    assert_eq!(history(id, 1).await, [placed]);
    let view = store.read().await.unwrap().orders().view(id).await.unwrap().unwrap();
    assert_eq!((view.version.get(), view.status), (6, WaitComment));
    let note = OrderNote::Reason(OrderReason::new("full").unwrap());
    assert!(advance(store, other, WaitAccept, Rejected, &note).await);
    let rejected = OrderChange {
        reason: Some("full".to_owned()),
        at: act().at,
        ..change(0, ChangedBy::Landlord, Some(WaitAccept), Rejected)
    };
    assert_eq!(history(other, 2).await[1..], [rejected]);
    assert_eq!(history(OrderId::new(i64::MAX).unwrap(), 9).await, []);
}
