//! Single flight: of simultaneous callers one makes the page, the others wait for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use minsu_ports::{Page, PageKey};
use tokio::{sync::watch, time::timeout};

/// Whose making began longer ago is not waited for: what it read may be too old by the end.
const JOINABLE: Duration = Duration::from_millis(400);

/// The pages that are being made.
#[derive(Clone, Default)]
pub(super) struct Flights(Arc<Mutex<Board>>);

#[derive(Default)]
struct Board {
    flights: HashMap<PageKey, Departed>,
    next_number: u64,
}

struct Departed {
    number: u64,
    began: Instant,
    outcome: watch::Receiver<Outcome>,
}

#[derive(Clone)]
enum Outcome {
    Flying,
    Landed(Page),
    Failed,
}

/// What a caller does.
pub(super) enum Joined {
    /// Makes the page.
    Leader(Flight),
    /// Waits for it.
    Waiter(Waiter),
}

/// The duty to make a page. Dropped, it is abandoned.
pub(super) struct Flight {
    flights: Flights,
    key: PageKey,
    number: u64,
    outcome: watch::Sender<Outcome>,
}

pub(super) struct Waiter(watch::Receiver<Outcome>);

/// What waiting brought.
pub(super) enum Arrival {
    /// The page.
    Page(Page),
    /// The leader went away without a word.
    Abandoned,
    /// The leader failed, or took too long.
    None,
}

impl Flights {
    /// Joins a flight that began recently and after the last change, or begins one.
    pub(super) fn join(&self, key: PageKey, last_change: Option<Instant>) -> Joined {
        let mut board = self.board();
        if let Some(departed) = board.flights.get(&key)
            && departed.began.elapsed() < JOINABLE
            && last_change.is_none_or(|changed| changed < departed.began)
        {
            return Joined::Waiter(Waiter(departed.outcome.clone()));
        }
        let number = board.next_number;
        board.next_number += 1;
        let (tell, outcome) = watch::channel(Outcome::Flying);
        board.flights.insert(key, Departed { number, began: Instant::now(), outcome });
        Joined::Leader(Flight { flights: self.clone(), key, number, outcome: tell })
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// Hands the page to those who wait.
    pub(super) fn land(self, page: Page) {
        self.outcome.send_replace(Outcome::Landed(page));
    }

    /// Sends those who wait away.
    pub(super) fn fail(self) {
        self.outcome.send_replace(Outcome::Failed);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut board = self.flights.board();
        // It may have been replaced by one that began after a change.
        if board.flights.get(&self.key).is_some_and(|departed| departed.number == self.number) {
            board.flights.remove(&self.key);
        }
    }
}

impl Waiter {
    pub(super) async fn wait(&mut self, patience: Duration) -> Arrival {
        let outcome = self.0.wait_for(|outcome| !matches!(outcome, Outcome::Flying));
        match timeout(patience, outcome).await {
            Ok(Ok(outcome)) => match &*outcome {
                Outcome::Landed(page) => Arrival::Page(page.clone()),
                Outcome::Flying | Outcome::Failed => Arrival::None,
            },
            Ok(Err(_)) => Arrival::Abandoned,
            Err(_) => Arrival::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_behind() {
        let flights = Flights::default();
        let key = PageKey::areas("test");
        let Joined::Leader(old) = flights.join(key, None) else { panic!("nobody to wait for") };
        // A change: the next one does not wait for the old flight, and replaces it.
        let Joined::Leader(new) = flights.join(key, Some(Instant::now())) else { panic!("joined the past") };
        drop(old);
        assert!(matches!(flights.join(key, None), Joined::Waiter(_)));
        new.fail();
        assert!(flights.board().flights.is_empty());
    }
}
