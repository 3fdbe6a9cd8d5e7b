//! Single flight: of simultaneous callers one makes the page, the others wait for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use foldhash::fast::RandomState;
use minsu_ports::{Page, PageKey};
use tokio::{sync::oneshot, time::timeout};

/// Whose making began longer ago is not waited for: what it read may be too old by the end.
const JOINABLE: Duration = Duration::from_millis(400);

/// The pages that are being made.
#[derive(Clone, Default)]
pub(super) struct Flights(Arc<Mutex<Board>>);

#[derive(Default)]
struct Board {
    flights: HashMap<PageKey, Departed, RandomState>,
    next_number: u64,
}

struct Departed {
    number: u64,
    began: Instant,
    waiting: Arc<Waiting>,
}

/// Who waits for a flight. Nobody comes to it any more once the flight is off the board.
#[derive(Default)]
struct Waiting(Mutex<Vec<oneshot::Sender<Option<Page>>>>);

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
    waiting: Arc<Waiting>,
}

pub(super) struct Waiter(oneshot::Receiver<Option<Page>>);

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
            return Joined::Waiter(Waiter(departed.waiting.join()));
        }
        let number = board.next_number;
        board.next_number += 1;
        let waiting = Arc::new(Waiting::default());
        board.flights.insert(key, Departed { number, began: Instant::now(), waiting: Arc::clone(&waiting) });
        Joined::Leader(Flight { flights: self.clone(), key, number, waiting })
    }

    /// Takes a flight off, unless it was replaced by one that began after a change.
    fn remove(&self, key: &PageKey, number: u64) {
        let mut board = self.board();
        if board.flights.get(key).is_some_and(|departed| departed.number == number) {
            board.flights.remove(key);
        }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn join(&self) -> oneshot::Receiver<Option<Page>> {
        let (tell, outcome) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(tell);
        outcome
    }

    fn tell(&self, outcome: Option<&Page>) {
        let waiting = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for waiter in waiting {
            // Who has gone away misses nothing.
            let _ = waiter.send(outcome.cloned());
        }
    }
}

impl Flight {
    /// Hands the page to those who wait.
    pub(super) fn land(self, page: &Page) {
        self.end(Some(page));
    }

    /// Sends those who wait away.
    pub(super) fn fail(self) {
        self.end(None);
    }

    fn end(self, outcome: Option<&Page>) {
        self.flights.remove(&self.key, self.number);
        self.waiting.tell(outcome);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.flights.remove(&self.key, self.number);
    }
}

impl Waiter {
    pub(super) async fn wait(self, patience: Duration) -> Arrival {
        match timeout(patience, self.0).await {
            Ok(Ok(Some(page))) => Arrival::Page(page),
            Ok(Ok(None)) | Err(_) => Arrival::None,
            Ok(Err(_)) => Arrival::Abandoned,
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
