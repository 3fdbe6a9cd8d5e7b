//! Numbers that only grow.

use std::{collections::BTreeSet, sync::Arc};

use bytes::Bytes;
use tokio::time::sleep;

use super::{ALIVE, CALLERS, LONG, SHORT, SLACK, at_once, key};
use crate::Cache;

/// Every renewal makes a greater number, also of a token that is gone, and greater than the number that the
/// caller knows; the last one is read.
pub async fn version_tokens_never_repeat(cache: &Arc<dyn Cache>) {
    let token = key("stamp", 1);
    assert_eq!(cache.get(&token).await.expect(ALIVE), None);
    let first = cache.renew_version(&token, 0, LONG).await.expect(ALIVE);
    let renewed = at_once(cache, |cache, _| {
        let token = token.clone();
        async move { cache.renew_version(&token, 0, LONG).await.expect(ALIVE) }
    });
    let renewed: BTreeSet<u64> = renewed.await.into_iter().collect();
    assert_eq!(renewed.len(), usize::from(CALLERS), "two renewals made the same stamp");
    assert!(renewed.iter().all(|token| *token > first), "{first} and then {renewed:?}");
    let last = renewed.last().map(|token| Bytes::from(token.to_string()));
    assert_eq!(cache.get(&token).await.expect(ALIVE), last);

    assert!(cache.delete(&token).await.expect(ALIVE));
    let after = cache.renew_version(&token, 0, LONG).await.expect(ALIVE);
    assert!(renewed.iter().all(|token| *token < after), "{after} after {renewed:?}");
    let far = after + 1_000_000_000_000;
    let above = cache.renew_version(&token, far, LONG).await.expect(ALIVE);
    assert!(above > far && above < 1 << 53, "{above} is not above {far}");
    assert!(cache.renew_version(&token, 0, LONG).await.expect(ALIVE) > above);
}

/// A token that is as new as the caller knows stays; one that is absent or older is renewed, once.
pub async fn a_version_token_that_is_lost_is_found_out(cache: &Arc<dyn Cache>) {
    let token = key("stamp", 2);
    let kept = |least| {
        at_once(
            cache,
            move |cache, _| async move { cache.keep_version(&key("stamp", 2), least, LONG).await.expect(ALIVE) },
        )
    };
    let first: BTreeSet<u64> = kept(0).await.into_iter().collect();
    assert_eq!(first.len(), 1, "all made an absent token: {first:?}");
    let first = first.first().copied().unwrap_or_default();
    assert_eq!(cache.keep_version(&token, first, LONG).await.expect(ALIVE), first);
    let newer = first + 1_000_000_000_000;
    let found: BTreeSet<u64> = kept(newer).await.into_iter().collect();
    assert!(found.len() == 1 && found.iter().all(|token| *token > newer), "{found:?} instead of beyond {newer}");
}

/// A renewal sets the lifetime anew; keeping does not.
pub async fn a_version_token_lives_from_its_last_renewal_on(cache: &dyn Cache) {
    let (longer, shorter, kept) = (key("stamp-life", 1), key("stamp-life", 2), key("stamp-life", 3));
    cache.renew_version(&longer, 0, SHORT).await.expect(ALIVE);
    let last = cache.renew_version(&longer, 0, LONG).await.expect(ALIVE);
    cache.renew_version(&shorter, 0, LONG).await.expect(ALIVE);
    cache.renew_version(&shorter, 0, SHORT).await.expect(ALIVE);
    cache.keep_version(&kept, 0, SHORT).await.expect(ALIVE);
    cache.keep_version(&kept, 0, LONG).await.expect(ALIVE);
    sleep(SHORT + SLACK).await;
    assert_eq!(cache.get(&longer).await.expect(ALIVE), Some(last.to_string().into()));
    assert_eq!(cache.get(&shorter).await.expect(ALIVE), None);
    assert_eq!(cache.get(&kept).await.expect(ALIVE), None);
}
