//! What the site's owner does now and then: forgetting what is not needed any more, and sealing
//! real-name data by a new key.

use std::time::Duration;

use minsu_domain::UserId;
use minsu_ports::UnitOfWork;

use crate::{App, AppError, unit::in_unit};

/// Rows of one unit of work: few enough that nobody waits for it.
const BATCH: u32 = 500;

/// How much was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Orders that were rejected or cancelled long ago.
    pub orders: u64,
    /// Houses of landlords who left, which no order names.
    pub houses: u64,
    /// People who left, whom nothing names.
    pub users: u64,
}

/// Forgets dead orders that are older than `keep`, then the withdrawn houses and the erased people
/// that nothing names any more, in this order: each may have been named by the one before.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; what was forgotten until then stays forgotten.
pub async fn prune(app: &App, keep: Duration) -> Result<Pruned, AppError> {
    let before = app.clock.now() - keep;
    Ok(Pruned {
        orders: batches(app, async |unit| Ok(unit.upkeep().delete_dead_orders(before, BATCH).await?)).await?,
        houses: batches(app, async |unit| Ok(unit.upkeep().delete_forgotten_houses(BATCH).await?)).await?,
        users: batches(app, async |unit| Ok(unit.upkeep().delete_forgotten_users(BATCH).await?)).await?,
    })
}

async fn batches(
    app: &App,
    mut step: impl AsyncFnMut(&mut dyn UnitOfWork) -> Result<u64, AppError>,
) -> Result<u64, AppError> {
    let mut total = 0;
    loop {
        let deleted = in_unit(app, &mut step).await?;
        total += deleted;
        if deleted < u64::from(BATCH) {
            return Ok(total);
        }
    }
}

/// What came of sealing anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resealed {
    /// People whose data are sealed by the first key now, and were not before.
    pub people: u64,
    /// People whose data no configured key opens; they are left as they are.
    pub unopened: u64,
}

/// Seals all real-name data by the first key that were sealed by another one. It may be stopped and
/// begun again, and people may write theirs meanwhile. What no configured key opens is told to the log
/// by the person's id and holds up nobody else's.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; what was sealed until then stays so.
pub async fn rotate_keys(app: &App) -> Result<Resealed, AppError> {
    let key_id = app.sealer.current_key();
    let (mut after, mut total): (Option<UserId>, _) = (None, Resealed::default());
    loop {
        let found = app.store.read_own().await?.upkeep().sealed_otherwise(&key_id, after, BATCH).await?;
        let Some((last, _)) = found.last() else { return Ok(total) };
        after = Some(*last);
        let mut renewed = Vec::with_capacity(found.len());
        for (user, old) in found {
            match app.sealer.reseal(user, &old) {
                Ok(new) => renewed.push((user, old, new)),
                Err(error) => {
                    tracing::error!(%error, %user, key = old.key_id, "real-name data that no key opens");
                    total.unopened += 1;
                }
            }
        }
        total.people += in_unit(app, async |unit| {
            let mut written = 0;
            for (user, old, new) in &renewed {
                written += u64::from(unit.upkeep().reseal(*user, old, new).await?);
            }
            Ok(written)
        })
        .await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use minsu_ports::{
        SealError, SealedIdentity,
        testkit::{MockIdentitySealer, MockStore, MockUnitOfWork},
    };

    #[tokio::test]
    async fn full_batches_are_followed_by_another() {
        let mut left = vec![3, 0, 7, 500, 500];
        let mut store = MockStore::new();
        store.expect_begin().times(5).returning(move || {
            let deleted = left.pop().unwrap();
            let mut unit = MockUnitOfWork::default();
            unit.upkeep.expect_delete_dead_orders().returning(move |_, _| Ok(deleted));
            unit.upkeep.expect_delete_forgotten_houses().returning(move |_| Ok(deleted));
            unit.upkeep.expect_delete_forgotten_users().returning(move |_| Ok(deleted));
            Ok(Box::new(unit))
        });
        let app = TestApp::default().store(store).build();
        let pruned = prune(&app, Duration::from_secs(1)).await.unwrap();
        assert_eq!(pruned, Pruned { orders: 1007, houses: 0, users: 3 });
    }

    #[tokio::test]
    async fn everything_behind_the_last_one_is_sealed_anew() {
        let sealed = |key: &str| SealedIdentity { key_id: key.into(), sealed: vec![1] };
        let mut store = MockStore::new();
        store.expect_read_own().times(2).returning(move || {
            let mut session = MockUnitOfWork::default();
            session.upkeep.expect_sealed_otherwise().withf(|key, _, _| key == "new").returning(move |_, after, _| {
                Ok(if after.is_none() { vec![(user(1), sealed("old")), (user(2), sealed("old"))] } else { vec![] })
            });
            Ok(Box::new(session))
        });
        let mut unit = MockUnitOfWork::default();
        // Number 2 was written anew by somebody else meanwhile.
        unit.upkeep.expect_reseal().times(2).returning(|id, _, new| Ok(id == user(1) && new.key_id == "new"));
        store.expect_begin().times(1).return_once(move || Ok(Box::new(unit)));
        let mut sealer = MockIdentitySealer::new();
        sealer.expect_current_key().returning(|| "new".into());
        sealer.expect_reseal().returning(move |_, _| Ok(sealed("new")));
        let app = TestApp::default().store(store).sealer(sealer).build();
        assert_eq!(rotate_keys(&app).await.unwrap(), Resealed { people: 1, unopened: 0 });
    }

    #[tokio::test]
    async fn data_that_no_key_opens_hold_up_nobody() {
        let sealed = |key: &str| SealedIdentity { key_id: key.into(), sealed: vec![1] };
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let mut session = MockUnitOfWork::default();
            session.upkeep.expect_sealed_otherwise().returning(move |_, after, _| {
                let people = [(user(1), sealed("lost")), (user(2), sealed("old")), (user(3), sealed("lost"))];
                Ok(if after.is_none() { people.into() } else { vec![] })
            });
            Ok(Box::new(session))
        });
        let mut unit = MockUnitOfWork::default();
        unit.upkeep.expect_reseal().times(1).withf(|id, _, _| *id == user(2)).returning(|_, _, _| Ok(true));
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let mut sealer = MockIdentitySealer::new();
        sealer.expect_current_key().returning(|| "new".into());
        sealer.expect_reseal().returning(move |_, old| match old.key_id.as_str() {
            "lost" => Err(SealError::UnknownKey),
            _ => Ok(sealed("new")),
        });
        let app = TestApp::default().store(store).sealer(sealer).build();
        assert_eq!(rotate_keys(&app).await.unwrap(), Resealed { people: 1, unopened: 2 });
    }
}
