//! What was sent to a webhook: the list, a test, and once more by hand.

use minsu_domain::{DeliveryId, DeliveryState, PageLimit, Principal, WebhookId};
use minsu_ports::{Cargo, Delivery, NewDelivery, OrderingKey};

use crate::{
    App, AppError, WebhookError,
    limits::{self, Counted},
    transaction::in_transaction,
};

/// Deliveries among which a test is that was just made.
const NEWEST: u32 = 100;

/// Which deliveries of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDeliveries {
    /// In one of these states; in any where there is none.
    pub states: Vec<DeliveryState>,
    /// Those behind this one; the newest where it is absent.
    pub after: Option<DeliveryId>,
    /// How many at most.
    pub limit: PageLimit,
}

/// A page of deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The deliveries, the newest first.
    pub deliveries: Vec<Delivery>,
    /// Behind which one the next page begins; none at the end.
    pub next: Option<DeliveryId>,
}

/// The deliveries of a webhook of a person.
///
/// # Errors
/// [`WebhookError::NotFound`].
pub async fn view_deliveries(
    app: &App,
    viewer: Principal,
    id: WebhookId,
    query: &ListDeliveries,
) -> Result<DeliveryPage, AppError> {
    super::find(app, viewer, id).await?;
    let limit = query.limit.get();
    let mut session = app.store.read_own().await?;
    let mut deliveries = session.deliveries().of_webhook(id, &query.states, query.after, limit + 1).await?;
    let goes_on = deliveries.len() > limit as usize;
    deliveries.truncate(limit as usize);
    let next = deliveries.last().filter(|_| goes_on).map(|last| last.id);
    Ok(DeliveryPage { deliveries, next })
}

/// Makes a delivery due once more, from its first attempt on and under the same id, also one that was delivered.
///
/// # Errors
/// [`WebhookError::NotFound`], [`WebhookError::Waiting`].
pub async fn redeliver(
    app: &App,
    viewer: Principal,
    id: WebhookId,
    delivery: DeliveryId,
) -> Result<Delivery, AppError> {
    super::find(app, viewer, id).await?;
    let now = app.clock.now();
    in_transaction(app, async |transaction| {
        if transaction.deliveries().redeliver(id, delivery, now).await? {
            return Ok(());
        }
        match transaction.deliveries().find(id, delivery).await? {
            Some(_) => Err(WebhookError::Waiting.into()),
            None => Err(WebhookError::NotFound.into()),
        }
    })
    .await?;
    let found = app.store.read_own().await?.deliveries().find(id, delivery).await?;
    Ok(found.ok_or(WebhookError::NotFound)?)
}

/// Sends a test to a webhook, also to one that is turned off. It is tried once.
///
/// # Errors
/// [`WebhookError::NotFound`], [`AppError::TooOften`].
pub async fn test(app: &App, viewer: Principal, id: WebhookId) -> Result<Delivery, AppError> {
    super::find(app, viewer, id).await?;
    limits::count(app, Counted::WebhookTests, &viewer.user.to_string()).await?;
    let test =
        NewDelivery { webhook: id, cargo: Cargo::Test, ordering_key: OrderingKey::Free, created_at: app.clock.now() };
    in_transaction(app, async |transaction| Ok(transaction.deliveries().insert(&[test]).await?)).await?;
    // Events may have come since.
    let newest = app.store.read_own().await?.deliveries().of_webhook(id, &[], None, NEWEST).await?;
    let test = newest.into_iter().find(|delivery| delivery.cargo == Cargo::Test);
    Ok(test.ok_or(WebhookError::NotFound)?)
}
