//! What readiness says, and how soon the site serves again.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;
use tokio::{sync::Mutex, task::JoinHandle, time::sleep};

use crate::{
    caller::{Call, Caller, nothing},
    envelope::{Answer, Dialect},
    fault::Fault,
    history::{Act, Outcome},
    world::World,
};

/// How soon readiness must tell the truth.
const TRUTH: Duration = Duration::from_secs(2);
/// How soon everything must work again after a fault.
pub(crate) const SERVICE: Duration = Duration::from_secs(5);
/// A poller that has no answer by then takes the process for one that is not ready.
const POLL: Duration = Duration::from_millis(1500);
/// When a process that does not come back is given up.
const GIVEN_UP: Duration = Duration::from_secs(40);

/// A question to `/readyz`.
#[derive(Debug, Clone, Copy)]
struct Poll {
    node: usize,
    begun: u64,
    /// No answer is no readiness.
    is_ready: bool,
}

/// From the beginning of a fault to its end, in the microseconds of the history.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(crate) fault: Fault,
    /// When doing it began; with a process that ends slowly, long before it was done.
    pub(crate) asked: u64,
    pub(crate) begun: u64,
    pub(crate) ended: u64,
    /// When each process served everything again.
    pub(crate) served: u64,
}

/// Looks at the readiness of every process ten times a second.
pub(crate) struct Watch {
    polls: Arc<Mutex<Vec<Poll>>>,
    pollers: Vec<JoinHandle<()>>,
}

impl Watch {
    pub(crate) fn start(world: &Arc<World>) -> Self {
        let polls = Arc::new(Mutex::new(Vec::new()));
        let pollers = (0..world.addresses.bases.len()).map(|node| {
            let (world, polls) = (Arc::clone(world), Arc::clone(&polls));
            tokio::spawn(async move {
                while world.goes_on() {
                    let begun = world.history.now();
                    let is_ready = readiness(&world, node).await;
                    polls.lock().await.push(Poll { node, begun, is_ready });
                    sleep(Duration::from_millis(100)).await;
                }
            })
        });
        let pollers = pollers.collect();
        Self { polls, pollers }
    }

    /// Compares what was seen with what was done to the site.
    pub(crate) async fn judge(self, world: &World, windows: &[Window]) {
        let history = &world.history;
        for poller in self.pollers {
            // A panic of a poller has been printed.
            let _ = poller.await;
        }
        let (polls, truth) = (self.polls.lock().await, TRUTH.as_micros() as u64);
        for window in windows {
            for poll in polls.iter() {
                let out = window.fault.takes_a_backend();
                let known = window.begun + truth + world.stalls.between(window.begun, poll.begun);
                if out && poll.is_ready && (known..window.ended).contains(&poll.begun) {
                    history.violated("readiness tells the truth", format!("{poll:?} in {window:?}"));
                }
            }
            let next = windows.iter().map(|next| next.asked).filter(|asked| *asked > window.asked).min();
            let quiet = window.served + truth..next.unwrap_or(u64::MAX);
            for poll in polls.iter().filter(|poll| quiet.contains(&poll.begun) && !poll.is_ready) {
                // A busy machine may be late with an answer now and then, but not for so long.
                let known = poll.begun + truth + world.stalls.between(poll.begun, poll.begun + 3 * truth);
                let mut later =
                    polls.iter().filter(|next| next.node == poll.node && (poll.begun..=known).contains(&next.begun));
                let is_over_in_time = later.any(|next| next.is_ready);
                if !is_over_in_time && known <= quiet.end {
                    history.violated("readiness tells the truth", format!("{poll:?} after {window:?}"));
                }
            }
        }
    }
}

async fn readiness(world: &World, node: usize) -> bool {
    let url = format!("{}/readyz", world.addresses.bases[node]);
    let answer = world.http.get(url).timeout(POLL).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

/// A client that finds out whether everything works.
pub(crate) struct Prober {
    pub(crate) caller: Caller,
    pub(crate) id: i64,
    pub(crate) mobile: String,
}

impl Prober {
    /// Waits until every process serves everything, and tells when. It is a broken invariant when that takes too
    /// long from `since`.
    pub(crate) async fn wait_for_service(&mut self, what: &str, since: Instant) -> u64 {
        let world = Arc::clone(&self.caller.world);
        for node in 0..world.addresses.bases.len() {
            let mut missing = self.missing(node).await;
            while let Some(what) = missing {
                if since.elapsed() > GIVEN_UP {
                    world.history.violated("the site serves again", format!("process {node}: {what}"));
                    break;
                }
                sleep(Duration::from_millis(50)).await;
                missing = self.missing(node).await;
            }
        }
        let (took, now) = (since.elapsed(), world.history.now());
        let stalled = world.stalls.between(now.saturating_sub(took.as_micros() as u64), now);
        let took = took.saturating_sub(Duration::from_micros(stalled));
        world.history.remark(format!("full service {took:?} after {what}"));
        if took > SERVICE {
            world.history.violated("full service within 5 s of the end of a fault", format!("{took:?} after {what}"));
        }
        world.history.now()
    }

    /// What a process does not serve.
    async fn missing(&mut self, node: usize) -> Option<String> {
        if !readiness(&self.caller.world, node).await {
            return Some("it is not ready".to_owned());
        }
        let list = self.caller.send(node, &Call::get(Dialect::Classic, "/house/list?aid=2")).await;
        if !matches!(list, Answer::Done(_)) {
            return Some(format!("list: {list:?}"));
        }
        let name = format!("看门人 {}", self.caller.random.u32(..));
        let call = Call::json(Dialect::V1, Method::PUT, "/user/name", json!({"name": name}));
        let act = Act::Rename { user: self.id, name };
        match self.caller.call_at(node, act, call, nothing).await {
            Outcome::Done(_) => {}
            Outcome::Refused(code) if code == "4101" => {
                self.caller.log_in(&self.mobile).await;
                return Some("the session is gone".to_owned());
            }
            other => return Some(format!("rename: {other:?}")),
        }
        let id = uuid::Uuid::new_v4();
        let url = format!("{}/api/v1.0/imagecode/{id}", self.caller.world.addresses.bases[node]);
        let picture = self.caller.world.http.get(url).timeout(POLL).send().await;
        (!picture.is_ok_and(|answer| answer.status() == 200)).then(|| "captcha".to_owned())
    }
}
