//! Orders and the days they hold.

use futures_util::future::join;
use minsu_domain::{
    CancellationPreset, Comment, HouseId, Order, OrderId,
    OrderStatus::{self, Canceled, Complete, Rejected, WaitAccept, WaitComment, WaitPayment},
    Stay, StayRule, UserId,
};

use super::fixtures::{
    add_picture, advance, comment, day, house, instant, is_free, new_order, picture, place, place_in, reason, stay,
    try_place, unless_taken, user,
};
use crate::{LockedGuest, NewOrder, OrderNote, OrderSide, OrderSummary, Store, StoreError};

/// A landlord, a guest and a house.
async fn scene(store: &dyn Store) -> (UserId, UserId, HouseId) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    (landlord, guest, house(store, landlord, 0).await)
}

async fn status(store: &dyn Store, id: OrderId) -> OrderStatus {
    store.read().await.unwrap().orders().find(id).await.unwrap().unwrap().status
}

/// An order reads back as placed, with the landlord of the house; the quote is a copy.
pub async fn a_placed_order_reads_back(store: &dyn Store) {
    let (landlord, guest, house) = scene(store).await;
    let order = NewOrder { created_at: instant(5), ..new_order(house, stay(3, 5)) };
    let id = try_place(store, guest, &order).await.unwrap();
    let expected = Order {
        id,
        house,
        landlord,
        guest,
        start: day(3),
        end: day(5),
        quote: order.quote,
        status: WaitAccept,
        created_at: instant(5),
        expires_at: Some(instant(1_000)),
        guests: 2,
        cancellation: CancellationPreset::Strict,
    };
    let mut session = store.read().await.unwrap();
    assert_eq!(session.orders().find(id).await.unwrap(), Some(expected));
    assert_eq!(session.orders().find(OrderId::new(i64::MAX).unwrap()).await.unwrap(), None);
    drop(session);
    let instant = NewOrder { status: WaitPayment, ..new_order(house, stay(6, 6)) };
    let id = try_place(store, guest, &instant).await.unwrap();
    assert_eq!(status(store, id).await, WaitPayment);
}

/// Any shared day is taken, identical orders of one day included.
pub async fn a_shared_day_is_refused(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    place(store, house, guest, stay(10, 12)).await;
    place(store, house, guest, stay(20, 20)).await;
    for (first, last) in [(10, 12), (9, 10), (12, 13), (11, 11), (8, 30), (10, 10), (12, 12), (20, 20), (19, 21)] {
        let error = try_place(store, guest, &new_order(house, stay(first, last))).await.unwrap_err();
        assert!(matches!(&error, StoreError::DaysTaken(days) if !days.is_empty()), "{first} to {last}: {error:?}");
    }
}

/// The days before and after are free, and so is another house.
pub async fn neighbours_fit(store: &dyn Store) {
    let (landlord, guest, one) = scene(store).await;
    let other = house(store, landlord, 1).await;
    place(store, one, guest, stay(10, 12)).await;
    place(store, one, guest, stay(9, 9)).await;
    place(store, one, guest, stay(13, 20)).await;
    place(store, other, guest, stay(10, 12)).await;
    assert!(!is_free(store, one, 9, 9).await && is_free(store, one, 8, 8).await);
}

/// Neither the order nor the days before the clash remain.
pub async fn a_refused_order_leaves_nothing(store: &dyn Store) {
    let (landlord, guest, house) = scene(store).await;
    let holder = user(store, 3).await;
    place(store, house, holder, stay(10, 12)).await;
    assert_eq!(unless_taken(try_place(store, guest, &new_order(house, stay(7, 10))).await), None);
    assert!(is_free(store, house, 7, 9).await);
    let mut session = store.read().await.unwrap();
    assert_eq!(session.orders().of_guest(guest, 10).await.unwrap(), []);
    assert_eq!(session.orders().of_landlord(landlord, 10).await.unwrap().len(), 1);
}

/// Where nights are counted, the next guest arrives on the day of departure.
pub async fn the_day_of_departure_is_free_under_nights(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    let nights = |first, last| Stay::new(day(first), day(last), StayRule::Nights).unwrap();
    place(store, house, guest, nights(10, 12)).await;
    place(store, house, guest, nights(12, 13)).await;
    assert_eq!(unless_taken(try_place(store, guest, &new_order(house, nights(11, 12))).await), None);
    assert!(is_free(store, house, 13, 13).await);
    let orders = store.read().await.unwrap().orders().of_guest(guest, 10).await.unwrap();
    assert_eq!((orders[1].start, orders[1].end, orders[1].days), (day(10), day(12), 2));
}

/// An order for no house is refused and is no clash.
pub async fn orders_need_their_house(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    let order = new_order(HouseId::new(i64::MAX).unwrap(), stay(1, 1));
    let (mut unit, guest) = LockedGuest::begin(store, guest).await.unwrap().unwrap();
    assert!(guest.with_landlord(unit.as_mut(), order.house).await.unwrap().is_none());
    let (parties, terms) = guest.with_landlord(unit.as_mut(), house).await.unwrap().unwrap();
    assert_eq!(Some(terms), unit.houses().terms(house).await.unwrap());
    let error = place_in(unit.as_mut(), &parties, &order).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
}

async fn days_are_freed_by(store: &dyn Store, to: OrderStatus, note: &OrderNote) {
    let (_, guest, house) = scene(store).await;
    let freed = place(store, house, guest, stay(10, 12)).await;
    let kept = place(store, house, guest, stay(14, 15)).await;
    assert!(!is_free(store, house, 12, 13).await);
    assert!(advance(store, freed, WaitAccept, to, note).await);
    assert_eq!(status(store, freed).await, to);
    assert!(is_free(store, house, 10, 13).await);
    assert!(!is_free(store, house, 14, 14).await);
    assert_eq!(status(store, kept).await, WaitAccept);
    place(store, house, guest, stay(9, 13)).await;
}

/// A rejected order frees its days at once, for search and booking alike, and only its own.
pub async fn rejection_frees_the_days(store: &dyn Store) {
    days_are_freed_by(store, Rejected, &reason("已满")).await;
}

/// A cancelled order frees its days too.
pub async fn cancellation_frees_the_days(store: &dyn Store) {
    days_are_freed_by(store, Canceled, &OrderNote::None).await;
}

/// Accepted and completed orders keep their days.
pub async fn live_orders_keep_their_days(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    let id = place(store, house, guest, stay(10, 12)).await;
    for (from, to) in [(WaitAccept, WaitComment), (WaitComment, Complete)] {
        assert!(advance(store, id, from, to, &OrderNote::None).await);
        assert!(!is_free(store, house, 11, 11).await);
    }
}

/// Nothing is written when the order is in another state or does not exist: no note, no days.
pub async fn a_step_from_another_state_changes_nothing(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    let id = place(store, house, guest, stay(10, 12)).await;
    assert!(!advance(store, id, WaitPayment, Rejected, &reason("wrong")).await);
    assert!(!advance(store, id, Rejected, Canceled, &OrderNote::None).await);
    assert!(!advance(store, OrderId::new(i64::MAX).unwrap(), WaitAccept, Rejected, &reason("none")).await);
    assert_eq!(status(store, id).await, WaitAccept);
    assert!(!is_free(store, house, 10, 10).await);
    assert!(advance(store, id, WaitAccept, WaitComment, &OrderNote::None).await);
    assert!(!advance(store, id, WaitAccept, WaitComment, &OrderNote::None).await);
    let orders = store.read().await.unwrap().orders().of_guest(guest, 10).await.unwrap();
    assert_eq!(orders[0].note, None);
}

/// The second of two simultaneous accepts gets `false`.
pub async fn one_of_two_simultaneous_accepts_wins(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    for round in 0..10 {
        let id = place(store, house, guest, stay(round, round)).await;
        let accept = || advance(store, id, WaitAccept, WaitComment, &OrderNote::None);
        let (one, other) = join(accept(), accept()).await;
        assert!(one != other, "round {round}: {one} {other}");
        assert_eq!(status(store, id).await, WaitComment);
    }
}

/// Accepting and rejecting at once ends in one of the two, whole: status, reason and days agree.
pub async fn accept_and_reject_cannot_both_win(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    for round in 0..10 {
        let id = place(store, house, guest, stay(round, round)).await;
        let no = reason("no");
        let accept = advance(store, id, WaitAccept, WaitComment, &OrderNote::None);
        let reject = advance(store, id, WaitAccept, Rejected, &no);
        let (accepted, rejected) = join(accept, reject).await;
        assert!(accepted != rejected, "round {round}: {accepted} {rejected}");
        assert_eq!(status(store, id).await, if accepted { WaitComment } else { Rejected });
        assert_eq!(is_free(store, house, round, round).await, rejected);
    }
}

/// The comment and the reason are separate columns; a list shows the one that fits the status.
pub async fn notes_are_kept_apart(store: &dyn Store) {
    let (landlord, guest, house) = scene(store).await;
    let first = place(store, house, guest, stay(1, 1)).await;
    let second = place(store, house, guest, stay(2, 2)).await;
    let third = place(store, house, guest, stay(3, 3)).await;
    let long = "好😀".repeat(500);
    comment(store, first, &long, 0).await;
    assert!(advance(store, second, WaitAccept, Rejected, &reason("维修 抱歉 🙏")).await);
    assert!(advance(store, third, WaitAccept, WaitComment, &OrderNote::None).await);
    let mut session = store.read().await.unwrap();
    for orders in
        [session.orders().of_guest(guest, 10).await.unwrap(), session.orders().of_landlord(landlord, 10).await.unwrap()]
    {
        let notes: Vec<_> = orders.iter().map(|order| (order.id, order.status, order.note.as_deref())).collect();
        assert_eq!(
            notes,
            [
                (third, WaitComment, None),
                (second, Rejected, Some("维修 抱歉 🙏")),
                (first, Complete, Some(Comment::new(&long).unwrap().as_str())),
            ]
        );
    }
}

async fn at(store: &dyn Store, house: HouseId, guest: UserId, first: u64, seconds: i64) -> OrderId {
    let order = NewOrder { created_at: instant(seconds), ..new_order(house, stay(first, first + 1)) };
    try_place(store, guest, &order).await.unwrap()
}

/// The newest orders of this guest only, with title and picture; at most as many as asked for.
pub async fn a_guests_orders_come_newest_first(store: &dyn Store) {
    let (_, guest, house) = scene(store).await;
    let stranger = user(store, 3).await;
    add_picture(store, house, "houses/1.jpg").await;
    let middle = at(store, house, guest, 0, 2).await;
    let oldest = at(store, house, guest, 2, 1).await;
    let newest = at(store, house, guest, 4, 3).await;
    let twin = at(store, house, guest, 6, 3).await;
    at(store, house, stranger, 8, 9).await;
    let mut session = store.read().await.unwrap();
    let orders = session.orders().of_guest(guest, 10).await.unwrap();
    assert_eq!(orders.iter().map(|order| order.id).collect::<Vec<_>>(), [twin, newest, middle, oldest]);
    let expected = OrderSummary {
        id: middle,
        title: "house 0".to_owned(),
        picture: Some(picture("houses/1.jpg")),
        start: day(0),
        end: day(1),
        created_at: instant(2),
        days: 2,
        amount: new_order(house, stay(0, 1)).quote.total(),
        status: WaitAccept,
        note: None,
        commented_at: None,
    };
    assert_eq!(orders[2], expected);
    assert_eq!(session.orders().of_guest(guest, 1).await.unwrap().len(), 1);
    assert_eq!(session.orders().of_landlord(guest, 10).await.unwrap(), []);
}

/// The newest orders for all houses of this landlord and no others.
pub async fn a_landlords_orders_come_newest_first(store: &dyn Store) {
    let (landlord, guest, one) = scene(store).await;
    let another = house(store, landlord, 1).await;
    let stranger = user(store, 3).await;
    let elsewhere = house(store, stranger, 2).await;
    let first = at(store, one, guest, 0, 1).await;
    let second = at(store, another, guest, 0, 2).await;
    let third = at(store, one, stranger, 2, 3).await;
    at(store, elsewhere, guest, 0, 4).await;
    let mut session = store.read().await.unwrap();
    let orders = session.orders().of_landlord(landlord, 10).await.unwrap();
    let shown: Vec<_> = orders.iter().map(|order| (order.id, order.title.as_str())).collect();
    assert_eq!(shown, [(third, "house 0"), (second, "house 1"), (first, "house 0")]);
    assert_eq!(session.orders().of_landlord(landlord, 2).await.unwrap().len(), 2);
}

/// Page by page, each order once and in the order of the whole list, also where several were placed at one instant
/// and where orders are placed meanwhile.
pub async fn summaries_come_in_pages(store: &dyn Store) {
    let (landlord, guest, house) = scene(store).await;
    let stranger = user(store, 3).await;
    let mut placed = Vec::new();
    for (number, seconds) in [3, 1, 2, 2, 2, 1, 3].into_iter().enumerate() {
        placed.push((seconds, at(store, house, guest, 2 * number as u64, seconds).await));
    }
    let foreign = at(store, house, stranger, 40, 2).await;
    placed.sort_by(|one, other| other.cmp(one));
    let ids: Vec<_> = placed.into_iter().map(|(_, id)| id).collect();
    let mut session = store.read_own().await.unwrap();
    for limit in 1..=8 {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = session.orders().summaries(guest, OrderSide::Guest, after, limit).await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() <= limit as usize);
            after = Some(last.place());
            seen.extend(page.iter().map(|order| order.id));
            assert!(seen.len() < 50, "the pages have no end");
            if limit == 2 {
                at(store, house, guest, 50 + 2 * seen.len() as u64, 99).await;
            }
        }
        let newer = seen.len().saturating_sub(ids.len());
        assert_eq!(seen[newer..], ids, "{limit} at a time");
    }
    let first = session.orders().summaries(landlord, OrderSide::Landlord, None, 100).await.unwrap();
    assert!(first.iter().any(|order| order.id == foreign));
    assert_eq!(first, session.orders().of_landlord(landlord, 100).await.unwrap());
    assert_eq!(session.orders().summaries(landlord, OrderSide::Guest, None, 100).await.unwrap(), []);
}
