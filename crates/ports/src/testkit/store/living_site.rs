//! A site that changes: after every order, release, block, feed and edit it says what the slow model says.

use chrono::NaiveDate;
use minsu_domain::{
    Claim, FeedId, HouseId, HouseOffer, HouseSchedule, ListingAct, ListingState, Occupant, OrderId, StayRule,
};

use super::{
    fixtures::{area, day, fen},
    listing_changes::{change, own, step},
    random_site::{Site, limits},
    ruled_houses::{Draw, put_over, with_rules},
};
use crate::Store;

/// How many changes a site sees.
const CHANGES: u64 = 40;

impl Site {
    async fn change(&mut self, store: &dyn Store, draw: &mut Draw) {
        let id = self.any_house(draw);
        let first = day(draw.below(50));
        let days: Vec<NaiveDate> = first.iter_days().take(1 + usize::try_from(draw.below(6)).unwrap()).collect();
        let claim = [Claim::Block, feed(1), feed(2)][usize::try_from(draw.below(3)).unwrap()];
        match draw.below(10) {
            0..=2 if self.houses[&id].is_listed => {
                let last = *days.last().unwrap();
                let stay = minsu_domain::Stay::new(first, self.policy.rule.end_of(last), self.policy.rule).unwrap();
                self.order(store, id, stay).await;
            }
            0..=3 => {
                let orders = &self.houses[&id].orders;
                let nth = usize::try_from(draw.below(orders.len().max(1) as u64)).unwrap();
                if let Some(order) = orders.keys().nth(nth).copied() {
                    self.release(store, id, order).await;
                }
            }
            4 | 5 => self.claim(store, id, claim, &days).await,
            6 => self.unclaim(store, id, claim, &days).await,
            7 => self.set_rules(store, id, draw).await,
            8 => self.edit(store, id, draw).await,
            _ => self.list_or_unlist(store, id).await,
        }
    }

    /// Other rules, or none; days that only the old ones name are as the seasons and the house say again.
    async fn set_rules(&mut self, store: &dyn Store, id: HouseId, draw: &mut Draw) {
        let before = self.houses[&id].schedule.clone();
        let plain = HouseSchedule::plain(before.terms);
        let schedule = if draw.below(4) == 0 { plain } else { with_rules(plain, draw) };
        put_over(store, id, &before, &schedule).await;
        self.houses.get_mut(&id).unwrap().schedule = schedule;
    }

    /// Another price, area and other limits.
    async fn edit(&mut self, store: &dyn Store, id: HouseId, draw: &mut Draw) {
        let (price, area_id) =
            (fen(90 + i64::try_from(draw.below(40)).unwrap()), 1 + i64::try_from(draw.below(2)).unwrap());
        let read = own(store, self.landlord, id).await;
        let offer = HouseOffer { price, limits: limits(draw), area: area(area_id), ..read.offer };
        assert!(change(store, self.landlord, id, read.version, &offer).await);
        let known = self.houses.get_mut(&id).unwrap();
        (known.schedule.terms.price, known.schedule.terms.limits, known.area) = (price, offer.limits, area_id);
    }

    async fn list_or_unlist(&mut self, store: &dyn Store, id: HouseId) {
        let read = own(store, self.landlord, id).await;
        let act = if read.state == ListingState::Published { ListingAct::Unlist } else { ListingAct::Publish };
        assert!(step(store, self.landlord, id, read.version, read.state.step(act).unwrap()).await);
        let known = self.houses.get_mut(&id).unwrap();
        known.is_listed = !known.is_listed;
    }

    /// A day is free exactly when nothing covers it, and an order has its days whatever else lies on them.
    async fn days_agree(&self, store: &dyn Store) {
        let of_order = |(day, by): (NaiveDate, Occupant)| match by {
            Occupant::Order(order) => (day, Some(order)),
            Occupant::Block | Occupant::Feed | Occupant::Preparation => (day, None),
        };
        let mut session = store.read_own().await.unwrap();
        for (id, known) in &self.houses {
            let occupied = session.occupancy().occupied(*id, day(0), day(400)).await.unwrap();
            let occupied: Vec<(NaiveDate, Option<OrderId>)> = occupied.into_iter().map(of_order).collect();
            assert_eq!(occupied, known.held().into_iter().map(of_order).collect::<Vec<_>>(), "{id}");
        }
    }
}

fn feed(id: i64) -> Claim {
    Claim::Feed(FeedId::new(id).unwrap())
}

async fn the_store_follows_the_model(store: &dyn Store, rule: StayRule, mut draw: Draw) {
    let mut site = Site::new(store, rule, &mut draw, 9).await;
    let mut seen = 0;
    for number in 0..CHANGES {
        site.change(store, &mut draw).await;
        if number % 3 == 0 {
            site.days_agree(store).await;
        }
        seen += site.search(store, &mut draw, number % 12 == 0).await;
    }
    site.days_agree(store).await;
    assert!(seen > 15, "too little was found to tell anything: {seen}");
}

/// Whatever happens to a site: a search finds the houses in which placing the stay succeeds, in the order of the totals,
/// and a day is free exactly when neither an order nor a claim covers it.
pub async fn a_changing_site_follows_the_model(store: &dyn Store) {
    the_store_follows_the_model(store, StayRule::Days, Draw(3)).await;
}

/// The same where nights are counted.
pub async fn a_changing_site_of_nights_follows_the_model(store: &dyn Store) {
    the_store_follows_the_model(store, StayRule::Nights, Draw(5)).await;
}
