//! The global limit of requests for each client address.
//!
//! It counts in the process and not in the cache: it must not cost a round trip where a page
//! comes out of memory in microseconds. Each process therefore grants the whole limit, which is
//! meant against floods and not as a quota.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::HttpRequest;
use minsu_application::standing::Standing;

use super::{api_error::RequestFault, client_address};

/// Independent parts, so that workers seldom wait for each other.
const SHARDS: usize = 16;
/// The most addresses of a part; then those with a full bucket are dropped, which changes nothing
/// for them, and if there are none, all.
const SHARD_ADDRESSES: usize = 8192;

/// A bucket of tokens for each address: a request takes one, and they come back at a steady rate.
pub struct RequestLimiter {
    per_second: f64,
    burst: f64,
    hasher: RandomState,
    shards: [Mutex<HashMap<IpAddr, Bucket>>; SHARDS],
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl RequestLimiter {
    /// So many requests a second for each address, and so many at once after a pause. A rate of 0
    /// is no limit.
    pub fn new(per_second: u32, burst: u32) -> Self {
        Self {
            per_second: f64::from(per_second),
            burst: f64::from(burst.max(1)),
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// Takes a token of the client behind a request, and says what is left; without a limit nothing.
    ///
    /// # Errors
    /// [`RequestFault::TooManyRequests`], with the time until there is one.
    pub fn admit(&self, request: &HttpRequest) -> Result<Option<Standing>, RequestFault> {
        if self.per_second == 0.0 {
            return Ok(None);
        }
        let address = client_address::of(request).counted();
        match self.take(address, Instant::now()) {
            Ok(tokens) => Ok(Some(self.standing(tokens))),
            Err(wait) => Err(RequestFault::TooManyRequests(wait)),
        }
    }

    /// The limit of a refused client; none without a limit.
    pub fn exhausted(&self) -> Option<Standing> {
        (self.per_second != 0.0).then(|| self.standing(0.0))
    }

    /// A window is the time in which an empty bucket fills.
    fn standing(&self, tokens: f64) -> Standing {
        let fills = |tokens: f64| Duration::from_secs_f64(tokens / self.per_second);
        Standing {
            quota: self.burst as u64,
            window: fills(self.burst),
            left: tokens as u64,
            resets_in: fills(self.burst - tokens),
        }
    }

    /// Takes a token and tells how many are left, or how long until there is one.
    fn take(&self, address: IpAddr, now: Instant) -> Result<f64, Duration> {
        let shard = &self.shards[self.hasher.hash_one(address) as usize % SHARDS];
        // A panic between two plain assignments leaves nothing half done.
        let mut buckets = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SHARD_ADDRESSES && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| self.tokens(bucket, now) < self.burst);
            if buckets.len() >= SHARD_ADDRESSES {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(address).or_insert(Bucket { tokens: self.burst, filled: now });
        *bucket = Bucket { tokens: self.tokens(bucket, now), filled: now };
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.tokens) / self.per_second));
        }
        bucket.tokens -= 1.0;
        Ok(bucket.tokens)
    }

    fn tokens(&self, bucket: &Bucket, now: Instant) -> f64 {
        let refilled = now.saturating_duration_since(bucket.filled).as_secs_f64() * self.per_second;
        (bucket.tokens + refilled).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(last).into()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let limiter = RequestLimiter::new(10, 5);
        let start = Instant::now();
        for left in [4.0, 3.0, 2.0, 1.0, 0.0] {
            assert_eq!(limiter.take(address(1), start), Ok(left));
        }
        let wait = limiter.take(address(1), start).unwrap_err();
        assert!(wait <= Duration::from_millis(101) && wait >= Duration::from_millis(99), "{wait:?}");
        assert_eq!(limiter.take(address(2), start), Ok(4.0));
        assert!(limiter.take(address(1), start + Duration::from_millis(110)).is_ok());
        assert!(limiter.take(address(1), start + Duration::from_millis(111)).is_err());
    }

    #[test]
    fn addresses_without_end_take_no_memory_without_end() {
        let limiter = RequestLimiter::new(1, 1);
        let now = Instant::now();
        for number in 0..300_000 {
            assert!(limiter.take(address(number), now).is_ok());
        }
        let held: usize = limiter.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * SHARD_ADDRESSES, "{held}");
    }

    #[test]
    fn no_rate_is_no_limit() {
        let limiter = RequestLimiter::new(0, 1);
        let request = actix_web::test::TestRequest::get().to_http_request();
        assert!((0..1000).all(|_| limiter.admit(&request).is_ok()));
    }
}
