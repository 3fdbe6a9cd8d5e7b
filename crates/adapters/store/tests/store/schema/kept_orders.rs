//! The orders of a site of a version before keep their data and get a history and a version.

use chrono::{DateTime, Utc};
use minsu_domain::{
    CancellationPreset, ChangedBy, Comment, OrderChange, OrderId, OrderReason, OrderStatus, Stay, StayRule, Transition,
    Version,
};
use minsu_migrations::SchemaManager;
use minsu_ports::{NewOrder, OrderAct, OrderNote, Store as _};
use minsu_store::{SqlStore, StoreOptions, migrate_down, migrate_up};
use sea_orm::{ConnectionTrait, Database};

use super::steps_before;
use crate::support::{Engine, day, migrated, on_every_engine, place, quote, scene};

on_every_engine! {
    orders_from_before_get_a_history,
}

fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 123_456_000).unwrap()
}

/// Each order has one entry with what is known of it, also where the migration was broken off and begins again;
/// changes that come afterwards follow it, and the way down and up keeps the orders.
async fn orders_from_before_get_a_history(engine: Engine) {
    use OrderStatus::{Complete, Rejected, WaitAccept, WaitComment};
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let scene = scene(&store).await;
    let reason = OrderNote::Reason(OrderReason::new("full").unwrap());
    let comment = OrderNote::Comment(Comment::new("fine").unwrap(), instant(900));
    let steps = [
        vec![],
        vec![(WaitComment, &OrderNote::None)],
        vec![(Rejected, &reason)],
        vec![(WaitComment, &OrderNote::None), (Complete, &comment)],
    ];
    let mut orders: Vec<OrderId> = vec![];
    for (number, steps) in (0..).zip(&steps) {
        let stay = Stay::new(day(number * 9), day(number * 9 + 1), StayRule::Days).unwrap();
        let created_at = instant(i64::try_from(number).unwrap());
        let order = NewOrder {
            house: scene.house,
            stay,
            quote: quote(&stay),
            status: WaitAccept,
            created_at,
            expires_at: None,
            guests: 1,
            cancellation: CancellationPreset::default(),
        };
        let id = place(&store, scene.guest, &order).await;
        let mut from = WaitAccept;
        let mut unit = store.begin().await.unwrap();
        for (to, note) in steps {
            let act = OrderAct { by: ChangedBy::Landlord, at: instant(800) };
            assert!(unit.orders().advance(id, Transition { from, to: *to }, act, note).await.unwrap());
            from = *to;
        }
        unit.commit().await.unwrap();
        orders.push(id);
    }
    store.close().await;
    let steps = steps_before("order_changes");
    migrate_down(&url, steps).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    let manager = SchemaManager::new(&db);
    assert!(!manager.has_column("orders", "version").await.unwrap());
    assert!(!manager.has_table("order_changes").await.unwrap());

    let change = |seconds, by, to, reason: Option<&str>| OrderChange {
        at: instant(seconds),
        by,
        from: None,
        to,
        reason: reason.map(String::from),
    };
    let expected = [
        change(0, ChangedBy::Guest, WaitAccept, None),
        change(1, ChangedBy::Guest, WaitComment, None),
        change(2, ChangedBy::Landlord, Rejected, Some("full")),
        change(900, ChangedBy::Guest, Complete, None),
    ];
    // Twice, as after a crash before the record.
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
        let mut session = store.read().await.unwrap();
        for (id, expected) in orders.iter().zip(&expected) {
            let order = session.orders().view(*id).await.unwrap().unwrap();
            assert_eq!((order.version, order.status, order.guests), (Version::new(1).unwrap(), expected.to, 1));
            let history = session.orders().history(*id, Version::new(9).unwrap()).await.unwrap();
            assert_eq!(history, std::slice::from_ref(expected));
        }
        drop(session);
        store.close().await;
        let db = Database::connect(&url).await.unwrap();
        let forget = "DELETE FROM seaql_migrations WHERE version = 'm20261127_000041_order_changes'";
        db.execute_unprepared(forget).await.unwrap();
    }
    migrate_up(&url).await.unwrap();
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    let (step, at) = (Transition { from: WaitAccept, to: WaitComment }, instant(950));
    let act = OrderAct { by: ChangedBy::Landlord, at };
    assert!(unit.orders().advance(orders[0], step, act, &OrderNote::None).await.unwrap());
    unit.commit().await.unwrap();
    let mut session = store.read().await.unwrap();
    let history = session.orders().history(orders[0], Version::new(2).unwrap()).await.unwrap();
    let accepted = OrderChange { at, by: ChangedBy::Landlord, from: Some(WaitAccept), to: WaitComment, reason: None };
    assert_eq!(history, [expected[0].clone(), accepted]);
    assert_eq!(session.orders().of_guest(scene.guest, 10).await.unwrap().len(), 4);
}
