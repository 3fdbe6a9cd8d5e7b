//! Counts requests.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{dev::ServiceResponse, http::Method};
use minsu_ports::{AnswerMetrics, RequestMetrics};
use uuid::Uuid;

use super::{errno::Errno, routes::RouteTemplate};

/// The counters of a worker: its requests, and the metrics of each kind of answer that it has given.
pub struct Recorder {
    metrics: Arc<dyn RequestMetrics>,
    /// By a fast hash: no client chooses the keys.
    kinds: RefCell<HashMap<Kind, Arc<dyn AnswerMetrics>, foldhash::fast::RandomState>>,
    next_id: Cell<u128>,
}

/// Answers that are counted together. There are no more of them than routes, statuses and codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    method: &'static str,
    route: RouteTemplate,
    status: u16,
    errno: Option<Errno>,
}

impl Recorder {
    /// A recorder for one worker.
    pub fn new(metrics: Arc<dyn RequestMetrics>) -> Self {
        Self { metrics, kinds: RefCell::default(), next_id: Cell::new(Uuid::new_v4().as_u128()) }
    }

    /// The id of the next request: a random one for the worker, counted up. It names a request in
    /// logs and is no secret.
    pub fn next_id(&self) -> Uuid {
        let id = self.next_id.get();
        self.next_id.set(id.wrapping_add(1));
        Uuid::from_u128(id)
    }

    fn metrics(&self, kind: Kind) -> Arc<dyn AnswerMetrics> {
        let find = |kind: &Kind| {
            let (route, errno) = (kind.route.to_string(), kind.errno.map(Errno::code));
            self.metrics.of_answer(kind.method, &route, kind.status, errno)
        };
        self.kinds.borrow_mut().entry(kind).or_insert_with_key(find).clone()
    }
}

/// A request that is being answered. It counts as running until this is dropped, also when the
/// client goes away in the middle.
pub struct Running {
    recorder: Rc<Recorder>,
    method: &'static str,
    started: Instant,
}

impl Running {
    /// A request began.
    pub fn new(recorder: Rc<Recorder>, method: &Method) -> Self {
        recorder.metrics.began();
        Self { recorder, method: known(method), started: Instant::now() }
    }

    /// It was answered.
    pub fn answered<B>(&self, response: &ServiceResponse<B>) {
        // Templates only: a path may carry a mobile number, and there are as many paths as visitors
        // can think of.
        let route = RouteTemplate::of(response.request());
        let errno = response.response().extensions().get::<Errno>().copied();
        let errno = errno.or_else(|| route.is_of_the_api().then_some(Errno::Ok));
        let kind = Kind { method: self.method, route, status: response.status().as_u16(), errno };
        self.recorder.metrics(kind).count(self.elapsed());
    }

    /// How long it has taken so far.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.recorder.metrics.ended();
    }
}

/// A client may send any word as its method; each would be a series of its own.
pub(super) fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
