//! Reads that travel together: those that are asked for on one thread before it turns to the
//! network again are one message to the server and one answer.

use std::sync::{Arc, Mutex, PoisonError};

use deadpool_redis::redis::{Cmd, Value, pipe};
use tokio::sync::oneshot;

use super::{failure::RedisFailure, request::Request};

/// The reads that wait for their departure.
#[derive(Default)]
pub(super) struct Gathering(Mutex<Vec<Read>>);

struct Read {
    command: Cmd,
    tell: oneshot::Sender<Result<Value, RedisFailure>>,
}

/// Reads that left together.
pub(super) struct Gathered {
    pub(super) request: Request,
    waiting: Vec<oneshot::Sender<Result<Value, RedisFailure>>>,
}

/// What becomes of a read; an error when whoever had to see it off was dropped.
pub(super) type Outcome = oneshot::Receiver<Result<Value, RedisFailure>>;

/// The duty to see the reads off. Dropped, it sends those who wait away: nobody else would come.
pub(super) struct Departure(Option<Arc<Gathering>>);

impl Gathering {
    /// Adds a read. Whoever adds the first one gets the duty for all that come until they leave.
    pub(super) fn add(self: &Arc<Self>, command: Cmd) -> (Outcome, Option<Departure>) {
        let (tell, outcome) = oneshot::channel();
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reads.push(Read { command, tell });
        let departure = (reads.len() == 1).then(|| Departure(Some(Arc::clone(self))));
        (outcome, departure)
    }

    fn take(&self) -> Vec<Read> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Departure {
    /// Those who are there.
    pub(super) fn collect(mut self) -> Gathered {
        let reads = self.0.take().map(|gathering| gathering.take()).unwrap_or_default();
        let mut commands = pipe();
        let mut waiting = Vec::with_capacity(reads.len());
        for Read { command, tell } in reads {
            commands.add_command(command);
            waiting.push(tell);
        }
        Gathered { request: Request::Reads(commands), waiting }
    }
}

impl Drop for Departure {
    fn drop(&mut self) {
        if let Some(gathering) = &self.0 {
            drop(gathering.take());
        }
    }
}

impl Gathered {
    /// Hands everybody the answer to the own question. Who went away misses nothing.
    pub(super) fn tell(self, answers: Result<Vec<Value>, RedisFailure>) {
        match answers {
            Ok(values) => {
                for (waiter, value) in self.waiting.into_iter().zip(values) {
                    let _ = waiter.send(Ok(value));
                }
            }
            Err(failure) => {
                for waiter in self.waiting {
                    let _ = waiter.send(Err(failure.clone()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deadpool_redis::redis::cmd;

    #[tokio::test]
    async fn the_first_sees_all_off_and_everybody_gets_the_own_answer() {
        let gathering = Arc::new(Gathering::default());
        let (one, departure) = gathering.add(cmd("GET"));
        let (other, nobody) = gathering.add(cmd("GET"));
        assert!(nobody.is_none());
        let gathered = departure.unwrap().collect();
        // Who comes now goes with the next.
        let (late, departure) = gathering.add(cmd("GET"));
        gathered.tell(Ok(vec![Value::Int(1), Value::Int(2)]));
        assert_eq!(one.await.unwrap().unwrap(), Value::Int(1));
        assert_eq!(other.await.unwrap().unwrap(), Value::Int(2));
        departure.unwrap().collect().tell(Err(RedisFailure::GivenUp));
        assert!(matches!(late.await.unwrap(), Err(RedisFailure::GivenUp)));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_departure_that_was_dropped() {
        let gathering = Arc::new(Gathering::default());
        let (outcome, departure) = gathering.add(cmd("GET"));
        drop(departure);
        assert!(outcome.await.is_err());
        assert!(gathering.add(cmd("GET")).1.is_some());
    }
}
