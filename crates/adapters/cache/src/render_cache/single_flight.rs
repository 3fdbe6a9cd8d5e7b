//! Single flight: of simultaneous callers one renders the entry, the others wait for it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use foldhash::fast::RandomState;
use minsu_ports::{Entry, EntryKey};
use tokio::{sync::oneshot, time::timeout};

/// A render that began longer ago is not joined: what it read may be too old by its end.
const JOINABLE: Duration = Duration::from_millis(400);
/// The most renders of one entry at a time: one, and a second where the first cannot be joined because of
/// its age or of a change. Every further caller waits, however slow they are.
const RUNNING: usize = 2;

/// The entries that are being rendered.
#[derive(Clone, Default)]
pub(super) struct SingleFlight(Arc<Mutex<InFlight>>);

#[derive(Default)]
struct InFlight {
    entries: HashMap<EntryKey, Renders, RandomState>,
    next_number: u64,
}

/// The renders of one entry.
#[derive(Default)]
struct Renders {
    /// In the order in which they began, [`RUNNING`] at most.
    running: Vec<Render>,
    /// Callers that can join none of them; the first takes the next render.
    queue: VecDeque<Notify>,
}

struct Render {
    number: u64,
    began: Instant,
    waiting: VecDeque<Notify>,
}

type Notify = oneshot::Sender<Outcome>;

/// The role of a caller.
pub(super) enum Joined {
    /// Renders the entry.
    Leader(Leader),
    /// Waits for it.
    Waiter(Waiter),
}

/// The duty to render an entry. Dropped without [`Leader::complete`], it goes to one of the waiters.
pub(super) struct Leader {
    single_flight: SingleFlight,
    key: Box<EntryKey>,
    number: u64,
}

pub(super) struct Waiter(oneshot::Receiver<Outcome>);

/// The outcome of waiting.
pub(super) enum Outcome {
    /// The entry.
    Page(Entry),
    /// The duty to render it: the leader before failed, was cancelled, or began too early.
    Lead(Leader),
}

impl SingleFlight {
    /// Joins a render that began recently and after the last change, or begins one, or waits for
    /// the next.
    pub(super) fn join(&self, key: EntryKey, last_change: Option<Instant>) -> Joined {
        let mut in_flight = self.in_flight();
        let number = in_flight.next_number;
        in_flight.next_number += 1;
        let renders = in_flight.entries.entry(key).or_default();
        let joinable = |render: &&mut Render| {
            render.began.elapsed() < JOINABLE && last_change.is_none_or(|changed| changed < render.began)
        };
        let (notify, outcome) = oneshot::channel();
        if let Some(render) = renders.running.last_mut().filter(joinable) {
            render.waiting.push_back(notify);
        } else if renders.running.len() < RUNNING {
            renders.running.push(Render { number, began: Instant::now(), waiting: VecDeque::new() });
            return Joined::Leader(Leader { single_flight: self.clone(), key: Box::new(key), number });
        } else {
            renders.queue.push_back(notify);
        }
        Joined::Waiter(Waiter(outcome))
    }

    /// Ends a render: its entry goes to its waiters. Without an entry they join the render that began next;
    /// if there is none, the first of them leads the others. So does the first of the queue.
    fn end(&self, key: EntryKey, number: u64, entry: Option<&Entry>) {
        let (mut waiting, successor) = {
            let mut in_flight = self.in_flight();
            let next_number = in_flight.next_number;
            let Some(renders) = in_flight.entries.get_mut(&key) else { return };
            let Some(place) = renders.running.iter().position(|render| render.number == number) else { return };
            let mut waiting = renders.running.remove(place).waiting;
            let mut stranded = VecDeque::new();
            if entry.is_none() {
                match renders.running.get_mut(place) {
                    Some(behind) => behind.waiting.append(&mut waiting),
                    None => stranded.append(&mut waiting),
                }
            }
            stranded.append(&mut renders.queue);
            let first = std::iter::from_fn(|| stranded.pop_front()).find(|notify| !notify.is_closed());
            let successor = first.map(|notify| {
                renders.running.push(Render { number: next_number, began: Instant::now(), waiting: stranded });
                (notify, Leader { single_flight: self.clone(), key: Box::new(key), number: next_number })
            });
            if renders.running.is_empty() {
                in_flight.entries.remove(&key);
            }
            in_flight.next_number += 1;
            (waiting, successor)
        };
        if let Some(entry) = entry {
            for waiter in waiting.drain(..) {
                // A waiter that timed out or was cancelled has dropped its receiver.
                let _ = waiter.send(Outcome::Page(entry.clone()));
            }
        }
        if let Some((notify, leader)) = successor {
            // A send that fails drops the leader, and the duty goes to the next waiter.
            let _ = notify.send(Outcome::Lead(leader));
        }
    }

    fn in_flight(&self) -> MutexGuard<'_, InFlight> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leader {
    /// Hands the entry to the waiters.
    pub(super) fn complete(self, entry: &Entry) {
        self.single_flight.end(*self.key, self.number, Some(entry));
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        // Without effect after `complete`.
        self.single_flight.end(*self.key, self.number, None);
    }
}

impl Waiter {
    /// The outcome, if it comes within this time.
    pub(super) async fn wait(self, patience: Duration) -> Option<Outcome> {
        timeout(patience, self.0).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const PATIENCE: Duration = Duration::from_secs(5);

    fn key() -> EntryKey {
        EntryKey::new("test", format_args!("areas"), 0, [None; 3]).unwrap()
    }

    fn lead(single_flight: &SingleFlight, last_change: Option<Instant>) -> Leader {
        let Joined::Leader(leader) = single_flight.join(key(), last_change) else {
            panic!("there is a leader already")
        };
        leader
    }

    fn wait(single_flight: &SingleFlight, last_change: Option<Instant>) -> Waiter {
        let Joined::Waiter(waiter) = single_flight.join(key(), last_change) else { panic!("there is no leader") };
        waiter
    }

    async fn taken_over(waiter: Waiter) -> Leader {
        let Some(Outcome::Lead(leader)) = waiter.wait(PATIENCE).await else { panic!("no duty") };
        leader
    }

    fn entry() -> Entry {
        Entry { body: Bytes::new(), digest: [0; 16] }
    }

    #[test]
    fn nothing_is_left_behind() {
        let single_flight = SingleFlight::default();
        let old = lead(&single_flight, None);
        // A change: the next caller does not join the old render.
        let new = lead(&single_flight, Some(Instant::now()));
        drop(old);
        assert!(matches!(single_flight.join(key(), None), Joined::Waiter(_)));
        drop(new);
        assert!(single_flight.in_flight().entries.is_empty());
    }

    #[tokio::test]
    async fn of_those_who_waited_for_what_failed_one_takes_over_and_leads_the_others() {
        let single_flight = SingleFlight::default();
        let first = lead(&single_flight, None);
        let (gone, second, third) =
            (wait(&single_flight, None), wait(&single_flight, None), wait(&single_flight, None));
        drop(gone);
        drop(first);
        taken_over(second).await.complete(&entry());
        assert!(matches!(third.wait(PATIENCE).await, Some(Outcome::Page(_))));
        assert!(single_flight.in_flight().entries.is_empty());
    }

    #[tokio::test]
    async fn a_third_waits_whatever_changed_and_leads_the_next() {
        let single_flight = SingleFlight::default();
        let first = lead(&single_flight, None);
        let second = lead(&single_flight, Some(Instant::now()));
        let changed = Some(Instant::now());
        let (third, fourth) = (wait(&single_flight, changed), wait(&single_flight, changed));
        first.complete(&entry());
        let third = taken_over(third).await;
        assert_eq!(single_flight.in_flight().entries[&key()].running.len(), RUNNING);
        drop(second);
        third.complete(&entry());
        assert!(matches!(fourth.wait(PATIENCE).await, Some(Outcome::Page(_))));
        assert!(single_flight.in_flight().entries.is_empty());
    }

    #[tokio::test]
    async fn a_waiter_of_a_failed_render_waits_for_the_next_one() {
        let single_flight = SingleFlight::default();
        let first = lead(&single_flight, None);
        let waiter = wait(&single_flight, None);
        let second = lead(&single_flight, Some(Instant::now()));
        drop(first);
        second.complete(&entry());
        assert!(matches!(waiter.wait(PATIENCE).await, Some(Outcome::Page(_))));
    }

    #[tokio::test]
    async fn a_waiter_that_times_out_does_not_stop_the_next_leader() {
        let single_flight = SingleFlight::default();
        let first = lead(&single_flight, None);
        let (hasty, patient) = (wait(&single_flight, None), wait(&single_flight, None));
        assert!(hasty.wait(Duration::from_millis(10)).await.is_none());
        drop(first);
        drop(taken_over(patient).await);
        assert!(single_flight.in_flight().entries.is_empty());
    }
}
