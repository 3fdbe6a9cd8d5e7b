//! Sending one message.

use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::{
    ChangedBy, MessageId, MessageKind, MessageTemplate, OrderFacts, OrderStatus, Version, message_text,
};
use minsu_ports::{MessageSignal, NewMessage, Signal, SmsError, SmsMessage, User, WaitingMessage};

use super::STALE;
use crate::{
    App, AppError,
    limits::{self, Counted, Share},
    transaction::in_transaction,
};

/// The pauses behind attempts that failed; behind the last one there is no other.
const PAUSES: [TimeDelta; 3] = [TimeDelta::minutes(1), TimeDelta::minutes(10), TimeDelta::hours(1)];

/// Sends a message that is due, unless the person does not want it; `false` where nothing was sent. One that the service did not take
/// is tried again some times; one that it may have taken is not.
///
/// # Errors
/// [`AppError::StoreUnavailable`], [`AppError::CacheUnavailable`].
pub(crate) async fn send(app: &App, id: MessageId) -> Result<bool, AppError> {
    let Some(waiting) = app.store.read_own().await?.messages().find(id).await? else { return Ok(false) };
    let now = app.clock.now();
    let Some((to, message)) = wanted(app, &waiting.message, now).await? else {
        return forget(app, id, MessageSignal::Dropped).await;
    };
    let shares = [
        Share(Counted::MessagesOfMobile, to.mobile.as_str().to_owned()),
        Share(Counted::MessagesOfSite, String::new()),
    ];
    match limits::take(app, &app.policy.limits, &shares).await {
        Ok(()) => {}
        Err(AppError::TooOften(wait)) => {
            let next = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::hours(1));
            in_transaction(app, async |transaction| Ok(transaction.messages().put_off(id, next).await?)).await?;
            app.telemetry.count(Signal::Message(MessageSignal::PutOff));
            return Ok(false);
        }
        Err(error) => return Err(error),
    }
    let WaitingMessage { attempts, .. } = waiting;
    let pause = PAUSES.get(attempts as usize).copied();
    let next = now + pause.unwrap_or(STALE);
    let claimed =
        in_transaction(app, async |transaction| Ok(transaction.messages().claim(id, attempts, next).await?)).await?;
    if !claimed {
        limits::give_back(app, &shares).await?;
        return Ok(false);
    }
    match app.sms.send_message(&to.mobile, &message).await {
        Ok(()) => {
            forget(app, id, MessageSignal::Sent).await?;
            Ok(true)
        }
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                event = message.event,
                attempts,
                "message not sent"
            );
            if matches!(error, SmsError::Unanswered(_)) {
                return forget(app, id, MessageSignal::Refused).await;
            }
            limits::give_back(app, &shares).await?;
            match pause {
                Some(_) => app.telemetry.count(Signal::Message(MessageSignal::Refused)),
                None => return forget(app, id, MessageSignal::Refused).await,
            }
            Ok(false)
        }
    }
}

async fn forget(app: &App, id: MessageId, signal: MessageSignal) -> Result<bool, AppError> {
    in_transaction(app, async |transaction| Ok(transaction.messages().delete(id).await?)).await?;
    app.telemetry.count(Signal::Message(signal));
    Ok(false)
}

/// The message and its person; none where it is not sent by now: it is too old, has no template any more, the account or
/// the order is gone, the person does not want it, or did it.
async fn wanted(app: &App, message: &NewMessage, now: DateTime<Utc>) -> Result<Option<(User, SmsMessage)>, AppError> {
    let Some(template) = app.policy.messages.template(message.kind) else { return Ok(None) };
    if now - message.at > STALE {
        return Ok(None);
    }
    let mut session = app.store.read_own().await?;
    if !session.messages().choices(message.user).await?.wants(message.kind) {
        return Ok(None);
    }
    let Some(user) = session.users().find(message.user).await? else { return Ok(None) };
    let facts = match message.order {
        None => None,
        Some(order) => {
            let Some(view) = session.orders().view(order).await? else { return Ok(None) };
            let canceled = session.orders().history(order, Version::MAX).await?;
            let last = canceled.last().filter(|change| change.to == OrderStatus::Canceled).map(|change| change.by);
            let did = match last {
                Some(ChangedBy::Guest) => Some(view.guest.id),
                Some(ChangedBy::Landlord) => Some(view.landlord.id),
                _ => None,
            };
            if message.kind == MessageKind::OrderCanceled && did == Some(message.user) {
                return Ok(None);
            }
            Some(OrderFacts { order, title: view.title, start: view.start, end: view.end })
        }
    };
    let sms = sms(message, template, facts.as_ref());
    Ok(Some((user, sms)))
}

fn sms(message: &NewMessage, template: &MessageTemplate, facts: Option<&OrderFacts>) -> SmsMessage {
    SmsMessage {
        event: message.kind.name(),
        template: template.id.clone(),
        values: template.values.iter().map(|value| (value.name(), value.of(facts))).collect(),
        text: message_text(message.kind, facts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, counting, mobile, now, order_view, sample_user, user};
    use minsu_domain::{MessageChoices, MessageValue, OrderChange, OrderId};
    use minsu_ports::{
        OrderView,
        testkit::{MockSmsSender, MockStore, MockUnitOfWork},
    };
    use std::sync::{Arc, Mutex};

    /// What is done with the row of a message.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Row {
        Deleted,
        Claimed(DateTime<Utc>),
        PutOff(DateTime<Utc>),
    }

    struct Case {
        message: NewMessage,
        attempts: u32,
        choices: MessageChoices,
        canceled_by: ChangedBy,
        count: u64,
        sends: fn() -> Result<(), SmsError>,
    }

    impl Default for Case {
        fn default() -> Self {
            let message =
                NewMessage { user: user(1), kind: MessageKind::OrderPlaced, order: OrderId::new(3).ok(), at: now() };
            Self {
                message,
                attempts: 0,
                choices: MessageChoices::default(),
                canceled_by: ChangedBy::Guest,
                count: 1,
                sends: || Ok(()),
            }
        }
    }

    /// The rows that were written, and how often something was sent.
    async fn sent(case: Case) -> (Vec<Row>, usize) {
        let (rows, calls) = (Arc::new(Mutex::new(vec![])), Arc::new(Mutex::new(0)));
        let mut store = MockStore::new();
        let Case { message, attempts, choices, canceled_by, count, sends } = case;
        store.expect_read_own().returning(move || {
            let mut session = MockUnitOfWork::default();
            session.messages.expect_find().returning(move |id| Ok(Some(WaitingMessage { id, message, attempts })));
            session.messages.expect_choices().returning(move |_| Ok(choices));
            session.users.expect_find().returning(|_| Ok(Some(sample_user(1))));
            session
                .orders
                .expect_view()
                .returning(|id| Ok(Some(OrderView { title: "四合院".into(), ..order_view(id.get()) })));
            session.orders.expect_history().returning(move |_, _| {
                let from = Some(OrderStatus::WaitAccept);
                Ok(vec![OrderChange { at: now(), by: canceled_by, from, to: OrderStatus::Canceled, reason: None }])
            });
            Ok(Box::new(session))
        });
        let log = rows.clone();
        store.expect_begin().returning(move || {
            let mut unit = MockUnitOfWork::default();
            let (deleted, claimed, put_off) = (log.clone(), log.clone(), log.clone());
            unit.messages.expect_delete().returning(move |_| {
                deleted.lock().unwrap().push(Row::Deleted);
                Ok(())
            });
            unit.messages.expect_claim().returning(move |_, _, next| {
                claimed.lock().unwrap().push(Row::Claimed(next));
                Ok(true)
            });
            unit.messages.expect_put_off().returning(move |_, next| {
                put_off.lock().unwrap().push(Row::PutOff(next));
                Ok(())
            });
            Ok(Box::new(unit))
        });
        let (mut sms, called) = (MockSmsSender::new(), calls.clone());
        sms.expect_send_message()
            .withf(|to, message| {
                *to == mobile() && message.template == "T1" && message.values == [("listing", "四合院".to_owned())]
            })
            .returning(move |_, _| {
                *called.lock().unwrap() += 1;
                sends()
            });
        let mut cache = counting(count);
        cache.expect_decrement().returning(|_| Ok(()));
        let mut app = TestApp::default().store(store).sms(sms).cache(cache).build();
        app.policy.messages.templates = [MessageKind::OrderPlaced, MessageKind::OrderCanceled]
            .map(|kind| (kind, MessageTemplate { id: "T1".into(), values: vec![MessageValue::Listing] }))
            .into();
        send(&app, MessageId::new(9).unwrap()).await.unwrap();
        let (rows, calls) = (rows.lock().unwrap().clone(), *calls.lock().unwrap());
        (rows, calls)
    }

    #[tokio::test]
    async fn a_message_is_sent_once() {
        let claimed = Row::Claimed(now() + PAUSES[0]);
        assert_eq!(sent(Case::default()).await, (vec![claimed, Row::Deleted], 1));
    }

    #[tokio::test]
    async fn what_nobody_wants_is_forgotten() {
        let base = Case::default().message;
        let canceled = NewMessage { kind: MessageKind::OrderCanceled, ..base };
        for (case, calls) in [
            (Case { choices: MessageChoices::of([MessageKind::OrderPaid]), ..Case::default() }, 0),
            (Case { message: NewMessage { at: now() - STALE - TimeDelta::seconds(1), ..base }, ..Case::default() }, 0),
            (Case { message: NewMessage { kind: MessageKind::OrderPaid, ..base }, ..Case::default() }, 0),
            // The landlord cancelled, and knows it; the guest did, and the landlord does not.
            (Case { message: canceled, canceled_by: ChangedBy::Landlord, ..Case::default() }, 0),
            (Case { message: canceled, canceled_by: ChangedBy::Guest, ..Case::default() }, 1),
        ] {
            let (rows, called) = sent(case).await;
            assert_eq!((rows.last(), called), (Some(&Row::Deleted), calls));
        }
    }

    #[tokio::test]
    async fn above_a_limit_it_waits_and_after_a_failure_it_is_tried_again() {
        let (rows, calls) = sent(Case { count: 1_000, ..Case::default() }).await;
        assert!(matches!(rows[..], [Row::PutOff(_)]) && calls == 0, "{rows:?}");
        let failed = || Err(SmsError::Failed("no".into()));
        assert_eq!(sent(Case { sends: failed, ..Case::default() }).await.0, [Row::Claimed(now() + PAUSES[0])]);
        let last = sent(Case { sends: failed, attempts: 3, ..Case::default() }).await.0;
        assert_eq!(last, [Row::Claimed(now() + STALE), Row::Deleted]);
        // It may have been sent, and two of them cost twice.
        let unanswered = || Err(SmsError::Unanswered("late".into()));
        assert_eq!(sent(Case { sends: unanswered, ..Case::default() }).await.0.last(), Some(&Row::Deleted));
    }
}
