//! Pipelining: the reads that one thread issues before it turns to the network again are one message
//! to the server and one answer.

use std::sync::{Arc, Mutex, PoisonError};

use deadpool_redis::redis::{Cmd, Value, pipe};
use tokio::sync::oneshot;

use super::{failure::RedisFailure, request::Request};

/// The reads that wait to be sent.
#[derive(Default)]
pub(super) struct Pipeline(Mutex<Vec<Read>>);

struct Read {
    command: Cmd,
    tell: oneshot::Sender<Result<Value, RedisFailure>>,
}

/// Reads that are sent together.
pub(super) struct Batch {
    pub(super) request: Request,
    waiting: Vec<oneshot::Sender<Result<Value, RedisFailure>>>,
}

/// The reply to a read; a receive error when the [`Flush`] of its batch was dropped.
pub(super) type Outcome = oneshot::Receiver<Result<Value, RedisFailure>>;

/// The duty to send the pipeline. Dropping it fails the waiting reads: nothing else would send them.
pub(super) struct Flush(Option<Arc<Pipeline>>);

impl Pipeline {
    /// Adds a read. The caller that adds the first one gets the duty to send all that come until then.
    pub(super) fn add(self: &Arc<Self>, command: Cmd) -> (Outcome, Option<Flush>) {
        let (tell, outcome) = oneshot::channel();
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reads.push(Read { command, tell });
        let flush = (reads.len() == 1).then(|| Flush(Some(Arc::clone(self))));
        (outcome, flush)
    }

    fn take(&self) -> Vec<Read> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Flush {
    /// The reads so far, as one request.
    pub(super) fn collect(mut self) -> Batch {
        let reads = self.0.take().map(|pipeline| pipeline.take()).unwrap_or_default();
        let mut commands = pipe();
        let mut waiting = Vec::with_capacity(reads.len());
        for Read { command, tell } in reads {
            commands.add_command(command);
            waiting.push(tell);
        }
        Batch { request: Request::Reads(commands), waiting }
    }
}

impl Drop for Flush {
    fn drop(&mut self) {
        if let Some(pipeline) = &self.0 {
            drop(pipeline.take());
        }
    }
}

impl Batch {
    /// Sends each waiting caller the reply to its own read; a caller that was dropped is skipped.
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
    async fn the_first_caller_flushes_and_each_caller_gets_its_own_reply() {
        let pipeline = Arc::new(Pipeline::default());
        let (one, flush) = pipeline.add(cmd("GET"));
        let (other, no_duty) = pipeline.add(cmd("GET"));
        assert!(no_duty.is_none());
        let batch = flush.unwrap().collect();
        // A read that is added now belongs to the next batch.
        let (late, flush) = pipeline.add(cmd("GET"));
        batch.tell(Ok(vec![Value::Int(1), Value::Int(2)]));
        assert_eq!(one.await.unwrap().unwrap(), Value::Int(1));
        assert_eq!(other.await.unwrap().unwrap(), Value::Int(2));
        flush.unwrap().collect().tell(Err(RedisFailure::GivenUp));
        assert!(matches!(late.await.unwrap(), Err(RedisFailure::GivenUp)));
    }

    #[tokio::test]
    async fn reads_fail_when_their_flush_is_dropped() {
        let pipeline = Arc::new(Pipeline::default());
        let (outcome, flush) = pipeline.add(cmd("GET"));
        drop(flush);
        assert!(outcome.await.is_err());
        assert!(pipeline.add(cmd("GET")).1.is_some());
    }
}
