//! Ready pages: answers that are the same for every visitor, kept as the bytes that are sent.

mod key;

use async_trait::async_trait;
use bytes::Bytes;
pub use key::{PageKey, Scope};
use thiserror::Error;

/// A page as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The bytes, ready.
    pub body: Bytes,
    /// A digest of the bytes: pages with the same tag are the same, so it makes an `ETag`.
    pub tag: [u8; 16],
}

/// A page that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    /// Others may get it too.
    Keep(Bytes),
    /// Right for now, but not worth an entry: a page past the end, a district that there is not. With
    /// [`PageKey::search`], which refuses dates beyond booking, this bounds the number of entries
    /// whatever visitors ask for.
    Show(Bytes),
}

/// What [`PageCache::find`] found.
pub enum Found {
    /// The page.
    Page(Page),
    /// Nothing: the caller makes the page and says so. Simultaneous callers wait for it
    /// meanwhile; when this is dropped without a word, one of them takes over.
    Nothing(Box<dyn Rendering>),
    /// Nothing either: those who make the page are slow, and one more would make them slower.
    Busy,
}

/// There is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PageError<E> {
    /// It could not be made.
    #[error(transparent)]
    Render(E),
    /// Others make it, and it takes too long to wait for.
    #[error("the page takes too long to make")]
    Busy,
}

/// The duty to make a page.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait Rendering: Send {
    /// The page is made: hands it to those who wait, and keeps it if it may be kept.
    async fn done(self: Box<Self>, rendered: Rendered) -> Page;

    /// The page could not be made: of those who wait one tries next, and the others go on waiting.
    fn failed(self: Box<Self>);
}

/// How the cache fares, counted since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageCounts {
    /// Pages that this process had.
    pub local: u64,
    /// Pages that the shared cache had.
    pub shared: u64,
    /// Pages that another request was just making.
    pub awaited: u64,
    /// Pages that nobody had.
    pub rendered: u64,
    /// Searches that went without the shared cache because it did not answer.
    pub unavailable: u64,
    /// Changes that could not be announced to other processes at once; it is tried again.
    pub unannounced: u64,
}

/// Keeps ready pages. What cannot be found is made, each page by a few at a time at most, however slow
/// the making is and however many ask.
///
/// A page shows every change that was announced on the same process before it was asked for, and
/// every change that was announced on another process a second before.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait PageCache: Send + Sync {
    /// The page, if it can be had at once: in the process, and as current as [`Self::find`] gives it.
    fn at_hand(&self, key: &PageKey) -> Option<Page>;

    /// The page, or the duty to make it.
    async fn find(&self, key: &PageKey) -> Found;

    /// Makes the pages of these scopes out of date; called after the commit of the change, and
    /// carried out even when the caller goes away.
    async fn changed(&self, scopes: &[Scope]);

    /// How it fares.
    fn counts(&self) -> PageCounts;
}

impl dyn PageCache {
    /// The page, made by `render` when nobody has it. Of simultaneous callers one renders.
    ///
    /// # Errors
    /// Those of `render`; they are not kept. [`PageError::Busy`].
    pub async fn get_or_render<E>(
        &self,
        key: &PageKey,
        render: impl AsyncFnOnce() -> Result<Rendered, E>,
    ) -> Result<Page, PageError<E>> {
        let rendering = match self.find(key).await {
            Found::Page(page) => return Ok(page),
            Found::Nothing(rendering) => rendering,
            Found::Busy => return Err(PageError::Busy),
        };
        match render().await {
            Ok(rendered) => Ok(rendering.done(rendered).await),
            Err(error) => {
                rendering.failed();
                Err(PageError::Render(error))
            }
        }
    }
}
