//! Maintenance by the site's owner: deletes data that are not needed any more, and reseals
//! real-name data with a new key.

mod batches;
mod objects;
mod occupants;

use std::time::Duration;

pub use objects::{ORPHAN_AGE, PrunedObjects, prune_objects};
pub use occupants::erase_past_occupants;

use self::batches::{BATCH, batches};
use crate::{App, AppError, feeds, transaction::in_transaction, webhooks};
use minsu_domain::UserId;
use minsu_ports::{Doomed, SealError, SealedIdentity};

/// How long an event can be read.
pub const EVENTS_KEPT: Duration = Duration::from_secs(30 * 86_400);

/// How long it is kept which notices payment providers sent: they repeat one for some days, and a guest may dispute a
/// payment for months. As long it is kept how a provider's bill differed from the payments here.
pub const NOTICES_KEPT: Duration = Duration::from_secs(180 * 86_400);

/// How long an expired token is still listed.
const EXPIRED_TOKENS: Duration = Duration::from_secs(30 * 86_400);

/// The numbers of deleted rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Orders that were rejected or cancelled long ago.
    pub orders: u64,
    /// Houses of deleted accounts that no order refers to.
    pub houses: u64,
    /// Erased users that no row refers to.
    pub users: u64,
    /// Idempotency keys that expired.
    pub idempotency_keys: u64,
    /// Personal tokens that expired a month ago.
    pub tokens: u64,
    /// Events that were recorded a month ago.
    pub events: u64,
    /// Notices of payment providers of more than half a year ago.
    pub notices: u64,
    /// Differences between a provider's bill and the payments here, of days of more than half a year ago.
    pub differences: u64,
    /// Deliveries to webhooks that ended some time ago.
    pub deliveries: u64,
    /// Orders whose people were erased some time after the stay.
    pub occupants: u64,
}

impl Pruned {
    /// All of them.
    pub const fn total(&self) -> u64 {
        let accounts = self.orders + self.houses + self.users + self.occupants;
        accounts + self.idempotency_keys + self.tokens + self.events + self.notices + self.differences + self.deliveries
    }
}

/// Deletes dead orders that are older than `keep`, then the withdrawn houses and the erased users
/// that no row refers to any more, in this order: each may have been referred to by the one before. Then deletes
/// expired keys and tokens, old events, old notices and differences of payment providers, old deliveries to webhooks, and
/// the people of stays that are over for long.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; earlier batches stay deleted.
pub async fn prune(app: &App, keep: Duration) -> Result<Pruned, AppError> {
    let now = app.clock.now();
    let before = now - keep;
    Ok(Pruned {
        orders: batches(app, async |transaction| {
            Ok(transaction.maintenance().delete_dead_orders(before, BATCH).await?)
        })
        .await?,
        houses: batches(app, async |transaction| Ok(transaction.maintenance().delete_forgotten_houses(BATCH).await?))
            .await?,
        users: batches(app, async |transaction| Ok(transaction.maintenance().delete_forgotten_users(BATCH).await?))
            .await?,
        idempotency_keys: batches(app, async |transaction| {
            Ok(transaction.idempotency().forget_expired(now, BATCH).await?)
        })
        .await?,
        tokens: batches(app, async |transaction| {
            Ok(transaction.tokens().delete_expired(now - EXPIRED_TOKENS, BATCH).await?)
        })
        .await?,
        events: batches(app, async |transaction| {
            Ok(transaction.outbox().delete_before(now - EVENTS_KEPT, BATCH).await?)
        })
        .await?,
        notices: batches(app, async |transaction| {
            Ok(transaction.payments().forget_events(now - NOTICES_KEPT, BATCH).await?)
        })
        .await?,
        differences: in_transaction(app, async |transaction| {
            Ok(transaction.payments().forget_differences((now - NOTICES_KEPT).date_naive()).await?)
        })
        .await?,
        deliveries: batches(app, async |transaction| {
            Ok(transaction.deliveries().delete_ended(now - app.policy.retention.deliveries, BATCH).await?)
        })
        .await?,
        occupants: erase_past_occupants(app).await?,
    })
}

/// Finds what [`prune`] would delete, and changes nothing. `tell` gets the id of each row; keys and tokens are counted.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn preview(app: &App, keep: Duration, mut tell: impl FnMut(Doomed, i64)) -> Result<Pruned, AppError> {
    let now = app.clock.now();
    let before = now - keep;
    let mut doomed = async |what: Doomed| -> Result<u64, AppError> {
        let (mut total, mut after) = (0, 0);
        loop {
            let ids = app.store.read_own().await?.maintenance().doomed(what, before, after, BATCH).await?;
            let Some(last) = ids.last() else { return Ok(total) };
            (total, after) = (total + ids.len() as u64, *last);
            ids.into_iter().for_each(|id| tell(what, id));
        }
    };
    Ok(Pruned {
        orders: doomed(Doomed::Orders).await?,
        houses: doomed(Doomed::Houses).await?,
        users: doomed(Doomed::Users).await?,
        idempotency_keys: app.store.read_own().await?.idempotency().count_expired(now).await?,
        tokens: app.store.read_own().await?.tokens().count_expired(now - EXPIRED_TOKENS).await?,
        events: app.store.read_own().await?.outbox().count_before(now - EVENTS_KEPT).await?,
        notices: app.store.read_own().await?.payments().count_events(now - NOTICES_KEPT).await?,
        differences: {
            let before = (now - NOTICES_KEPT).date_naive();
            app.store.read_own().await?.payments().count_old_differences(before).await?
        },
        deliveries: app.store.read_own().await?.deliveries().count_ended(now - app.policy.retention.deliveries).await?,
        occupants: app.store.read_own().await?.occupants().count_past(occupants::kept_from(app)).await?,
    })
}

/// The result of resealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resealed {
    /// Users whose data are sealed by the first key now, and were not before.
    pub people: u64,
    /// Users whose data no configured key opens; they are left as they are.
    pub unopened: u64,
    /// Orders whose people are sealed by the first key now, and were not before.
    pub orders: u64,
    /// Orders whose people no configured key opens.
    pub unopened_orders: u64,
    /// Calendars whose address is sealed by the first key now, and was not before.
    pub feeds: u64,
    /// Calendars whose address no configured key opens.
    pub unopened_feeds: u64,
    /// Webhooks that are sealed by the first key now, and were not before.
    pub webhooks: u64,
    /// Webhooks that no configured key opens.
    pub unopened_webhooks: u64,
}

/// Reseals with the first key what another one sealed: all real-name data, those of users and of the people who stay,
/// the addresses of calendars, and all webhooks. It may be stopped and started again, and users may write theirs
/// meanwhile. Data that no configured key opens are logged with the user's id; the rotation goes on with the others.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; data that were resealed until then stay so.
pub async fn rotate_keys(app: &App) -> Result<Resealed, AppError> {
    let key_id = app.sealer.current_key();
    let (orders, unopened_orders) = occupants::reseal(app, &key_id).await?;
    let (feeds, unopened_feeds) = feeds::reseal(app, &key_id).await?;
    let (webhooks, unopened_webhooks) = webhooks::reseal(app, &key_id).await?;
    let mut total =
        Resealed { orders, unopened_orders, feeds, unopened_feeds, webhooks, unopened_webhooks, ..Resealed::default() };
    let mut after: Option<UserId> = None;
    loop {
        let found = app.store.read_own().await?.maintenance().sealed_otherwise(&key_id, after, BATCH).await?;
        let Some((last, _)) = found.last() else { return Ok(total) };
        after = Some(*last);
        let mut renewed = Vec::with_capacity(found.len());
        for (user, old) in found {
            let opened = app.sealer.open(user, &old);
            match opened.and_then(|identity| Ok((identity, renewed_seal(app, &key_id, user, &old)?))) {
                Ok((identity, new)) => renewed.push((user, old, new, app.sealer.digests(&identity.id_card))),
                Err(error) => {
                    tracing::error!(%error, %user, key = old.key_id, "real-name data that no key opens");
                    total.unopened += 1;
                }
            }
        }
        total.people += in_transaction(app, async |transaction| {
            let mut written = 0;
            for (user, old, new, digests) in &renewed {
                let is_same = match new {
                    Some(new) => transaction.maintenance().reseal(*user, old, new).await?,
                    None => true,
                };
                // Data that were written anew meanwhile have their digest.
                if is_same {
                    transaction.users().note_identity_number(*user, digests, 0).await?;
                }
                written += u64::from(is_same && new.is_some());
            }
            Ok(written)
        })
        .await?;
    }
}

/// The data sealed by the first key; `None` where they are.
fn renewed_seal(
    app: &App,
    key_id: &str,
    user: UserId,
    old: &SealedIdentity,
) -> Result<Option<SealedIdentity>, SealError> {
    if old.key_id == key_id { Ok(None) } else { app.sealer.reseal(user, old).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use minsu_ports::{
        Identity, NumberDigests,
        testkit::{MockIdentitySealer, MockStore, MockUnitOfWork},
    };

    fn digests(number: &str) -> NumberDigests {
        NumberDigests { key_id: "new".into(), current: format!("digest of {number}"), former: Vec::new() }
    }

    fn opened(_: UserId, sealed: &SealedIdentity) -> Result<Identity, SealError> {
        let identity = Identity { real_name: "李雷".into(), id_card: "11010519491231002X".into() };
        if sealed.key_id == "lost" { Err(SealError::UnknownKey) } else { Ok(identity) }
    }

    #[tokio::test]
    async fn full_batches_are_followed_by_another() {
        let mut left = vec![4, 8, 5, 6, 0, 1, 2, 3, 0, 7, 500, 500];
        let mut store = MockStore::new();
        store.expect_begin().times(12).returning(move || {
            let deleted = left.pop().unwrap();
            let mut unit = MockUnitOfWork::default();
            unit.maintenance.expect_delete_dead_orders().returning(move |_, _| Ok(deleted));
            unit.maintenance.expect_delete_forgotten_houses().returning(move |_| Ok(deleted));
            unit.maintenance.expect_delete_forgotten_users().returning(move |_| Ok(deleted));
            unit.idempotency.expect_forget_expired().returning(move |_, _| Ok(deleted));
            unit.occupants.expect_erase_past().returning(move |_, _| Ok(deleted));
            unit.tokens.expect_delete_expired().returning(move |_, _| Ok(deleted));
            unit.payments.expect_forget_events().returning(move |_, _| Ok(deleted));
            unit.payments.expect_forget_differences().returning(move |_| Ok(deleted));
            unit.deliveries.expect_delete_ended().returning(move |_, _| Ok(deleted));
            Ok(Box::new(unit))
        });
        let app = TestApp::default().store(store).build();
        let pruned = prune(&app, Duration::from_secs(1)).await.unwrap();
        assert_eq!(
            pruned,
            Pruned {
                orders: 1007,
                houses: 0,
                users: 3,
                idempotency_keys: 2,
                tokens: 1,
                events: 0,
                notices: 6,
                differences: 5,
                deliveries: 8,
                occupants: 4,
            }
        );
    }

    #[tokio::test]
    async fn everything_behind_the_last_one_is_sealed_anew() {
        let sealed = |key: &str| SealedIdentity { key_id: key.into(), sealed: vec![1] };
        let mut store = MockStore::new();
        store.expect_read_own().times(5).returning(move || {
            let mut session = MockUnitOfWork::default();
            session.occupants.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            session.feeds.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            session.webhooks.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            session.maintenance.expect_sealed_otherwise().withf(|key, _, _| key == "new").returning(
                move |_, after, _| {
                    Ok(if after.is_none() {
                        vec![(user(1), sealed("old")), (user(2), sealed("old")), (user(3), sealed("new"))]
                    } else {
                        vec![]
                    })
                },
            );
            Ok(Box::new(session))
        });
        let mut unit = MockUnitOfWork::default();
        // The data of number 2 were changed meanwhile by another request.
        unit.maintenance.expect_reseal().times(2).returning(|id, _, new| Ok(id == user(1) && new.key_id == "new"));
        // Number 3 is sealed by the first key and only lacks its digest.
        unit.users
            .expect_note_identity_number()
            .times(2)
            .withf(|id, number, most| *id != user(2) && number.current.starts_with("digest of 1") && *most == 0)
            .returning(|_, _, _| Ok(true));
        store.expect_begin().times(1).return_once(move || Ok(Box::new(unit)));
        let mut sealer = MockIdentitySealer::new();
        sealer.expect_current_key().returning(|| "new".into());
        sealer.expect_digests().returning(digests);
        sealer.expect_open().returning(opened);
        sealer.expect_reseal().returning(move |_, _| Ok(sealed("new")));
        let app = TestApp::default().store(store).sealer(sealer).build();
        assert_eq!(rotate_keys(&app).await.unwrap(), Resealed { people: 1, ..Resealed::default() });
    }

    #[tokio::test]
    async fn data_that_no_key_opens_do_not_stop_the_rotation() {
        let sealed = |key: &str| SealedIdentity { key_id: key.into(), sealed: vec![1] };
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let mut session = MockUnitOfWork::default();
            session.occupants.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            session.feeds.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            session.webhooks.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            session.maintenance.expect_sealed_otherwise().returning(move |_, after, _| {
                let people = [(user(1), sealed("lost")), (user(2), sealed("old")), (user(3), sealed("lost"))];
                Ok(if after.is_none() { people.into() } else { vec![] })
            });
            Ok(Box::new(session))
        });
        let mut unit = MockUnitOfWork::default();
        unit.maintenance.expect_reseal().times(1).withf(|id, _, _| *id == user(2)).returning(|_, _, _| Ok(true));
        unit.users.expect_note_identity_number().times(1).returning(|_, _, _| Ok(true));
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let mut sealer = MockIdentitySealer::new();
        sealer.expect_current_key().returning(|| "new".into());
        sealer.expect_digests().returning(digests);
        sealer.expect_open().returning(opened);
        sealer.expect_reseal().returning(move |_, old| match old.key_id.as_str() {
            "lost" => Err(SealError::UnknownKey),
            _ => Ok(sealed("new")),
        });
        let app = TestApp::default().store(store).sealer(sealer).build();
        assert_eq!(rotate_keys(&app).await.unwrap(), Resealed { people: 1, unopened: 2, ..Resealed::default() });
    }
}
