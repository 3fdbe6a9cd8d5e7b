//! Polls against mocks.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use minsu_domain::{
    DayKind, Event, FeedDays, FeedReading, FeedState, HouseId, Occupant, OrderId, ReadingFault, parse_day,
};
use minsu_ports::{
    FeedAnswer, FeedError, FeedSource, FetchFailed,
    testkit::{EventLog, MockCalendarFeeds, MockFeedFetcher, MockIdentitySealer, MockStore, MockUnitOfWork},
};

use super::*;
use crate::test_app::{TestApp, feed, now, sealed_url, user};

/// What came of a poll.
#[derive(Default)]
struct Written {
    ends: Vec<PollEnd>,
    /// How many days were added, and how many freed.
    days: Vec<(usize, usize)>,
    given_back: usize,
}

fn leased(etag: Option<&str>, content_hours_ago: i64) -> LeasedFeed {
    LeasedFeed {
        landlord: user(1),
        house: HouseId::new(7).unwrap(),
        terms: feed(4).terms,
        source: FeedSource { host: "a.example".into(), url: sealed_url() },
        etag: etag.map(str::to_owned),
        last_modified: None,
        content_at: etag.map(|_| now() - TimeDelta::hours(content_hours_ago)),
        failures: 1,
    }
}

fn reading(days: &[&str]) -> FeedReading {
    let days: FeedDays = days.iter().map(|day| (parse_day(day).unwrap(), DayKind::Stay)).collect();
    FeedReading { days, busy_events: 1, ..FeedReading::default() }
}

fn content() -> Result<FeedAnswer, FetchFailed> {
    Ok(FeedAnswer::Content { body: Bytes::from_static(b"x"), etag: Some("\"2\"".into()), last_modified: None })
}

struct Case {
    feed: Option<LeasedFeed>,
    /// Whether nothing changed the feed meanwhile.
    is_still_leased: bool,
    answer: Result<FeedAnswer, FetchFailed>,
    reading: Result<FeedReading, FeedError>,
    /// An order on 2026-12-02.
    has_order: bool,
}

impl Default for Case {
    fn default() -> Self {
        let reading = Ok(reading(&["2026-12-01", "2026-12-02"]));
        let (feed, answer) = (Some(leased(None, 0)), content());
        Self { feed, is_still_leased: true, answer, reading, has_order: false }
    }
}

fn unit(case: &Case, written: &Arc<Mutex<Written>>) -> MockUnitOfWork {
    let mut unit = MockUnitOfWork::default();
    let (feed, is_leased, has_order) = (case.feed.clone(), case.is_still_leased, case.has_order);
    unit.feeds.expect_lease().returning(move |_, _, _, _| Ok(feed.clone()));
    unit.users.expect_lock().returning(|_| Ok(true));
    unit.own_listings.expect_lock_calendar().returning(|_, _| Ok(true));
    unit.feeds.expect_is_leased().returning(move |_, _, _| Ok(is_leased));
    unit.feeds.expect_state().returning(|_, _| Ok(FeedState::default()));
    unit.feeds.expect_holders().returning(|_, _, _| Ok([].into()));
    unit.exports.expect_told().returning(|_, _| Ok([].into()));
    let log = written.clone();
    unit.feeds.expect_write().returning(move |_, _, _, step, _, _| {
        log.lock().unwrap().days.push((step.added.len(), step.freed.len()));
        Ok(())
    });
    unit.occupancy.expect_occupied().returning(move |_, _, _| {
        let order = Occupant::Order(OrderId::new(3).unwrap());
        Ok(if has_order { vec![(parse_day("2026-12-02").unwrap(), order)] } else { vec![] })
    });
    unit.feeds.expect_conflicts_of_house().returning(|_| Ok(vec![]));
    unit.feeds.expect_write_conflicts().returning(|_, changes, _| {
        assert_eq!(changes.opened.len(), 1);
        Ok(())
    });
    let log = written.clone();
    unit.feeds.expect_finish().returning(move |_, _, end| {
        log.lock().unwrap().ends.push(end.clone());
        Ok(true)
    });
    let log = written.clone();
    unit.feeds.expect_give_back().returning(move |_, _, _| {
        log.lock().unwrap().given_back += 1;
        Ok(())
    });
    unit
}

async fn polled(case: Case) -> (bool, Written, Vec<Event>) {
    let written = Arc::new(Mutex::new(Written::default()));
    let mut fetcher = MockFeedFetcher::new();
    let answer = case.answer.clone();
    fetcher.expect_fetch().withf(|request| request.url == "https://a.example/c.ics").returning(move |_| answer.clone());
    let mut reader = MockCalendarFeeds::new();
    let read = case.reading.clone();
    reader
        .expect_read()
        .withf(|_, terms| terms.from == parse_day("2026-11-22").unwrap())
        .returning(move |_, _| read.clone());
    let mut sealer = MockIdentitySealer::new();
    sealer.expect_open_text().returning(|_, _| Ok("https://a.example/c.ics".into()));
    let (mut store, log) = (MockStore::new(), written.clone());
    store.expect_begin().returning(move || Ok(Box::new(unit(&case, &log))));
    let events = EventLog::default();
    let app = TestApp::default()
        .store(store)
        .sealer(sealer)
        .feed_fetcher(fetcher)
        .calendar_feeds(reader)
        .subscriber(events.clone())
        .build();
    let polled = poll(&app, FeedId::new(4).unwrap()).await.unwrap();
    let written = std::mem::take(&mut *written.lock().unwrap());
    (polled, written, events.committed())
}

#[tokio::test]
async fn an_answer_is_written_with_its_days_and_the_next_poll() {
    let (done, written, events) = polled(Case::default()).await;
    assert!(done);
    assert_eq!(written.days, [(2, 0)]);
    let [end] = &written.ends[..] else { panic!("{:?}", written.ends) };
    assert!(matches!(&end.outcome, PollOutcome::Content { etag: Some(tag), fault: None, .. } if tag == "\"2\""));
    // 0x5a of 0xff of a fifth of a quarter of an hour more.
    assert_eq!((end.at, end.next_at), (now(), now() + TimeDelta::minutes(15) + TimeDelta::seconds(180) * 90 / 255));
    assert!(matches!(events[..], [Event::ListingScheduleChanged(_)]));
}

#[tokio::test]
async fn a_stay_on_a_day_of_an_order_is_told() {
    let (_, _, events) = polled(Case { has_order: true, ..Case::default() }).await;
    assert!(matches!(events[..], [Event::ListingScheduleChanged(_), Event::ListingConflictOpened(_)]));
}

#[tokio::test]
async fn a_feed_that_is_leased_or_was_changed_is_left_alone() {
    let (done, written, _) = polled(Case { feed: None, ..Case::default() }).await;
    assert!(!done && written.ends.is_empty());
    let (done, written, events) = polled(Case { is_still_leased: false, ..Case::default() }).await;
    assert!(done && written.ends.is_empty() && written.days.is_empty() && events.is_empty());
}

#[tokio::test]
async fn bad_answers_have_their_codes_and_longer_pauses() {
    let failed = |code: &str, retry_after| Err(FetchFailed { code: code.into(), retry_after });
    let unread = |error| Case { reading: Err(error), ..Case::default() };
    let hour = Duration::from_secs(3600);
    for (case, code, minutes) in [
        (unread(FeedError::CutOff), "cut_off", 30),
        (Case { answer: failed("http_403", None), ..Case::default() }, "http_403", 30),
        (Case { answer: failed("http_429", Some(hour)), ..Case::default() }, "http_429", 60),
        // The request was not conditional.
        (Case { answer: Ok(FeedAnswer::Unchanged), ..Case::default() }, "http_304", 30),
    ] {
        let (_, written, events) = polled(case).await;
        assert_eq!((written.days, events.len()), (vec![(0, 0)], 0), "{code}");
        assert_eq!(written.ends[0].outcome, PollOutcome::Bad(code.into()));
        let rest = (written.ends[0].next_at - now()).num_minutes();
        assert!((minutes..=minutes + 6).contains(&rest), "{code}: {rest}");
    }
}

#[tokio::test]
async fn unchanged_content_is_good_where_it_was_asked_for() {
    let case = Case { feed: Some(leased(Some("\"1\""), 1)), answer: Ok(FeedAnswer::Unchanged), ..Case::default() };
    let (_, written, _) = polled(case).await;
    assert_eq!(written.ends[0].outcome, PollOutcome::Unchanged);
    // After a day the content is asked for whatever it is.
    let case = Case { feed: Some(leased(Some("\"1\""), 24)), answer: Ok(FeedAnswer::Unchanged), ..Case::default() };
    let (_, written, _) = polled(case).await;
    assert_eq!(written.ends[0].outcome, PollOutcome::Bad("http_304".into()));
}

#[tokio::test]
async fn a_fault_of_an_event_is_told_and_its_days_count() {
    let reading = FeedReading { fault: Some(ReadingFault::Rule), ..reading(&["2026-12-01"]) };
    let (_, written, _) = polled(Case { reading: Ok(reading), ..Case::default() }).await;
    assert_eq!(written.days, [(1, 0)]);
    assert!(matches!(written.ends[0].outcome, PollOutcome::Content { fault: Some("rule"), .. }));
}

#[tokio::test]
async fn a_busy_reader_says_nothing_of_the_feed() {
    let (done, written, _) = polled(Case { reading: Err(FeedError::Busy), ..Case::default() }).await;
    assert!(done);
    assert_eq!((written.ends.len(), written.days.len(), written.given_back), (0, 0, 1));
}
