//! Use cases that go on in turns, and a random that can be repeated.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_ports::{Clock, Randomness};

/// Lets others go on; where the walk drops the use case instead, the process has crashed here.
pub(super) async fn pause() {
    let mut paused = false;
    poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// A use case that has begun.
pub(super) type Running = Pin<Box<dyn Future<Output = ()>>>;

/// Goes on until it lets others go on; whether it is at its end.
pub(super) fn go_on(running: &mut Running) -> bool {
    running.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

/// Goes on to the end.
pub(super) fn finish(mut running: Running) {
    while !go_on(&mut running) {}
}

/// The time of the walk, in seconds.
#[derive(Clone, Default)]
pub(super) struct WalkClock(Arc<AtomicI64>);

impl WalkClock {
    pub(super) fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_seconds(), Ordering::Relaxed);
    }
}

#[async_trait]
impl Clock for WalkClock {
    fn now(&self) -> DateTime<Utc> {
        crate::test_app::now() + TimeDelta::seconds(self.0.load(Ordering::Relaxed))
    }

    async fn sleep(&self, _: Duration) {}
}

/// A random that begins anew with its seed (SplitMix64).
#[derive(Clone)]
pub(super) struct Rng(Arc<AtomicU64>);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seed)))
    }

    pub(super) fn number(&self) -> u64 {
        let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below a bound.
    pub(super) fn below(&self, bound: usize) -> usize {
        (self.number() % bound.max(1) as u64) as usize
    }

    /// True once in so many times.
    pub(super) fn once_in(&self, times: usize) -> bool {
        self.below(times) == 0
    }
}

impl Randomness for Rng {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.number() as u8;
        }
    }
}
