//! The addresses of feeds, sealed anew with a new key.

use minsu_domain::FeedId;
use minsu_ports::SealedText;

use crate::{App, AppError, transaction::in_transaction};

/// Addresses of one transaction.
const BATCH: u32 = 500;

/// Seals anew the addresses that another key sealed; returns how many, and how many no key opens.
pub(crate) async fn reseal(app: &App, key_id: &str) -> Result<(u64, u64), AppError> {
    let (mut after, mut resealed, mut unopened): (Option<FeedId>, _, _) = (None, 0, 0);
    loop {
        let found = app.store.read_own().await?.feeds().sealed_otherwise(key_id, after, BATCH).await?;
        let Some((last, ..)) = found.last() else { return Ok((resealed, unopened)) };
        after = Some(*last);
        let mut renewed = Vec::with_capacity(found.len());
        for (feed, house, old) in found {
            match app.sealer.reseal_text(SealedText::CalendarUrl(house), &old) {
                Ok(new) => renewed.push((feed, old, new)),
                Err(error) => {
                    tracing::error!(%error, %feed, key = old.key_id, "the address of a feed that no key opens");
                    unopened += 1;
                }
            }
        }
        resealed += in_transaction(app, async |transaction| {
            let mut written = 0;
            for (feed, old, new) in &renewed {
                written += u64::from(transaction.feeds().reseal(*feed, old, new).await?);
            }
            Ok(written)
        })
        .await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use minsu_domain::HouseId;
    use minsu_ports::{
        SealError, SealedIdentity,
        testkit::{MockIdentitySealer, MockStore, MockUnitOfWork},
    };

    #[tokio::test]
    async fn addresses_are_sealed_anew_and_those_that_no_key_opens_are_told() {
        let sealed = |key: &str| SealedIdentity { key_id: key.into(), sealed: vec![1] };
        let (feed, house) = (|id| FeedId::new(id).unwrap(), HouseId::new(7).unwrap());
        let mut store = MockStore::new();
        store.expect_read_own().times(2).returning(move || {
            let mut session = MockUnitOfWork::default();
            session.feeds.expect_sealed_otherwise().returning(move |_, after, _| {
                let found = [("old", 1), ("lost", 2), ("old", 3)].map(|(key, id)| (feed(id), house, sealed(key)));
                Ok(if after.is_none() { found.into() } else { vec![] })
            });
            Ok(Box::new(session))
        });
        let mut unit = MockUnitOfWork::default();
        // The landlord named another address for number 3 meanwhile.
        unit.feeds.expect_reseal().times(2).returning(move |id, _, new| Ok(id == feed(1) && new.key_id == "new"));
        store.expect_begin().return_once(move || Ok(Box::new(unit)));
        let mut sealer = MockIdentitySealer::new();
        sealer.expect_reseal_text().returning(move |_, old| match old.key_id.as_str() {
            "lost" => Err(SealError::UnknownKey),
            _ => Ok(sealed("new")),
        });
        let app = TestApp::default().store(store).sealer(sealer).build();
        assert_eq!(reseal(&app, "new").await.unwrap(), (1, 1));
    }
}
