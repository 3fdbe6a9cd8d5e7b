//! How an entry looks in the shared cache.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use chrono::{DateTime, TimeDelta, Utc};
use minsu_ports::Entry;
use sha2::{Digest, Sha256};

/// The layout of a stored entry; bytes with another number are not read.
const LAYOUT: u8 = 1;
/// Layout, digest, when it was written.
const HEAD: usize = 1 + 16 + 8;

/// An entry of these bytes: its digest is the first half of their SHA-256.
pub(super) fn entry_of(body: Bytes) -> Entry {
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(&body)[..16]);
    Entry { body, digest }
}

/// The entry as it is stored.
pub(super) fn encode(entry: &Entry, now: DateTime<Utc>) -> Bytes {
    let mut stored = BytesMut::with_capacity(HEAD + entry.body.len());
    stored.put_u8(LAYOUT);
    stored.put_slice(&entry.digest);
    stored.put_i64(now.timestamp_millis());
    stored.put_slice(&entry.body);
    stored.freeze()
}

/// The stored entry, if it is one and no older than its lifetime. The lifetime of its hash does
/// not say so: every entry that is added prolongs that for all.
pub(super) fn decode(stored: &Bytes, now: DateTime<Utc>, lifetime: Duration) -> Option<Entry> {
    let (&[layout], rest) = stored.split_first_chunk()?;
    let (&digest, rest) = rest.split_first_chunk()?;
    let (&written, _) = rest.split_first_chunk()?;
    let age = now - DateTime::from_timestamp_millis(i64::from_be_bytes(written))?;
    let oldest = TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::MAX);
    // The clock of the process that wrote it may be ahead of ours.
    let alive = age <= oldest && age >= -oldest;
    (layout == LAYOUT && alive).then(|| Entry { body: stored.slice(HEAD..), digest })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(300);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_page_is_read_back_for_its_lifetime() {
        for body in ["", "[]", "{\"houses\":[]}"] {
            let entry = entry_of(Bytes::from_static(body.as_bytes()));
            let stored = encode(&entry, at(0));
            assert_eq!(decode(&stored, at(0), LIFETIME), Some(entry.clone()));
            assert_eq!(decode(&stored, at(300), LIFETIME), Some(entry.clone()));
            assert_eq!(decode(&stored, at(-300), LIFETIME), Some(entry));
            assert_eq!(decode(&stored, at(301), LIFETIME), None);
            assert_eq!(decode(&stored, at(-301), LIFETIME), None);
        }
    }

    #[test]
    fn what_is_no_page_is_not_read() {
        let stored = encode(&entry_of(Bytes::new()), at(0));
        for length in 0..stored.len() {
            assert_eq!(decode(&stored.slice(..length), at(0), LIFETIME), None, "{length} bytes");
        }
        let mut other = stored.to_vec();
        other[0] = LAYOUT + 1;
        assert_eq!(decode(&other.into(), at(0), LIFETIME), None);
    }
}
