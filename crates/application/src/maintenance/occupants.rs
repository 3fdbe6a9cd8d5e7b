//! The people who stay under orders: erased some time after the stay, and sealed anew with a new key.

use chrono::{Days, NaiveDate};
use minsu_domain::OrderId;

use super::batches::{BATCH, batches};
use crate::{App, AppError, transaction::in_transaction};

/// Erases the people of every stay whose last day lies more than the days of
/// [`crate::Retention::occupants_days`] back, and returns of how many orders.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; earlier batches stay erased.
pub async fn erase_past_occupants(app: &App) -> Result<u64, AppError> {
    let from = kept_from(app);
    batches(app, async |transaction| Ok(transaction.occupants().erase_past(from, BATCH).await?)).await
}

/// The first last day of a stay whose people are kept.
pub(super) fn kept_from(app: &App) -> NaiveDate {
    let days = Days::new(app.policy.retention.occupants_days.into());
    app.today().checked_sub_days(days).unwrap_or(NaiveDate::MIN)
}

/// Seals anew the people of orders that another key sealed; returns of how many orders, and of how many no key opens them.
pub(super) async fn reseal(app: &App, key_id: &str) -> Result<(u64, u64), AppError> {
    let (mut after, mut resealed, mut unopened): (Option<OrderId>, _, _) = (None, 0, 0);
    loop {
        let found = app.store.read_own().await?.occupants().sealed_otherwise(key_id, after, BATCH).await?;
        let Some((last, _)) = found.last() else { return Ok((resealed, unopened)) };
        after = Some(*last);
        let mut renewed = Vec::with_capacity(found.len());
        for (order, old) in found {
            match app.sealer.reseal_occupants(order, &old) {
                Ok(new) => renewed.push((order, old, new)),
                Err(error) => {
                    tracing::error!(%error, %order, key = old.key_id, "occupants that no key opens");
                    unopened += 1;
                }
            }
        }
        resealed += in_transaction(app, async |transaction| {
            let mut written = 0;
            for (order, old, new) in &renewed {
                written += u64::from(transaction.occupants().reseal(*order, old, new).await?);
            }
            Ok(written)
        })
        .await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        maintenance::{Resealed, rotate_keys},
        test_app::TestApp,
    };
    use minsu_domain::parse_day;
    use minsu_ports::{
        SealError, SealedIdentity,
        testkit::{MockIdentitySealer, MockStore, MockUnitOfWork},
    };

    #[tokio::test]
    async fn people_are_kept_for_their_days_after_the_last_one() {
        // In Beijing it is the 22nd of November.
        for (days, from) in [(30, "2026-10-23"), (0, "2026-11-22")] {
            let mut unit = MockUnitOfWork::default();
            let from = parse_day(from).unwrap();
            unit.occupants.expect_erase_past().withf(move |before, _| *before == from).returning(|_, _| Ok(3));
            let mut app = TestApp::default().store(unit.begun_once()).build();
            app.policy.retention.occupants_days = days;
            assert_eq!(erase_past_occupants(&app).await.unwrap(), 3);
        }
    }

    #[tokio::test]
    async fn the_people_of_orders_are_sealed_anew_too() {
        let sealed = |key: &str| SealedIdentity { key_id: key.into(), sealed: vec![1] };
        let order = |id| OrderId::new(id).unwrap();
        let mut store = MockStore::new();
        store.expect_read_own().returning(move || {
            let mut session = MockUnitOfWork::default();
            session.occupants.expect_sealed_otherwise().returning(move |_, after, _| {
                let found = [(order(1), sealed("old")), (order(2), sealed("lost")), (order(3), sealed("old"))];
                Ok(if after.is_none() { found.into() } else { vec![] })
            });
            session.maintenance.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            session.feeds.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            session.webhooks.expect_sealed_otherwise().returning(|_, _, _| Ok(vec![]));
            Ok(Box::new(session))
        });
        let mut unit = MockUnitOfWork::default();
        // Those of number 3 were named anew meanwhile.
        unit.occupants.expect_reseal().times(2).returning(move |id, _, new| Ok(id == order(1) && new.key_id == "new"));
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let mut sealer = MockIdentitySealer::new();
        sealer.expect_current_key().returning(|| "new".into());
        sealer.expect_reseal_occupants().returning(move |_, old| match old.key_id.as_str() {
            "lost" => Err(SealError::UnknownKey),
            _ => Ok(sealed("new")),
        });
        let app = TestApp::default().store(store).sealer(sealer).build();
        let expected = Resealed { orders: 1, unopened_orders: 1, ..Resealed::default() };
        assert_eq!(rotate_keys(&app).await.unwrap(), expected);
    }
}
