//! Writing changes: one task, which gathers what arrives while it writes into the next transaction.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use minsu_ports::{CacheJournal, CacheKey, Clock, KeptChange, KeptEntry, KeptValue, StoreError};
use tokio::sync::{
    mpsc::{self, UnboundedReceiver, UnboundedSender},
    oneshot,
};

use crate::lifetime::bounded;

/// Changes of one transaction.
const BATCH: usize = 512;
/// How long a journal that failed is left alone.
const PAUSE: Duration = Duration::from_secs(1);
/// Expired entries are deleted each time so many changes were written, and at the start.
const SWEEP_EVERY: usize = 2_000;
/// Entries that are deleted at once.
const SWEEP: u32 = 4_000;

/// Hands changes to the task. Those that are handed over one after the other are written in this order. Their
/// number is bounded by the callers, each of whom waits.
pub(super) struct Writer {
    messages: UnboundedSender<Message>,
    clock: Arc<dyn Clock>,
}

struct Message {
    change: KeptChange,
    written: oneshot::Sender<()>,
}

/// A change on its way.
pub(super) struct Written(oneshot::Receiver<()>);

impl Written {
    /// Waits until the change is written, or until it is known that the journal does not answer.
    pub(super) async fn done(self) {
        // The task ends with the process only.
        let _ = self.0.await;
    }
}

impl Writer {
    pub(super) fn start(journal: Arc<dyn CacheJournal>, clock: Arc<dyn Clock>) -> Self {
        let (messages, arriving) = mpsc::unbounded_channel();
        let task =
            Task { journal, clock: clock.clone(), pending: HashMap::new(), retry_at: None, since_sweep: SWEEP_EVERY };
        tokio::spawn(task.run(arriving));
        Self { messages, clock }
    }

    pub(super) fn put(&self, key: &CacheKey, value: KeptValue, lifetime: Duration) -> Written {
        let lifetime = TimeDelta::from_std(bounded(lifetime)).unwrap_or(TimeDelta::MAX);
        let ends = self.clock.now().checked_add_signed(lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.send(KeptChange::Put(KeptEntry { key: key.clone(), value, ends }))
    }

    pub(super) fn remove(&self, key: &CacheKey) -> Written {
        self.send(KeptChange::Remove(key.clone()))
    }

    fn send(&self, change: KeptChange) -> Written {
        let (written, done) = oneshot::channel();
        // Without its task nothing is written, and no call waits.
        let _ = self.messages.send(Message { change, written });
        Written(done)
    }
}

struct Task {
    journal: Arc<dyn CacheJournal>,
    clock: Arc<dyn Clock>,
    /// What is to be written: of each key the last change.
    pending: HashMap<CacheKey, KeptChange>,
    /// When the journal is asked again, after a failure.
    retry_at: Option<DateTime<Utc>>,
    since_sweep: usize,
}

impl Task {
    async fn run(mut self, mut arriving: UnboundedReceiver<Message>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            if let Some(retry_at) = self.retry_at {
                let left = (retry_at - self.clock.now()).to_std().unwrap_or_default();
                tokio::select! {
                    count = arriving.recv_many(&mut batch, BATCH) => if count == 0 { return },
                    () = self.clock.sleep(left) => {}
                }
                // No caller waits for a journal that does not answer.
                drop(self.accept(&mut batch));
                if self.clock.now() >= retry_at {
                    self.write().await;
                }
            } else {
                if arriving.recv_many(&mut batch, BATCH).await == 0 {
                    return;
                }
                let waiting = self.accept(&mut batch);
                self.write().await;
                for written in waiting {
                    // The caller may be gone.
                    let _ = written.send(());
                }
            }
        }
    }

    /// Takes over what arrived; whom to tell when it is written.
    fn accept(&mut self, batch: &mut Vec<Message>) -> Vec<oneshot::Sender<()>> {
        self.since_sweep += batch.len();
        let take = |Message { change, written }: Message| {
            let key = match &change {
                KeptChange::Put(entry) => entry.key.clone(),
                KeptChange::Remove(key) => key.clone(),
            };
            self.pending.insert(key, change);
            written
        };
        batch.drain(..).map(take).collect()
    }

    /// Writes everything that is to be written; what could not be stays for the next time.
    async fn write(&mut self) {
        let now = self.clock.now();
        // What has ended meanwhile, after a long outage.
        self.pending.retain(|_, change| !matches!(change, KeptChange::Put(entry) if entry.ends <= now));
        let changes: Vec<_> = self.pending.values().cloned().collect();
        match self.sweep_and_write(now, &changes).await {
            Ok(()) => {
                if self.retry_at.take().is_some() {
                    tracing::info!(entries = changes.len(), "the cache keeps its entries again");
                }
                self.pending.clear();
            }
            Err(error) => {
                if self.retry_at.is_none() {
                    tracing::warn!(%error, "the cache cannot keep its entries and goes on without");
                }
                self.retry_at = Some(self.clock.now() + PAUSE);
            }
        }
    }

    async fn sweep_and_write(&mut self, now: DateTime<Utc>, changes: &[KeptChange]) -> Result<(), StoreError> {
        if self.since_sweep >= SWEEP_EVERY {
            self.since_sweep = 0;
            self.journal.forget_expired(now, SWEEP).await?;
        }
        match self.journal.write(changes).await {
            // Others were in the way; once more.
            Err(StoreError::Conflict(_)) => self.journal.write(changes).await,
            result => result,
        }
    }
}
