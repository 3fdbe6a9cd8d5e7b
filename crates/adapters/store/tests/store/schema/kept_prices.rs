//! Houses that have rules already get the bounds of their prices, which a later change writes likewise.

use chrono::{DateTime, Days};
use minsu_domain::{DateRule, DayPlan, HouseRules, Money, RulesDraft, SeasonDraft, Seasons};
use minsu_store::{HouseBatch, LandlordBatch, SqlStore, StoreOptions, migrate_down, migrate_up};
use sea_orm::{ConnectionTrait, Database, Statement};

use super::steps_before;
use crate::support::{Engine, day, migrated, new_house, new_user, on_every_engine};

on_every_engine! {
    houses_with_rules_get_the_bounds_of_their_prices,
}

/// Houses with each kind of rule alone, with all of them, and without any.
fn houses() -> Vec<HouseBatch> {
    let plain = || HouseBatch::plain(new_house().offer, DateTime::UNIX_EPOCH);
    let rules = |draft: RulesDraft| HouseRules::of(&draft).unwrap();
    let fees = RulesDraft {
        weekday_prices: vec![(1, 777), (7, 90_000)],
        cleaning_fee: 501,
        extra_guest_fee: 33,
        weekly_discount: 1001,
        monthly_discount: 999,
        ..RulesDraft::default()
    };
    let season = SeasonDraft {
        from: day(1),
        to: day(9),
        price: Some(120_000),
        weekday_prices: vec![(3, 555)],
        min_days: None,
        max_days: None,
        arrival_days: None,
        departure_days: None,
    };
    let seasons = Seasons::of(&[season]).unwrap();
    let rule = DateRule { price: Money::from_fen(444).ok(), ..DateRule::default() };
    let days = (0..3).map(|offset| (day(20) + Days::new(offset), DayPlan { rule, ..DayPlan::default() }));
    let days: std::collections::BTreeMap<_, _> = days.collect();
    let monthly = RulesDraft { monthly_discount: 3000, ..RulesDraft::default() };
    vec![
        plain(),
        HouseBatch { rules: rules(fees.clone()), ..plain() },
        HouseBatch { rules: rules(monthly), ..plain() },
        HouseBatch { seasons: seasons.clone(), ..plain() },
        HouseBatch { days: days.clone(), ..plain() },
        HouseBatch { rules: rules(fees), seasons, days, ..plain() },
    ]
}

async fn bounds(db: &impl ConnectionTrait) -> Vec<[i64; 4]> {
    let sql = "SELECT house_id, area_id, lowest, highest FROM house_price_bounds ORDER BY house_id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| [0, 1, 2, 3].map(|column| row.try_get_by_index(column).unwrap())).collect()
}

async fn houses_with_rules_get_the_bounds_of_their_prices(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    store.load_landlords(&[LandlordBatch { landlord: new_user(1), houses: houses() }]).await.unwrap();
    store.close().await;
    let db = Database::connect(&url).await.unwrap();
    let before = bounds(&db).await;
    assert_eq!(before.len(), 5);
    assert_eq!((before[4][2], before[0][2]), (444 * 8999 / 10_000, 777 * 8999 / 10_000));
    migrate_down(&url, steps_before("house_price_bounds")).await.unwrap();
    // Twice, as after a crash before the record.
    for _ in 0..2 {
        migrate_up(&url).await.unwrap();
        assert_eq!(bounds(&db).await, before);
        let forget = "DELETE FROM seaql_migrations WHERE version = 'm20261127_000082_house_price_bounds'";
        db.execute_unprepared(forget).await.unwrap();
    }
}
