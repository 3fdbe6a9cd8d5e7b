//! Feeds over time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::{collection::vec, prelude::*};

use super::{
    ConflictChanges, DayKind, FeedReading, FeedState, FeedStep, Hold, ReadingFault, Surroundings,
    slow_model::{Entry, Happening, Model},
};
use crate::{OrderId, parse_day};

fn day(n: u64) -> NaiveDate {
    parse_day("2026-12-01").unwrap() + Days::new(n)
}

fn minutes(n: i64) -> DateTime<Utc> {
    "2026-11-20T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(n)
}

fn reading(days: impl IntoIterator<Item = u64>, is_complete: bool) -> FeedReading {
    let days = days.into_iter().map(|n| (day(n), DayKind::Stay)).collect();
    let fault = (!is_complete).then_some(ReadingFault::Rule);
    FeedReading { days, fault, ..FeedReading::default() }
}

/// A feed and the time.
#[derive(Default)]
struct Story {
    feed: FeedState,
    holders: BTreeSet<NaiveDate>,
    told: BTreeSet<NaiveDate>,
}

impl Story {
    fn at(&mut self, minute: i64, what: &Happening) -> FeedStep {
        let around = Surroundings { now: minutes(minute), today: day(0), holders: &self.holders, told: &self.told };
        happen(&mut self.feed, what, &around)
    }

    fn good(&mut self, minute: i64, days: impl IntoIterator<Item = u64>) -> FeedStep {
        self.at(minute, &Happening::Good(reading(days, true)))
    }

    fn days(&self) -> Vec<u64> {
        self.feed.days.keys().map(|held| (*held - day(0)).num_days().unsigned_abs()).collect()
    }
}

fn happen(feed: &mut FeedState, what: &Happening, around: &Surroundings<'_>) -> FeedStep {
    match what {
        Happening::Good(reading) => feed.good(reading, around),
        Happening::Unchanged => feed.unchanged(around),
        Happening::Bad => feed.bad(around),
        Happening::Released => feed.release(around),
        Happening::Relinked => feed.relink(around),
    }
}

#[test]
fn a_day_leaves_when_two_good_answers_miss_it_a_quarter_of_an_hour_apart() {
    let mut story = Story::default();
    assert_eq!(story.good(0, 0..9).added.len(), 9);
    assert_eq!(story.good(10, 0..8).freed, BTreeSet::new());
    assert_eq!(story.good(24, 0..8).freed, BTreeSet::new());
    assert_eq!(story.good(25, 0..8).freed, BTreeSet::from([day(8)]));
    // Back in between: it begins anew.
    story.good(40, 0..7);
    story.good(50, 0..8);
    assert!(story.good(60, 0..7).freed.is_empty());
    // A 304 is the last answer once more.
    assert_eq!(story.at(75, &Happening::Unchanged).freed, BTreeSet::from([day(7)]));
}

#[test]
fn bad_and_incomplete_answers_add_and_never_free() {
    let mut story = Story::default();
    story.good(0, 0..9);
    story.good(1, 0..8);
    assert!(story.at(20, &Happening::Bad).is_empty());
    let partial = Happening::Good(reading([20], false));
    assert_eq!(story.at(21, &partial).added.len(), 1);
    for minute in [40, 60, 5000] {
        assert!(story.at(minute, &partial).is_empty());
        assert!(story.at(minute + 1, &Happening::Unchanged).is_empty());
    }
    assert_eq!(story.days(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 20]);
}

#[test]
fn a_feed_that_loses_most_days_is_held_for_a_day_and_the_landlord_is_told_once() {
    let mut story = Story::default();
    story.good(0, 0..5);
    assert!(story.good(15, []).has_hold_begun);
    assert_eq!(story.feed.hold, Hold::Since(minutes(15)));
    for minute in [30, 45, 15 + 24 * 60 - 1] {
        assert_eq!(story.good(minute, []), FeedStep::default());
    }
    assert!(story.at(15 + 24 * 60, &Happening::Bad).is_empty());
    assert_eq!(story.at(16 + 24 * 60, &Happening::Unchanged).freed.len(), 5);
    assert_eq!(story.feed.hold, Hold::None);
}

#[test]
fn a_hold_ends_when_the_days_come_back_when_the_landlord_says_so_and_with_a_new_link() {
    let held = || {
        let mut story = Story::default();
        story.good(0, 0..5);
        story.good(1, [0]);
        assert_eq!(story.feed.hold, Hold::Since(minutes(1)));
        story
    };
    let mut back = held();
    back.good(20, 0..4);
    assert_eq!((back.feed.hold, back.days()), (Hold::None, vec![0, 1, 2, 3]));

    let mut released = held();
    assert_eq!(released.at(2, &Happening::Released).freed.len(), 4);
    assert_eq!(released.feed.hold, Hold::None);

    let mut unreadable = held();
    unreadable.at(2, &Happening::Good(reading([0], false)));
    assert!(unreadable.at(3, &Happening::Released).is_empty());
    assert_eq!(unreadable.good(20, [0]).freed.len(), 4);

    let mut relinked = held();
    relinked.at(2, &Happening::Relinked);
    assert!(relinked.good(20, [30]).freed.is_empty());
    assert_eq!(relinked.good(35, [30]).freed.len(), 5);
    assert_eq!(relinked.feed.hold, Hold::None);
}

#[test]
fn what_comes_back_from_a_channel_that_was_told_it_here_is_derived() {
    let order = OrderId::new(7).unwrap();
    let orders = BTreeMap::from([(day(3), order)]);
    let conflicts = |story: &Story| ConflictChanges::of(&story.feed, day(0), &orders, &BTreeMap::new());
    // It was never told of the order: a stay of its own.
    let mut own = Story { holders: BTreeSet::from([day(3)]), ..Story::default() };
    own.good(10, [3]);
    assert_eq!(conflicts(&own).opened, BTreeMap::from([(order, BTreeSet::from([day(3)]))]));
    // It was: an echo, until the order is gone for a day.
    let mut echo = Story { told: BTreeSet::from([day(3)]), ..own };
    echo.feed = FeedState::default();
    echo.good(10, [3]);
    assert_eq!(conflicts(&echo), ConflictChanges::default());
    echo.holders.clear();
    assert_eq!(echo.good(20, [3]).changed.len(), 1);
    echo.good(20 + 24 * 60 - 1, [3]);
    assert!(echo.feed.days[&day(3)].is_derived());
    echo.at(20 + 24 * 60, &Happening::Bad);
    assert!(!echo.feed.days[&day(3)].is_derived());
}

#[test]
fn what_came_from_here_goes_without_a_hold_when_it_is_gone_here() {
    let days: BTreeSet<_> = (0..4).map(day).collect();
    let mut echo = Story { holders: days.clone(), told: days, ..Story::default() };
    echo.good(10, 0..5);
    assert_eq!(echo.feed.days.values().filter(|held| held.is_derived()).count(), 4);
    echo.holders.clear();
    // Four of five days go at once, of which none is the feed's own.
    assert!(!echo.good(25, [4]).has_hold_begun);
    assert_eq!(echo.good(40, [4]).freed.len(), 4);
    assert_eq!((echo.feed.hold, echo.days()), (Hold::None, vec![4]));
    // Its own day is the only one, and held.
    assert!(echo.good(55, []).has_hold_begun);
    // What was told and is gone here before it comes back is an echo too.
    echo.told = BTreeSet::from([day(9)]);
    echo.good(60, [4, 9]);
    assert!(echo.feed.days[&day(9)].is_derived() && !echo.feed.days[&day(4)].is_derived());
}

#[test]
fn a_conflict_opens_once_changes_its_days_and_closes_with_the_overlap() {
    let order = OrderId::new(7).unwrap();
    let orders: BTreeMap<_, _> = (2..5).map(|n| (day(n), order)).collect();
    let mut story = Story::default();
    story.good(0, [1, 2]);
    let opened = ConflictChanges::of(&story.feed, day(0), &orders, &BTreeMap::new()).opened;
    assert_eq!(opened, BTreeMap::from([(order, BTreeSet::from([day(2)]))]));
    assert_eq!(ConflictChanges::of(&story.feed, day(0), &orders, &opened), ConflictChanges::default());
    story.good(1, 1..4);
    let changes = ConflictChanges::of(&story.feed, day(0), &orders, &opened);
    assert_eq!(changes.changed, BTreeMap::from([(order, BTreeSet::from([day(2), day(3)]))]));
    assert_eq!(ConflictChanges::of(&story.feed, day(4), &orders, &opened).closed, BTreeSet::from([order]));
    let closures = FeedState {
        days: story
            .feed
            .days
            .into_iter()
            .map(|(day, held)| (day, super::HeldDay { kind: DayKind::Closure, ..held }))
            .collect(),
        ..FeedState::default()
    };
    assert_eq!(ConflictChanges::of(&closures, day(0), &orders, &opened).closed, BTreeSet::from([order]));
}

/// Answers that are mostly like the one before, as feeds are.
fn happening() -> impl Strategy<Value = Happening> {
    let masks =
        prop_oneof![4 => Just(0xffu8), 3 => any::<u8>(), 2 => Just(0), 3 => (0u32..8).prop_map(|n| !(1u8 << n))];
    let days = |mask: u8| (0..8u64).filter(move |n| mask & (1 << n) != 0);
    prop_oneof![
        8 => masks.clone().prop_map(move |mask| Happening::Good(reading(days(mask), true))),
        1 => masks.prop_map(move |mask| Happening::Good(reading(days(mask), false))),
        3 => Just(Happening::Unchanged),
        1 => Just(Happening::Bad),
        1 => Just(Happening::Released),
        1 => Just(Happening::Relinked),
    ]
}

/// What happens, after how many minutes, which days something else holds, and which ones the channel was told.
fn history() -> impl Strategy<Value = Vec<(Happening, i64, u8, u8)>> {
    let pause = prop_oneof![Just(1i64), Just(14), Just(15), Just(60), Just(12 * 60), Just(24 * 60)];
    vec((happening(), pause, any::<u8>(), any::<u8>()), 1..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_feed_holds_what_its_whole_history_says(history in history()) {
        let (mut feed, mut model, mut minute) = (FeedState::default(), Model::default(), 0);
        for (what, pause, holders, told) in history {
            minute += pause;
            let days = |mask: u8| (0..8).filter(|n| mask & (1 << n) != 0).map(day).collect::<BTreeSet<_>>();
            let entry = Entry {
                what,
                now: minutes(minute),
                // The first days pass within the story.
                today: day(u64::try_from(minute / (3 * 24 * 60)).unwrap()),
                holders: days(holders),
                told: days(told),
            };
            let before: BTreeSet<_> = feed.days.keys().copied().collect();
            let around = Surroundings {
                now: entry.now,
                today: entry.today,
                holders: &entry.holders,
                told: &entry.told,
            };
            let step = happen(&mut feed, &entry.what, &around);
            let is_bad = matches!(entry.what, Happening::Bad);
            model.add(entry);
            let after: BTreeSet<_> = feed.days.keys().copied().collect();
            prop_assert_eq!(&after, &model.held());
            prop_assert_eq!(feed.days.iter().filter(|(_, held)| held.is_derived()).map(|(day, _)| *day)
                .collect::<BTreeSet<_>>(), model.derived());
            prop_assert_eq!(&step.freed, &before.difference(&after).copied().collect());
            prop_assert!(step.added.keys().eq(after.difference(&before)));
            prop_assert!(!is_bad || before == after);
        }
    }
}
