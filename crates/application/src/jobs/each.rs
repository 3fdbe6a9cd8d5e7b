//! Jobs whose subjects are worked on one by one.

use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::{MessageId, OrderId, PaymentId, RefundId, TransitionRefused};
use minsu_ports::{Job, Signal};

use super::{
    failures,
    run::{BATCH, JobsRun, RUN},
    schedule,
};
use crate::{App, AppError, OrderError, PaymentFailed, messages, payments, transaction::in_transaction};

/// Works on every subject that is due, and returns how long the job rests. One that fails keeps no other back. A subject
/// is worked on once in a run, also where it is due again at its end.
pub(super) async fn run(app: &App, job: Job, begun: DateTime<Utc>) -> Result<(JobsRun, TimeDelta), AppError> {
    let mut total = JobsRun::default();
    let mut last = Vec::new();
    loop {
        let now = app.clock.now();
        if now - begun > RUN {
            return Ok((total, TimeDelta::zero()));
        }
        let subjects = due(app, job, now).await?;
        // Nothing moved on: the same ones would come for ever.
        if subjects == last {
            return Ok((total, schedule::rest(job)));
        }
        let (mut settled, mut is_late) = (Vec::new(), false);
        for subject in &subjects {
            // A batch of a provider that does not answer would outlast the lease.
            is_late = app.clock.now() - begun > RUN;
            if is_late {
                break;
            }
            match attempt(app, job, *subject).await {
                Ok(effect) => {
                    settled.push(*subject);
                    if effect {
                        total.done += 1;
                        app.telemetry.count(Signal::JobDone(job));
                    }
                }
                Err(error) => {
                    total.failed += 1;
                    failures::note(app, job, *subject, &error).await?;
                }
            }
        }
        if !settled.is_empty() {
            in_transaction(app, async |transaction| Ok(transaction.jobs().succeeded(job, &settled).await?)).await?;
        }
        if !is_late && subjects.len() < BATCH as usize {
            return Ok((total, schedule::rest(job)));
        }
        last = subjects;
    }
}

/// The subjects that a job is due for.
async fn due(app: &App, job: Job, now: DateTime<Utc>) -> Result<Vec<i64>, AppError> {
    let mut session = app.store.read_own().await?;
    Ok(match job {
        Job::ExpireUnpaid => session.orders().unpaid(now, BATCH).await?.into_iter().map(OrderId::get).collect(),
        Job::EndStays => {
            session.orders().stayed(app.today(), now, BATCH).await?.into_iter().map(OrderId::get).collect()
        }
        Job::SettlePayments => {
            session.payments().attempts_to_check(now, BATCH).await?.into_iter().map(PaymentId::get).collect()
        }
        Job::SendRefunds => {
            session.payments().refunds_to_send(now, BATCH).await?.into_iter().map(RefundId::get).collect()
        }
        Job::SendMessages => session.messages().due(now, BATCH).await?.into_iter().map(MessageId::get).collect(),
        Job::ExpireOrders
        | Job::CompareBills
        | Job::PollFeeds
        | Job::OrderEvents
        | Job::DeliverWebhooks
        | Job::EraseOccupants
        | Job::PruneRows
        | Job::PruneObjects => Vec::new(),
    })
}

/// Does a job for one subject; `false` where nothing was left to do.
async fn attempt(app: &App, job: Job, subject: i64) -> Result<bool, AppError> {
    let done = match job {
        Job::ExpireUnpaid => payments::expire_unpaid(app, OrderId::new(subject)?).await,
        Job::EndStays => payments::end_stay(app, OrderId::new(subject)?).await,
        Job::SettlePayments => payments::check_attempt(app, PaymentId::new(subject)?).await,
        Job::SendRefunds => payments::send_refund(app, RefundId::new(subject)?).await,
        Job::SendMessages => messages::send(app, MessageId::new(subject)?).await,
        Job::ExpireOrders
        | Job::CompareBills
        | Job::PollFeeds
        | Job::OrderEvents
        | Job::DeliverWebhooks
        | Job::EraseOccupants
        | Job::PruneRows
        | Job::PruneObjects => Ok(false),
    };
    match done {
        // An answer or a payment came at the same moment and was first.
        Err(AppError::Order(OrderError::TransitionRefused(TransitionRefused::WrongState))) => Ok(false),
        // The provider is asked again at the time that was written down before the call.
        Err(AppError::Payment(PaymentFailed::Provider(_))) => Ok(false),
        result => result,
    }
}
