//! Rows of feeds.

use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{CalendarName, DayKind, DayOffsets, FeedId, Hold, Version};
use minsu_ports::{EventCounts, Feed, FeedSource, FeedTerms, LeasedFeed, SealedIdentity, StoreError};
use sea_orm::{QueryResult, TryGetable};

use crate::{
    errors::{CorruptRow, failed},
    repos::{sql::Sql, values::Table},
};

pub(super) const FEEDS: Table = Table("calendar_feeds");
pub(super) const DAYS: Table = Table("feed_days");

/// A column of a row by its place.
pub(super) fn column<T: TryGetable>(row: &QueryResult, place: usize) -> Result<T, StoreError> {
    row.try_get_by_index(place).map_err(failed)
}

/// An offset as a column has it; its bounds are far within.
pub(super) fn small(offset: i64) -> i16 {
    i16::try_from(offset).unwrap_or_default()
}

/// The columns of [`feed`], with the days from `from` on counted.
pub(super) fn select(sql: &mut Sql, from: NaiveDate) {
    sql.push("SELECT f.id, f.house_id, f.name, f.start_offset, f.end_offset, f.all_closures, f.paused, f.host, ");
    sql.push("f.generation, f.error, f.failures, f.hold, f.hold_since, f.busy_events, f.free_events, f.own_events, ");
    sql.push("f.fetched_at, f.good_at, f.changed_at, f.created_at, (SELECT COUNT(*) FROM feed_days d ");
    sql.push("WHERE d.feed_id = f.id AND d.day >= ").bind(from).push("), (SELECT COUNT(*) FROM feed_days d ");
    sql.push("WHERE d.feed_id = f.id AND d.missing_since IS NOT NULL AND d.day >= ").bind(from);
    sql.push(") FROM calendar_feeds f");
}

pub(super) fn feed(row: &QueryResult) -> Result<Feed, StoreError> {
    let events = match (column(row, 13)?, column(row, 14)?, column(row, 15)?) {
        (Some(busy), Some(free), Some(own)) => Some(EventCounts {
            busy: FEEDS.count("busy_events", busy)?,
            free: FEEDS.count("free_events", free)?,
            own: FEEDS.count("own_events", own)?,
        }),
        _ => None,
    };
    let counted = |place| Ok::<_, StoreError>(u32::try_from(column::<i64>(row, place)?).unwrap_or(u32::MAX));
    Ok(Feed {
        id: FEEDS.checked("id", FeedId::new(column(row, 0)?))?,
        house: FEEDS.house("house_id", column(row, 1)?)?,
        terms: terms(row, 2)?,
        host: column(row, 7)?,
        generation: generation(column(row, 8)?)?,
        error: column(row, 9)?,
        failures: FEEDS.count("failures", column(row, 10)?)?,
        hold: hold(column(row, 11)?, column(row, 12)?)?,
        events,
        fetched_at: column(row, 16)?,
        good_at: column(row, 17)?,
        changed_at: column(row, 18)?,
        created_at: column(row, 19)?,
        days_held: counted(20)?,
        days_missing: counted(21)?,
    })
}

/// The columns of [`leased`].
pub(super) const LEASED: &str = "SELECT h.landlord_id, f.house_id, f.name, f.start_offset, f.end_offset, \
    f.all_closures, f.paused, f.host, f.key_id, f.sealed_url, f.etag, f.last_modified, f.content_at, f.failures \
    FROM calendar_feeds f JOIN houses h ON h.id = f.house_id";

pub(super) fn leased(row: &QueryResult) -> Result<LeasedFeed, StoreError> {
    Ok(LeasedFeed {
        landlord: Table("houses").user("landlord_id", column(row, 0)?)?,
        house: FEEDS.house("house_id", column(row, 1)?)?,
        terms: terms(row, 2)?,
        source: FeedSource {
            host: column(row, 7)?,
            url: SealedIdentity { key_id: column(row, 8)?, sealed: column(row, 9)? },
        },
        etag: column(row, 10)?,
        last_modified: column(row, 11)?,
        content_at: column(row, 12)?,
        failures: FEEDS.count("failures", column(row, 13)?)?,
    })
}

/// Five columns from `place` on.
fn terms(row: &QueryResult, place: usize) -> Result<FeedTerms, StoreError> {
    let name: String = column(row, place)?;
    let (start, end): (i16, i16) = (column(row, place + 1)?, column(row, place + 2)?);
    Ok(FeedTerms {
        name: FEEDS.checked("name", CalendarName::stored(&name))?,
        offsets: FEEDS.checked("start_offset", DayOffsets::new(start.into(), end.into()))?,
        is_all_closures: column(row, place + 3)?,
        is_paused: column(row, place + 4)?,
    })
}

fn generation(stored: i32) -> Result<Version, CorruptRow> {
    FEEDS.checked("generation", Version::new(FEEDS.count("generation", stored)?))
}

/// The columns of a hold.
pub(super) const fn hold_columns(hold: Hold) -> (i16, Option<DateTime<Utc>>) {
    match hold {
        Hold::None => (0, None),
        Hold::Since(since) => (1, Some(since)),
        Hold::Waived => (2, None),
    }
}

pub(super) fn hold(number: i16, since: Option<DateTime<Utc>>) -> Result<Hold, CorruptRow> {
    match (number, since) {
        (0, _) => Ok(Hold::None),
        (1, Some(since)) => Ok(Hold::Since(since)),
        (2, _) => Ok(Hold::Waived),
        _ => Err(FEEDS.corrupt("hold")),
    }
}

/// The number of a kind.
pub(super) const fn kind_number(kind: DayKind) -> i16 {
    match kind {
        DayKind::Closure => 0,
        DayKind::Stay => 1,
    }
}

pub(super) fn kind(number: i16) -> Result<DayKind, CorruptRow> {
    match number {
        0 => Ok(DayKind::Closure),
        1 => Ok(DayKind::Stay),
        _ => Err(DAYS.corrupt("kind")),
    }
}
