//! Rules, seasons, dates and blocks of made-up houses.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use minsu_domain::{
    BlockNote, DateRule, DayPlan, HouseOffer, HouseRules, Invalid, Money, RulesDraft, SeasonDraft, Seasons,
};

use super::{plausible::Plausible, shares::Shares};

/// Months ahead in which a house with rules has dates of its own, and how many in each: 60 in all.
const MONTHS: u64 = 12;
const DATES_A_MONTH: u64 = 5;

/// What a landlord has set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MadeSchedule {
    pub rules: HouseRules,
    pub seasons: Seasons,
    pub days: BTreeMap<NaiveDate, DayPlan>,
}

/// The schedule of a house; an empty one for most.
///
/// # Errors
/// Never for the values here; they pass the same checks as those of a landlord.
pub fn schedule(
    plausible: &mut Plausible,
    shares: &Shares,
    offer: &HouseOffer,
    today: NaiveDate,
) -> Result<MadeSchedule, Invalid> {
    let mut made = MadeSchedule::default();
    if plausible.is_among(shares.rules) {
        made.rules = rules(plausible, offer)?;
        made.seasons = seasons(plausible, offer, today)?;
        made.days = dates(plausible, offer, today)?;
    }
    if plausible.is_among(shares.blocks) {
        let first = today + Days::new(5 + plausible.below(300));
        let length = usize::try_from(3 + plausible.below(8)).unwrap_or(3);
        for (number, day) in first.iter_days().take(length).enumerate() {
            let plan = made.days.entry(day).or_default();
            plan.blocked = true;
            plan.note = if number == 0 { Some(BlockNote::new("维护")?) } else { None };
        }
    }
    Ok(made)
}

/// A share of the base price in whole yuan, at least one.
fn share(offer: &HouseOffer, percent: u64) -> i64 {
    let percent = i64::try_from(percent).unwrap_or(100);
    (offer.price.fen() * percent / 10_000 * 100).max(100)
}

fn yuan(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(0) * 100
}

fn rules(plausible: &mut Plausible, offer: &HouseOffer) -> Result<HouseRules, Invalid> {
    let mut draft = RulesDraft::default();
    if plausible.is_among(70) {
        let weekend = share(offer, 115 + plausible.below(30));
        draft.weekday_prices = vec![(5, weekend), (6, weekend)];
    }
    if plausible.is_among(5) {
        draft.arrival_days = Some(vec![1, 5, 6]);
    }
    draft.notice_days = if plausible.is_among(20) { 1 } else { 0 };
    draft.window_days = if plausible.is_among(30) { 180 } else { 0 };
    draft.preparation_days = if plausible.is_among(15) { 1 } else { 0 };
    draft.cleaning_fee = if plausible.is_among(50) { yuan(20 + plausible.below(100)) } else { 0 };
    if plausible.is_among(30) {
        (draft.guests_included, draft.extra_guest_fee) = (2, yuan(20 + plausible.below(60)));
    }
    draft.weekly_discount = if plausible.is_among(30) { 500 } else { 0 };
    draft.monthly_discount = if plausible.is_among(20) { 1000 } else { 0 };
    HouseRules::of(&draft).map_err(first_of)
}

/// A dear season, and for a fifth of the houses a cheap one.
fn seasons(plausible: &mut Plausible, offer: &HouseOffer, today: NaiveDate) -> Result<Seasons, Invalid> {
    let season = |from: u64, days: u64, percent: u64, min_days| SeasonDraft {
        from: today + Days::new(from),
        to: today + Days::new(from + days - 1),
        price: Some(share(offer, percent)),
        weekday_prices: vec![],
        min_days,
        max_days: None,
        arrival_days: None,
        departure_days: None,
    };
    let min_days = plausible.is_among(30).then_some(2);
    let mut seasons = vec![season(plausible.below(150), 7 + plausible.below(24), 130 + plausible.below(70), min_days)];
    if plausible.is_among(20) {
        seasons.push(season(200 + plausible.below(60), 40, 85 + plausible.below(10), None));
    }
    Seasons::of(&seasons).map_err(|faults| faults.into_iter().map(|fault| fault.fault).collect()).map_err(first_of)
}

/// Some days of each month, all dearer than usual.
fn dates(
    plausible: &mut Plausible,
    offer: &HouseOffer,
    today: NaiveDate,
) -> Result<BTreeMap<NaiveDate, DayPlan>, Invalid> {
    let mut days = BTreeMap::new();
    for month in 0..MONTHS {
        let first = 1 + 30 * month + plausible.below(25);
        let price = Some(Money::from_fen(share(offer, 110 + plausible.below(90)))?);
        let (is_long, is_closed) = (plausible.is_among(20), plausible.is_among(5));
        for number in 0..DATES_A_MONTH {
            let rule = DateRule {
                price,
                min_days: is_long.then_some(2),
                closed_to_arrival: (is_closed && number == 0).then_some(true),
                closed_to_departure: None,
            };
            days.insert(today + Days::new(first + number), DayPlan { rule, ..DayPlan::default() });
        }
    }
    Ok(days)
}

/// The domain tells every fault; one is enough here.
fn first_of(faults: Vec<Invalid>) -> Invalid {
    faults.into_iter().next().unwrap_or(Invalid::range(minsu_domain::Field::Money))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::AreaId;

    #[test]
    fn so_many_houses_have_rules_and_blocks_and_sixty_dates() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let areas = [AreaId::new(3).unwrap()];
        let shares = Shares { rules: 30, blocks: 10, pictures: 0 };
        let (mut ruled, mut blocked) = (0, 0);
        for number in 0..1000 {
            let offer = Plausible::new(1, number).offer(&areas).unwrap();
            let made = schedule(&mut Plausible::new(2, number), &shares, &offer, today).unwrap();
            assert_eq!(made, schedule(&mut Plausible::new(2, number), &shares, &offer, today).unwrap());
            let dated = made.days.values().filter(|plan| !plan.rule.is_empty()).count();
            let is_ruled = !made.seasons.is_empty();
            assert_eq!(dated, if is_ruled { 60 } else { 0 });
            assert!(made.days.keys().all(|day| *day > today));
            ruled += usize::from(is_ruled);
            blocked += usize::from(made.days.values().any(|plan| plan.blocked));
        }
        assert!((250..350).contains(&ruled) && (70..130).contains(&blocked), "{ruled} {blocked}");
        let offer = Plausible::new(1, 0).offer(&areas).unwrap();
        let none = Shares { rules: 0, blocks: 0, pictures: 0 };
        assert_eq!(schedule(&mut Plausible::new(2, 0), &none, &offer, today).unwrap(), MadeSchedule::default());
    }
}
