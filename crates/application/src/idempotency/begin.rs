//! Claiming a key.

use std::time::Duration;

use chrono::{DateTime, Utc};
use minsu_domain::IdempotencyKey;
use minsu_ports::{ClaimOwner, IdempotencyRecord, KeyId, NewClaim, Signal, StoredAnswer};

use super::{Claim, KeyScope, LEASE, LIFETIME, RequestDigest};
use crate::{App, AppError, transaction::in_transaction};

/// How often a key is looked at that others change meanwhile.
const LOOKS: u32 = 4;
/// What a client is told to wait at least and at most while another request runs under its key.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What becomes of a request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It is to be done.
    Fresh(Claim),
    /// It was done, and this was the answer.
    Replay(StoredAnswer),
    /// Another request under the key is running; how long to wait before asking again.
    InProgress(Duration),
    /// The key belongs to another request.
    Reused,
}

impl Claimed {
    const fn signal(&self) -> Signal {
        match self {
            Self::Fresh(Claim { effect: None, .. }) => Signal::KeyClaimed,
            Self::Fresh(Claim { effect: Some(_), .. }) => Signal::KeyRecovered,
            Self::Replay(_) => Signal::KeyReplayed,
            Self::InProgress(_) => Signal::KeyRunning,
            Self::Reused => Signal::KeyReused,
        }
    }
}

/// Claims a key for a request, or says what came of the request before.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn begin(
    app: &App,
    key: &IdempotencyKey,
    scope: &KeyScope<'_>,
    digest: &RequestDigest,
) -> Result<Claimed, AppError> {
    let claimed = look(app, scope, scope.id_of(key), digest).await?;
    app.telemetry.count(claimed.signal());
    Ok(claimed)
}

async fn look(app: &App, scope: &KeyScope<'_>, id: KeyId, digest: &RequestDigest) -> Result<Claimed, AppError> {
    for _ in 0..LOOKS {
        let (now, owner) = (app.clock.now(), ClaimOwner(app.random()));
        let (lease_ends, expires_at) = (now + LEASE, now + LIFETIME);
        let claim = NewClaim { id, digest: digest.0, user: scope.user(), owner, lease_ends, expires_at };
        // Read first: requests that come again and again take no turn of SQLite's one writer.
        if let Some(found) = app.store.read_own().await?.idempotency().find(id).await? {
            if let Some(known) = answer_of(&found, digest, now) {
                return Ok(known);
            }
            if found.expires_at <= now {
                in_transaction(app, async |transaction| Ok(transaction.idempotency().forget(id, found.owner).await?))
                    .await?;
            } else if let Some(effect) = take_over(app, &claim, found.owner).await? {
                return Ok(Claimed::Fresh(Claim { id, owner, effect }));
            }
        }
        // One of many that found none succeeds; the others look again.
        if in_transaction(app, async |transaction| Ok(transaction.idempotency().claim(&claim).await?)).await? {
            return Ok(Claimed::Fresh(Claim { id, owner, effect: None }));
        }
    }
    Ok(Claimed::InProgress(SHORTEST_WAIT))
}

/// What a key says that is neither too old nor left behind.
fn answer_of(found: &IdempotencyRecord, digest: &RequestDigest, now: DateTime<Utc>) -> Option<Claimed> {
    if found.expires_at <= now {
        return None;
    }
    if found.digest != digest.0 {
        return Some(Claimed::Reused);
    }
    if let Some(answer) = &found.answer {
        return Some(Claimed::Replay(answer.clone()));
    }
    let left = (found.lease_ends - now).to_std().unwrap_or(Duration::ZERO);
    (!left.is_zero()).then(|| Claimed::InProgress(left.clamp(SHORTEST_WAIT, LONGEST_WAIT)))
}

/// Takes a key from a request whose lease has ended; what that one's effect came to, if it had one. `None`
/// where another request was first.
async fn take_over(app: &App, claim: &NewClaim, from: ClaimOwner) -> Result<Option<Option<i64>>, AppError> {
    let mut effect = None;
    let taken = in_transaction(app, async |transaction| {
        let keys = transaction.idempotency();
        let taken = keys.take_over(claim.id, from, claim.owner, claim.lease_ends).await?;
        // Behind the update: the old request can commit no effect any more.
        effect = if taken { keys.find(claim.id).await?.and_then(|record| record.effect) } else { None };
        Ok(taken)
    })
    .await?;
    Ok(taken.then_some(effect))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use chrono::TimeDelta;
    use minsu_ports::testkit::{MockStore, MockTelemetry, MockUnitOfWork};

    fn scope() -> KeyScope<'static> {
        KeyScope::Person(user(1))
    }

    fn digest() -> RequestDigest {
        RequestDigest::of("POST", "/orders", &scope(), b"{}")
    }

    fn answer() -> StoredAnswer {
        StoredAnswer { status: 201, body: b"{}".to_vec(), content_type: None, location: None, etag: None }
    }

    /// A key whose lease ends and which expires so many seconds from now.
    fn record(lease: i64, expires: i64, answer: Option<StoredAnswer>) -> IdempotencyRecord {
        let now = TestApp::default().build().clock.now();
        IdempotencyRecord {
            digest: digest().0,
            owner: ClaimOwner([1; 16]),
            lease_ends: now + TimeDelta::seconds(lease),
            expires_at: now + TimeDelta::seconds(expires),
            effect: Some(7),
            answer,
        }
    }

    /// What a request comes to that finds this key. Claiming it succeeds where there is none, and from the
    /// second time on where it has expired.
    async fn begun(found: Option<IdempotencyRecord>, taken: bool) -> Claimed {
        let now = TestApp::default().build().clock.now();
        let expired = found.as_ref().is_some_and(|record| record.expires_at <= now);
        let (stored, mut free) = (found.clone(), found.is_none());
        let mut store = MockStore::new();
        store.expect_begin().returning(move || {
            let mut unit = MockUnitOfWork::default();
            let is_free = free;
            free |= expired;
            unit.idempotency.expect_claim().returning(move |_| Ok(is_free));
            unit.idempotency.expect_forget().returning(|_, _| Ok(true));
            unit.idempotency.expect_take_over().returning(move |_, _, _, _| Ok(taken));
            let stored = stored.clone();
            unit.idempotency.expect_find().returning(move |_| Ok(stored.clone()));
            Ok(Box::new(unit))
        });
        store.expect_read_own().returning(move || {
            let mut session = MockUnitOfWork::default();
            let found = found.clone();
            session.idempotency.expect_find().returning(move |_| Ok(found.clone()));
            Ok(Box::new(session))
        });
        let mut telemetry = MockTelemetry::new();
        telemetry.expect_count().times(1).returning(|_| ());
        let app = TestApp::default().store(store).telemetry(telemetry).build();
        begin(&app, &IdempotencyKey::new("k").unwrap(), &scope(), &digest()).await.unwrap()
    }

    #[tokio::test]
    async fn a_key_is_fresh_running_answered_or_of_another_request() {
        assert!(matches!(begun(None, false).await, Claimed::Fresh(Claim { effect: None, .. })));
        assert_eq!(begun(Some(record(9, 99, None)), false).await, Claimed::InProgress(LONGEST_WAIT));
        assert_eq!(begun(Some(record(-9, 99, Some(answer()))), false).await, Claimed::Replay(answer()));
        let other = IdempotencyRecord { digest: [0; 32], ..record(-9, 99, Some(answer())) };
        assert_eq!(begun(Some(other), false).await, Claimed::Reused);
    }

    #[tokio::test]
    async fn a_key_whose_lease_ended_is_taken_over_with_its_effect() {
        let taken = begun(Some(record(0, 99, None)), true).await;
        assert!(matches!(taken, Claimed::Fresh(Claim { effect: Some(7), .. })), "{taken:?}");
        let late = begun(Some(record(0, 99, None)), false).await;
        assert_eq!(late, Claimed::InProgress(SHORTEST_WAIT));
    }

    #[tokio::test]
    async fn an_expired_key_is_claimed_anew() {
        let expired = begun(Some(record(-99, 0, Some(answer()))), false).await;
        assert!(matches!(expired, Claimed::Fresh(Claim { effect: None, .. })), "{expired:?}");
    }
}
