//! A site with houses, rules, orders and claims that look random, kept in memory too: the slow model that a store is
//! held against.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use minsu_domain::{
    BookingPolicy, Claim, HouseId, HouseSchedule, HouseTerms, Neighbours, Occupant, OrderId, OrderStatus, Stay,
    StayLimits, StayRequest, StayRule, UserId,
};

use super::{
    fixtures::{advance, day, fen, house_with, new_order, place_in, retried, stay, unless_taken, user},
    occupancy::{locked, try_prepared},
    ruled_houses::{Draw, put, with_rules},
};
use crate::{LockedGuest, NewOrder, OrderNote, Store, StoreError};

/// A house as the slow model knows it.
pub(super) struct Known {
    pub(super) area: i64,
    pub(super) schedule: HouseSchedule,
    pub(super) is_listed: bool,
    /// The orders that hold days, with the preparation days behind their stay.
    pub(super) orders: BTreeMap<OrderId, (Stay, u32)>,
    /// The blocks and the days of feeds.
    pub(super) claims: BTreeSet<(NaiveDate, Claim)>,
}

impl Known {
    /// The days that something covers: the stay of an order before anything else.
    pub(super) fn held(&self) -> BTreeMap<NaiveDate, Occupant> {
        let mut held = BTreeMap::new();
        for (id, (stay, _)) in &self.orders {
            for day in stay.occupied() {
                assert_eq!(held.insert(day, Occupant::Order(*id)), None, "two orders have {day}");
            }
        }
        for (stay, preparation) in self.orders.values() {
            for day in behind(stay, *preparation) {
                held.entry(day).or_insert(Occupant::Preparation);
            }
        }
        for (day, claim) in &self.claims {
            held.entry(*day).or_insert(if *claim == Claim::Block { Occupant::Block } else { Occupant::Feed });
        }
        held
    }

    /// Whether an order of this stay finds its days and those behind it free.
    fn has_room(&self, stay: &Stay) -> bool {
        let held = self.held();
        let is_ordered = |day| matches!(held.get(&day), Some(Occupant::Order(_)));
        !stay.occupied().any(|day| held.contains_key(&day))
            && !behind(stay, self.schedule.rules.preparation_days).any(is_ordered)
    }
}

/// The days behind a stay on which the house is prepared.
fn behind(stay: &Stay, preparation: u32) -> impl Iterator<Item = NaiveDate> {
    stay.last().iter_days().skip(1).take(preparation as usize)
}

/// A site, and what a store that it was written to must say.
pub(super) struct Site {
    pub(super) policy: BookingPolicy,
    pub(super) today: NaiveDate,
    pub(super) landlord: UserId,
    pub(super) guest: UserId,
    pub(super) houses: BTreeMap<HouseId, Known>,
}

impl Site {
    /// Houses, most of them with rules, and nothing that occupies them.
    pub(super) async fn new(store: &dyn Store, rule: StayRule, draw: &mut Draw, count: i64) -> Self {
        let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
        let short_gaps = draw.below(4) > 0;
        let policy = BookingPolicy { rule, max_stay_days: 8, horizon_days: 40, short_gaps, ..BookingPolicy::default() };
        let mut houses = BTreeMap::new();
        for number in 0..count {
            let (price, area, limits) = (fen(100 + number % 5), 1 + number % 2, limits(draw));
            let id = house_with(store, landlord, |house| {
                (house.limits, house.price, house.area) = (limits, price, super::fixtures::area(area));
                house.dwelling.capacity = 2;
            })
            .await;
            let terms = HouseTerms { landlord, price, deposit: fen(50_000), limits, capacity: 2, has_rules: false };
            let mut schedule = HouseSchedule::plain(terms);
            if number % 3 > 0 {
                schedule = with_rules(schedule, draw);
                put(store, id, &schedule).await;
            }
            let (orders, claims) = (BTreeMap::new(), BTreeSet::new());
            houses.insert(id, Known { area, schedule, is_listed: true, orders, claims });
        }
        Self { policy, today: day(10), landlord, guest, houses }
    }

    /// Orders, some of which were rejected, in the past and in the future, and blocks.
    pub(super) async fn fill(&mut self, store: &dyn Store, draw: &mut Draw) {
        for number in 0..70 {
            let (id, first) = (self.any_house(draw), draw.below(60));
            let placed = self.order(store, id, stay(first, first + draw.below(5))).await;
            if let Some(order) = placed.filter(|_| number % 4 == 0) {
                self.release(store, id, order).await;
            }
        }
        for _ in 0..12 {
            let (id, first) = (self.any_house(draw), draw.below(60));
            self.claim(store, id, Claim::Block, &[day(first), day(first + 3)]).await;
        }
    }

    pub(super) fn any_house(&self, draw: &mut Draw) -> HouseId {
        *self.houses.keys().nth(usize::try_from(draw.below(self.houses.len() as u64)).unwrap()).unwrap()
    }

    fn known(&mut self, id: HouseId) -> &mut Known {
        self.houses.get_mut(&id).unwrap()
    }

    /// Places an order whatever the rules say: it finds room in the store exactly where the model has some.
    pub(super) async fn order(&mut self, store: &dyn Store, id: HouseId, stay: Stay) -> Option<OrderId> {
        let preparation = self.houses[&id].schedule.rules.preparation_days;
        let placed = unless_taken(try_prepared(store, self.guest, id, stay, preparation).await);
        assert_eq!(placed.is_some(), self.houses[&id].has_room(&stay), "{stay:?} in {id}");
        self.known(id).orders.extend(placed.map(|order| (order, (stay, preparation))));
        placed
    }

    /// Ends an order without its stay.
    pub(super) async fn release(&mut self, store: &dyn Store, id: HouseId, order: OrderId) {
        assert!(advance(store, order, OrderStatus::WaitAccept, OrderStatus::Canceled, &OrderNote::None).await);
        assert!(self.known(id).orders.remove(&order).is_some());
    }

    pub(super) async fn claim(&mut self, store: &dyn Store, id: HouseId, claim: Claim, days: &[NaiveDate]) {
        let days: BTreeSet<_> = days.iter().copied().collect();
        retried(async || {
            let (mut unit, calendar) = locked(store, id).await?;
            unit.occupancy().claim(&calendar, claim, &days).await?;
            unit.commit().await
        })
        .await;
        self.known(id).claims.extend(days.into_iter().map(|day| (day, claim)));
    }

    pub(super) async fn unclaim(&mut self, store: &dyn Store, id: HouseId, claim: Claim, days: &[NaiveDate]) {
        let days: BTreeSet<_> = days.iter().copied().collect();
        retried(async || {
            let (mut unit, calendar) = locked(store, id).await?;
            unit.occupancy().unclaim(&calendar, claim, &days).await?;
            unit.commit().await
        })
        .await;
        self.known(id).claims.retain(|(day, of)| *of != claim || !days.contains(day));
    }

    /// The stays in the house that the dates ask for: of both dates the one; of one date those of the shortest length.
    pub(super) fn stays(&self, house: &Known, start: Option<NaiveDate>, end: Option<NaiveDate>) -> Vec<Stay> {
        let rule = self.policy.rule;
        let shortest = |stay: &Stay| house.schedule.min_days_on(stay.start()) == stay.days();
        let lengths = (0..9).map(chrono::Days::new);
        match (start, end) {
            (Some(start), Some(end)) => vec![Stay::new(start, end, rule).unwrap()],
            (Some(start), None) => lengths
                .map(|more| Stay::new(start, rule.end_of(start + more), rule).unwrap())
                .filter(shortest)
                .collect(),
            (None, Some(end)) => {
                let last = rule.last_occupied(end);
                lengths.map(|more| Stay::new(last - more, end, rule).unwrap()).filter(shortest).collect()
            }
            (None, None) => panic!("no dates"),
        }
    }

    /// Whether the stay can be booked, according to the model. Gaps count only where both dates are named.
    pub(super) fn is_bookable(&self, house: &Known, stay: &Stay, gaps: bool) -> bool {
        let held: Vec<_> = house.held().into_iter().collect();
        let preparation = house.schedule.rules.preparation_days;
        let neighbours =
            if gaps { Neighbours::of(stay, preparation, self.today, &held) } else { Neighbours::default() };
        let asked = StayRequest { guest: Some(self.guest), stay, guests: 1, today: self.today, neighbours };
        house.is_listed && house.schedule.allow(&asked, &self.policy).is_ok() && house.has_room(stay)
    }

    /// Whether the stay can be booked, by what the store has of the house, and by booking it and taking that back.
    pub(super) async fn is_booked(&self, store: &dyn Store, id: HouseId, stay: &Stay) -> bool {
        let attempt = async || {
            let (mut unit, guest) = LockedGuest::begin(store, self.guest).await?.unwrap();
            let Some((parties, terms)) = guest.with_landlord(unit.as_mut(), id).await? else { return Ok(false) };
            let schedule = HouseSchedule {
                terms,
                rules: unit.schedules().rules(id).await?,
                seasons: unit.schedules().seasons(id).await?,
                dates: unit.schedules().dates(id, stay.start(), stay.end()).await?,
            };
            let preparation = schedule.rules.preparation_days;
            let (from, to) = Neighbours::days(stay, preparation);
            let occupied = unit.occupancy().occupied(id, from, to).await?;
            let neighbours = Neighbours::of(stay, preparation, self.today, &occupied);
            let asked = StayRequest { guest: Some(self.guest), stay, guests: 1, today: self.today, neighbours };
            if schedule.allow(&asked, &self.policy).is_err() {
                return Ok(false);
            }
            let order = NewOrder { quote: schedule.quote(stay, 1).unwrap(), ..new_order(id, *stay) };
            let placed = async {
                let order = place_in(unit.as_mut(), &parties, &order).await?;
                unit.occupancy().prepare(id, order, &behind(stay, preparation).collect()).await
            };
            match placed.await {
                Ok(()) => Ok(true),
                Err(StoreError::DaysTaken(_)) => Ok(false),
                Err(error) => Err(error),
            }
        };
        loop {
            match attempt().await {
                Err(StoreError::Conflict(_)) => {}
                result => return result.unwrap(),
            }
        }
    }
}

/// Limits of a stay; some have a shortest stay that the site does not take.
pub(super) fn limits(draw: &mut Draw) -> StayLimits {
    let min = 1 + u32::try_from(draw.below(10)).unwrap();
    let max = if draw.below(2) == 0 { 0 } else { min + u32::try_from(draw.below(4)).unwrap() };
    StayLimits::new(min, max).unwrap()
}
