//! Reading what an earlier process left.

use minsu_ports::{Cache, CacheJournal, Clock, KeptValue, StoreError};

use crate::MemoryCache;

/// Entries that are read at once.
const PAGE: u32 = 1_000;

/// Brings every entry that lives into memory, with what is left of its lifetime.
///
/// # Errors
/// When the journal cannot be read.
pub(super) async fn restore(
    memory: &MemoryCache,
    journal: &dyn CacheJournal,
    clock: &dyn Clock,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let now = clock.now();
        let entries = journal.living(after.as_ref(), now, PAGE).await?;
        let is_last = entries.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        for entry in entries {
            let left = (entry.ends - now).to_std().unwrap_or_default();
            match entry.value {
                // Memory never fails.
                KeptValue::Bytes(bytes) => drop(memory.set(&entry.key, bytes, left).await),
                KeptValue::Counter(value) => memory.restore_counter(&entry.key, value, left).await,
            }
            after = Some(entry.key);
        }
        if is_last {
            return Ok(());
        }
    }
}
