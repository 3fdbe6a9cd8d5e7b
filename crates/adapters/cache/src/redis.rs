//! The cache in Redis, shared by all processes of the site.

mod failure;
mod link;
mod managers;
mod options;
mod per_thread;
mod pipelining;
mod request;
mod tls_roots;

use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use deadpool_redis::redis::{Cmd, FromRedisValue, cmd};
use minsu_ports::{Cache, CacheError, CacheKey, Count};

use crate::lifetime::bounded;
pub use failure::RedisFailure;
pub use options::{RedisOptions, RedisOptionsError};
use per_thread::PerThreadConnections;
use request::{LuaScript, Request};

/// Deletes a value if it is the expected one.
static COMPARE_AND_DELETE: LazyLock<LuaScript> = LazyLock::new(|| {
    LuaScript::new(
        r"
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0",
    )
});

/// Counts one more and says how many milliseconds the window has left. A counter without a
/// lifetime is new, or was made so by hand: either way its window begins now.
static INCREMENT: LazyLock<LuaScript> = LazyLock::new(|| {
    LuaScript::new(
        r"
local value = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return {value, left}",
    )
});

/// Writes a field, and gives the hash a lifetime if it has none: it is new, or was made so by hand.
static HASH_SET: LazyLock<LuaScript> = LazyLock::new(|| {
    LuaScript::new(
        r"
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return 0",
    )
});

/// Takes one count back from a counter whose window is open.
static DECREMENT: LazyLock<LuaScript> = LazyLock::new(|| {
    LuaScript::new(
        r"
if redis.call('PTTL', KEYS[1]) > 0 and tonumber(redis.call('GET', KEYS[1])) > 0 then
  redis.call('DECR', KEYS[1])
end
return 0",
    )
});

/// A counter and how many milliseconds its window has left; zeros without a window.
static COUNT_OF: LazyLock<LuaScript> = LazyLock::new(|| {
    LuaScript::new(
        r"
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  return {0, 0}
end
return {tonumber(redis.call('GET', KEYS[1])), left}",
    )
});

/// The stored token, or a new one when it is below ARGV[2]; without ARGV[2] always a new one. A new one is the
/// time in microseconds, or one more than the stored token or the one that the caller knows (ARGV[3]): greater
/// than all before, also when those are lost, and a second sending of the request gives another than the first.
static VERSION_TOKEN: LazyLock<LuaScript> = LazyLock::new(|| {
    LuaScript::new(
        r"
local old = tonumber(redis.call('GET', KEYS[1]) or '') or 0
if old < 0 or old >= 9007199254740992 then
  old = 0
end
local least = tonumber(ARGV[2])
if least and old > 0 and old >= least then
  return old
end
local time = redis.call('TIME')
local new = math.max(time[1] * 1000000 + time[2], old + 1, tonumber(ARGV[3]) + 1)
redis.call('SET', KEYS[1], string.format('%.0f', new), 'PX', ARGV[1])
return new",
    )
});

/// The cache in Redis: one server, a master under Sentinel, or a cluster.
///
/// A few multiplexed connections carry all calls: every thread has one (threads share when there
/// are more of them), and a call clones its handle. A connection that breaks, or does not answer
/// in time, is dropped and replaced in the background; no call waits longer than the deadline.
/// The reads that a thread issues before it turns to the network again are pipelined, except to a cluster.
///
/// A call whose connection breaks is sent once more on a new one, so that a connection that was closed while
/// idle is no error for the caller. When the first sending was carried out and only its reply was lost, the
/// answer is the conservative one: taken, deleted or written by another caller, counted once too often. No
/// value is ever returned twice.
pub struct RedisCache {
    connections: PerThreadConnections,
    prefix: String,
}

impl RedisCache {
    /// Reads the options; connects with the first call.
    ///
    /// # Errors
    /// [`RedisOptionsError`].
    pub fn new(options: &RedisOptions) -> Result<Self, RedisOptionsError> {
        Ok(Self { connections: PerThreadConnections::new(options)?, prefix: options.prefix.clone() })
    }

    /// As [`Self::new`], and asks for one answer.
    ///
    /// # Errors
    /// [`RedisConnectError`].
    pub async fn connect(options: &RedisOptions) -> Result<Self, RedisConnectError> {
        let cache = Self::new(options)?;
        cache.ping().await?;
        Ok(cache)
    }

    /// How many of its connections are up, and how many are down or not made yet.
    pub fn connections(&self) -> (u64, u64) {
        self.connections.connections()
    }

    /// How many calls wait for an answer.
    pub fn running(&self) -> u64 {
        self.connections.running()
    }

    /// How many calls got no good answer so far.
    pub fn failures(&self) -> u64 {
        self.connections.failures()
    }

    /// Whether the server evicts keys when its memory is full, by its settings `maxmemory` and `maxmemory_policy`.
    /// `None` where it does not report them, such as a cluster.
    pub async fn evicts(&self) -> Option<bool> {
        let mut info = cmd("INFO");
        info.arg("memory");
        let text: String = self.send(Request::Command(info)).await.ok()?;
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        Some(value("maxmemory")? != "0" && value("maxmemory_policy")? != "noeviction")
    }

    fn key(&self, key: &CacheKey) -> String {
        [&self.prefix, key.as_str()].concat()
    }

    async fn send<T: FromRedisValue>(&self, request: Request) -> Result<T, CacheError> {
        self.connections.send(&request).await.map_err(|failure| CacheError::Unavailable(Box::new(failure)))
    }

    /// For commands that change nothing.
    async fn read<T: FromRedisValue>(&self, command: Cmd) -> Result<T, CacheError> {
        self.connections.read(command).await.map_err(|failure| CacheError::Unavailable(Box::new(failure)))
    }

    async fn run<T: FromRedisValue>(
        &self,
        script: &'static LuaScript,
        key: &CacheKey,
        arguments: Vec<Vec<u8>>,
    ) -> Result<T, CacheError> {
        self.send(Request::Script { script, key: self.key(key), arguments }).await
    }

    /// SET under the condition that there is a value (`XX`) or that there is none (`NX`); whether it was.
    async fn set_on_condition(
        &self,
        key: &CacheKey,
        value: &[u8],
        condition: &'static str,
        lifetime: Duration,
    ) -> Result<bool, CacheError> {
        let mut set = self.command("SET", key);
        set.arg(value).arg(condition).arg("PX").arg(milliseconds(lifetime));
        // "OK", or nothing.
        let written: Option<String> = self.send(Request::Command(set)).await?;
        Ok(written.is_some())
    }

    /// A command, the key, and what the caller adds.
    fn command(&self, name: &'static str, key: &CacheKey) -> Cmd {
        let mut command = cmd(name);
        command.arg(self.key(key));
        command
    }
}

/// No cache could be made of the options.
#[derive(Debug, thiserror::Error)]
pub enum RedisConnectError {
    /// The options are wrong.
    #[error(transparent)]
    Options(#[from] RedisOptionsError),
    /// The server does not answer.
    #[error(transparent)]
    Unavailable(#[from] CacheError),
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError> {
        self.read(self.command("GET", key)).await
    }

    async fn set(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<(), CacheError> {
        let mut set = self.command("SET", key);
        set.arg(&value[..]).arg("PX").arg(milliseconds(lifetime));
        self.send(Request::Command(set)).await
    }

    async fn set_if_absent(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError> {
        self.set_on_condition(key, &value, "NX", lifetime).await
    }

    async fn replace(&self, key: &CacheKey, value: Bytes, lifetime: Duration) -> Result<bool, CacheError> {
        self.set_on_condition(key, &value, "XX", lifetime).await
    }

    async fn take(&self, key: &CacheKey) -> Result<Option<Bytes>, CacheError> {
        self.send(Request::Command(self.command("GETDEL", key))).await
    }

    async fn delete(&self, key: &CacheKey) -> Result<bool, CacheError> {
        self.send(Request::Command(self.command("DEL", key))).await
    }

    async fn compare_and_delete(&self, key: &CacheKey, expected: &[u8]) -> Result<bool, CacheError> {
        self.run(&COMPARE_AND_DELETE, key, vec![expected.to_vec()]).await
    }

    async fn increment(&self, key: &CacheKey, window: Duration) -> Result<Count, CacheError> {
        let (value, left): (u64, u64) = self.run(&INCREMENT, key, vec![printed(milliseconds(window))]).await?;
        Ok(Count { value, resets_in: Duration::from_millis(left) })
    }

    async fn decrement(&self, key: &CacheKey) -> Result<(), CacheError> {
        let _: u64 = self.run(&DECREMENT, key, Vec::new()).await?;
        Ok(())
    }

    async fn count_of(&self, key: &CacheKey) -> Result<Option<Count>, CacheError> {
        let (value, left): (u64, u64) = self.run(&COUNT_OF, key, Vec::new()).await?;
        Ok((value > 0).then_some(Count { value, resets_in: Duration::from_millis(left) }))
    }

    async fn renew_version(&self, key: &CacheKey, above: u64, lifetime: Duration) -> Result<u64, CacheError> {
        let arguments = vec![printed(milliseconds(lifetime)), Vec::new(), printed(above)];
        self.run(&VERSION_TOKEN, key, arguments).await
    }

    async fn keep_version(&self, key: &CacheKey, least: u64, lifetime: Duration) -> Result<u64, CacheError> {
        let arguments = vec![printed(milliseconds(lifetime)), printed(least), printed(least)];
        self.run(&VERSION_TOKEN, key, arguments).await
    }

    async fn hash_get(&self, key: &CacheKey, field: u32) -> Result<Option<Bytes>, CacheError> {
        let mut get = self.command("HGET", key);
        get.arg(field);
        self.read(get).await
    }

    async fn hash_set(&self, key: &CacheKey, field: u32, value: Bytes, lifetime: Duration) -> Result<(), CacheError> {
        let arguments = vec![printed(milliseconds(lifetime)), printed(field.into()), value.to_vec()];
        let _: u64 = self.run(&HASH_SET, key, arguments).await?;
        Ok(())
    }

    async fn ping(&self) -> Result<(), CacheError> {
        self.send(Request::Command(cmd("PING"))).await
    }

    /// Writes a value that is never read. Of a cluster this asks the one node that has its key.
    async fn check_writes(&self) -> Result<(), CacheError> {
        self.set(&CacheKey::single("write-check"), Bytes::from_static(b"1"), Duration::from_secs(60)).await
    }
}

/// A number as an argument.
fn printed(number: u64) -> Vec<u8> {
    number.to_string().into_bytes()
}

/// As the server reads it; a part of a millisecond counts as a whole one.
fn milliseconds(lifetime: Duration) -> u64 {
    u64::try_from(bounded(lifetime).as_micros().div_ceil(1000)).unwrap_or(u64::MAX)
}
