//! Houses with rules, seasons and dates that look random.

use std::collections::BTreeMap;

use minsu_domain::{DateRule, HouseId, HouseRules, HouseSchedule, RulesDraft, SeasonDraft, Seasons};

use super::{
    fixtures::{day, fen},
    occupancy::locked,
};
use crate::Store;

/// Numbers that look random and are the same in every run (splitmix64).
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % bound
    }
}

/// Weekdays, most of them.
fn weekdays(draw: &mut Draw) -> Option<Vec<i64>> {
    let dropped = i64::try_from(draw.below(7)).unwrap();
    (draw.below(3) == 0)
        .then(|| (1..=7).filter(|number| number % 7 != dropped && (number + 2) % 7 != dropped).collect())
}

/// The same house with rules, seasons and dates.
pub(super) fn with_rules(house: HouseSchedule, draw: &mut Draw) -> HouseSchedule {
    let number = |draw: &mut Draw, bound| i64::try_from(draw.below(bound)).unwrap();
    let rules = RulesDraft {
        arrival_days: weekdays(draw),
        departure_days: weekdays(draw),
        notice_days: number(draw, 4),
        window_days: if draw.below(3) == 0 { 20 } else { 0 },
        preparation_days: number(draw, 3),
        weekday_prices: vec![(6, 250), (7, 251)],
        cleaning_fee: number(draw, 300),
        extra_guest_fee: number(draw, 30),
        weekly_discount: number(draw, 5000),
        ..RulesDraft::default()
    };
    let mut seasons = vec![];
    if draw.below(2) == 0 {
        let (first, min) = (15 + draw.below(20), 1 + number(draw, 4));
        seasons.push(SeasonDraft {
            from: day(first),
            to: day(first + 8),
            price: Some(300),
            weekday_prices: vec![],
            min_days: (draw.below(2) == 0).then_some(min),
            max_days: (draw.below(2) == 0).then_some(min + 1),
            arrival_days: weekdays(draw),
            departure_days: weekdays(draw),
        });
    }
    let flag = |draw: &mut Draw| [None, None, Some(true), Some(false)][usize::try_from(draw.below(4)).unwrap()];
    let dates = (0..6).map(|_| {
        let rule = DateRule {
            price: Some(fen(500)),
            min_days: (draw.below(2) == 0).then(|| 1 + u32::try_from(draw.below(4)).unwrap()),
            closed_to_arrival: flag(draw),
            closed_to_departure: flag(draw),
        };
        (day(8 + draw.below(45)), rule)
    });
    let dates = dates.collect();
    HouseSchedule {
        rules: HouseRules::of(&rules).unwrap(),
        seasons: Seasons::of(&seasons).unwrap(),
        dates,
        terms: house.terms,
    }
}

pub(super) async fn put(store: &dyn Store, id: HouseId, schedule: &HouseSchedule) {
    put_over(store, id, &HouseSchedule::plain(schedule.terms), schedule).await;
}

/// Replaces rules, seasons and dates; blocks stay.
pub(super) async fn put_over(store: &dyn Store, id: HouseId, before: &HouseSchedule, schedule: &HouseSchedule) {
    let (mut unit, calendar) = locked(store, id).await.unwrap();
    let mut plans = BTreeMap::new();
    for day in before.dates.keys().chain(schedule.dates.keys()) {
        let mut plan = unit.schedules().plans(id, *day, *day).await.unwrap().remove(day).unwrap_or_default();
        plan.rule = schedule.dates.get(day).copied().unwrap_or_default();
        plans.insert(*day, plan);
    }
    unit.schedules().put_rules(&calendar, &schedule.rules).await.unwrap();
    unit.schedules().put_seasons(&calendar, &schedule.seasons).await.unwrap();
    unit.schedules().put_plans(&calendar, &plans).await.unwrap();
    unit.commit().await.unwrap();
}
