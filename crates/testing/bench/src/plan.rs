//! The requests of the scenarios. The same round has the same requests in every run; where a
//! scenario says so, no two requests of a run are the same.

use chrono::{Days, NaiveDate};

use crate::{
    http::{get, with_json},
    world::{MANY, ROUNDS, World},
};

/// Bookings of one round: fewer than days ahead that can be booked.
pub const BOOKINGS: usize = 1200;
/// Dated searches of one round.
pub const SEARCHES: usize = 2000;
/// Days ahead that are booked, from the day after tomorrow: the time zone does not matter then.
const DAYS: usize = 1500;
/// A prime that divides none of the counts here: multiplying by it mixes numbers and keeps each.
const STRIDE: usize = 7919;

/// Which measurement of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// 0 for the warm-up.
    pub number: usize,
    /// How many requests are wanted where each differs.
    pub count: usize,
}

impl Round {
    /// A different number for each request of a run, below `of`, in mixed order. Rounds are `size`
    /// apart.
    fn numbers(self, size: usize, of: usize) -> impl Iterator<Item = usize> {
        mixed(self.number * size, self.count, of)
    }
}

/// `count` numbers below `of` in mixed order, from the one at this place on.
fn mixed(place: usize, count: usize, of: usize) -> impl Iterator<Item = usize> {
    (place..place + count).map(move |index| index * STRIDE % of)
}

pub fn areas(_: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![get("/api/v1.0/areas", None)]
}

pub fn index(_: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![get("/api/v1.0/houses/index", None)]
}

pub fn list(_: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![get("/api/v1.0/houses?aid=3&p=1", None)]
}

pub fn classic_list(_: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![get("/api/house/list2", None)]
}

pub fn native_list(_: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![get("/api/v2/listings?area=3", None)]
}

pub fn uncached_list(_: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![get("/api/house/list?aid=3&p=1", None)]
}

pub fn detail(_: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![get("/api/v1.0/houses/1", None)]
}

pub fn detail_logged_in(world: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![get("/api/v1.0/houses/1", Some(world.guest(0)))]
}

/// Every district and none, half a year of arrivals, stays of a week at most, every order.
pub fn search(world: &World, round: &Round) -> Vec<Vec<u8>> {
    const ARRIVALS: usize = 170;
    const LENGTHS: usize = 7;
    const ORDERS: [&str; 4] = ["new", "booking", "price-inc", "price-des"];
    let path = |number: usize| {
        let (area, number) = (number % 17, number / 17);
        let (arrival, number) = (number % ARRIVALS, number / ARRIVALS);
        let (length, order) = (number % LENGTHS, ORDERS[number / LENGTHS]);
        let area = if area == 0 { String::new() } else { area.to_string() };
        let start = later(world.today, arrival);
        let end = start + Days::new(length as u64);
        format!("/api/v1.0/houses?aid={area}&sd={start}&ed={end}&sk={order}&p=1")
    };
    let numbers = round.numbers(SEARCHES, 17 * ARRIVALS * LENGTHS * ORDERS.len());
    numbers.map(|number| get(&path(number), None)).collect()
}

pub fn login(world: &World, _: &Round) -> Vec<Vec<u8>> {
    vec![with_json("POST", "/api/v1.0/sessions", None, &world.landlord_login())]
}

pub fn captcha(_: &World, round: &Round) -> Vec<Vec<u8>> {
    let id = |index| format!("00000000-0000-4000-8{:03x}-{index:012x}", round.number);
    (0..round.count).map(|index| get(&format!("/api/v1.0/imagecode/{}", id(index)), None)).collect()
}

/// All on one house without bookings: each round has its own.
pub fn one_house(world: &World, round: &Round) -> Vec<Vec<u8>> {
    on_one_house(world, round, world.hot_houses[round.number])
}

/// The same on houses of other rounds.
pub fn one_full_house(world: &World, round: &Round) -> Vec<Vec<u8>> {
    on_one_house(world, round, world.full_houses[round.number])
}

fn on_one_house(world: &World, round: &Round, house: i64) -> Vec<Vec<u8>> {
    let days = Round { number: 0, ..*round }.numbers(0, DAYS);
    days.map(|day| order(world, house, day)).collect()
}

/// Days and houses in mixed order.
pub fn many_houses(world: &World, round: &Round) -> Vec<Vec<u8>> {
    on_many_houses(world, *round)
}

/// The same with other days.
pub fn many_full_houses(world: &World, round: &Round) -> Vec<Vec<u8>> {
    on_many_houses(world, Round { number: ROUNDS + round.number, ..*round })
}

fn on_many_houses(world: &World, round: Round) -> Vec<Vec<u8>> {
    one_after_another(world, round.number * BOOKINGS, round.count)
}

/// Bookings of many houses from this place of their order on: no two places below 150,000 have the same house and day.
pub fn one_after_another(world: &World, place: usize, count: usize) -> Vec<Vec<u8>> {
    let numbers = mixed(place, count, MANY * DAYS);
    numbers.map(|number| order(world, world.many_houses[number % MANY], number / MANY)).collect()
}

/// An order for one day. The guests take turns.
fn order(world: &World, house: i64, day: usize) -> Vec<u8> {
    let guest = day;
    let day = later(world.today, day);
    let json = format!(r#"{{"house_id":{house},"start_date":"{day}","end_date":"{day}"}}"#);
    with_json("POST", "/api/v1.0/orders", Some(world.guest(guest)), &json)
}

fn later(today: NaiveDate, days: usize) -> NaiveDate {
    today + Days::new(2 + days as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all_rounds(plan: fn(&World, &Round) -> Vec<Vec<u8>>, count: usize) -> Vec<Vec<u8>> {
        let world = World::example();
        (0..ROUNDS).flat_map(|number| plan(&world, &Round { number, count })).collect()
    }

    #[test]
    fn what_must_differ_never_comes_twice() {
        for (plans, count) in [
            (&[search as fn(&World, &Round) -> Vec<Vec<u8>>][..], SEARCHES),
            (&[captcha], 500),
            (&[one_house, one_full_house, many_houses, many_full_houses], BOOKINGS),
        ] {
            let requests: Vec<_> = plans.iter().flat_map(|plan| all_rounds(*plan, count)).collect();
            assert_eq!(requests.len(), ROUNDS * count * plans.len());
            assert_eq!(requests.iter().collect::<BTreeSet<_>>().len(), requests.len());
        }
    }

    #[test]
    fn a_round_has_the_same_requests_in_every_run() {
        let round = Round { number: 3, count: 50 };
        let (one, two) = (World::example(), World::example());
        assert_eq!(search(&one, &round), search(&two, &round));
        assert_eq!(many_houses(&one, &round), many_houses(&two, &round));
    }

    #[test]
    fn bookings_end_before_the_horizon_of_the_site() {
        let text = String::from_utf8(order(&World::example(), 5, DAYS - 1)).unwrap();
        let last = World::example().today + Days::new(1501);
        assert!(text.ends_with(&format!(r#"{{"house_id":5,"start_date":"{last}","end_date":"{last}"}}"#)), "{text}");
        const { assert!(BOOKINGS <= DAYS && 1501 < 5 * 366) };
    }
}
