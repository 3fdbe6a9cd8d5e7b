//! The calendar of a house, for the holders of a link to it.

use bytes::Bytes;
use chrono::TimeDelta;
use minsu_domain::{CalendarExport, format_day};
use minsu_ports::{FeedSignal, Signal};

use super::LinkSecret;
use crate::{App, AppError, CalendarError, digest::sha256, houses::plannable_days, transaction::in_transaction};

/// How far apart two fetches of the same days are that are both written down.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A calendar as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedCalendar {
    /// The calendar. The same days are the same bytes.
    pub body: Bytes,
    /// What tells these bytes from others, as an `ETag` has it.
    pub tag: String,
}

/// The occupied days of a house from yesterday to the site's horizon, without those of the channel that the link was
/// given to. What the channel is told is written down: where it comes back, it is an echo.
///
/// # Errors
/// [`CalendarError::NoSuchExport`] for whatever is no secret of a link.
pub async fn serve(app: &App, secret: &str) -> Result<ServedCalendar, AppError> {
    let hash = LinkSecret::parse(secret).ok_or(CalendarError::NoSuchExport)?.hash();
    // Before the days are read: what is written between is not in them.
    let now = app.clock.now();
    let mut session = app.store.read_own().await?;
    let export = session.exports().find(hash).await?.ok_or(CalendarError::NoSuchExport)?;
    let (today, last) = (app.local(now).date_naive(), *plannable_days(app).end());
    let from = today.pred_opt().unwrap_or(today);
    let days = session.exports().days(export.house, export.feed, from, last).await?;
    drop(session);
    let listed: String = days.iter().map(|day| format_day(*day)).collect();
    let digest = sha256(listed.as_bytes());
    let (changed_at, is_other) = match export.given {
        Some((given, changed_at)) if given == digest => (changed_at, false),
        _ => (now, true),
    };
    if is_other || export.fetched_at.is_none_or(|fetched| now - fetched >= NOTED_EVERY) {
        in_transaction(app, async |transaction| {
            let exports = transaction.exports();
            if is_other {
                exports.note_days(export.id, digest, &days, now).await?;
            }
            Ok(exports.note_fetch(export.id, now).await?)
        })
        .await?;
    }
    app.telemetry.count(Signal::Feed(FeedSignal::Served));
    let body = app.calendar_feeds.write(&CalendarExport::new(hash.0, changed_at, days));
    let tag = sha256(&body)[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(ServedCalendar { body, tag })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use chrono::{DateTime, Utc};
    use minsu_domain::{ExportId, HouseId, parse_day};
    use minsu_ports::{
        ServedExport,
        testkit::{MockCalendarFeeds, MockStore, MockUnitOfWork},
    };

    use super::*;
    use crate::test_app::{TestApp, now};

    /// What is served of the day 2026-12-01, the time that it is said to have changed, and what is written down.
    async fn served(
        given: Option<(&str, DateTime<Utc>)>,
        fetched_at: Option<DateTime<Utc>>,
    ) -> (DateTime<Utc>, Vec<&'static str>) {
        let given = given.map(|(days, at)| (sha256(days.as_bytes()), at));
        let mut session = MockUnitOfWork::default();
        session.exports.expect_find().returning(move |_| {
            let (id, house) = (ExportId::new(6).unwrap(), HouseId::new(7).unwrap());
            Ok(Some(ServedExport { id, house, feed: None, given, fetched_at }))
        });
        session
            .exports
            .expect_days()
            .withf(|_, _, from, _| *from == parse_day("2026-11-21").unwrap())
            .returning(|_, _, _, _| Ok([parse_day("2026-12-01").unwrap()].into()));
        let notes = Arc::new(Mutex::new(Vec::new()));
        let mut store = MockStore::new();
        store.expect_read_own().return_once(move || Ok(Box::new(session)));
        let log = notes.clone();
        store.expect_begin().returning(move || {
            let mut unit = MockUnitOfWork::default();
            let (days, fetch) = (log.clone(), log.clone());
            unit.exports.expect_note_days().returning(move |_, _, _, _| {
                days.lock().unwrap().push("days");
                Ok(())
            });
            unit.exports.expect_note_fetch().returning(move |_, _| {
                fetch.lock().unwrap().push("fetch");
                Ok(())
            });
            Ok(Box::new(unit))
        });
        let changed = Arc::new(Mutex::new(now()));
        let (mut writer, seen) = (MockCalendarFeeds::new(), changed.clone());
        writer.expect_write().returning(move |export| {
            *seen.lock().unwrap() = export.changed_at;
            Bytes::from_static(b"calendar")
        });
        let app = TestApp::default().store(store).calendar_feeds(writer).build();
        let served = serve(&app, &"ab".repeat(32)).await.unwrap();
        assert_eq!((served.body, served.tag.len()), (Bytes::from_static(b"calendar"), 32));
        let notes = notes.lock().unwrap().clone();
        (*changed.lock().unwrap(), notes)
    }

    #[tokio::test]
    async fn the_time_of_a_calendar_is_that_of_its_days() {
        let earlier = now() - TimeDelta::hours(5);
        let (just_now, minute_ago) = (Some(now() - TimeDelta::seconds(59)), Some(now() - TimeDelta::seconds(60)));
        assert_eq!(served(None, None).await, (now(), vec!["days", "fetch"]));
        assert_eq!(served(Some(("2026-12-02", earlier)), just_now).await, (now(), vec!["days", "fetch"]));
        assert_eq!(served(Some(("2026-12-01", earlier)), minute_ago).await, (earlier, vec!["fetch"]));
        assert_eq!(served(Some(("2026-12-01", earlier)), just_now).await, (earlier, vec![]));
    }

    #[tokio::test]
    async fn what_is_no_secret_is_looked_up_nowhere() {
        let app = TestApp::default().build();
        for text in ["", "x", &"AB".repeat(32), "../../etc/passwd"] {
            assert!(matches!(serve(&app, text).await, Err(AppError::Calendar(CalendarError::NoSuchExport))), "{text}");
        }
    }
}
