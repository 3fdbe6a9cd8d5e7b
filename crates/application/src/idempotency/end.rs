//! Storing an answer, or giving the key back.

use minsu_ports::StoredAnswer;

use super::Claim;
use crate::{App, AppError, transaction::in_transaction};

/// Stores the answer of a request; what is to be sent, which is what an earlier request stored where the
/// key was taken over. An answer that cannot be stored is sent all the same: the effect is committed, and
/// the next request under the key makes the answer again.
pub async fn complete(app: &App, claim: &Claim, answer: StoredAnswer) -> StoredAnswer {
    match store(&app.without_claim(), claim, &answer).await {
        Ok(Some(earlier)) => earlier,
        Ok(None) => answer,
        Err(error) => {
            tracing::warn!(%error, "the answer of an idempotency key is not stored");
            answer
        }
    }
}

/// Stores the answer unless there is one, which is returned.
async fn store(app: &App, claim: &Claim, answer: &StoredAnswer) -> Result<Option<StoredAnswer>, AppError> {
    let (id, owner) = (claim.id, claim.owner);
    if in_transaction(app, async |transaction| Ok(transaction.idempotency().answer(id, owner, answer).await?)).await? {
        return Ok(None);
    }
    Ok(app.store.read_own().await?.idempotency().find(id).await?.and_then(|record| record.answer))
}

/// Gives the key back after an answer that is not stored: the next request does the work, or makes the
/// answer of a committed effect. A key that cannot be given back is free when its lease ends.
pub async fn abandon(app: &App, claim: &Claim) {
    let (app, now) = (app.without_claim(), app.clock.now());
    let released = in_transaction(&app, async |transaction| {
        Ok(transaction.idempotency().release(claim.id, claim.owner, now).await?)
    });
    if let Err(error) = released.await {
        tracing::warn!(%error, "an idempotency key stays claimed until its lease ends");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use chrono::DateTime;
    use minsu_ports::{
        ClaimOwner, IdempotencyRecord, KeyId, StoreError,
        testkit::{MockStore, MockUnitOfWork},
    };

    fn claim() -> Claim {
        Claim { id: KeyId([1; 32]), owner: ClaimOwner([2; 16]), effect: Some(7) }
    }

    fn answer(status: u16) -> StoredAnswer {
        StoredAnswer { status, body: vec![], content_type: None, location: None, etag: None }
    }

    /// What is sent where the request holds its key or not, and the key has this answer.
    async fn sent(held: bool, there: Option<StoredAnswer>) -> StoredAnswer {
        let mut unit = MockUnitOfWork::default();
        unit.idempotency.expect_answer().times(1).returning(move |_, _, _| Ok(held));
        let mut store = unit.begun_once();
        store.expect_read_own().returning(move || {
            let record = IdempotencyRecord {
                digest: [0; 32],
                owner: ClaimOwner([9; 16]),
                lease_ends: DateTime::UNIX_EPOCH,
                expires_at: DateTime::UNIX_EPOCH,
                effect: None,
                answer: there.clone(),
            };
            let mut session = MockUnitOfWork::default();
            session.idempotency.expect_find().returning(move |_| Ok(Some(record.clone())));
            Ok(Box::new(session))
        });
        let app = TestApp::default().store(store).build();
        // With the claim, whose effect would keep a transaction from running.
        complete(&claim().app(&app), &claim(), answer(201)).await
    }

    #[tokio::test]
    async fn the_first_answer_that_was_stored_is_sent() {
        assert_eq!(sent(true, None).await, answer(201));
        assert_eq!(sent(false, Some(answer(200))).await, answer(200));
        assert_eq!(sent(false, None).await, answer(201));
    }

    #[tokio::test]
    async fn a_store_that_fails_holds_up_no_answer() {
        let mut store = MockStore::new();
        store.expect_begin().times(2).returning(|| Err(StoreError::Unavailable("away".into())));
        let app = TestApp::default().store(store).build();
        assert_eq!(complete(&app, &claim(), answer(201)).await, answer(201));
        abandon(&app, &claim()).await;
    }
}
