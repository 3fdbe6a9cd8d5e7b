//! What an attempt comes to.

use minsu_domain::{Event, FailedDelivery, WebhookState};
use minsu_ports::{
    AfterAttempt, AttemptResult, Cargo, Delivery, Signal, StoreError, Webhook, WebhookFailure, WebhookSignal,
};

use crate::{
    App, AppError,
    idempotency::Kept,
    transaction::{Transaction, in_transaction},
};

/// What became of a delivery by an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing: another process went on with it, or its webhook is gone.
    Nothing,
    /// The receiver took it.
    Delivered,
    /// It is tried again.
    Again,
    /// It is not tried again.
    Parked,
    /// It is not tried again, and its webhook is turned off.
    Disabled,
}

impl Outcome {
    const ALL: [Self; 5] = [Self::Nothing, Self::Delivered, Self::Again, Self::Parked, Self::Disabled];

    fn tell(self, app: &App) {
        let count = |signal| app.telemetry.count(Signal::Webhook(signal));
        match self {
            Self::Nothing => {}
            Self::Delivered => count(WebhookSignal::Delivered),
            Self::Again => count(WebhookSignal::Failed),
            Self::Parked => count(WebhookSignal::Parked),
            Self::Disabled => {
                count(WebhookSignal::Parked);
                count(WebhookSignal::Disabled);
            }
        }
    }
}

impl Kept for Outcome {
    fn keep(&self) -> i64 {
        Self::ALL.iter().zip(0..).find(|(outcome, _)| *outcome == self).map_or(0, |(_, place)| place)
    }

    fn of(kept: i64) -> Option<Self> {
        usize::try_from(kept).ok().and_then(|place| Self::ALL.get(place).copied())
    }
}

/// Writes what the attempt of this number came to.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(super) async fn record(
    app: &App,
    delivery: &Delivery,
    attempt: u32,
    answer: Result<u16, WebhookFailure>,
    millis: u32,
) -> Result<Outcome, AppError> {
    let result = match answer {
        Ok(status) => AttemptResult { status: Some(status), error: None, millis },
        Err(failure) => {
            let status = if let WebhookFailure::Status(status) = failure { Some(status) } else { None };
            AttemptResult { status, error: Some(failure.code().to_owned()), millis }
        }
    };
    let outcome = in_transaction(app, async |transaction| {
        let Some(webhook) = transaction.webhooks().find(delivery.webhook).await? else { return Ok(Outcome::Nothing) };
        if answer.is_ok() {
            succeeded(app, transaction, &webhook, delivery, attempt, &result).await
        } else {
            failed(app, transaction, webhook, delivery, attempt, &result).await
        }
    })
    .await?;
    outcome.tell(app);
    if outcome == Outcome::Disabled {
        tracing::warn!(webhook = %delivery.webhook, "a webhook that took nothing for days is turned off");
    }
    Ok(outcome)
}

async fn succeeded(
    app: &App,
    transaction: &mut Transaction,
    webhook: &Webhook,
    delivery: &Delivery,
    attempt: u32,
    result: &AttemptResult,
) -> Result<Outcome, AppError> {
    let (now, after) = (app.clock.now(), AfterAttempt::Delivered);
    if !transaction.deliveries().record(delivery.id, attempt, after, result, now).await? {
        return Ok(Outcome::Nothing);
    }
    if webhook.failing_since.is_some() && delivery.cargo != Cargo::Test {
        transaction.webhooks().note_failing(webhook.id, None).await?;
    }
    Ok(Outcome::Delivered)
}

async fn failed(
    app: &App,
    transaction: &mut Transaction,
    webhook: Webhook,
    delivery: &Delivery,
    attempt: u32,
    result: &AttemptResult,
) -> Result<Outcome, AppError> {
    let now = app.clock.now();
    // What was asked for by hand is tried once, and says nothing of the events.
    if delivery.cargo == Cargo::Test || webhook.state != WebhookState::On {
        let parked = transaction.deliveries().record(delivery.id, attempt, AfterAttempt::Parked, result, now).await?;
        return Ok(if parked { Outcome::Parked } else { Outcome::Nothing });
    }
    let failed = FailedDelivery::of(attempt, webhook.failing_since, now);
    let after = failed.next_at.map_or(AfterAttempt::Parked, AfterAttempt::Again);
    if !transaction.deliveries().record(delivery.id, attempt, after, result, now).await? {
        return Ok(Outcome::Nothing);
    }
    if failed.turns_off {
        turn_off(app, transaction, webhook).await?;
        return Ok(Outcome::Disabled);
    }
    if webhook.failing_since.is_none() {
        transaction.webhooks().note_failing(webhook.id, Some(failed.failing_since)).await?;
    }
    Ok(if failed.next_at.is_some() { Outcome::Again } else { Outcome::Parked })
}

async fn turn_off(app: &App, transaction: &mut Transaction, webhook: Webhook) -> Result<(), AppError> {
    let off = Webhook { state: WebhookState::GivenUp, ..webhook };
    if !transaction.webhooks().replace(&off, off.version).await? {
        // Its owner changed it at this moment: it is looked at once more.
        return Err(AppError::StoreUnavailable(StoreError::Conflict("the webhook was changed".into())));
    }
    transaction.deliveries().park_all(off.id, app.clock.now()).await?;
    transaction.record(Event::AccountWebhookDisabled { user: off.user });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, now};
    use crate::webhooks::credentials::tests::webhook;
    use chrono::{DateTime, TimeDelta, Utc};
    use minsu_domain::{DISABLED_AFTER, DeliveryId, DeliveryState};
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};
    use std::sync::{Arc, Mutex};

    fn delivery(cargo: Cargo) -> Delivery {
        Delivery {
            id: DeliveryId::new(5).unwrap(),
            webhook: webhook(4).id,
            cargo,
            state: DeliveryState::Waiting,
            attempts: 0,
            last: None,
            next_at: now(),
            created_at: now(),
            ended_at: None,
        }
    }

    const EVENT: Cargo = Cargo::Event { position: 1, kind: "order.placed" };

    /// What is written of an attempt: of the delivery, since when the webhook fails, and whether it is turned off.
    type Written = (Vec<AfterAttempt>, Vec<Option<DateTime<Utc>>>, Vec<WebhookState>);

    async fn recorded(
        webhook: Webhook,
        cargo: Cargo,
        attempt: u32,
        answer: Result<u16, WebhookFailure>,
    ) -> (Outcome, Written, usize) {
        let written = Arc::new(Mutex::new(Written::default()));
        let (of_delivery, of_failing, of_state) = (written.clone(), written.clone(), written.clone());
        let mut unit = MockUnitOfWork::default();
        unit.webhooks.expect_find().returning(move |_| Ok(Some(webhook.clone())));
        unit.deliveries.expect_record().withf(move |_, number, _, _, _| *number == attempt).returning(
            move |_, _, after, _, _| {
                of_delivery.lock().unwrap().0.push(after);
                Ok(true)
            },
        );
        unit.webhooks.expect_note_failing().returning(move |_, since| {
            of_failing.lock().unwrap().1.push(since);
            Ok(())
        });
        unit.webhooks.expect_replace().returning(move |webhook, _| {
            of_state.lock().unwrap().2.push(webhook.state);
            Ok(true)
        });
        unit.deliveries.expect_park_all().returning(|_, _| Ok(0));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let outcome = record(&app, &delivery(cargo), attempt, answer, 7).await.unwrap();
        let written = written.lock().unwrap().clone();
        (outcome, written, log.committed().len())
    }

    #[tokio::test]
    async fn a_success_ends_the_delivery_and_the_failing() {
        let (outcome, written, _) = recorded(webhook(4), EVENT, 1, Ok(204)).await;
        assert_eq!((outcome, written), (Outcome::Delivered, (vec![AfterAttempt::Delivered], vec![], vec![])));
        let failing = Webhook { failing_since: Some(now()), ..webhook(4) };
        assert_eq!(recorded(failing.clone(), EVENT, 3, Ok(200)).await.1.1, [None]);
        assert_eq!(recorded(failing, Cargo::Test, 1, Ok(200)).await.1.1, []);
    }

    #[tokio::test]
    async fn a_failure_is_tried_again_and_parked_in_the_end() {
        let failure = Err(WebhookFailure::Status(500));
        let (outcome, written, _) = recorded(webhook(4), EVENT, 1, failure).await;
        let again = AfterAttempt::Again(now() + TimeDelta::seconds(5));
        assert_eq!((outcome, written), (Outcome::Again, (vec![again], vec![Some(now())], vec![])));
        let failing = Webhook { failing_since: Some(now() - TimeDelta::days(4)), ..webhook(4) };
        let (outcome, written, events) = recorded(failing, EVENT, 10, failure).await;
        assert_eq!((outcome, written), (Outcome::Parked, (vec![AfterAttempt::Parked], vec![], vec![])));
        assert_eq!(events, 0);
    }

    #[tokio::test]
    async fn five_days_of_failure_turn_the_webhook_off_and_its_owner_is_told() {
        let failing = Webhook { failing_since: Some(now() - DISABLED_AFTER), ..webhook(4) };
        let (outcome, written, events) = recorded(failing, EVENT, 2, Err(WebhookFailure::Unanswered("timeout"))).await;
        assert_eq!(outcome, Outcome::Disabled);
        assert_eq!(written, (vec![AfterAttempt::Parked], vec![], vec![WebhookState::GivenUp]));
        assert_eq!(events, 1);
    }

    #[tokio::test]
    async fn what_was_asked_for_by_hand_is_tried_once() {
        let failure = Err(WebhookFailure::Refused("address_refused"));
        let off = Webhook { state: WebhookState::Off, ..webhook(4) };
        for (webhook, cargo) in [(webhook(4), Cargo::Test), (off, EVENT)] {
            let (outcome, written, _) = recorded(webhook, cargo, 1, failure).await;
            assert_eq!((outcome, written), (Outcome::Parked, (vec![AfterAttempt::Parked], vec![], vec![])));
        }
    }

    #[test]
    fn outcomes_are_made_again() {
        assert!(Outcome::ALL.into_iter().all(|outcome| Outcome::of(outcome.keep()) == Some(outcome)));
        assert_eq!(Outcome::of(5), None);
    }
}
