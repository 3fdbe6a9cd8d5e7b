//! Single flight: of simultaneous callers one makes the page, the others wait for it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use foldhash::fast::RandomState;
use minsu_ports::{Page, PageKey};
use tokio::{sync::oneshot, time::timeout};

/// Whose making began longer ago is not waited for: what it read may be too old by the end.
const JOINABLE: Duration = Duration::from_millis(400);
/// How many make one page at a time: one, and a second one where the first is too old to wait for,
/// because of its age or of a change. However slow the making is, whoever else comes waits.
const RUNNING: usize = 2;

/// The pages that are being made.
#[derive(Clone, Default)]
pub(super) struct Flights(Arc<Mutex<Board>>);

#[derive(Default)]
struct Board {
    flights: HashMap<PageKey, Departures, RandomState>,
    next_number: u64,
}

/// The flights for one page.
#[derive(Default)]
struct Departures {
    /// In the order in which they began, [`RUNNING`] at most.
    running: Vec<Departed>,
    /// Who can wait for none of them, and takes the next.
    queue: VecDeque<Tell>,
}

struct Departed {
    number: u64,
    began: Instant,
    waiting: VecDeque<Tell>,
}

type Tell = oneshot::Sender<Arrival>;

/// What a caller does.
pub(super) enum Joined {
    /// Makes the page.
    Leader(Flight),
    /// Waits for it.
    Waiter(Waiter),
}

/// The duty to make a page. Dropped without a landing, it goes to one of those who wait.
pub(super) struct Flight {
    flights: Flights,
    key: PageKey,
    number: u64,
}

pub(super) struct Waiter(oneshot::Receiver<Arrival>);

/// What waiting brought.
pub(super) enum Arrival {
    /// The page.
    Page(Page),
    /// The duty to make it: whoever had it failed or went away, or began too early.
    Lead(Flight),
}

impl Flights {
    /// Joins a flight that began recently and after the last change, or begins one, or waits for
    /// the next.
    pub(super) fn join(&self, key: PageKey, last_change: Option<Instant>) -> Joined {
        let mut board = self.board();
        let number = board.next_number;
        board.next_number += 1;
        let departures = board.flights.entry(key).or_default();
        let joinable = |departed: &&mut Departed| {
            departed.began.elapsed() < JOINABLE && last_change.is_none_or(|changed| changed < departed.began)
        };
        let (tell, outcome) = oneshot::channel();
        if let Some(departed) = departures.running.last_mut().filter(joinable) {
            departed.waiting.push_back(tell);
        } else if departures.running.len() < RUNNING {
            departures.running.push(Departed { number, began: Instant::now(), waiting: VecDeque::new() });
            return Joined::Leader(Flight { flights: self.clone(), key, number });
        } else {
            departures.queue.push_back(tell);
        }
        Joined::Waiter(Waiter(outcome))
    }

    /// Takes a flight off the board: its page goes to those who waited for it. Without one, they wait
    /// for the flight behind it; if there is none, one of them leads the others. So does one of those
    /// for whom there was no flight.
    fn end(&self, key: PageKey, number: u64, page: Option<&Page>) {
        let (mut waiting, successor) = {
            let mut board = self.board();
            let next_number = board.next_number;
            let Some(departures) = board.flights.get_mut(&key) else { return };
            let Some(place) = departures.running.iter().position(|departed| departed.number == number) else { return };
            let mut waiting = departures.running.remove(place).waiting;
            let mut stranded = VecDeque::new();
            if page.is_none() {
                match departures.running.get_mut(place) {
                    Some(behind) => behind.waiting.append(&mut waiting),
                    None => stranded.append(&mut waiting),
                }
            }
            stranded.append(&mut departures.queue);
            let leader = std::iter::from_fn(|| stranded.pop_front()).find(|tell| !tell.is_closed());
            let successor = leader.map(|leader| {
                departures.running.push(Departed { number: next_number, began: Instant::now(), waiting: stranded });
                (leader, Flight { flights: self.clone(), key, number: next_number })
            });
            if departures.running.is_empty() {
                board.flights.remove(&key);
            }
            board.next_number += 1;
            (waiting, successor)
        };
        if let Some(page) = page {
            for waiter in waiting.drain(..) {
                // Who has gone away misses nothing.
                let _ = waiter.send(Arrival::Page(page.clone()));
            }
        }
        if let Some((leader, flight)) = successor {
            // Who went away just now drops it, and it goes to the next.
            let _ = leader.send(Arrival::Lead(flight));
        }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// Hands the page to those who wait.
    pub(super) fn land(self, page: &Page) {
        self.flights.end(self.key, self.number, Some(page));
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // Nothing happens where it has landed.
        self.flights.end(self.key, self.number, None);
    }
}

impl Waiter {
    /// What comes within this time.
    pub(super) async fn wait(self, patience: Duration) -> Option<Arrival> {
        timeout(patience, self.0).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const KEY: PageKey = PageKey::areas("test");
    const PATIENCE: Duration = Duration::from_secs(5);

    fn lead(flights: &Flights, last_change: Option<Instant>) -> Flight {
        let Joined::Leader(flight) = flights.join(KEY, last_change) else { panic!("somebody leads already") };
        flight
    }

    fn wait(flights: &Flights, last_change: Option<Instant>) -> Waiter {
        let Joined::Waiter(waiter) = flights.join(KEY, last_change) else { panic!("nobody leads") };
        waiter
    }

    async fn taken_over(waiter: Waiter) -> Flight {
        let Some(Arrival::Lead(flight)) = waiter.wait(PATIENCE).await else { panic!("no duty") };
        flight
    }

    fn page() -> Page {
        Page { body: Bytes::new(), tag: [0; 16] }
    }

    #[test]
    fn nothing_is_left_behind() {
        let flights = Flights::default();
        let old = lead(&flights, None);
        // A change: the next one does not wait for the old flight.
        let new = lead(&flights, Some(Instant::now()));
        drop(old);
        assert!(matches!(flights.join(KEY, None), Joined::Waiter(_)));
        drop(new);
        assert!(flights.board().flights.is_empty());
    }

    #[tokio::test]
    async fn of_those_who_waited_for_what_failed_one_takes_over_and_leads_the_others() {
        let flights = Flights::default();
        let first = lead(&flights, None);
        let (gone, second, third) = (wait(&flights, None), wait(&flights, None), wait(&flights, None));
        drop(gone);
        drop(first);
        taken_over(second).await.land(&page());
        assert!(matches!(third.wait(PATIENCE).await, Some(Arrival::Page(_))));
        assert!(flights.board().flights.is_empty());
    }

    #[tokio::test]
    async fn a_third_waits_whatever_changed_and_leads_the_next() {
        let flights = Flights::default();
        let first = lead(&flights, None);
        let second = lead(&flights, Some(Instant::now()));
        let changed = Some(Instant::now());
        let (third, fourth) = (wait(&flights, changed), wait(&flights, changed));
        first.land(&page());
        let third = taken_over(third).await;
        assert_eq!(flights.board().flights[&KEY].running.len(), RUNNING);
        drop(second);
        third.land(&page());
        assert!(matches!(fourth.wait(PATIENCE).await, Some(Arrival::Page(_))));
        assert!(flights.board().flights.is_empty());
    }

    #[tokio::test]
    async fn who_waited_for_what_failed_waits_for_the_flight_behind_it() {
        let flights = Flights::default();
        let first = lead(&flights, None);
        let waiter = wait(&flights, None);
        let second = lead(&flights, Some(Instant::now()));
        drop(first);
        second.land(&page());
        assert!(matches!(waiter.wait(PATIENCE).await, Some(Arrival::Page(_))));
    }

    #[tokio::test]
    async fn patience_ends_without_a_page_and_keeps_nobody_from_one() {
        let flights = Flights::default();
        let first = lead(&flights, None);
        let (hasty, patient) = (wait(&flights, None), wait(&flights, None));
        assert!(hasty.wait(Duration::from_millis(10)).await.is_none());
        drop(first);
        drop(taken_over(patient).await);
        assert!(flights.board().flights.is_empty());
    }
}
