//! The shared connections: one for each thread, replaced when it breaks.

use std::{
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use deadpool_redis::redis::{
    Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, Value, from_redis_value,
};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};
use tracing::Instrument;

use super::{
    failure::RedisFailure,
    link::{Connection, Link, Pools},
    options::{RedisOptions, RedisOptionsError, Servers},
    pipelining::{Flush, Pipeline},
    request::Request,
    tls_roots,
};

/// After an attempt to connect that failed, calls fail at once for so long: a server that is
/// down costs a few attempts a second, not one for each call.
const PAUSE: Duration = Duration::from_millis(100);

/// A request without an answer for so long asks whether its connection still has a driver.
const SUSPICION: Duration = Duration::from_millis(20);

/// The connections of one cache. A thread always uses the same one, so that a connection's driver
/// runs on the runtime of the thread that uses it: handing every reply to another thread would
/// cost a wake-up each time.
pub(super) struct PerThreadConnections {
    handles: Box<[Arc<ThreadSlot>]>,
    failures: AtomicU64,
}

struct ThreadSlot {
    pools: Pools,
    deadline: Duration,
    pipeline: Arc<Pipeline>,
    state: Mutex<State>,
    next_number: AtomicUsize,
    running: AtomicU64,
    /// Whether the last attempt to connect failed: the log tells of changes only.
    down: AtomicBool,
}

enum State {
    /// No call was made yet, or the connection was discarded.
    Idle,
    /// An attempt is being made; it ends by itself, whether or not a caller still waits.
    Connecting {
        number: usize,
        outcome: watch::Receiver<Option<Result<Handle, RedisFailure>>>,
    },
    Connected {
        connection: Connection,
        handle: Handle,
    },
    Failed {
        until: Instant,
        failure: RedisFailure,
    },
}

/// A clone of a thread's connection.
#[derive(Clone)]
struct Handle {
    link: Link,
    /// The number of the connection that it is a clone of.
    number: usize,
}

impl PerThreadConnections {
    pub(super) fn new(options: &RedisOptions) -> Result<Self, RedisOptionsError> {
        if options.handles == 0 || options.deadline.is_zero() {
            return Err(RedisOptionsError::Zero);
        }
        let servers = Servers::parse(&options.url)?;
        let authorities = tls_roots::authorities(&servers, options.ca_file.as_deref())?;
        let pools = Pools::new(servers, authorities, options.handles)?;
        let handles =
            (0..options.handles).map(|_| Arc::new(ThreadSlot::new(pools.clone(), options.deadline))).collect();
        Ok(Self { handles, failures: AtomicU64::new(0) })
    }

    /// How many handles have a connection, and how many have not.
    pub(super) fn connections(&self) -> (u64, u64) {
        let is_up = |slot: &&Arc<ThreadSlot>| matches!(*slot.state(), State::Connected { .. });
        let up = self.handles.iter().filter(is_up).count() as u64;
        (up, self.handles.len() as u64 - up)
    }

    /// How many requests wait for an answer.
    pub(super) fn running(&self) -> u64 {
        self.handles.iter().map(|slot| slot.running.load(Ordering::Relaxed)).sum()
    }

    /// How many requests got no good answer so far.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Sends a request within the deadline.
    pub(super) async fn send<T: FromRedisValue>(&self, request: &Request) -> Result<T, RedisFailure> {
        let slot = self.of_this_thread();
        let _running = Running::on(slot);
        self.observed(slot.send(request)).await
    }

    /// Sends a read within the deadline, together with others of this thread.
    pub(super) async fn read<T: FromRedisValue>(&self, command: Cmd) -> Result<T, RedisFailure> {
        let slot = self.of_this_thread();
        if !slot.pools.take_many_keys() {
            return self.send(&Request::Command(command)).await;
        }
        let _running = Running::on(slot);
        let (outcome, flush) = slot.pipeline.add(command);
        if let Some(flush) = flush {
            // A task of its own: it runs after the tasks that are ready have added their reads, and also when
            // this caller is dropped.
            tokio::spawn(Arc::clone(slot).flush(flush));
        }
        self.observed(async {
            let value = outcome.await.unwrap_or(Err(RedisFailure::GivenUp))?;
            value
                .extract_error()
                .and_then(|value| from_redis_value(value).map_err(RedisError::from))
                .map_err(RedisFailure::Command)
        })
        .await
    }

    fn of_this_thread(&self) -> &Arc<ThreadSlot> {
        &self.handles[thread_number() % self.handles.len()]
    }

    async fn observed<T>(&self, call: impl Future<Output = Result<T, RedisFailure>>) -> Result<T, RedisFailure> {
        let span = tracing::trace_span!("redis", otel.kind = "client", db.system.name = "redis");
        let result = call.instrument(span).await;
        if result.is_err() {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
        result
    }
}

/// Whether a new connection may do better: this one is lost, or its server is a master no more.
/// Anything else is the server's answer to this request.
fn is_of_the_connection(error: &RedisError) -> bool {
    let demoted = ErrorKind::Server(ServerErrorKind::ReadOnly);
    error.kind() == ErrorKind::Io || error.kind() == demoted || error.is_unrecoverable_error()
}

impl ThreadSlot {
    fn new(pools: Pools, deadline: Duration) -> Self {
        Self {
            pools,
            deadline,
            pipeline: Arc::default(),
            state: Mutex::new(State::Idle),
            next_number: AtomicUsize::new(0),
            running: AtomicU64::new(0),
            down: AtomicBool::new(false),
        }
    }

    /// Sends the pipeline.
    async fn flush(self: Arc<Self>, flush: Flush) {
        let batch = flush.collect();
        let answers = self.send::<Vec<Value>>(&batch.request).await;
        batch.tell(answers);
    }

    async fn send<T: FromRedisValue>(self: &Arc<Self>, request: &Request) -> Result<T, RedisFailure> {
        let ends = Instant::now() + self.deadline;
        let mut repeated = false;
        loop {
            let mut handle = self.within(ends, self.handle()).await??;
            let error = match self.answer(ends, request, &mut handle.link).await {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(error)) => error,
                Err(late) => {
                    // A peer that vanished without a word looks like this for a quarter of an
                    // hour; a new connection finds out.
                    self.discard(handle.number);
                    return Err(late);
                }
            };
            if !is_of_the_connection(&error) {
                return Err(RedisFailure::Command(error));
            }
            self.discard(handle.number);
            if repeated {
                return Err(RedisFailure::Command(error));
            }
            repeated = true;
        }
    }

    /// The reply to a request. A request that is handed to a driver on another thread at the
    /// very moment the driver ends is neither sent nor refused: the channel between them keeps late
    /// requests for as long as a sender exists (tokio-rs/tokio#7714). So a request that waits longer
    /// than usual checks whether the driver has ended.
    async fn answer<T: FromRedisValue>(
        &self,
        ends: Instant,
        request: &Request,
        link: &mut Link,
    ) -> Result<RedisResult<T>, RedisFailure> {
        let other = link.clone();
        let mut reply = std::pin::pin!(request.send(link));
        let suspicious = ends.min(Instant::now() + SUSPICION);
        if let Ok(reply) = timeout_at(suspicious, &mut reply).await {
            return Ok(reply);
        }
        self.within(ends, async {
            tokio::select! {
                biased;
                reply = &mut reply => reply,
                error = other.ended() => Err(error),
            }
        })
        .await
    }

    async fn within<T>(&self, ends: Instant, work: impl Future<Output = T>) -> Result<T, RedisFailure> {
        timeout_at(ends, work).await.map_err(|_| RedisFailure::NoAnswer(self.deadline))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This thread's connection, made if need be: one attempt at a time, for all callers that wait.
    async fn handle(self: &Arc<Self>) -> Result<Handle, RedisFailure> {
        let (number, mut outcome) = {
            let mut state = self.state();
            match &*state {
                State::Connected { handle, .. } => return Ok(handle.clone()),
                State::Connecting { number, outcome } => (*number, outcome.clone()),
                State::Failed { until, failure } if *until > Instant::now() => return Err(failure.clone()),
                State::Idle | State::Failed { .. } => {
                    let number = self.next_number.fetch_add(1, Ordering::Relaxed);
                    let (tell, outcome) = watch::channel(None);
                    *state = State::Connecting { number, outcome: outcome.clone() };
                    tokio::spawn(Arc::clone(self).connect(number, tell));
                    (number, outcome)
                }
            }
        };
        match outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone()) {
            Some(outcome) => outcome,
            None => {
                // The runtime that connected has ended.
                self.discard(number);
                Err(RedisFailure::GivenUp)
            }
        }
    }

    async fn connect(self: Arc<Self>, number: usize, tell: watch::Sender<Option<Result<Handle, RedisFailure>>>) {
        let outcome = match self.pools.connect().await {
            Ok(connection) => {
                if self.down.swap(false, Ordering::Relaxed) {
                    tracing::info!("redis can be reached again");
                }
                let handle = Handle { link: connection.link(), number };
                *self.state() = State::Connected { connection, handle: handle.clone() };
                Ok(handle)
            }
            Err(error) => {
                if !self.down.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "redis cannot be reached");
                }
                let failure = RedisFailure::NoConnection(Arc::new(error));
                *self.state() = State::Failed { until: Instant::now() + PAUSE, failure: failure.clone() };
                Err(failure)
            }
        };
        // The receivers are gone when every caller timed out.
        let _ = tell.send(Some(outcome));
    }

    /// Forgets the connection or attempt of this number, unless it was replaced already.
    fn discard(&self, discarded: usize) {
        let old = {
            let mut state = self.state();
            match &*state {
                State::Connecting { number, .. } | State::Connected { handle: Handle { number, .. }, .. }
                    if *number == discarded =>
                {
                    std::mem::replace(&mut *state, State::Idle)
                }
                _ => return,
            }
        };
        if let State::Connected { connection, .. } = old {
            connection.discard();
        }
    }
}

/// Counts a request of a connection from its start until it ends or its caller drops it.
struct Running<'a>(&'a AtomicU64);

impl<'a> Running<'a> {
    fn on(slot: &'a ThreadSlot) -> Self {
        slot.running.fetch_add(1, Ordering::Relaxed);
        Self(&slot.running)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Numbers the threads that ever called, from 0.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    NUMBER.with(|number| *number)
}
