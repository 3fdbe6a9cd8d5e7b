//! From events to deliveries and messages.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use minsu_domain::{Event, EventSubject, MessageKind, UserId};
use minsu_ports::{Cargo, FaultPoint, NewDelivery, NewMessage, OrderedEvent, OrderingKey, Webhook};

use crate::{
    App, AppError, events, messages,
    transaction::{Transaction, in_transaction},
};

/// Events that are handed out in one transaction.
const BATCH: u32 = 200;
/// Transactions of one call: with more events than these, the next call goes on.
const BATCHES: u32 = 20;

/// Hands the events that were committed out to the webhooks and messages that they are for, and returns how many events
/// there were.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; the batches before are done.
pub(crate) async fn hand_out(app: &App) -> Result<u64, AppError> {
    events::order_events(app).await?;
    let mut total = 0;
    for _ in 0..BATCHES {
        let mut session = app.store.read_own().await?;
        let (cursor, newest) = (session.deliveries().cursor().await?, session.outbox().newest().await?);
        drop(session);
        if cursor >= newest {
            break;
        }
        total += in_transaction(app, async |transaction| batch(app, transaction).await).await?;
        app.fault_points.reach(FaultPoint::HandedOutCommitted).await;
    }
    Ok(total)
}

async fn batch(app: &App, transaction: &mut Transaction) -> Result<u64, AppError> {
    let cursor = transaction.deliveries().lock_cursor().await?;
    let newest = transaction.outbox().newest().await?;
    let batch = transaction.outbox().all_after(cursor, BATCH).await?;
    // Where nothing is left behind the position, the events were deleted.
    let to = if batch.last == cursor { newest.max(cursor) } else { batch.last };
    let parties: BTreeSet<UserId> = batch.events.iter().flat_map(|event| parties(&event.event)).collect();
    let webhooks = transaction.webhooks().lock_enabled(&parties.into_iter().collect::<Vec<_>>()).await?;
    let now = app.clock.now();
    let deliveries: Vec<_> = batch.events.iter().flat_map(|event| deliveries(event, &webhooks, now)).collect();
    if !deliveries.is_empty() {
        transaction.deliveries().insert(&deliveries).await?;
    }
    let messages: Vec<_> = batch.events.iter().flat_map(|event| messages_of(app, event, now)).collect();
    if !messages.is_empty() {
        transaction.messages().insert(&messages).await?;
    }
    transaction.deliveries().move_cursor(to).await?;
    app.fault_points.reach(FaultPoint::EventsHandedOut).await;
    Ok(batch.events.len() as u64)
}

/// Whose events these are, as in the feed.
fn parties(event: &Event) -> Vec<UserId> {
    match event.subject() {
        EventSubject::Account(_) => vec![],
        EventSubject::Listing(listing) => vec![listing.landlord],
        EventSubject::Order(order) => vec![order.landlord, order.guest],
    }
}

fn deliveries<'a>(
    event: &'a OrderedEvent,
    webhooks: &'a [Webhook],
    now: DateTime<Utc>,
) -> impl Iterator<Item = NewDelivery> + 'a {
    let ordering_key = match event.event.subject() {
        EventSubject::Account(_) => OrderingKey::Free,
        EventSubject::Listing(listing) => OrderingKey::Listing(listing.house.get()),
        EventSubject::Order(order) => OrderingKey::Order(order.order.get()),
    };
    let parties = parties(&event.event);
    let taking = webhooks.iter().filter(move |webhook| {
        event.position > webhook.since && parties.contains(&webhook.user) && webhook.kinds.take(&event.event)
    });
    taking.map(move |webhook| NewDelivery {
        webhook: webhook.id,
        cargo: Cargo::Event { position: event.position, kind: event.event.name() },
        ordering_key,
        created_at: now,
    })
}

/// The messages about an event, unless it is too old to be news.
fn messages_of(app: &App, event: &OrderedEvent, now: DateTime<Utc>) -> Vec<NewMessage> {
    if now - event.at > messages::STALE {
        return vec![];
    }
    let order = match event.event.subject() {
        EventSubject::Order(order) => Some(order.order),
        EventSubject::Account(_) | EventSubject::Listing(_) => None,
    };
    let told = MessageKind::of_event(&event.event).into_iter();
    let sent = told.filter(|(kind, _)| app.policy.messages.template(*kind).is_some());
    sent.map(|(kind, user)| NewMessage { user, kind, order, at: event.at }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, now, user};
    use crate::webhooks::credentials::tests::webhook;
    use chrono::TimeDelta;
    use minsu_domain::{EventKinds, HouseId, ListingEvent, MessageTemplate, OrderEvent, OrderId, OrderStatus};
    use minsu_ports::{
        OutboxRepo,
        testkit::{MockStore, MockUnitOfWork, OutboxLog},
    };
    use std::sync::{Arc, Mutex};

    fn placed() -> Event {
        Event::OrderPlaced(OrderEvent {
            order: OrderId::new(3).unwrap(),
            house: HouseId::new(7).unwrap(),
            landlord: user(1),
            guest: user(2),
            entered: OrderStatus::WaitAccept,
        })
    }

    #[derive(Default, Clone)]
    struct Written {
        deliveries: Arc<Mutex<Vec<NewDelivery>>>,
        messages: Arc<Mutex<Vec<NewMessage>>>,
        cursor: Arc<Mutex<u64>>,
    }

    /// What is handed out of these events to these webhooks.
    async fn handed_out(events: &[(Event, DateTime<Utc>)], webhooks: Vec<Webhook>) -> (Written, u64) {
        let (mut log, written) = (OutboxLog::default(), Written::default());
        for (event, at) in events {
            log.append(&[*event], *at).await.unwrap();
        }
        let mut store = MockStore::new();
        let (read, known) = (log.clone(), written.clone());
        let session = move || {
            let mut unit = MockUnitOfWork::default();
            unit.outbox = read.clone();
            let (at, to) = (known.clone(), known.clone());
            unit.deliveries.expect_cursor().returning(move || Ok(*at.cursor.lock().unwrap()));
            let at = known.clone();
            unit.deliveries.expect_lock_cursor().returning(move || Ok(*at.cursor.lock().unwrap()));
            unit.deliveries.expect_move_cursor().returning(move |position| {
                *to.cursor.lock().unwrap() = position;
                Ok(())
            });
            let (into, webhooks) = (known.clone(), webhooks.clone());
            unit.deliveries.expect_insert().returning(move |new| {
                into.deliveries.lock().unwrap().extend(new);
                Ok(())
            });
            let into = known.clone();
            unit.messages.expect_insert().returning(move |new| {
                into.messages.lock().unwrap().extend(new);
                Ok(())
            });
            unit.webhooks.expect_lock_enabled().returning(move |users| {
                Ok(webhooks.iter().filter(|webhook| users.contains(&webhook.user)).cloned().collect())
            });
            unit
        };
        let begun = session.clone();
        store.expect_read_own().returning(move || Ok(Box::new(session())));
        store.expect_begin().returning(move || Ok(Box::new(begun())));
        let mut app = TestApp::default().store(store).build();
        let template = MessageTemplate { id: "T".into(), values: vec![] };
        app.policy.messages.templates = vec![(MessageKind::OrderPlaced, template)];
        let count = hand_out(&app).await.unwrap();
        (written, count)
    }

    #[tokio::test]
    async fn each_webhook_gets_what_it_takes_once() {
        let of = |id, owner, kinds, since| Webhook { user: user(owner), kinds, since, ..webhook(id) };
        let paid = EventKinds::new(["order.paid"]).unwrap();
        let webhooks = vec![
            of(1, 1, EventKinds::ALL, 0),
            of(2, 2, EventKinds::ALL, 0),
            of(3, 1, paid, 0),
            of(4, 1, EventKinds::ALL, 3),
            of(5, 9, EventKinds::ALL, 0),
        ];
        let drafted = Event::ListingDrafted(ListingEvent { house: HouseId::new(7).unwrap(), landlord: user(1) });
        let events = [(Event::AccountRenamed { user: user(1) }, now()), (placed(), now()), (drafted, now())];
        let (written, count) = handed_out(&events, webhooks).await;
        assert_eq!((count, *written.cursor.lock().unwrap()), (3, 3));
        let told: Vec<_> = written
            .deliveries
            .lock()
            .unwrap()
            .iter()
            .map(|new| (new.webhook.get(), new.cargo, new.ordering_key))
            .collect();
        let event = |position, kind| Cargo::Event { position, kind };
        let order = OrderingKey::Order(3);
        assert_eq!(
            told,
            [
                (1, event(2, "order.placed"), order),
                (2, event(2, "order.placed"), order),
                (1, event(3, "listing.drafted"), OrderingKey::Listing(7)),
            ]
        );
    }

    #[tokio::test]
    async fn messages_are_for_kinds_with_a_template_and_for_news() {
        let late = now() - messages::STALE - TimeDelta::seconds(1);
        let (written, _) = handed_out(&[(placed(), late), (placed(), now())], vec![]).await;
        let order = OrderId::new(3).ok();
        let told = NewMessage { user: user(1), kind: MessageKind::OrderPlaced, order, at: now() };
        assert_eq!(*written.messages.lock().unwrap(), [told]);
        assert_eq!(*written.cursor.lock().unwrap(), 2);
    }
}
