//! The contract of [`crate::RenderCache`].
//!
//! [`every_rule`] runs the rules of one process; [`rules_of_two`] those of two processes
//! that share a cache.

mod two_processes;

use std::{
    convert::Infallible,
    fmt::Arguments,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::Barrier,
    time::{sleep, timeout},
};

pub use two_processes::rules_of_two;

use crate::{CommonTag, Entry, EntryKey, InvalidationTag, RenderCache, RenderError, Rendered};

/// Simultaneous callers.
const CALLERS: usize = 50;
/// How many may make one page at the same time.
const FEW: usize = 2;

/// A page cache, with a count of the pages that were rendered for it.
struct Site {
    pages: Arc<dyn RenderCache>,
    made: AtomicUsize,
}

impl Site {
    fn new(pages: &Arc<dyn RenderCache>) -> Self {
        Self { pages: Arc::clone(pages), made: AtomicUsize::new(0) }
    }

    /// Gets a page that a rendering now would fill with `body`.
    async fn get(&self, key: &EntryKey, body: &'static str) -> Entry {
        self.get_slowly(key, body, Duration::ZERO).await
    }

    /// As [`Self::get`], with a rendering that takes so long.
    #[expect(clippy::expect_used, reason = "a suite fails by panicking")]
    async fn get_slowly(&self, key: &EntryKey, body: &'static str, takes: Duration) -> Entry {
        let render = async || {
            self.made.fetch_add(1, Ordering::SeqCst);
            sleep(takes).await;
            Ok::<_, Infallible>(Rendered::Cacheable(Bytes::from_static(body.as_bytes())))
        };
        self.pages.get_or_render(key, render).await.expect("every rendering here is faster than the longest wait")
    }

    /// How many pages were rendered since the last call.
    fn made(&self) -> usize {
        self.made.swap(0, Ordering::SeqCst)
    }
}

const OFFERS: InvalidationTag = InvalidationTag::Common(CommonTag::new(0, "offers"));
const AVAILABILITY: InvalidationTag = InvalidationTag::Common(CommonTag::new(1, "availability"));
const PEOPLE: InvalidationTag = InvalidationTag::Common(CommonTag::new(2, "people"));

/// The tag of one of many houses.
fn of_house(id: i64) -> InvalidationTag {
    InvalidationTag::Individual { kind: "house", id }
}

fn key(namespace: &'static str, name: Arguments<'_>, tags: [Option<InvalidationTag>; 3]) -> EntryKey {
    EntryKey::new(namespace, name, 0, tags).unwrap_or_else(|| unreachable!("the names of the rules are short"))
}

fn house(id: i64) -> EntryKey {
    key("rules", format_args!("house_{id}"), [Some(of_house(id)), Some(PEOPLE), None])
}

/// An entry that depends on three common tags, or on two.
fn search(area: i64, dated: bool) -> EntryKey {
    let tags = [Some(OFFERS), Some(PEOPLE), dated.then_some(AVAILABILITY)];
    key("rules", format_args!("houses_{area}_{dated}"), tags)
}

/// An entry that nothing invalidates.
fn constant(namespace: &'static str) -> EntryKey {
    key(namespace, format_args!("areas"), [None; 3])
}

/// All rules of one process.
pub async fn every_rule(pages: Arc<dyn RenderCache>) {
    a_page_is_made_once(&pages).await;
    pages_are_told_apart(&pages).await;
    simultaneous_callers_wait_for_one(&pages).await;
    errors_are_not_kept(&pages).await;
    slow_makers_are_not_joined_by_more(&pages).await;
    a_cancelled_caller_does_not_stop_the_others(&pages).await;
    what_is_only_to_be_shown_is_not_kept(&pages).await;
    changes_show_at_once(&pages).await;
    peek_is_current(&pages).await;
    a_page_begun_before_a_change_is_not_shown_after_it(&pages).await;
}

/// The second caller gets the rendering of the first, digest included.
pub async fn a_page_is_made_once(pages: &Arc<dyn RenderCache>) {
    let site = Site::new(pages);
    let first = site.get(&house(100), "page").await;
    assert_eq!(first.body, "page");
    assert_eq!(site.get(&house(100), "another").await, first);
    assert_eq!(site.made(), 1);
    let other = site.get(&house(101), "another").await;
    assert!(other.digest != first.digest, "other bytes, the same digest");
    assert_eq!(site.get(&house(102), "page").await.digest, first.digest);
}

/// Form, subject, filter and number all make another page.
pub async fn pages_are_told_apart(pages: &Arc<dyn RenderCache>) {
    let site = Site::new(pages);
    let of_house = |form| key(form, format_args!("house_110"), [Some(of_house(110)), Some(PEOPLE), None]);
    let keys = [
        of_house("one"),
        of_house("two"),
        constant("one"),
        key("one", format_args!("slides"), [Some(OFFERS), None, None]),
        search(110, false),
    ];
    for (key, body) in keys.iter().zip(["1", "2", "3", "4", "5"]) {
        assert_eq!(site.get(key, body).await.body, body);
    }
    for (key, body) in keys.iter().zip(["1", "2", "3", "4", "5"]) {
        assert_eq!(site.get(key, "other").await.body, body);
    }
}

/// Of simultaneous callers one renders the page and all get it, also when it is not kept.
pub async fn simultaneous_callers_wait_for_one(pages: &Arc<dyn RenderCache>) {
    let site = Arc::new(Site::new(pages));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let site = Arc::clone(&site);
            tokio::spawn(async move { site.get_slowly(&house(120), "page", Duration::from_millis(100)).await })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.is_ok_and(|page| page.body == "page"));
    }
    assert_eq!(site.made(), 1);
}

/// How many callers render a page, and how many did at the same time at most.
#[derive(Default)]
struct Makers {
    now: AtomicUsize,
    most: AtomicUsize,
    all: AtomicUsize,
}

impl Makers {
    async fn make(&self, takes: Duration) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.all.fetch_add(1, Ordering::SeqCst);
        sleep(takes).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An error reaches its caller; of the waiting callers one tries next, and each gets its own error.
pub async fn errors_are_not_kept(pages: &Arc<dyn RenderCache>) {
    let makers = Arc::new(Makers::default());
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (pages, makers) = (Arc::clone(pages), Arc::clone(&makers));
            tokio::spawn(async move {
                let render = async || {
                    makers.make(Duration::from_millis(20)).await;
                    Err("no")
                };
                pages.get_or_render(&house(130), render).await
            })
        })
        .collect();
    for caller in callers {
        assert!(matches!(caller.await, Ok(Err(RenderError::Render("no")))));
    }
    assert_eq!(makers.all.load(Ordering::SeqCst), CALLERS);
    let most = makers.most.load(Ordering::SeqCst);
    assert!(most <= FEW, "{most} fell upon what had failed");
    assert_eq!(Site::new(pages).get(&house(130), "page").await.body, "page");
}

/// However long rendering takes and however many callers there are, a few render the page, and the
/// others get it from them, or an error that it takes too long.
pub async fn slow_makers_are_not_joined_by_more(pages: &Arc<dyn RenderCache>) {
    let makers = Arc::new(Makers::default());
    let mut callers = Vec::new();
    for _ in 0..CALLERS {
        let (pages, makers) = (Arc::clone(pages), Arc::clone(&makers));
        callers.push(tokio::spawn(async move {
            let render = async || {
                makers.make(Duration::from_millis(2_200)).await;
                Ok::<_, Infallible>(Rendered::Cacheable(Bytes::from_static(b"slow")))
            };
            pages.get_or_render(&house(135), render).await
        }));
        // Not all at once: a late caller may find the running rendering too old to join.
        sleep(Duration::from_millis(40)).await;
    }
    for caller in callers {
        assert!(matches!(caller.await, Ok(Ok(page)) if page.body == "slow"));
    }
    let (most, all) = (makers.most.load(Ordering::SeqCst), makers.all.load(Ordering::SeqCst));
    assert!(most <= FEW && all <= 2 * FEW, "{most} at a time, {all} in all");
}

/// When the caller that renders the page is cancelled, another takes over.
pub async fn a_cancelled_caller_does_not_stop_the_others(pages: &Arc<dyn RenderCache>) {
    let site = Arc::new(Site::new(pages));
    let begun = Arc::new(Barrier::new(2));
    let leaver = tokio::spawn({
        let (pages, begun) = (Arc::clone(pages), Arc::clone(&begun));
        async move {
            let render = async || {
                begun.wait().await;
                pending::<Result<Rendered, Infallible>>().await
            };
            pages.get_or_render(&house(140), render).await
        }
    });
    begun.wait().await;
    let waiters: Vec<_> = (0..CALLERS)
        .map(|_| {
            let site = Arc::clone(&site);
            tokio::spawn(async move { site.get_slowly(&house(140), "page", Duration::from_millis(20)).await })
        })
        .collect();
    sleep(Duration::from_millis(50)).await;
    leaver.abort();
    for waiter in waiters {
        let page = timeout(Duration::from_secs(10), waiter).await;
        assert!(matches!(page, Ok(Ok(page)) if page.body == "page"));
    }
    assert_eq!(site.made(), 1);
}

/// An uncacheable page reaches the callers that wait for it and no later ones.
pub async fn what_is_only_to_be_shown_is_not_kept(pages: &Arc<dyn RenderCache>) {
    let show = |takes: u64| {
        let pages = Arc::clone(pages);
        tokio::spawn(async move {
            let render = async || {
                sleep(Duration::from_millis(takes)).await;
                Ok::<_, Infallible>(Rendered::Uncacheable(Bytes::from_static(b"shown")))
            };
            pages.get_or_render(&house(150), render).await
        })
    };
    let (first, second) = (show(100), show(100));
    for shown in [first, second] {
        assert!(matches!(shown.await, Ok(Ok(page)) if page.body == "shown"));
    }
    assert_eq!(Site::new(pages).get(&house(150), "kept").await.body, "kept");
}

/// After a change, exactly the pages of its tags are made again.
pub async fn changes_show_at_once(pages: &Arc<dyn RenderCache>) {
    let site = Site::new(pages);
    let all = [
        constant("change"),
        key("change", format_args!("slides"), [Some(OFFERS), None, None]),
        house(160),
        house(161),
        search(160, false),
        search(160, true),
    ];
    for tag in [OFFERS, AVAILABILITY, of_house(160), PEOPLE] {
        for key in &all {
            site.get(key, "old").await;
        }
        site.made();
        pages.invalidate(&[tag]).await;
        for key in &all {
            let depends = key.tags().any(|of_entry| of_entry == tag);
            site.get(key, "new").await;
            // The shared cache may have evicted the entry; it must not show the old one.
            assert!(site.made() == 1 || !depends, "{key} shows the time before {tag:?}");
        }
    }
    // Several at once.
    for key in &all {
        site.get(key, "old").await;
    }
    pages.invalidate(&[OFFERS, of_house(161), PEOPLE]).await;
    site.made();
    for key in &all[1..] {
        site.get(key, "newest").await;
        assert_eq!(site.made(), 1, "{key}");
    }
    pages.invalidate(&[]).await;
}

/// A peek returns the same as a lookup would; after a change it returns no entry from before.
pub async fn peek_is_current(pages: &Arc<dyn RenderCache>) {
    let site = Site::new(pages);
    assert_eq!(pages.peek(&house(195)), None);
    let page = site.get(&house(195), "old").await;
    let peek = pages.peek(&house(195));
    assert!(peek.is_none_or(|peek| peek == page));
    pages.invalidate(&[of_house(195)]).await;
    assert_eq!(pages.peek(&house(195)), None);
    let page = site.get(&house(195), "new").await;
    assert_eq!(page.body, "new");
    assert!(pages.peek(&house(195)).is_none_or(|peek| peek == page));
}

/// A caller after a change neither gets nor waits for a rendering that began before it.
pub async fn a_page_begun_before_a_change_is_not_shown_after_it(pages: &Arc<dyn RenderCache>) {
    let site = Arc::new(Site::new(pages));
    let slow = tokio::spawn({
        let site = Arc::clone(&site);
        async move { site.get_slowly(&house(170), "before", Duration::from_millis(300)).await }
    });
    sleep(Duration::from_millis(50)).await;
    pages.invalidate(&[of_house(170)]).await;
    assert_eq!(site.get(&house(170), "after").await.body, "after");
    assert!(slow.await.is_ok_and(|page| page.body == "before"));
    // The late rendering did not overwrite the one after the change.
    assert_eq!(site.get(&house(170), "again").await.body, "after");
}
