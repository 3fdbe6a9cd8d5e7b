//! Rules, seasons and dates of houses.

use std::collections::BTreeMap;

use minsu_domain::{
    BlockNote, CancellationPreset, Claim, DateRule, DayPlan, HouseId, HouseRules, Occupant, RulesDraft, SeasonDraft,
    Seasons,
};

use super::{
    fixtures::{add_house, day, fen, house, instant, offer, place, stay, user},
    occupancy::locked,
};
use crate::{ErasedUser, NewHouse, Store};

fn rules() -> HouseRules {
    let draft = RulesDraft {
        weekday_prices: vec![(1, 101), (5, 105), (7, 107)],
        arrival_days: Some(vec![1, 6]),
        departure_days: Some(vec![2, 7]),
        notice_days: 3,
        window_days: 200,
        preparation_days: 2,
        instant: true,
        cancellation: CancellationPreset::Strict,
        cleaning_fee: 5000,
        guests_included: 2,
        extra_guest_fee: 3000,
        weekly_discount: 1000,
        monthly_discount: 2500,
    };
    HouseRules::of(&draft).unwrap()
}

fn seasons() -> Seasons {
    let season = |from, to, number: i64| SeasonDraft {
        from: day(from),
        to: day(to),
        price: Some(1000 + number),
        weekday_prices: vec![(2, 202), (6, 206)],
        min_days: Some(2),
        max_days: Some(number),
        arrival_days: Some(vec![3]),
        departure_days: Some(vec![4]),
    };
    let open = SeasonDraft {
        price: None,
        weekday_prices: vec![],
        min_days: None,
        max_days: None,
        arrival_days: None,
        departure_days: None,
        ..season(40, 40, 0)
    };
    Seasons::of(&[season(10, 19, 5), season(20, 30, 0), open]).unwrap()
}

fn plan(price: Option<i64>, note: Option<&str>, blocked: bool) -> DayPlan {
    let rule = DateRule { price: price.map(fen), ..DateRule::default() };
    DayPlan { rule, note: note.map(|note| BlockNote::new(note).unwrap()), blocked }
}

async fn put(store: &dyn Store, house: HouseId, rules: Option<HouseRules>, seasons: Option<Seasons>) {
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    if let Some(rules) = rules {
        unit.schedules().put_rules(&calendar, &rules).await.unwrap();
    }
    if let Some(seasons) = seasons {
        unit.schedules().put_seasons(&calendar, &seasons).await.unwrap();
    }
    unit.commit().await.unwrap();
}

async fn put_plans(store: &dyn Store, house: HouseId, plans: impl IntoIterator<Item = (u64, DayPlan)>) {
    let plans: BTreeMap<_, _> = plans.into_iter().map(|(offset, plan)| (day(offset), plan)).collect();
    let (mut unit, calendar) = locked(store, house).await.unwrap();
    unit.schedules().put_plans(&calendar, &plans).await.unwrap();
    unit.commit().await.unwrap();
}

async fn has_rules(store: &dyn Store, house: HouseId) -> bool {
    store.read_own().await.unwrap().houses().terms(house).await.unwrap().unwrap().has_rules
}

/// Rules and seasons are replaced as a whole, and a house tells whether it has any.
pub async fn rules_and_seasons_read_back(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let (one, other) = (house(store, landlord, 0).await, house(store, landlord, 1).await);
    assert!(!has_rules(store, one).await);
    put(store, one, Some(rules()), Some(seasons())).await;
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.schedules().rules(one).await.unwrap(), rules());
    assert_eq!(session.schedules().seasons(one).await.unwrap(), seasons());
    assert_eq!(session.schedules().rules(other).await.unwrap(), HouseRules::default());
    assert_eq!(session.schedules().seasons(other).await.unwrap(), Seasons::default());
    drop(session);
    assert!(has_rules(store, one).await && !has_rules(store, other).await);
    let fewer = HouseRules { window_days: None, instant: false, ..rules() };
    put(store, one, Some(fewer), Some(Seasons::default())).await;
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.schedules().rules(one).await.unwrap(), fewer);
    assert!(session.schedules().seasons(one).await.unwrap().is_empty());
    drop(session);
    assert!(has_rules(store, one).await);
    put(store, one, Some(HouseRules::default()), None).await;
    assert!(!has_rules(store, one).await);
    put(store, one, None, Some(seasons())).await;
    assert!(has_rules(store, one).await);
}

/// What is set for a day reads back, in the range that is asked for; a block occupies its day, and a note alone is no
/// rule.
pub async fn dates_read_back(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = house(store, landlord, 0).await;
    put_plans(store, house, [(1, plan(None, Some("油漆"), true)), (2, plan(None, None, true))]).await;
    assert!(!has_rules(store, house).await);
    let closed = DateRule {
        min_days: Some(3),
        closed_to_arrival: Some(true),
        closed_to_departure: Some(false),
        ..DateRule::default()
    };
    let closed = DayPlan { rule: closed, ..DayPlan::default() };
    put_plans(store, house, [(4, closed.clone()), (5, plan(Some(777), None, true))]).await;
    assert!(has_rules(store, house).await);
    let mut session = store.read_own().await.unwrap();
    let found = session.schedules().plans(house, day(2), day(5)).await.unwrap();
    let expected = [(2, plan(None, None, true)), (4, closed.clone()), (5, plan(Some(777), None, true))];
    assert_eq!(found, expected.into_iter().map(|(offset, plan)| (day(offset), plan)).collect());
    let dates = session.schedules().dates(house, day(0), day(4)).await.unwrap();
    assert_eq!(dates, BTreeMap::from([(day(4), closed.rule)]));
    let occupied = session.occupancy().occupied(house, day(0), day(9)).await.unwrap();
    assert_eq!(occupied, [1, 2, 5].map(|offset| (day(offset), Occupant::Block)));
    drop(session);
    put_plans(store, house, [(1, DayPlan::default()), (4, DayPlan::default()), (5, plan(None, None, false))]).await;
    assert!(!has_rules(store, house).await);
    let mut session = store.read_own().await.unwrap();
    let found = session.schedules().plans(house, day(0), day(9)).await.unwrap();
    assert_eq!(found, BTreeMap::from([(day(2), plan(None, None, true))]));
    assert_eq!(session.occupancy().claims(house, day(0), day(9)).await.unwrap(), [(day(2), Claim::Block)]);
}

/// A block on a day of an order waits for its end.
pub async fn a_block_leaves_the_days_of_orders(store: &dyn Store) {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let order = place(store, house, guest, stay(1, 1)).await;
    put_plans(store, house, [(1, plan(None, None, true))]).await;
    let occupied = async || store.read_own().await.unwrap().occupancy().occupied(house, day(0), day(9)).await.unwrap();
    assert_eq!(occupied().await, [(day(1), Occupant::Order(order))]);
    let mut unit = store.begin().await.unwrap();
    let order = unit.orders().find(order).await.unwrap().unwrap();
    assert_eq!(unit.occupancy().release(&order).await.unwrap(), 1);
    unit.commit().await.unwrap();
    assert_eq!(occupied().await, [(day(1), Occupant::Block)]);
}

/// A house that is deleted takes its rules, dates and claims along.
pub async fn rules_go_with_their_house(store: &dyn Store) {
    let landlord = user(store, 1).await;
    let house = add_house(store, landlord, &NewHouse { offer: offer("house"), created_at: instant(0) }).await;
    put(store, house, Some(rules()), Some(seasons())).await;
    put_plans(store, house, [(1, plan(Some(5), Some("油漆"), true))]).await;
    let name = super::fixtures::name("erased 1");
    let (mut unit, erased) = ErasedUser::begin(store, landlord, &name).await.unwrap().unwrap();
    unit.houses().withdraw_all(&erased, instant(9)).await.unwrap();
    unit.commit().await.unwrap();
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.maintenance().delete_forgotten_houses(10).await.unwrap(), 1);
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.schedules().rules(house).await.unwrap(), HouseRules::default());
    assert_eq!(session.schedules().plans(house, day(0), day(9)).await.unwrap(), BTreeMap::new());
    assert_eq!(session.occupancy().occupied(house, day(0), day(9)).await.unwrap(), []);
}
