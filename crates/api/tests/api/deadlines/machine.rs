//! Random acts of everybody at random times: an order changes only as the table of states allows, holds its days exactly
//! in the states that do, and its history leads to the state that it is in.

use chrono::{DateTime, Days, TimeDelta, Utc};
use minsu_application::{
    App,
    jobs::run_job,
    orders::{self, AgreedPrice, BeforeStay, Decision, PlaceOrder, StayToBook},
};
use minsu_domain::{
    Comment, HouseId, Means, Occupant, OccupantList, Order, OrderId, OrderReason, OrderStatus, Principal, Role, UserId,
    Version,
};
use minsu_ports::Job;

use super::{on_every_engine, site::Site};

on_every_engine! {
    an_order_takes_only_the_steps_of_the_table,
}

/// Sequences of acts, and acts of each.
const SEQUENCES: u64 = 12;
const ACTS: u64 = 14;

#[derive(Debug, Clone, Copy)]
enum Act {
    Accept,
    Reject,
    Cancel,
    Comment,
    Clock,
}

/// Numbers that look random, the same in every run.
struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The state after an act, by the table alone; none where it is refused or changes nothing.
fn expected(app: &App, order: &Order, act: Act, party: usize, now: DateTime<Utc>) -> Option<OrderStatus> {
    use OrderStatus::{Canceled, Complete, Paid, Rejected, WaitAccept, WaitComment, WaitPayment};
    let (guest, landlord, today) = (party == 0, party == 1, app.local(now).date_naive());
    let in_time = order.expires_at.is_none_or(|at| now < at);
    let last_day_begins = order.end.and_hms_opt(14, 0, 0).unwrap().and_local_timezone(app.policy.time_zone).unwrap();
    match (act, order.status) {
        (Act::Accept, WaitAccept) if landlord && in_time && today <= order.end => Some(WaitComment),
        (Act::Reject, WaitAccept) if landlord => Some(Rejected),
        (Act::Cancel, WaitAccept | WaitPayment | Paid | WaitComment)
            if (guest || landlord) && now < last_day_begins =>
        {
            Some(Canceled)
        }
        (Act::Comment, WaitComment) if guest && order.start <= today => Some(Complete),
        (Act::Clock, WaitAccept) if !in_time => Some(Canceled),
        _ => None,
    }
}

async fn perform(app: &App, act: Act, viewer: Principal, id: OrderId) -> bool {
    match act {
        Act::Accept => orders::decide(app, viewer, id, &Decision::Accept { despite_conflict: false }).await.is_ok(),
        Act::Reject => {
            let reason = OrderReason::new("装修").unwrap();
            orders::decide(app, viewer, id, &Decision::Reject(reason)).await.is_ok()
        }
        Act::Cancel => orders::cancel(app, viewer, id, None).await.is_ok(),
        Act::Comment => {
            orders::comment(app, viewer, id, &Comment::new("很好").unwrap(), BeforeStay::Refused).await.is_ok()
        }
        Act::Clock => run_job(app, Job::ExpireOrders).await.unwrap().done == 1,
    }
}

async fn found(app: &App, id: OrderId) -> Order {
    app.store.read_own().await.unwrap().orders().find(id).await.unwrap().unwrap()
}

/// The days that the order holds are its own exactly in the states that hold them, and its history is a way from its
/// placing to its state.
async fn demand_sound(app: &App, order: &Order, context: &str) {
    let mut session = app.store.read_own().await.unwrap();
    let held = session.occupancy().occupied(order.house, order.start, order.end).await.unwrap();
    let own = held.iter().filter(|(_, occupant)| *occupant == Occupant::Order(order.id)).count() as i64;
    let days = (order.end - order.start).num_days() + 1;
    assert_eq!(own, if order.status.holds_days() { days } else { 0 }, "{context}");
    let history = session.orders().history(order.id, Version::MAX).await.unwrap();
    let reached = history.iter().fold(None, |state, change| {
        assert_eq!(change.from, state, "{context}");
        Some(change.to)
    });
    assert_eq!(reached, Some(order.status), "{context}");
    let version = session.orders().view(order.id).await.unwrap().unwrap().version;
    assert_eq!(version.get() as usize, history.len(), "{context}");
    assert!(history.windows(2).all(|pair| pair[0].at <= pair[1].at), "{context}");
}

async fn an_order_takes_only_the_steps_of_the_table(url: &str) {
    let site = Site::on(url).await;
    let me = async |client: &crate::support::Client| client.get("/api/v2/me").await.done(200)["id"].as_i64().unwrap();
    let world = &site.world;
    let parties = [me(&world.guest).await, me(&world.landlord).await, me(&world.stranger).await].map(|id| Principal {
        user: UserId::new(id).unwrap(),
        role: Role::User,
        means: Means::Session { confirmed: true },
    });
    let (app, mut reached) = (&site.app, std::collections::HashSet::new());
    for seed in 0..SEQUENCES {
        let mut rng = Rng(seed);
        // Soon enough that the stay begins and ends meanwhile.
        let start = app.today() + Days::new(1 + rng.below(2));
        let stay = StayToBook {
            house: HouseId::new(world.house).unwrap(),
            start,
            end: start + Days::new(rng.below(3)),
            guests: 1,
        };
        let occupants = OccupantList::default();
        let command = PlaceOrder { stay, price: AgreedPrice::OldPage, total: None, occupants };
        let id = orders::place(app, parties[0], &command).await.unwrap();
        for number in 0..ACTS {
            site.clock.forward(TimeDelta::minutes(15 + i64::try_from(rng.below(900)).unwrap()));
            let act = [Act::Accept, Act::Reject, Act::Cancel, Act::Comment, Act::Clock, Act::Accept, Act::Comment]
                [rng.below(7) as usize];
            let party = rng.below(3) as usize;
            let order = found(app, id).await;
            let now = minsu_ports::Clock::now(&site.clock);
            let expected = expected(app, &order, act, party, now);
            let context = format!("seed {seed}, act {number}: {act:?} by {party} in {:?} at {now}", order.status);
            assert_eq!(perform(app, act, parties[party], id).await, expected.is_some(), "{context}");
            let after = found(app, id).await;
            assert_eq!(after.status, expected.unwrap_or(order.status), "{context}");
            demand_sound(app, &after, &context).await;
            reached.insert(after.status);
        }
        // The next one finds the days free.
        site.clock.forward(TimeDelta::days(5));
        run_job(app, Job::ExpireOrders).await.unwrap();
    }
    assert_eq!(reached.len(), 5, "{reached:?}");
}
