//! The adapter.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveTime;
use chrono_tz::Tz;
use minsu_domain::{CalendarExport, EventDays, FeedReading, ReadingTerms};
use minsu_executor::{BoundedExecutor, Bounds, BoundsError, ExecutorError};
use minsu_ports::{CalendarFeeds, FeedError, Signer};

use crate::{own_uid, reader::Reader, writer};

/// How calendars are read at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcalOptions {
    /// The time zone of the site: its days are meant.
    pub zone: Tz,
    /// From when on guests check in: the day on which an event ends by then is free.
    pub check_in: NaiveTime,
    /// How many calendars are read at the same time; at least one.
    pub permits: usize,
    /// How many more may wait for their turn.
    pub queue: usize,
    /// The most time that reading one takes. It is looked at before each event and each rule and among occurrences.
    pub deadline: Duration,
}

impl IcalOptions {
    /// One at a time, eight waiting, two seconds for each (ten thousand events take 40 ms); guests check in at 14:00.
    pub fn new(zone: Tz) -> Self {
        let check_in = NaiveTime::from_hms_opt(14, 0, 0).unwrap_or(NaiveTime::MIN);
        Self { zone, check_in, permits: 1, queue: 8, deadline: Duration::from_secs(2) }
    }
}

/// Reads and writes iCalendar (RFC 5545).
pub struct IcalCalendars {
    reader: Reader,
    signer: Arc<dyn Signer>,
    executor: BoundedExecutor,
}

impl IcalCalendars {
    /// Makes the adapter; the signer makes and knows the identifiers of exported events.
    ///
    /// # Errors
    /// [`BoundsError`].
    pub fn new(options: IcalOptions, signer: Arc<dyn Signer>) -> Result<Self, BoundsError> {
        let executor = BoundedExecutor::new(Bounds { permits: options.permits, queue: options.queue })?;
        let days = EventDays { check_in: options.check_in };
        Ok(Self { reader: Reader { zone: options.zone, days, deadline: options.deadline }, signer, executor })
    }
}

#[async_trait]
impl CalendarFeeds for IcalCalendars {
    async fn read(&self, calendar: Bytes, terms: ReadingTerms) -> Result<FeedReading, FeedError> {
        let (reader, signer) = (self.reader, Arc::clone(&self.signer));
        let job = move || reader.read(&calendar, &terms, &|uid: &str| own_uid::is_own(&*signer, uid));
        self.executor.run(job).await.unwrap_or_else(|error| match error {
            ExecutorError::Overloaded => Err(FeedError::Busy),
            ExecutorError::Panicked => {
                // Without its content, which is of other people.
                tracing::error!("the reader of calendars panicked");
                Err(FeedError::Defect)
            }
        })
    }

    fn write(&self, export: &CalendarExport) -> Bytes {
        writer::write(export, &*self.signer)
    }
}
