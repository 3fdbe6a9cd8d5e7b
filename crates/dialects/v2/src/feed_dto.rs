//! Calendars of other sites and links to those of this one, as the document shows them and as answers have them.

use chrono::NaiveDate;
use minsu_application::feeds::ListedFeed;
use minsu_ports::{Export, Feed, FeedConflict, FeedStanding, FeedTerms};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{dto::instant, values as native};

/// The names of where a feed stands.
pub(crate) const STATES: [&str; 5] = ["new", "ok", "failing", "suspicious", "paused"];

const fn state_name(standing: FeedStanding) -> &'static str {
    match standing {
        FeedStanding::New => STATES[0],
        FeedStanding::Ok => STATES[1],
        FeedStanding::Failing => STATES[2],
        FeedStanding::Suspicious => STATES[3],
        FeedStanding::Paused => STATES[4],
    }
}

/// A calendar to be connected.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct FeedBody {
    /// What one calls it, 1 to 64 characters.
    #[schema(value_type = native::CalendarName)]
    name: String,
    /// Where it is: an iCalendar file by https. It is a secret, and not shown again.
    #[schema(value_type = native::FeedUrl)]
    url: String,
    /// Days that every event begins earlier, from −2 to 0; 0 where absent.
    #[schema(value_type = Option<native::StartOffset>, nullable = false)]
    start_offset: Option<i64>,
    /// Days that every event ends later, from 0 to 2; 0 where absent.
    #[schema(value_type = Option<native::EndOffset>, nullable = false)]
    end_offset: Option<i64>,
    /// Whether none of its events is a stay of a guest; false where absent.
    #[schema(nullable = false, examples(false))]
    all_closures: Option<bool>,
}

/// Changes of a calendar: what is absent stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct FeedPatch {
    /// What one calls it.
    #[schema(value_type = Option<native::CalendarName>, nullable = false)]
    name: Option<String>,
    /// Where it is. Days that the new calendar does not have are freed after two answers, however many they are.
    #[schema(value_type = Option<native::FeedUrl>, nullable = false)]
    url: Option<String>,
    /// Days that every event begins earlier, from −2 to 0.
    #[schema(value_type = Option<native::StartOffset>, nullable = false)]
    start_offset: Option<i64>,
    /// Days that every event ends later, from 0 to 2.
    #[schema(value_type = Option<native::EndOffset>, nullable = false)]
    end_offset: Option<i64>,
    /// Whether none of its events is a stay of a guest.
    #[schema(nullable = false, examples(false))]
    all_closures: Option<bool>,
    /// Whether it is not read for now; its days stay shut.
    #[schema(nullable = false, examples(true))]
    paused: Option<bool>,
}

/// The events of the last answer that had content.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventsData {
    /// Those that occupy days; a series is one.
    #[schema(examples(12))]
    busy: u32,
    /// Those that do not, because they are marked as free or cancelled.
    #[schema(examples(1))]
    free: u32,
    /// Those that this site made: the channel gives back what it was given.
    #[schema(examples(0))]
    own: u32,
}

/// A stay at the other site on days of an order here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictData {
    /// The order, which stays as it is.
    #[schema(examples(11))]
    order_id: i64,
    /// The days that both have, ascending.
    #[schema(value_type = Vec<native::Day>)]
    days: Vec<NaiveDate>,
}

/// The same, of the order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderConflictData {
    /// The calendar that has the stay.
    #[schema(examples(4))]
    feed_id: i64,
    /// The days that both have, ascending.
    #[schema(value_type = Vec<native::Day>)]
    days: Vec<NaiveDate>,
}

impl From<FeedConflict> for OrderConflictData {
    fn from(conflict: FeedConflict) -> Self {
        Self { feed_id: conflict.feed.get(), days: conflict.days.into_iter().collect() }
    }
}

/// A calendar of another site.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedData {
    /// The id.
    #[schema(examples(4))]
    id: i64,
    /// Counts its changes, for `If-Match`.
    #[schema(examples(1))]
    version: u32,
    /// What its landlord calls it.
    #[schema(examples("Airbnb"))]
    name: String,
    /// The host that it is read from.
    #[schema(examples("www.airbnb.com"))]
    host: String,
    /// Days that every event begins earlier.
    #[schema(examples(0))]
    start_offset: i64,
    /// Days that every event ends later.
    #[schema(examples(0))]
    end_offset: i64,
    /// Whether none of its events is a stay of a guest.
    #[schema(examples(false))]
    all_closures: bool,
    /// Where it stands: `new` before its first answer, `ok`, `failing` where the last answer was not good, `suspicious`
    /// where it lost most of its days, which are held for a day, or `paused`.
    #[schema(value_type = native::FeedState)]
    state: &'static str,
    /// What is wrong with the last answer, as a code; absent where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("http_403"))]
    error: Option<String>,
    /// When it was last asked, whatever that came to; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-28T08:30:00Z"), format = DateTime)]
    fetched_at: Option<String>,
    /// When the last good answer came; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-28T08:30:00Z"), format = DateTime)]
    good_at: Option<String>,
    /// When its days changed; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-27T21:15:00Z"), format = DateTime)]
    changed_at: Option<String>,
    /// How many days from today on it shuts.
    #[schema(examples(31))]
    days_held: u32,
    /// How many of them stay shut because they went suspiciously.
    #[schema(examples(0))]
    held_back: u32,
    /// The events of the last answer that had content; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    events: Option<EventsData>,
    /// Its stays on days of orders, by order.
    conflicts: Vec<ConflictData>,
    /// When it was connected.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl FeedData {
    /// The version, for `ETag`.
    pub(crate) const fn version(&self) -> u32 {
        self.version
    }
}

impl From<ListedFeed> for FeedData {
    fn from(listed: ListedFeed) -> Self {
        let ListedFeed { feed, conflicts } = listed;
        let conflict = |conflict: FeedConflict| ConflictData {
            order_id: conflict.order.get(),
            days: conflict.days.into_iter().collect(),
        };
        Self {
            id: feed.id.get(),
            version: feed.generation.get(),
            state: state_name(feed.standing()),
            held_back: feed.held_back(),
            name: feed.terms.name.as_str().to_owned(),
            host: feed.host,
            start_offset: feed.terms.offsets.start(),
            end_offset: feed.terms.offsets.end(),
            all_closures: feed.terms.is_all_closures,
            error: feed.error,
            fetched_at: feed.fetched_at.map(instant),
            good_at: feed.good_at.map(instant),
            changed_at: feed.changed_at.map(instant),
            days_held: feed.days_held,
            events: feed.events.map(|events| EventsData { busy: events.busy, free: events.free, own: events.own }),
            conflicts: conflicts.into_iter().map(conflict).collect(),
            created_at: instant(feed.created_at),
        }
    }
}

/// A calendar of another site, as the export of an account has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnFeed {
    /// The id.
    #[schema(examples(4))]
    id: i64,
    /// What one calls it.
    #[schema(examples("Airbnb"))]
    name: String,
    /// The host that it is read from.
    #[schema(examples("www.airbnb.com"))]
    host: String,
    /// Days that every event begins earlier.
    #[schema(examples(0))]
    start_offset: i64,
    /// Days that every event ends later.
    #[schema(examples(0))]
    end_offset: i64,
    /// Whether none of its events is a stay of a guest.
    #[schema(examples(false))]
    all_closures: bool,
    /// Whether it is not read for now.
    #[schema(examples(false))]
    paused: bool,
    /// When it was connected.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl From<Feed> for OwnFeed {
    fn from(feed: Feed) -> Self {
        let FeedTerms { name, offsets, is_all_closures, is_paused } = feed.terms;
        Self {
            id: feed.id.get(),
            name: name.as_str().to_owned(),
            host: feed.host,
            start_offset: offsets.start(),
            end_offset: offsets.end(),
            all_closures: is_all_closures,
            paused: is_paused,
            created_at: instant(feed.created_at),
        }
    }
}

/// All calendars of a listing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feeds {
    /// The calendars, in the order in which they were connected.
    pub(crate) items: Vec<FeedData>,
}

/// A link to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct LinkBody {
    /// What one calls it, 1 to 64 characters.
    #[schema(value_type = native::CalendarName)]
    name: String,
    /// The calendar of the channel that gets the link: its own days are left out, and what it gives back is known.
    #[schema(value_type = Option<native::Id>, nullable = false)]
    feed_id: Option<i64>,
}

/// A link to the calendar of a listing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkData {
    /// The id.
    #[schema(examples(6))]
    id: i64,
    /// What its landlord calls it.
    #[schema(examples("Airbnb"))]
    name: String,
    /// The calendar of the channel that has it; absent where it is for any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(4))]
    feed_id: Option<i64>,
    /// The link itself; in the answer that makes or renews it, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("https://www.example.com/ical/3f9c….ics"))]
    url: Option<String>,
    /// When it was last fetched, to the minute; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-28T08:30:00Z"), format = DateTime)]
    fetched_at: Option<String>,
    /// When it was made.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl LinkData {
    /// The same with its link.
    pub(crate) fn with_url(self, url: String) -> Self {
        Self { url: Some(url), ..self }
    }

    /// The id.
    pub(crate) const fn id(&self) -> i64 {
        self.id
    }
}

impl From<Export> for LinkData {
    fn from(export: Export) -> Self {
        Self {
            id: export.id.get(),
            name: export.name.as_str().to_owned(),
            feed_id: export.feed.map(minsu_domain::FeedId::get),
            url: None,
            fetched_at: export.fetched_at.map(instant),
            created_at: instant(export.created_at),
        }
    }
}

/// All links of a listing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Links {
    /// The links, in the order in which they were made.
    pub(crate) items: Vec<LinkData>,
}
