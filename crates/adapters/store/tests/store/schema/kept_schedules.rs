//! Closed days and prices of a site of a version before are kept, on the way up and down.

use std::collections::BTreeSet;

use chrono::DateTime;
use minsu_domain::{
    CancellationPreset, Claim, Money, Occupant, OrderStatus, Quote, QuoteLine, QuoteLineKind, Stay, StayRule,
};
use minsu_migrations::SchemaManager;
use minsu_ports::{LockedLandlord, NewOrder, Store as _};
use minsu_store::{SqlStore, StoreOptions, migrate_down, migrate_up};
use sea_orm::{ConnectionTrait, Database};

use super::steps_before;
use crate::support::{Engine, day, migrated, on_every_engine, place, scene};

on_every_engine! {
    closed_days_from_before_get_their_claims,
    prices_of_several_lines_become_averages,
}

/// Each closed day gets a claim of the landlord, who can open it; on the way down the days stay closed, but for those
/// of preparation, which the version before does not know.
async fn closed_days_from_before_get_their_claims(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let scene = scene(&store).await;
    let steps = steps_before("house_claims");
    store.close().await;
    migrate_down(&url, steps).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    assert!(!SchemaManager::new(&db).has_table("house_claims").await.unwrap());
    let house = scene.house;
    for (date, source) in [(day(1), 1), (day(2), 2)] {
        let old = format!("INSERT INTO house_day (house_id, day, source) VALUES ({house}, '{date}', {source})");
        db.execute_unprepared(&old).await.unwrap();
    }
    // Twice, as after a crash before the record.
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        let forget = "DELETE FROM seaql_migrations WHERE version = 'm20261127_000053_house_claims'";
        db.execute_unprepared(forget).await.unwrap();
    }
    migrate_up(&url).await.unwrap();
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let mut session = store.read_own().await.unwrap();
    let claims = session.occupancy().claims(house, day(0), day(9)).await.unwrap();
    assert_eq!(claims, [(day(1), Claim::Block), (day(2), Claim::Block)]);
    drop(session);
    let (mut unit, landlord) = LockedLandlord::begin(&store, scene.landlord).await.unwrap().unwrap();
    let calendar = landlord.with_calendar(unit.as_mut(), house).await.unwrap().unwrap();
    unit.occupancy().unclaim(&calendar, Claim::Block, &BTreeSet::from([day(2)])).await.unwrap();
    unit.commit().await.unwrap();
    let occupied = store.read_own().await.unwrap().occupancy().occupied(house, day(0), day(9)).await.unwrap();
    assert_eq!(occupied, [(day(1), Occupant::Block)]);
    store.close().await;
    let preparation = format!("INSERT INTO house_day (house_id, day, source) VALUES ({house}, '{}', 3)", day(5));
    db.execute_unprepared(&preparation).await.unwrap();
    migrate_down(&url, steps).await.unwrap();
    let rows = db.query_all_raw(sea_orm::Statement::from_string(
        db.get_database_backend(),
        format!("SELECT day FROM house_day WHERE house_id = {house} ORDER BY day"),
    ));
    assert_eq!(rows.await.unwrap().len(), 1);
}

/// The version before reads one line an order.
async fn prices_of_several_lines_become_averages(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let scene = scene(&store).await;
    let stay = Stay::new(day(1), day(3), StayRule::Days).unwrap();
    let money = |fen| Money::from_fen(fen).unwrap();
    let lines = vec![
        QuoteLine::days(day(1), 1, money(100)).unwrap(),
        QuoteLine::days(day(2), 2, money(200)).unwrap(),
        QuoteLine::discount(&stay, money(50)),
        QuoteLine::fee(QuoteLineKind::Cleaning, &stay, 1, money(30)).unwrap(),
        QuoteLine::fee(QuoteLineKind::ExtraGuests, &stay, 3, money(7)).unwrap(),
    ];
    let quote = Quote::of_lines(lines).unwrap();
    let (status, created_at) = (OrderStatus::WaitAccept, DateTime::UNIX_EPOCH);
    let order = NewOrder {
        house: scene.house,
        stay,
        quote: quote.clone(),
        status,
        created_at,
        expires_at: None,
        guests: 1,
        cancellation: CancellationPreset::default(),
    };
    let id = place(&store, scene.guest, &order).await;
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.orders().find(id).await.unwrap().unwrap().quote, quote);
    assert_eq!(session.orders().view(id).await.unwrap().unwrap().quote, quote);
    drop(session);
    store.close().await;
    migrate_down(&url, steps_before("order_lines")).await.unwrap();
    migrate_up(&url).await.unwrap();
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let averaged = store.read_own().await.unwrap().orders().find(id).await.unwrap().unwrap();
    // 501 分 of three days.
    assert_eq!(averaged.quote, Quote::at_one_price(&stay, money(167)).unwrap());
}
