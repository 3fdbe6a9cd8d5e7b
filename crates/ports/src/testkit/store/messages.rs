//! Messages to people.

use minsu_domain::{MessageChoices, MessageId, MessageKind, OrderId, UserId};

use super::fixtures::{instant, user};
use crate::{NewMessage, Store, WaitingMessage};

fn message(user: UserId, order: Option<i64>, seconds: i64) -> NewMessage {
    let order = order.map(|id| OrderId::new(id).unwrap());
    NewMessage { user, kind: MessageKind::OrderPlaced, order, at: instant(seconds) }
}

async fn due(store: &dyn Store, seconds: i64) -> Vec<MessageId> {
    store.read_own().await.unwrap().messages().due(instant(seconds), 10).await.unwrap()
}

/// Messages wait until they are sent; an attempt puts them off, for one process alone.
pub async fn messages_wait_until_they_are_sent(store: &dyn Store) {
    let anna = user(store, 1).await;
    let mut unit = store.begin().await.unwrap();
    unit.messages().insert(&[message(anna, Some(3), 5), message(anna, None, 4)]).await.unwrap();
    unit.messages().insert(&[]).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(due(store, 3).await, []);
    let waiting = due(store, 5).await;
    assert_eq!(waiting.len(), 2);
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.messages().due(instant(5), 1).await.unwrap(), waiting[..1]);
    let first = session.messages().find(waiting[0]).await.unwrap();
    assert_eq!(first, Some(WaitingMessage { id: waiting[0], message: message(anna, None, 4), attempts: 0 }));
    drop(session);
    let mut unit = store.begin().await.unwrap();
    assert!(unit.messages().claim(waiting[0], 0, instant(60)).await.unwrap());
    assert!(!unit.messages().claim(waiting[0], 0, instant(60)).await.unwrap());
    unit.messages().put_off(waiting[1], instant(50)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!((due(store, 49).await, due(store, 59).await, due(store, 60).await.len()), (vec![], vec![waiting[1]], 2));
    let mut unit = store.begin().await.unwrap();
    assert_eq!(unit.messages().find(waiting[0]).await.unwrap().unwrap().attempts, 1);
    unit.messages().delete(waiting[0]).await.unwrap();
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.messages().find(waiting[0]).await.unwrap(), None);
    assert_eq!(session.messages().find(waiting[1]).await.unwrap().unwrap().message, message(anna, Some(3), 5));
}

/// What a person chooses replaces what was chosen; both go with the account.
pub async fn choices_are_replaced_and_forgotten(store: &dyn Store) {
    let (anna, berta) = (user(store, 1).await, user(store, 2).await);
    for wanted in [vec![MessageKind::OrderPaid], vec![MessageKind::OrderPlaced, MessageKind::OrderCanceled]] {
        let choices = MessageChoices::of(wanted);
        let mut unit = store.begin().await.unwrap();
        unit.messages().choose(anna, choices).await.unwrap();
        unit.messages().choose(anna, choices).await.unwrap();
        unit.commit().await.unwrap();
        let mut session = store.read_own().await.unwrap();
        assert_eq!(session.messages().choices(anna).await.unwrap(), choices);
        assert_eq!(session.messages().choices(berta).await.unwrap(), MessageChoices::default());
    }
    let mut unit = store.begin().await.unwrap();
    unit.messages().insert(&[message(anna, Some(3), 5), message(berta, None, 4)]).await.unwrap();
    assert_eq!(unit.messages().forget_all_of(anna).await.unwrap(), 1);
    unit.commit().await.unwrap();
    assert_eq!(due(store, 9).await.len(), 1);
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.messages().choices(anna).await.unwrap(), MessageChoices::default());
}
