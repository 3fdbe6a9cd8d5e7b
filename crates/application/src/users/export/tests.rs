//! Tests of the export of an account.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::{DateTime, NaiveDate};
use minsu_domain::{Money, OrderId, OrderStatus};
use minsu_ports::{
    SealedIdentity,
    testkit::{MockCache, MockIdentitySealer, MockStore, MockUnitOfWork, MockWorkScheduler},
};

use super::*;
use crate::{
    sessions::in_memory_cache::InMemoryCache,
    test_app::{TestApp, client, principal},
};

fn order(id: i64) -> OrderSummary {
    OrderSummary {
        id: OrderId::new(id).unwrap(),
        title: "四合院".to_owned(),
        picture: None,
        start: NaiveDate::MIN,
        end: NaiveDate::MIN,
        created_at: DateTime::UNIX_EPOCH,
        days: 1,
        amount: Money::from_fen(1).unwrap(),
        status: OrderStatus::Complete,
        note: None,
        commented_at: None,
    }
}

fn token() -> SessionToken {
    SessionToken::from_random([7; 32])
}

/// A store whose guest has orders with the ids from `first` down to 1; counts its sessions.
fn store(first: i64, sessions: &Arc<AtomicUsize>) -> MockStore {
    let (mut store, sessions) = (MockStore::new(), Arc::clone(sessions));
    store.expect_read_own().returning(move || {
        sessions.fetch_add(1, Ordering::SeqCst);
        let mut session = MockUnitOfWork::default();
        session.orders.expect_summaries().times(1).returning(move |_, side, after, limit| {
            assert_eq!((side, limit), (OrderSide::Guest, PAGE));
            let next = after.map_or(first, |place: OrderPlace| place.id.get() - 1);
            Ok((1..=next).rev().take(limit as usize).map(order).collect())
        });
        // Every hundredth order has people.
        session.occupants.expect_of_orders().returning(|orders| {
            let some = orders.iter().filter(|order| order.get() % 100 == 0);
            Ok(some.map(|order| (*order, SealedIdentity { key_id: "k".into(), sealed: vec![] })).collect())
        });
        Ok(Box::new(session))
    });
    store
}

#[tokio::test]
async fn a_list_is_read_to_its_end_a_page_in_a_session() {
    for (orders, pages) in [(0, 1), (199, 1), (200, 2), (201, 2), (450, 3)] {
        let sessions = Arc::new(AtomicUsize::new(0));
        let cache = Arc::new(InMemoryCache::default());
        let mut sealer = MockIdentitySealer::new();
        sealer
            .expect_open_occupants()
            .returning(|_, _| Ok(vec![Identity { real_name: "张三".into(), id_card: "11010519491231002X".into() }]));
        let app = TestApp::default().store(store(orders, &sessions)).cache(cache.cache()).sealer(sealer).build();
        let place = ExportPlace::take(&app, principal(1)).await.unwrap();
        let mut export = Export::begin(&app, &place, principal(1), token(), client()).await.unwrap();
        let mut seen = Vec::new();
        loop {
            let page = export.orders(OrderSide::Guest).await.unwrap();
            if page.is_empty() {
                break;
            }
            for ExportedOrder { order, occupants } in page {
                let numbers: Vec<_> = occupants.iter().map(|person| person.id_card.as_str()).collect();
                let expected = ["1101**********002X"];
                assert_eq!(numbers, expected[..usize::from(order.id.get() % 100 == 0)]);
                seen.push(order.id.get());
            }
        }
        assert_eq!(seen, (1..=orders).rev().collect::<Vec<_>>());
        assert_eq!(export.orders(OrderSide::Guest).await.unwrap(), []);
        assert_eq!(sessions.load(Ordering::SeqCst), pages, "{orders}");
    }
}

#[tokio::test]
async fn a_person_has_one_export_at_a_time_until_its_place_is_free_or_expires() {
    let cache = Arc::new(InMemoryCache::default());
    let numbers = AtomicUsize::new(0);
    let mut randomness = minsu_ports::testkit::MockRandomness::new();
    randomness.expect_fill().returning(move |buffer| {
        buffer.fill(u8::try_from(numbers.fetch_add(1, Ordering::SeqCst)).unwrap());
    });
    let app = TestApp::default().cache(cache.cache()).randomness(randomness).build();
    let first = ExportPlace::take(&app, principal(1)).await.unwrap();
    let second = ExportPlace::take(&app, principal(1)).await;
    assert!(matches!(second, Err(AppError::TooOften(TRY_AGAIN))), "{second:?}");
    assert!(ExportPlace::take(&app, principal(2)).await.is_ok());
    first.free(&app).await.unwrap();
    let killed = ExportPlace::take(&app, principal(1)).await.unwrap();
    cache.at(u32::try_from(LONGEST_EXPORT.as_secs()).unwrap());
    assert!(ExportPlace::take(&app, principal(1)).await.is_err());
    cache.at(u32::try_from(PLACE_LIFETIME.as_secs()).unwrap());
    let next = ExportPlace::take(&app, principal(1)).await.unwrap();
    // One that comes back late frees no place of another.
    killed.free(&app).await.unwrap();
    assert!(ExportPlace::take(&app, principal(1)).await.is_err());
    next.free(&app).await.unwrap();
    // The answer to the write was lost.
    cache.sends_twice.store(true, Ordering::SeqCst);
    assert!(ExportPlace::take(&app, principal(1)).await.is_ok());
}

#[tokio::test]
async fn an_export_counts_for_the_account_and_its_network_and_waits_for_its_turn() {
    let mut scheduler = MockWorkScheduler::new();
    scheduler.expect_enter().times(1).returning(|work, party| {
        assert_eq!((work, *party), (Work::Exports, client().party_of(principal(1).user)));
        Err(minsu_ports::Overloaded)
    });
    let mut cache = MockCache::new();
    cache.expect_set_if_absent().returning(|_, _, _| Ok(true));
    let app = TestApp::default().scheduler(scheduler).cache(cache).build();
    let place = ExportPlace::take(&app, principal(1)).await.unwrap();
    let export = Export::begin(&app, &place, principal(1), token(), client()).await;
    assert!(matches!(export.err(), Some(AppError::Busy(_))));
}
