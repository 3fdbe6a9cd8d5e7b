//! The scenarios of a run.

use crate::{
    load::Expect,
    plan::{self, Round},
    world::World,
};

/// One thing that is measured.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Its name in the report and for `--only`.
    pub name: &'static str,
    /// What is asked, for people.
    pub what: &'static str,
    /// Requests of one measurement.
    pub count: usize,
    /// Requests of one measurement of the bare handler.
    pub bare_count: usize,
    /// Connections.
    pub connections: usize,
    /// What every answer must be.
    pub expect: Expect,
    /// The requests of a round.
    pub plan: fn(&World, &Round) -> Vec<Vec<u8>>,
    /// Whether the same requests are sent once before, not measured: requests that are refused in the
    /// measurement must have been accepted before.
    pub repeats: bool,
    /// Whether it is measured with Redis as the cache too.
    pub with_redis: bool,
}

const OK: Expect = Expect::Words(r#""errno":"0""#);
const CLASSIC_OK: Expect = Expect::Words(r#""errno":0"#);
const TAKEN: Expect = Expect::Words(r#""errno":"4004""#);

/// A public page, requested repeatedly.
const PAGE: Scenario = Scenario {
    name: "",
    what: "",
    count: 8000,
    bare_count: 20_000,
    connections: 32,
    expect: OK,
    plan: |_, _| Vec::new(),
    repeats: false,
    with_redis: true,
};

/// One-day orders, every one accepted.
const BOOKING: Scenario = Scenario { count: plan::BOOKINGS, connections: 16, with_redis: false, ..PAGE };

/// Everything that is measured, in its order: what changes the data stands last.
pub fn all() -> Vec<Scenario> {
    vec![
        Scenario { name: "areas", what: "GET /api/v1.0/areas", plan: plan::areas, ..PAGE },
        Scenario { name: "index", what: "GET /api/v1.0/houses/index", plan: plan::index, ..PAGE },
        Scenario { name: "list", what: "GET /api/v1.0/houses?aid=3&p=1", plan: plan::list, ..PAGE },
        Scenario { name: "list2", what: "GET /api/house/list2", expect: CLASSIC_OK, plan: plan::classic_list, ..PAGE },
        Scenario {
            name: "native-list",
            what: "GET /api/v2/listings?area=3",
            expect: Expect::Words(r#"{"items":[{"id":"#),
            plan: plan::native_list,
            ..PAGE
        },
        Scenario {
            name: "uncached",
            what: "GET /api/house/list?aid=3&p=1, which reads the database each time",
            count: plan::SEARCHES,
            expect: CLASSIC_OK,
            plan: plan::uncached_list,
            with_redis: false,
            ..PAGE
        },
        Scenario { name: "detail", what: "GET /api/v1.0/houses/1", plan: plan::detail, ..PAGE },
        Scenario { name: "detail-logged-in", what: "the same with a session", plan: plan::detail_logged_in, ..PAGE },
        Scenario {
            name: "search",
            what: "GET /api/v1.0/houses with district, dates and order, never the same twice",
            count: plan::SEARCHES,
            plan: plan::search,
            with_redis: false,
            ..PAGE
        },
        Scenario {
            name: "login",
            what: "POST /api/v1.0/sessions",
            count: 100,
            connections: 16,
            plan: plan::login,
            with_redis: false,
            ..PAGE
        },
        Scenario {
            name: "captcha",
            what: "GET /api/v1.0/imagecode/{id}, a new id each time",
            count: 500,
            connections: 16,
            expect: Expect::Jpeg,
            plan: plan::captcha,
            with_redis: false,
            ..PAGE
        },
        Scenario {
            name: "booking-hot",
            what: "POST /api/v1.0/orders for free days of one house",
            plan: plan::one_house,
            ..BOOKING
        },
        Scenario {
            name: "booking-hot-taken",
            what: "the same for taken days",
            expect: TAKEN,
            plan: plan::one_full_house,
            repeats: true,
            ..BOOKING
        },
        Scenario {
            name: "booking-random",
            what: "POST /api/v1.0/orders for free days of many houses",
            plan: plan::many_houses,
            ..BOOKING
        },
        Scenario {
            name: "booking-random-taken",
            what: "the same for taken days",
            expect: TAKEN,
            plan: plan::many_full_houses,
            repeats: true,
            ..BOOKING
        },
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let scenarios = all();
        let names: BTreeSet<_> = scenarios.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), scenarios.len());
    }

    #[test]
    fn every_scenario_has_requests_for_its_measurement() {
        let world = World::example();
        for scenario in all() {
            let round = Round { number: 1, count: scenario.count };
            let requests = (scenario.plan)(&world, &round);
            assert!([1, scenario.count].contains(&requests.len()), "{}: {}", scenario.name, requests.len());
        }
    }
}
