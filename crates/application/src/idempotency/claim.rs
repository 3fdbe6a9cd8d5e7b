//! A key in the hands of a request.

use minsu_ports::{ClaimOwner, KeyId, UnitOfWork};

use super::Kept;
use crate::{AppError, IdempotencyError};

/// The right of one request to work under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub(super) id: KeyId,
    pub(super) owner: ClaimOwner,
    /// What the effect of an earlier request came to that never answered.
    pub(super) effect: Option<i64>,
}

impl Claim {
    /// What an earlier request under the key came to, where it committed its effect.
    ///
    /// # Errors
    /// [`AppError::Internal`] for a result that another call has written.
    pub(crate) fn earlier<T: Kept>(&self) -> Result<Option<T>, AppError> {
        let unfit = || AppError::Internal("the effect of an idempotency key is of another call".into());
        self.effect.map(|kept| T::of(kept).ok_or_else(unfit)).transpose()
    }

    /// Writes what the effect came to, as the last statement of its transaction.
    ///
    /// # Errors
    /// [`IdempotencyError::TakenOver`] where another request holds the key now: the transaction must not be
    /// committed.
    pub(crate) async fn record_effect(&self, transaction: &mut dyn UnitOfWork, kept: i64) -> Result<(), AppError> {
        match transaction.idempotency().record_effect(self.id, self.owner, kept).await? {
            true => Ok(()),
            false => Err(IdempotencyError::TakenOver.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        App,
        test_app::{TestApp, user},
        transaction::in_transaction,
    };
    use minsu_domain::{Event, UserId};
    use minsu_ports::testkit::{EventLog, MockStore, MockUnitOfWork};

    const ID: KeyId = KeyId([1; 32]);
    const OWNER: ClaimOwner = ClaimOwner([2; 16]);

    fn claim(effect: Option<i64>) -> Claim {
        Claim { id: ID, owner: OWNER, effect }
    }

    /// A transaction that registers account 5, with an event or without one.
    async fn registered(app: &App, with_event: bool) -> Result<UserId, AppError> {
        in_transaction(app, async |transaction| {
            if with_event {
                transaction.record(Event::AccountRegistered { user: user(5) });
            }
            Ok(user(5))
        })
        .await
    }

    /// The result, and the numbers of commits and of committed events.
    async fn under_a_key(held: bool, with_event: bool, effects: usize) -> (Result<UserId, AppError>, usize, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.idempotency
            .expect_record_effect()
            .times(effects)
            .withf(|id, owner, effect| (*id, *owner, *effect) == (ID, OWNER, 5))
            .returning(move |_, _, _| Ok(held));
        let commits = unit.commits.clone();
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let result = registered(&claim(None).app(&app), with_event).await;
        (result, commits.count(), log.committed().len())
    }

    #[tokio::test]
    async fn an_effect_is_written_with_its_key_or_not_at_all() {
        assert!(matches!(under_a_key(true, true, 1).await, (Ok(_), 1, 1)));
        let lost = under_a_key(false, true, 1).await;
        assert!(matches!(lost, (Err(AppError::Idempotency(IdempotencyError::TakenOver)), 0, 0)), "{lost:?}");
        // What is noted before the effect completes nothing.
        assert!(matches!(under_a_key(false, false, 0).await, (Ok(_), 1, 0)));
    }

    #[tokio::test]
    async fn an_effect_of_before_is_not_done_again() {
        let mut store = MockStore::new();
        store.expect_begin().never();
        let app = TestApp::default().store(store).build();
        let again = registered(&claim(Some(9)).app(&app), true).await;
        assert_eq!(again.unwrap(), user(9));
        let unfit = registered(&claim(Some(-9)).app(&app), true).await;
        assert!(matches!(unfit, Err(AppError::Internal(_))));
    }
}
