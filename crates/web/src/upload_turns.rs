//! Uploads of one user take turns: a page that sends twenty photographs at once gets twenty answers, and
//! the uploads of other users are not delayed by them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use minsu_application::AppError;
use minsu_domain::UserId;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Uploads of one user that are read and processed at the same time: one is received while another
/// is decoded, and a connection that stalls leaves a way past it.
const AT_ONCE: usize = 2;
/// Uploads of one user that wait beyond those. A waiting upload costs a connection; its body stays
/// with the client.
const WAITING: usize = 64;
/// The longest wait for a turn. The deadline of the body runs meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

/// The queues of all users with uploads in progress; per process.
#[derive(Debug, Clone)]
pub struct UploadTurns {
    queues: Arc<Mutex<HashMap<UserId, Arc<Queue>>>>,
    patience: Duration,
}

/// The uploads of one user.
#[derive(Debug)]
struct Queue {
    /// One for each upload that has a turn or waits for one.
    places: Arc<Semaphore>,
    /// One for each upload that has a turn; first come, first served.
    turns: Arc<Semaphore>,
}

/// An upload's turn, until it is dropped.
#[derive(Debug)]
pub struct UploadTurn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
    _member: Member,
}

impl UploadTurns {
    /// Turns with this longest wait.
    pub fn new(patience: Duration) -> Self {
        Self { queues: Arc::default(), patience }
    }

    /// Waits for the user's turn. To be taken before the body is read: until then it stays with the client.
    ///
    /// # Errors
    /// [`AppError::Busy`] when 64 uploads of this user wait already, or the wait took too long.
    pub async fn turn(&self, user: UserId) -> Result<UploadTurn, AppError> {
        const BUSY: AppError = AppError::Busy("uploads of one user");
        let member = self.join(user);
        let place = Arc::clone(&member.queue.places).try_acquire_owned().map_err(|_| BUSY)?;
        let turn = timeout(self.patience, Arc::clone(&member.queue.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| BUSY)?.map_err(|_| BUSY)?;
        Ok(UploadTurn { _turn: turn, _place: place, _member: member })
    }

    fn join(&self, user: UserId) -> Member {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queues.entry(user).or_insert_with(|| {
            Arc::new(Queue {
                places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
                turns: Arc::new(Semaphore::new(AT_ONCE)),
            })
        });
        Member { turns: self.clone(), user, queue: Arc::clone(queue) }
    }
}

impl Default for UploadTurns {
    /// Turns that are waited for at most half a minute.
    fn default() -> Self {
        Self::new(PATIENCE)
    }
}

/// Keeps the user's queue while an upload uses it; the last one removes it.
#[derive(Debug)]
struct Member {
    turns: UploadTurns,
    user: UserId,
    queue: Arc<Queue>,
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut queues = self.turns.queues.lock().unwrap_or_else(PoisonError::into_inner);
        // Cloned under this lock only: the map has one, this member the other.
        if Arc::strong_count(&self.queue) == 2 {
            queues.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: i64) -> UserId {
        UserId::new(id).unwrap()
    }

    fn queues(turns: &UploadTurns) -> usize {
        turns.queues.lock().unwrap().len()
    }

    #[actix_web::test]
    async fn so_many_at_once_and_the_next_in_order() {
        let turns = UploadTurns::default();
        let mut held = vec![turns.turn(user(1)).await.unwrap(), turns.turn(user(1)).await.unwrap()];
        let waiting = tokio::spawn({
            let turns = turns.clone();
            async move { turns.turn(user(1)).await.is_ok() }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        // Another user has turns of their own.
        turns.turn(user(2)).await.unwrap();
        held.pop();
        assert!(waiting.await.unwrap());
        held.clear();
        assert_eq!(queues(&turns), 0);
    }

    #[actix_web::test]
    async fn the_wait_is_bounded_and_leaves_nothing_behind() {
        let turns = UploadTurns::new(Duration::from_millis(10));
        let held = [turns.turn(user(1)).await.unwrap(), turns.turn(user(1)).await.unwrap()];
        assert!(matches!(turns.turn(user(1)).await, Err(AppError::Busy(_))));
        drop(held);
        assert_eq!(queues(&turns), 0);
        assert!(turns.turn(user(1)).await.is_ok());
    }

    #[actix_web::test]
    async fn a_waiting_upload_that_is_given_up_frees_its_place() {
        let turns = UploadTurns::default();
        let held = [turns.turn(user(1)).await.unwrap(), turns.turn(user(1)).await.unwrap()];
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| {
                let turns = turns.clone();
                tokio::spawn(async move { turns.turn(user(1)).await.map(drop) })
            })
            .collect();
        let places = || turns.queues.lock().unwrap()[&user(1)].places.available_permits();
        while places() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(turns.turn(user(1)).await, Err(AppError::Busy(_))));
        for task in waiting {
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        }
        drop(held);
        assert_eq!(queues(&turns), 0);
    }
}
