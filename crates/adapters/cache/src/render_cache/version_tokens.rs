//! Version tokens: a number for each invalidation tag, which every invalidation makes greater.

use std::{
    fmt::{Display, Formatter},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use minsu_ports::{Cache, CacheError, CacheKey, CommonTag, EntryKey, InvalidationTag};
use moka::{future::Cache as Moka, ops::compute::Op, policy::EvictionPolicy};

use super::local::LocalTier;

/// How long a token that was read is used: half of the time that an entry is shown without looking at its
/// tokens again, so that every entry is worth keeping.
const TOKEN_REUSE: Duration = Duration::from_millis(400);
/// A token lives longer than any entry that was kept under it or before it, counted from its last change:
/// when it is absent, every entry from before has expired.
pub(super) const TOKEN_LIFETIME: Duration = Duration::from_secs(86_400);
/// Individual tags whose tokens are remembered; they are small.
const REMEMBERED: u64 = 10_000;
/// Version tokens are below this; what is greater was not written by us.
const TOKEN_LIMIT: u64 = 1 << 53;

/// A token and when it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct VersionToken {
    value: u64,
    /// When it was requested: it counts every invalidation that had arrived by then.
    pub(super) read_at: Instant,
}

/// Version tokens as the name of an entry has them.
pub(super) struct Numbers<'a>(pub(super) &'a [VersionToken]);

impl Display for Numbers<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        for (index, token) in self.0.iter().enumerate() {
            let dot = if index > 0 { "." } else { "" };
            write!(f, "{dot}{}", token.value)?;
        }
        Ok(())
    }
}

/// The greatest tokens that this process has seen. Recent ones are reused; all of them reveal when the
/// shared cache has lost one: tokens only grow, so one that is smaller than before is from before the
/// last changes, and so are the entries that were kept under it.
pub(super) struct VersionTokens {
    /// Those of the common tags.
    common: [Mutex<Option<VersionToken>>; CommonTag::COUNT],
    /// Those of individual tags, as long as an entry from before may be served.
    individual: Moka<InvalidationTag, VersionToken>,
}

impl VersionTokens {
    /// Version tokens of entries that live so long.
    pub(super) fn new(entry_lifetime: Duration) -> Self {
        let individual = Moka::builder().max_capacity(REMEMBERED).time_to_live(entry_lifetime.max(TOKEN_REUSE));
        Self { common: Default::default(), individual: individual.eviction_policy(EvictionPolicy::lru()).build() }
    }

    /// The tokens of some tags, read at the same time unless they are known.
    pub(super) async fn read(
        &self,
        cache: &dyn Cache,
        tags: impl Iterator<Item = InvalidationTag> + Clone,
        local: &LocalTier,
    ) -> Result<Vec<VersionToken>, CacheError> {
        let mut known = Vec::with_capacity(EntryKey::TAGS);
        for tag in tags.clone() {
            match self.known(tag, local).await {
                Some(token) => known.push(token),
                None => return try_join_all(tags.map(|tag| self.read_one(cache, tag, local))).await,
            }
        }
        Ok(known)
    }

    /// Gives a tag a new token: entries kept under another are never found again.
    pub(super) async fn renew(&self, cache: &dyn Cache, tag: InvalidationTag) -> Result<(), CacheError> {
        let read_at = Instant::now();
        let above = self.greatest(tag).await.map_or(0, |token| token.value);
        let value = cache.renew_version(&token_key(tag), above, TOKEN_LIFETIME).await?;
        self.note(tag, VersionToken { value, read_at }).await;
        Ok(())
    }

    /// The greatest token that this process has seen.
    async fn greatest(&self, tag: InvalidationTag) -> Option<VersionToken> {
        match self.slot(tag) {
            Some(slot) => *slot.lock().unwrap_or_else(PoisonError::into_inner),
            None => self.individual.get(&tag).await,
        }
    }

    /// A token that was read recently, unless this process has invalidated its tag since.
    async fn known(&self, tag: InvalidationTag, local: &LocalTier) -> Option<VersionToken> {
        let token = self.greatest(tag).await?;
        let current = token.read_at.elapsed() < TOKEN_REUSE && local.is_recent(tag, token.read_at);
        current.then_some(token)
    }

    /// The token of a tag. One that the shared cache has lost is made anew: the cache itself shows the loss
    /// (it has none of a common tag) or this process does (the cache has a smaller one than before). An individual
    /// tag without a token counts as zero, and nothing is written: clients may ask for things that do not exist.
    /// The loss of its token together with all others shows in the token of the common tag next to it.
    async fn read_one(
        &self,
        cache: &dyn Cache,
        tag: InvalidationTag,
        local: &LocalTier,
    ) -> Result<VersionToken, CacheError> {
        if let Some(token) = self.known(tag, local).await {
            return Ok(token);
        }
        let read_at = Instant::now();
        // Noted before it is asked for: no answer of a cache that lost nothing is below.
        let least = self.greatest(tag).await.map_or(0, |token| token.value);
        let key = token_key(tag);
        let found = cache.get(&key).await?.as_deref().map_or(0, parse);
        let lost = found < least || (found == 0 && self.slot(tag).is_some());
        let value = if lost { cache.keep_version(&key, least, TOKEN_LIFETIME).await? } else { found };
        let token = VersionToken { value, read_at };
        self.note(tag, token).await;
        Ok(token)
    }

    /// Remembers a token; of two the greater one is kept, or the one that was read later.
    async fn note(&self, tag: InvalidationTag, token: VersionToken) {
        let knows_more = |other: VersionToken| (other.value, other.read_at) > (token.value, token.read_at);
        match self.slot(tag) {
            Some(slot) => {
                let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
                if !slot.is_some_and(knows_more) {
                    *slot = Some(token);
                }
            }
            None => {
                let later = |entry: Option<moka::Entry<InvalidationTag, VersionToken>>| {
                    let known = entry.map(moka::Entry::into_value);
                    std::future::ready(if known.is_some_and(knows_more) { Op::Nop } else { Op::Put(token) })
                };
                self.individual.entry(tag).and_compute_with(later).await;
            }
        }
    }

    fn slot(&self, tag: InvalidationTag) -> Option<&Mutex<Option<VersionToken>>> {
        match tag {
            InvalidationTag::Common(tag) => self.common.get(tag.place()),
            InvalidationTag::Individual { .. } => None,
        }
    }
}

/// The token that these digits are; anything else is none.
fn parse(digits: &[u8]) -> u64 {
    let token = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    token.filter(|token| *token < TOKEN_LIMIT).unwrap_or(0)
}

/// The key of a tag's version token. Processes of other builds and of earlier releases read and renew the
/// same ones, so the word in the key stays as it was.
fn token_key(tag: InvalidationTag) -> CacheKey {
    CacheKey::of_parsed("stamp", format_args!("{tag}"))
}
