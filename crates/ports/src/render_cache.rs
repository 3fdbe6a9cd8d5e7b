//! Cached renderings: bytes that are the same for every reader, kept until the data that they show
//! change.

mod key;

use async_trait::async_trait;
use bytes::Bytes;
pub use key::{CommonTag, EntryKey, InvalidationTag};
use thiserror::Error;

use crate::Notified;

/// A cached rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The bytes as they are sent.
    pub body: Bytes,
    /// A digest of the bytes: equal exactly for equal bytes, so it makes an `ETag`.
    pub digest: [u8; 16],
}

/// The result of a rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    /// Later callers may get it too.
    Cacheable(Bytes),
    /// Later callers of this process may get it too. For what clients could ask for in very many forms and
    /// hardly any other asks for: it is not worth room in a shared cache.
    CacheableHere(Bytes),
    /// Only callers that wait for it get it. For answers that clients could request in any number, so that the
    /// number of entries stays bounded.
    Uncacheable(Bytes),
}

/// The result of [`RenderCache::lookup`].
pub enum Lookup {
    /// The entry.
    Hit(Entry),
    /// There is none: the caller renders it and completes the guard. Simultaneous callers wait for it
    /// meanwhile; when the guard is dropped, one of them takes over.
    Miss(Box<dyn RenderGuard>),
    /// There is none, and the callers that render it are slow: one more would make them slower.
    Busy,
}

/// There is no rendering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RenderError<E> {
    /// Rendering failed.
    #[error(transparent)]
    Render(E),
    /// Other callers render it, and waiting for them takes too long.
    #[error("rendering takes too long")]
    Busy,
}

/// The duty to render an entry that was missed.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait RenderGuard: Send {
    /// Hands the rendering to the waiting callers, and caches it if it may be cached.
    async fn complete(self: Box<Self>, rendered: Rendered) -> Entry;

    /// Rendering failed: one of the waiting callers tries next, and the others go on waiting.
    fn abandon(self: Box<Self>);
}

/// Counts since the start of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RenderCacheCounts {
    /// Hits in this process.
    pub local: u64,
    /// Hits in the shared cache.
    pub shared: u64,
    /// Callers that waited for another one's rendering.
    pub awaited: u64,
    /// Renderings.
    pub rendered: u64,
    /// Renderings that were not put into the shared cache: asked for once, or no room for them.
    pub unshared: u64,
    /// Lookups without the shared cache because it did not answer.
    pub unavailable: u64,
    /// Invalidations that did not reach the shared cache at once; they are retried.
    pub unannounced: u64,
}

/// Caches renderings with single flight: an entry that was missed is rendered by a few callers at a time at most,
/// however slow rendering is and however many callers there are.
///
/// An entry shows every change whose tags were invalidated on the same process before the lookup,
/// and every change whose tags were invalidated on another process a second before.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait RenderCache: Send + Sync {
    /// The entry, if this process has it; as current as that of [`Self::lookup`]. Does not wait.
    fn peek(&self, key: &EntryKey) -> Option<Entry>;

    /// The entry, or the duty to render it.
    async fn lookup(&self, key: &EntryKey) -> Lookup;

    /// Invalidates every entry that carries one of these tags. Called after the commit of a change;
    /// begins before it returns and is carried out even when the future is dropped.
    fn invalidate(&self, tags: &[InvalidationTag]) -> Notified;

    /// The counts.
    fn counts(&self) -> RenderCacheCounts;
}

impl dyn RenderCache {
    /// The entry, rendered by `render` on a miss.
    ///
    /// # Errors
    /// Those of `render`, which are not cached; [`RenderError::Busy`].
    pub async fn get_or_render<E>(
        &self,
        key: &EntryKey,
        render: impl AsyncFnOnce() -> Result<Rendered, E>,
    ) -> Result<Entry, RenderError<E>> {
        let guard = match self.lookup(key).await {
            Lookup::Hit(entry) => return Ok(entry),
            Lookup::Miss(guard) => guard,
            Lookup::Busy => return Err(RenderError::Busy),
        };
        match render().await {
            Ok(rendered) => Ok(guard.complete(rendered).await),
            Err(error) => {
                guard.abandon();
                Err(RenderError::Render(error))
            }
        }
    }
}
