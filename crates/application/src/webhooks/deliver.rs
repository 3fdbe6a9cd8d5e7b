//! Making the attempts that are due: many webhooks at once, few attempts at once for each.

use std::{
    collections::{HashMap, HashSet},
    pin::pin,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{
    FutureExt, StreamExt,
    future::{Either, LocalBoxFuture, select},
    lock::Mutex,
    stream::FuturesUnordered,
};
use minsu_domain::{DeliveryId, WebhookId};
use minsu_ports::{Cargo, Delivery, FaultPoint, OrderedEvent, Webhook, WebhookCall, WebhookFailure, WebhookMessage};

use super::{
    credentials::Credentials,
    hand_out,
    outcome::{Outcome, record},
};
use crate::{App, AppError, transaction::in_transaction};

#[cfg(test)]
mod tests;

/// Attempts at once.
const AT_ONCE: usize = 256;
/// Attempts at once to webhooks that are failing: the others always have room.
const AT_ONCE_FAILING: usize = 64;
/// Attempts at once to one webhook, each about another order or listing; to one that is failing a single one.
const PER_WEBHOOK: usize = 4;
/// Webhooks that are looked at at a time.
const WEBHOOKS: u32 = 500;
/// Deliveries of one webhook that are looked at at a time: those for which there is room, and as many that are in hand.
const OF_WEBHOOK: u32 = 2 * PER_WEBHOOK as u32;
/// How long an attempt that was claimed is left to its worker: longer than any takes.
const CLAIM: TimeDelta = TimeDelta::seconds(60);
/// A run begins no attempt after so long, well before its lease ends.
const RUN: TimeDelta = TimeDelta::seconds(30);
/// How often a run looks for what became due while attempts are running.
const LOOK: std::time::Duration = std::time::Duration::from_millis(500);

/// An attempt that ended, and how; none where it could not be written.
struct Ended {
    webhook: WebhookId,
    delivery: DeliveryId,
    failing: bool,
    outcome: Option<Outcome>,
}

/// The attempts that are running.
struct Deliverer<'a> {
    app: &'a App,
    /// Its holder writes: of all attempts one at a time, so that requests do not wait for connections behind hundreds.
    writes: &'a Mutex<()>,
    running: FuturesUnordered<LocalBoxFuture<'a, Ended>>,
    in_hand: HashSet<DeliveryId>,
    of_webhook: HashMap<WebhookId, usize>,
    failing: usize,
    attempts: Attempts,
}

/// How many attempts succeeded, and how many failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Attempts {
    pub(crate) done: u64,
    pub(crate) failed: u64,
}

/// Hands events out and delivers what is due, for a while. What is left then are attempts that are still running: `ended`
/// is called before they are waited for, so that another run goes on meanwhile and no webhook waits for the slow ones. It is
/// called behind an error, too: what failed is tried again by the next run, and no webhook waits until a lease ends.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; the attempts that were running have ended.
pub(crate) async fn run(
    app: &App,
    begun: DateTime<Utc>,
    ended: impl AsyncFnOnce() -> Result<(), AppError>,
) -> Result<Attempts, AppError> {
    let writes = Mutex::new(());
    let mut deliverer = Deliverer {
        app,
        writes: &writes,
        running: FuturesUnordered::new(),
        in_hand: HashSet::new(),
        of_webhook: HashMap::new(),
        failing: 0,
        attempts: Attempts::default(),
    };
    let worked = deliverer.work(begun).await;
    let given_back = deliverer.alongside(ended()).await;
    while let Some(attempt) = deliverer.running.next().await {
        deliverer.count(attempt);
    }
    worked.and(given_back).map(|()| deliverer.attempts)
}

/// Hands events out, and looks for webhooks with something that is due, but for those that have as many attempts as they
/// may have.
async fn look(app: &App, full: &HashSet<WebhookId>) -> Result<Vec<(Webhook, Vec<Delivery>)>, AppError> {
    hand_out(app).await?;
    let now = app.clock.now();
    let mut session = app.store.read_own().await?;
    let mut found = Vec::new();
    for id in session.deliveries().due_webhooks(now, WEBHOOKS).await? {
        if found.len() >= AT_ONCE {
            break;
        }
        if full.contains(&id) {
            continue;
        }
        let Some(webhook) = session.webhooks().find(id).await? else { continue };
        let due = session.deliveries().due_of(id, now, OF_WEBHOOK).await?;
        found.push((webhook, due));
    }
    Ok(found)
}

impl Deliverer<'_> {
    async fn work(&mut self, begun: DateTime<Utc>) -> Result<(), AppError> {
        let app = self.app;
        while app.clock.now() - begun <= RUN {
            let full = self.of_webhook.iter().filter(|(_, running)| **running >= PER_WEBHOOK);
            let full = full.map(|(webhook, _)| *webhook).collect();
            let found = self.alongside(look(app, &full)).await?;
            self.begin_found(found);
            if self.running.is_empty() {
                break;
            }
            self.wait().await;
        }
        Ok(())
    }

    /// Waits for something while the attempts go on. Nothing else may be waited for: an attempt that does not go on may have
    /// a transaction open, for whose locks all others would wait.
    async fn alongside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        while !self.running.is_empty() {
            let ended = match select(work.as_mut(), self.running.next()).await {
                Either::Left((done, _)) => return done,
                Either::Right((ended, _)) => ended,
            };
            ended.into_iter().for_each(|attempt| self.count(attempt));
        }
        work.await
    }

    /// Waits until an attempt ends, or until it is time to look again.
    async fn wait(&mut self) {
        let ended = match select(self.running.next(), self.app.clock.sleep(LOOK)).await {
            Either::Left((ended, _)) => ended,
            Either::Right(_) => None,
        };
        ended.into_iter().for_each(|attempt| self.count(attempt));
        while let Some(Some(attempt)) = self.running.next().now_or_never() {
            self.count(attempt);
        }
    }

    fn count(&mut self, attempt: Ended) {
        self.in_hand.remove(&attempt.delivery);
        if let Some(running) = self.of_webhook.get_mut(&attempt.webhook) {
            *running -= 1;
            if *running == 0 {
                self.of_webhook.remove(&attempt.webhook);
            }
        }
        self.failing -= usize::from(attempt.failing);
        match attempt.outcome {
            Some(Outcome::Delivered) => self.attempts.done += 1,
            Some(Outcome::Again | Outcome::Parked | Outcome::Disabled) | None => self.attempts.failed += 1,
            Some(Outcome::Nothing) => {}
        }
    }

    /// Begins the attempts for which there is room.
    fn begin_found(&mut self, found: Vec<(Webhook, Vec<Delivery>)>) {
        for (webhook, due) in found {
            let running = self.of_webhook.get(&webhook.id).copied().unwrap_or_default();
            let failing = webhook.failing_since.is_some();
            let room = match failing {
                true if self.failing >= AT_ONCE_FAILING => 0,
                true => 1_usize.saturating_sub(running),
                false => PER_WEBHOOK.saturating_sub(running),
            };
            let room = room.min(AT_ONCE.saturating_sub(self.running.len()));
            // One that is in hand may still be due: its claim is not committed yet.
            let fresh = due.into_iter().filter(|delivery| !self.in_hand.contains(&delivery.id)).take(room);
            for delivery in fresh.collect::<Vec<_>>() {
                self.begin(webhook.clone(), delivery, failing);
            }
        }
    }

    fn begin(&mut self, webhook: Webhook, delivery: Delivery, failing: bool) {
        let (app, writes) = (self.app, self.writes);
        self.in_hand.insert(delivery.id);
        *self.of_webhook.entry(webhook.id).or_default() += 1;
        self.failing += usize::from(failing);
        self.running.push(Box::pin(async move {
            let outcome = attempt(app, writes, &webhook, &delivery).await;
            if let Err(error) = &outcome {
                tracing::warn!(%error, webhook = %webhook.id, delivery = %delivery.id, "an attempt is made again");
            }
            Ended { webhook: webhook.id, delivery: delivery.id, failing, outcome: outcome.ok() }
        }));
    }
}

/// Makes one attempt.
async fn attempt(app: &App, writes: &Mutex<()>, webhook: &Webhook, delivery: &Delivery) -> Result<Outcome, AppError> {
    let writing = writes.lock().await;
    let begun = app.clock.now();
    let claimed = in_transaction(app, async |transaction| {
        Ok(transaction.deliveries().claim(delivery.id, delivery.attempts, begun + CLAIM).await?)
    });
    if !claimed.await? {
        return Ok(Outcome::Nothing);
    }
    drop(writing);
    app.fault_points.reach(FaultPoint::DeliveryClaimed).await;
    let sent = app.clock.now();
    let answer = send(app, webhook, delivery, sent).await?;
    app.fault_points.reach(FaultPoint::DeliveryAnswered).await;
    let took = u32::try_from((app.clock.now() - sent).num_milliseconds()).unwrap_or_default();
    let writing = writes.lock().await;
    let outcome = record(app, delivery, delivery.attempts + 1, answer, took).await?;
    drop(writing);
    app.fault_points.reach(FaultPoint::DeliveryRecorded).await;
    tracing::debug!(webhook = %webhook.id, delivery = %delivery.id, ?outcome, took, "attempt");
    Ok(outcome)
}

/// The answer of the receiver. What cannot be sent at all is a failure, too.
async fn send(
    app: &App,
    webhook: &Webhook,
    delivery: &Delivery,
    now: DateTime<Utc>,
) -> Result<Result<u16, WebhookFailure>, AppError> {
    let (id, message) = match delivery.cargo {
        Cargo::Test => (format!("test_{}", delivery.id), WebhookMessage::Test(delivery.created_at)),
        Cargo::Event { position, .. } => match app.store.read_own().await?.outbox().at(position).await? {
            Some(event) => (OrderedEvent::id_at(position), WebhookMessage::Event(event)),
            None => return Ok(Err(WebhookFailure::Unanswered("event_deleted"))),
        },
    };
    let known = match Credentials::open(app, webhook) {
        Ok(known) => known,
        Err(error) => {
            tracing::error!(%error, webhook = %webhook.id, "a webhook that no key opens");
            return Ok(Err(WebhookFailure::Unanswered("not_opened")));
        }
    };
    let secrets = known.signing(webhook.former_until, now);
    let call = WebhookCall { url: &known.url, id: &id, at: now, secrets: &secrets, message };
    Ok(app.webhooks.send(call).await)
}
