//! The contract of [`crate::CacheJournal`].
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::{CacheJournal, CacheKey, KeptChange, KeptEntry, KeptValue};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 123_456_000).unwrap()
}

fn key(number: i64) -> CacheKey {
    CacheKey::of_number("kept", number)
}

fn entry(number: i64, value: KeptValue, ends: i64) -> KeptEntry {
    KeptEntry { key: key(number), value, ends: at(ends) }
}

fn bytes(bytes: impl Into<Bytes>) -> KeptValue {
    KeptValue::Bytes(bytes.into())
}

async fn put(journal: &dyn CacheJournal, entries: &[KeptEntry]) {
    let changes: Vec<_> = entries.iter().cloned().map(KeptChange::Put).collect();
    journal.write(&changes).await.unwrap();
}

/// All of the contract, against an empty journal.
pub async fn every_rule(journal: &dyn CacheJournal) {
    let all: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let written =
        [entry(1, bytes(all), 10), entry(2, KeptValue::Counter((1 << 53) - 1), 20), entry(3, bytes(Bytes::new()), 30)];
    assert_eq!(journal.living(None, at(0), 10).await.unwrap(), []);
    journal.write(&[]).await.unwrap();
    put(journal, &written).await;
    assert_eq!(journal.living(None, at(0), 10).await.unwrap(), written);
    // In pages, and only what lives.
    assert_eq!(journal.living(None, at(0), 2).await.unwrap(), written[..2]);
    assert_eq!(journal.living(Some(&key(2)), at(0), 2).await.unwrap(), written[2..]);
    assert_eq!(journal.living(None, at(10), 10).await.unwrap(), written[1..]);
    // Written over, another sort of content included, and removed; what is not there may be removed.
    let again = entry(2, bytes("x"), 40);
    let changes = [KeptChange::Remove(key(1)), KeptChange::Put(again.clone()), KeptChange::Remove(key(9))];
    journal.write(&changes).await.unwrap();
    let counter = entry(3, KeptValue::Counter(0), 5);
    put(journal, std::slice::from_ref(&counter)).await;
    assert_eq!(journal.living(None, at(0), 10).await.unwrap(), [again.clone(), counter]);
    assert_eq!(journal.forget_expired(at(4), 10).await.unwrap(), 0);
    put(journal, &[entry(4, bytes("y"), 5)]).await;
    assert_eq!(journal.forget_expired(at(5), 1).await.unwrap(), 1);
    assert_eq!(journal.forget_expired(at(5), 10).await.unwrap(), 1);
    assert_eq!(journal.living(None, at(0), 10).await.unwrap(), [again]);
    // More than one statement takes.
    let many: Vec<_> = (100..1100).map(|number| entry(number, bytes("z"), 50)).collect();
    put(journal, &many).await;
    assert_eq!(journal.living(None, at(0), 2000).await.unwrap().len(), 1001);
    let removed: Vec<_> = many.iter().map(|entry| KeptChange::Remove(entry.key.clone())).collect();
    journal.write(&removed).await.unwrap();
    assert_eq!(journal.living(None, at(0), 2000).await.unwrap().len(), 1);
}
