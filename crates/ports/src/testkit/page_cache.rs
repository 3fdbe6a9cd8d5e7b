//! The contract of [`crate::PageCache`].
//!
//! [`every_rule`] runs what holds within one process; [`rules_of_two`] what holds between two
//! that share a cache.

use std::{
    convert::Infallible,
    future::pending,
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::NaiveDate;
use minsu_domain::{AreaId, DateRange, HouseFilter, HouseId, PageNumber, StayRule};
use tokio::{
    sync::Barrier,
    time::{Instant, sleep, timeout},
};

use crate::{Page, PageCache, PageError, PageKey, Rendered, Scope};

/// Simultaneous callers.
const CALLERS: usize = 50;
/// How many may make one page at the same time.
const FEW: usize = 2;

/// A page cache and how often pages were made for it.
struct Site {
    pages: Arc<dyn PageCache>,
    made: AtomicUsize,
}

impl Site {
    fn new(pages: &Arc<dyn PageCache>) -> Self {
        Self { pages: Arc::clone(pages), made: AtomicUsize::new(0) }
    }

    /// Asks for a page that would say `body`.
    async fn get(&self, key: &PageKey, body: &'static str) -> Page {
        self.get_slowly(key, body, Duration::ZERO).await
    }

    /// As [`Self::get`], and the making takes so long.
    #[expect(clippy::expect_used, reason = "a suite fails by panicking")]
    async fn get_slowly(&self, key: &PageKey, body: &'static str, takes: Duration) -> Page {
        let render = async || {
            self.made.fetch_add(1, Ordering::SeqCst);
            sleep(takes).await;
            Ok::<_, Infallible>(Rendered::Keep(Bytes::from_static(body.as_bytes())))
        };
        self.pages.get_or_render(key, render).await.expect("nobody is slow enough")
    }

    /// How many pages were made since the last question.
    fn made(&self) -> usize {
        self.made.swap(0, Ordering::SeqCst)
    }
}

fn house(id: i64) -> PageKey {
    PageKey::house("rules", house_id(id))
}

fn house_id(id: i64) -> HouseId {
    HouseId::new(id).unwrap_or_else(|_| unreachable!("the rules use positive ids"))
}

/// A page of houses in an area, on some days or any.
fn search(area: i64, dated: bool) -> PageKey {
    let first: NaiveDate = chrono::DateTime::UNIX_EPOCH.date_naive();
    let bookable: RangeInclusive<NaiveDate> = first..=first;
    let start = dated.then_some(first);
    let key = DateRange::new(start, start, StayRule::Days).ok().and_then(|free| {
        let filter = HouseFilter { area: AreaId::new(area).ok(), free, ..HouseFilter::default() };
        PageKey::search("rules", filter, PageNumber::FIRST, || bookable)
    });
    key.unwrap_or_else(|| unreachable!("the days are bookable"))
}

/// All that holds within one process.
pub async fn every_rule(pages: Arc<dyn PageCache>) {
    a_page_is_made_once(&pages).await;
    pages_are_told_apart(&pages).await;
    simultaneous_callers_wait_for_one(&pages).await;
    errors_are_not_kept(&pages).await;
    slow_makers_are_not_joined_by_more(&pages).await;
    callers_that_go_away_stop_nobody(&pages).await;
    what_is_only_to_be_shown_is_not_kept(&pages).await;
    changes_show_at_once(&pages).await;
    what_is_at_hand_is_current(&pages).await;
    a_page_begun_before_a_change_is_not_shown_after_it(&pages).await;
}

/// The second caller gets what the first made, tag included.
pub async fn a_page_is_made_once(pages: &Arc<dyn PageCache>) {
    let site = Site::new(pages);
    let first = site.get(&house(100), "page").await;
    assert_eq!(first.body, "page");
    assert_eq!(site.get(&house(100), "another").await, first);
    assert_eq!(site.made(), 1);
    let other = site.get(&house(101), "another").await;
    assert!(other.tag != first.tag, "other bytes, the same tag");
    assert_eq!(site.get(&house(102), "page").await.tag, first.tag);
}

/// Form, subject, filter and number all make another page.
pub async fn pages_are_told_apart(pages: &Arc<dyn PageCache>) {
    let site = Site::new(pages);
    let of_house = |form| PageKey::house(form, house_id(110));
    let keys = [of_house("one"), of_house("two"), PageKey::areas("one"), PageKey::slides("one"), search(110, false)];
    for (key, body) in keys.iter().zip(["1", "2", "3", "4", "5"]) {
        assert_eq!(site.get(key, body).await.body, body);
    }
    for (key, body) in keys.iter().zip(["1", "2", "3", "4", "5"]) {
        assert_eq!(site.get(key, "other").await.body, body);
    }
}

/// Of simultaneous callers one makes the page and all get it, also when it is not kept.
pub async fn simultaneous_callers_wait_for_one(pages: &Arc<dyn PageCache>) {
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

/// How many make a page, and how many did at the same time at most.
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

/// An error reaches its caller; of those who waited one tries next, and each gets its own error.
pub async fn errors_are_not_kept(pages: &Arc<dyn PageCache>) {
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
        assert!(matches!(caller.await, Ok(Err(PageError::Render("no")))));
    }
    assert_eq!(makers.all.load(Ordering::SeqCst), CALLERS);
    let most = makers.most.load(Ordering::SeqCst);
    assert!(most <= FEW, "{most} fell upon what had failed");
    assert_eq!(Site::new(pages).get(&house(130), "page").await.body, "page");
}

/// However long the making takes and however many ask meanwhile, a few make the page, and the
/// others get it from them, or learn that it takes too long.
pub async fn slow_makers_are_not_joined_by_more(pages: &Arc<dyn PageCache>) {
    let makers = Arc::new(Makers::default());
    let mut callers = Vec::new();
    for _ in 0..CALLERS {
        let (pages, makers) = (Arc::clone(pages), Arc::clone(&makers));
        callers.push(tokio::spawn(async move {
            let render = async || {
                makers.make(Duration::from_millis(2_200)).await;
                Ok::<_, Infallible>(Rendered::Keep(Bytes::from_static(b"slow")))
            };
            pages.get_or_render(&house(135), render).await
        }));
        // Not all at once: who comes late may find what is being made too old.
        sleep(Duration::from_millis(40)).await;
    }
    for caller in callers {
        assert!(matches!(caller.await, Ok(Ok(page)) if page.body == "slow"));
    }
    let (most, all) = (makers.most.load(Ordering::SeqCst), makers.all.load(Ordering::SeqCst));
    assert!(most <= FEW && all <= 2 * FEW, "{most} at a time, {all} in all");
}

/// When the one who makes the page goes away, another takes over.
pub async fn callers_that_go_away_stop_nobody(pages: &Arc<dyn PageCache>) {
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

/// A page that is only to be shown reaches those who wait for it and nobody later.
pub async fn what_is_only_to_be_shown_is_not_kept(pages: &Arc<dyn PageCache>) {
    let show = |takes: u64| {
        let pages = Arc::clone(pages);
        tokio::spawn(async move {
            let render = async || {
                sleep(Duration::from_millis(takes)).await;
                Ok::<_, Infallible>(Rendered::Show(Bytes::from_static(b"shown")))
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

/// After a change, exactly the pages of its scopes are made again.
pub async fn changes_show_at_once(pages: &Arc<dyn PageCache>) {
    let site = Site::new(pages);
    let all = [
        PageKey::areas("change"),
        PageKey::slides("change"),
        house(160),
        house(161),
        search(160, false),
        search(160, true),
    ];
    for scope in [Scope::Offers, Scope::Availability, Scope::House(house_id(160)), Scope::People] {
        for key in &all {
            site.get(key, "old").await;
        }
        site.made();
        pages.changed(&[scope]).await;
        for key in &all {
            let depends = key.scopes().any(|of_page| of_page == scope);
            site.get(key, "new").await;
            // What the cache shares with others it may have lost; it must not show it.
            assert!(site.made() == 1 || !depends, "{key} shows the time before {scope:?}");
        }
    }
    // Several at once.
    for key in &all {
        site.get(key, "old").await;
    }
    pages.changed(&[Scope::Offers, Scope::House(house_id(161)), Scope::People]).await;
    site.made();
    for key in &all[1..] {
        site.get(key, "newest").await;
        assert_eq!(site.made(), 1, "{key}");
    }
    pages.changed(&[]).await;
}

/// What can be had at once is what a search would find; after a change there is nothing of before.
pub async fn what_is_at_hand_is_current(pages: &Arc<dyn PageCache>) {
    let site = Site::new(pages);
    assert_eq!(pages.at_hand(&house(195)), None);
    let page = site.get(&house(195), "old").await;
    let at_hand = pages.at_hand(&house(195));
    assert!(at_hand.is_none_or(|at_hand| at_hand == page));
    pages.changed(&[Scope::House(house_id(195))]).await;
    assert_eq!(pages.at_hand(&house(195)), None);
    let page = site.get(&house(195), "new").await;
    assert_eq!(page.body, "new");
    assert!(pages.at_hand(&house(195)).is_none_or(|at_hand| at_hand == page));
}

/// Who asks after a change does not get, or wait for, what another began to make before it.
pub async fn a_page_begun_before_a_change_is_not_shown_after_it(pages: &Arc<dyn PageCache>) {
    let site = Arc::new(Site::new(pages));
    let slow = tokio::spawn({
        let site = Arc::clone(&site);
        async move { site.get_slowly(&house(170), "before", Duration::from_millis(300)).await }
    });
    sleep(Duration::from_millis(50)).await;
    pages.changed(&[Scope::House(house_id(170))]).await;
    assert_eq!(site.get(&house(170), "after").await.body, "after");
    assert!(slow.await.is_ok_and(|page| page.body == "before"));
    // The late one did not overwrite what came after the change.
    assert_eq!(site.get(&house(170), "again").await.body, "after");
}

/// All that holds between two processes on one cache.
pub async fn rules_of_two(one: Arc<dyn PageCache>, other: Arc<dyn PageCache>) {
    let (here, there) = (Site::new(&one), Site::new(&other));
    // What one made the other has.
    assert_eq!(here.get(&house(200), "page").await.body, "page");
    assert_eq!(there.get(&house(200), "another").await.body, "page");
    assert_eq!(there.made(), 0);

    // A change here shows there within a second, whoever asks how often.
    let changes = [
        (house(200), Scope::House(house_id(200))),
        (house(200), Scope::People),
        (search(200, true), Scope::Availability),
        (search(200, false), Scope::Offers),
    ];
    for (key, scope) in changes {
        here.get(&key, "old").await;
        there.get(&key, "old").await;
        one.changed(&[scope]).await;
        let changed = Instant::now();
        assert_eq!(here.get(&key, "new").await.body, "new");
        while there.get(&key, "new").await.body != "new" {
            assert!(changed.elapsed() < Duration::from_secs(1), "{key} is old after {:?}", changed.elapsed());
            sleep(Duration::from_millis(10)).await;
        }
    }

    // A page begun there before a change here is shown to nobody a second after it.
    let begun_before = house(201);
    let slow = there.get_slowly(&begun_before, "before", Duration::from_millis(300));
    let change = async {
        sleep(Duration::from_millis(50)).await;
        one.changed(&[Scope::House(house_id(201))]).await;
    };
    tokio::join!(slow, change);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(there.get(&house(201), "after").await.body, "after");
    assert_eq!(here.get(&house(201), "after").await.body, "after");
}
