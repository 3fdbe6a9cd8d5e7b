//! Two channels that export again all that they import.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use minsu_application::feeds;
use minsu_domain::FeedId;

use super::{channel::Channel, scene::Scene};

/// A channel without guests of its own: what it has is what it was told.
struct Mirror {
    channel: Channel,
    feed: FeedId,
    link: String,
    told: BTreeSet<u64>,
}

impl Mirror {
    async fn new(scene: &Scene, name: &str) -> Self {
        let channel = Channel::start().await;
        let feed = scene.connect(&channel, name).await;
        let (_, link) = scene.link(Some(feed)).await;
        Self { channel, feed, link, told: BTreeSet::new() }
    }

    /// It fetches our calendar, and shows it as its own from then on.
    async fn import(&mut self, scene: &Scene) {
        self.told = scene.offsets(&scene.fetch(&self.link, None).await.bytes);
        self.channel.has(&scene.stays(self.told.iter().copied()));
    }

    async fn poll(&self, scene: &Scene) {
        feeds::poll(&scene.app, self.feed).await.unwrap();
    }
}

/// Pseudo-random numbers.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Two hundred rounds of orders, cancellations, fetches and polls in an order that follows from the seed.
async fn channels_that_give_everything_back_keep_no_day_of_a_canceled_order(seed: u64) {
    let scene = Scene::new().await;
    let mut mirrors = [Mirror::new(&scene, "one").await, Mirror::new(&scene, "other").await];
    let (mut draw, mut orders, mut ended) = (Draw(seed), Vec::new(), 0);
    for round in 1..=200 {
        match draw.below(7) {
            0 | 1 => {
                let first = 30 + draw.below(8);
                orders.extend(scene.order(first, first + draw.below(3)).await);
            }
            2 if !orders.is_empty() => {
                let place = usize::try_from(draw.below(orders.len() as u64)).unwrap();
                scene.cancel(orders.swap_remove(place)).await;
                ended += 1;
            }
            3 | 4 => mirrors[usize::from(draw.below(2) == 0)].import(&scene).await,
            5 => mirrors[usize::from(draw.below(2) == 0)].poll(&scene).await,
            _ => scene.clock.forward(TimeDelta::minutes(20)),
        }
        if round % 10 > 0 {
            continue;
        }
        for order in orders.drain(..) {
            scene.cancel(order).await;
            ended += 1;
        }
        // Both sites fetch and are polled, which takes the day away, and again a quarter of an hour later, as every
        // day that leaves must be missing twice.
        for _ in 0..2 {
            scene.clock.forward(TimeDelta::minutes(20));
            for mirror in &mut mirrors {
                mirror.import(&scene).await;
                mirror.poll(&scene).await;
            }
        }
        assert_eq!(scene.closed().await, BTreeSet::new(), "seed {seed}, round {round}");
    }
    assert!(ended > 20, "too few orders to tell anything: {ended}");
    assert_eq!(scene.committed("listing.conflict_opened"), 0, "an echo is no conflict");
}

macro_rules! with_seeds {
    ($($test:ident: $seed:expr),*) => {
        $(#[tokio::test]
        async fn $test() {
            channels_that_give_everything_back_keep_no_day_of_a_canceled_order($seed).await;
        })*
    };
}

with_seeds!(echoes_end_with_seed_7: 7, echoes_end_with_seed_8: 8, echoes_end_with_seed_9: 9, echoes_end_with_seed_10: 10);

#[tokio::test]
async fn a_stay_of_one_channel_is_told_to_the_other_and_comes_back_from_it_as_an_echo() {
    let scene = Scene::new().await;
    let (own, mut mirror) = (Channel::start().await, Mirror::new(&scene, "mirror").await);
    own.has(&scene.stays([40]));
    let feed = scene.connect(&own, "own").await;
    let (_, link) = scene.link(Some(feed)).await;
    mirror.import(&scene).await;
    assert_eq!(mirror.told, [40].into());
    scene.next(mirror.feed).await;
    assert_eq!(scene.offsets(&scene.fetch(&link, None).await.bytes), BTreeSet::new(), "an echo is not exported");
    // The stay goes where it was; nothing keeps it alive.
    own.has(&scene.stays([50]));
    for _ in 0..2 {
        scene.next(feed).await;
    }
    mirror.import(&scene).await;
    for _ in 0..2 {
        scene.next(mirror.feed).await;
    }
    assert_eq!(scene.closed().await, [50].into());
}
