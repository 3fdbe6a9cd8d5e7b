//! The outbox.

use futures_util::future::{join, join_all};
use minsu_domain::{Event, HouseId, ListingEvent, OrderEvent, OrderId, OrderStatus, UserId};

use super::fixtures::{instant, retried};
use crate::{OrderedEvent, Store};

/// Writers at once.
const WRITERS: i64 = 15;
/// Transactions of each of them.
const ROUNDS: i64 = 8;

fn user(id: i64) -> UserId {
    UserId::new(id).unwrap()
}

/// Events are no foreign keys: they outlive what they tell of.
fn accepted(order: i64, landlord: i64, guest: i64) -> Event {
    Event::OrderAccepted(OrderEvent {
        order: OrderId::new(order).unwrap(),
        house: HouseId::new(7).unwrap(),
        landlord: user(landlord),
        guest: user(guest),
        entered: OrderStatus::WaitComment,
    })
}

fn published(house: i64, landlord: i64) -> Event {
    Event::ListingPublished(ListingEvent { house: HouseId::new(house).unwrap(), landlord: user(landlord) })
}

async fn append(store: &dyn Store, events: &[Event], seconds: i64) {
    retried(async || {
        let mut unit = store.begin().await?;
        unit.outbox().append(events, instant(seconds)).await?;
        unit.commit().await
    })
    .await;
}

async fn order(store: &dyn Store, limit: u32) -> u32 {
    retried(async || {
        let mut unit = store.begin().await?;
        let ordered = unit.outbox().order(limit).await?;
        unit.commit().await.map(|()| ordered)
    })
    .await
}

async fn of(store: &dyn Store, party: i64, after: u64, limit: u32) -> Vec<OrderedEvent> {
    let mut session = store.read_own().await.unwrap();
    session.outbox().of_party(user(party), Event::FOLLOWED, after, limit).await.unwrap()
}

fn told(events: &[OrderedEvent]) -> Vec<(u64, Event)> {
    events.iter().map(|event| (event.position, event.event)).collect()
}

/// Committed events get the next positions in the order in which they were written, some at a time.
pub async fn committed_events_get_the_next_positions(store: &dyn Store) {
    let events = [published(1, 1), accepted(1, 1, 2), Event::AccountRenamed { user: user(1) }, accepted(2, 1, 2)];
    append(store, &events[..2], 5).await;
    {
        let mut lost = store.begin().await.unwrap();
        lost.outbox().append(&[published(9, 1)], instant(6)).await.unwrap();
    }
    append(store, &events[2..], 7).await;
    append(store, &[], 8).await;
    assert_eq!(of(store, 1, 0, 10).await, []);
    assert!(store.read_own().await.unwrap().outbox().has_unordered().await.unwrap());
    assert_eq!((order(store, 3).await, order(store, 3).await, order(store, 3).await), (3, 1, 0));
    let mut session = store.read_own().await.unwrap();
    assert!(!session.outbox().has_unordered().await.unwrap());
    assert_eq!((session.outbox().oldest().await.unwrap(), session.outbox().newest().await.unwrap()), (1, 4));
    let all = of(store, 1, 0, 10).await;
    assert_eq!(told(&all), [(1, events[0]), (2, events[1]), (4, events[3])]);
    assert_eq!(all.iter().map(|event| event.at).collect::<Vec<_>>(), [5, 5, 7].map(instant));
}

/// A landlord and a guest read the events of their own orders and listings, by kind and behind a position.
pub async fn each_party_reads_its_own_events(store: &dyn Store) {
    let events = [published(1, 1), accepted(1, 1, 2), accepted(2, 2, 1), published(2, 3), accepted(3, 3, 2)];
    append(store, &events, 0).await;
    assert_eq!(order(store, 10).await, 5);
    assert_eq!(told(&of(store, 1, 0, 10).await), [(1, events[0]), (2, events[1]), (3, events[2])]);
    assert_eq!(told(&of(store, 2, 0, 2).await), [(2, events[1]), (3, events[2])]);
    assert_eq!(told(&of(store, 2, 3, 2).await), [(5, events[4])]);
    assert_eq!(of(store, 2, u64::MAX, 2).await, []);
    let mut session = store.read_own().await.unwrap();
    let listings = session.outbox().of_party(user(3), &["listing.published"], 0, 10).await.unwrap();
    assert_eq!(told(&listings), [(4, events[3])]);
    assert_eq!(session.outbox().of_party(user(4), Event::FOLLOWED, 0, 10).await.unwrap(), []);
}

/// Whatever order transactions commit in: a reader who goes on behind the last position misses none and reads none
/// twice, and the events of one order keep their order.
pub async fn a_reader_misses_no_event_of_simultaneous_writers(store: &dyn Store) {
    let writers = join_all((0..WRITERS).map(async |writer| {
        for round in 0..ROUNDS {
            retried(async || {
                let mut unit = store.begin().await?;
                unit.outbox().append(&[accepted(writer * 100 + round + 1, 1, 2)], instant(round)).await?;
                // Others commit meanwhile.
                tokio::time::sleep(std::time::Duration::from_millis(((writer * 7 + round * 3) % 9).unsigned_abs()))
                    .await;
                unit.commit().await
            })
            .await;
        }
    }));
    let expected = usize::try_from(WRITERS * ROUNDS).unwrap();
    let reader = async {
        let (mut read, mut after) = (Vec::new(), 0);
        while read.len() < expected {
            order(store, 5).await;
            let page = of(store, 1, after, 4).await;
            after = page.last().map_or(after, |last| last.position);
            read.extend(page);
        }
        read
    };
    let (_, read) = join(writers, reader).await;
    let positions: Vec<_> = read.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=expected as u64).collect::<Vec<_>>());
    for writer in 0..WRITERS {
        let own = (0..ROUNDS).map(|round| accepted(writer * 100 + round + 1, 1, 2));
        let found: Vec<_> =
            read.iter().map(|event| event.event).filter(|event| own.clone().any(|it| it == *event)).collect();
        assert_eq!(found, own.clone().collect::<Vec<_>>(), "writer {writer}");
    }
}

/// All events are read a part at a time, whomever they are of, and each by its position.
pub async fn all_events_are_read_in_their_order(store: &dyn Store) {
    let events = [published(1, 1), Event::AccountRenamed { user: user(1) }, accepted(1, 2, 3)];
    append(store, &events, 4).await;
    assert_eq!(order(store, 10).await, 3);
    let mut session = store.read_own().await.unwrap();
    let first = session.outbox().all_after(0, 2).await.unwrap();
    assert_eq!((told(&first.events), first.last), (vec![(1, events[0]), (2, events[1])], 2));
    let second = session.outbox().all_after(first.last, 2).await.unwrap();
    assert_eq!((told(&second.events), second.last), (vec![(3, events[2])], 3));
    let none = session.outbox().all_after(second.last, 2).await.unwrap();
    assert_eq!((none.events, none.last), (vec![], 3));
    let at = session.outbox().at(3).await.unwrap().unwrap();
    assert_eq!((at.position, at.event, at.at), (3, events[2], instant(4)));
    assert_eq!(session.outbox().at(4).await.unwrap(), None);
}

/// Old events are deleted from the lowest position on; those without a position stay.
pub async fn old_events_go_from_the_lowest_position_on(store: &dyn Store) {
    for seconds in [1, 2, 9, 3] {
        append(store, &[published(seconds, 1)], seconds).await;
    }
    order(store, 10).await;
    append(store, &[published(5, 1)], 0).await;
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.outbox().count_before(instant(5)).await.unwrap(), 3);
    assert_eq!(unit.outbox().delete_before(instant(5), 1).await.unwrap(), 1);
    assert_eq!(unit.outbox().delete_before(instant(5), 10).await.unwrap(), 1);
    assert_eq!(unit.outbox().delete_before(instant(5), 10).await.unwrap(), 0);
    assert_eq!((unit.outbox().oldest().await.unwrap(), unit.outbox().newest().await.unwrap()), (3, 4));
    assert_eq!(unit.outbox().delete_before(instant(100), 10).await.unwrap(), 2);
    assert_eq!((unit.outbox().oldest().await.unwrap(), unit.outbox().newest().await.unwrap()), (5, 4));
    unit.commit().await.unwrap();
    assert_eq!(order(store, 10).await, 1);
    assert_eq!(told(&of(store, 1, 4, 10).await), [(5, published(5, 1))]);
}
