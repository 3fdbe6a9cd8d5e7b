//! The ports and the policy that every use case works with.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use minsu_ports::{
    Cache, CalendarFeeds, CaptchaPainter, CaptchaSpeaker, Clock, DevOutbox, EventSubscriber, FaultPoints, FeedFetcher,
    IdentitySealer, ObjectStore, PasswordHasher, PaymentProvider, PictureProcessor, Randomness, Signer, SmsSender,
    Store, Telemetry, WebhookSender, WorkScheduler,
};

use crate::{
    AppError, Policy,
    feeds::PollPlaces,
    idempotency::{Claim, Kept},
};

/// The application: its ports, and the site's settings.
#[derive(Clone)]
pub struct App {
    /// The database: data that outlives the process.
    pub store: Arc<dyn Store>,
    /// Short-lived data that all processes share.
    pub cache: Arc<dyn Cache>,
    /// Text messages.
    pub sms: Arc<dyn SmsSender>,
    /// The bytes of pictures.
    pub objects: Arc<dyn ObjectStore>,
    /// Makes pictures of uploads.
    pub pictures: Arc<dyn PictureProcessor>,
    /// Picture captchas.
    pub captchas: Arc<dyn CaptchaPainter>,
    /// Captchas for people who do not see pictures.
    pub speaker: Arc<dyn CaptchaSpeaker>,
    /// Password hashes.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Turns for heavy work.
    pub scheduler: Arc<dyn WorkScheduler>,
    /// Real-name data at rest.
    pub sealer: Arc<dyn IdentitySealer>,
    /// Signs what clients keep and give back.
    pub signer: Arc<dyn Signer>,
    /// Sends events to webhooks.
    pub webhooks: Arc<dyn WebhookSender>,
    /// The payment provider; none where orders are not paid here.
    pub payment: Option<Arc<dyn PaymentProvider>>,
    /// Fetches calendars of other sites.
    pub feed_fetcher: Arc<dyn FeedFetcher>,
    /// How many of them are fetched at the same time.
    pub feed_polls: Arc<PollPlaces>,
    /// Reads and writes calendars.
    pub calendar_feeds: Arc<dyn CalendarFeeds>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Where profile dev writes captcha answers; absent in production.
    pub dev_outbox: Option<Arc<dyn DevOutbox>>,
    /// Notified of the recorded events of every transaction.
    pub subscribers: Vec<Arc<dyn EventSubscriber>>,
    /// Counts signals that change no state.
    pub telemetry: Arc<dyn Telemetry>,
    /// Where tests stop the work of the clock.
    pub fault_points: Arc<dyn FaultPoints>,
    /// The site's own rules.
    pub policy: Policy,
    /// The idempotency key of the request that the application works for, if it sent one.
    pub claim: Option<Arc<Claim>>,
}

impl Claim {
    /// The application to run the use case with: its transaction completes the key together with its
    /// effect. One claim is for one use case.
    pub fn app(&self, app: &App) -> App {
        App { claim: Some(Arc::new(*self)), ..app.clone() }
    }
}

impl App {
    /// The date of today in the site's time zone.
    pub fn today(&self) -> NaiveDate {
        self.local(self.clock.now()).date_naive()
    }

    /// An instant in the site's time zone.
    pub fn local(&self, instant: DateTime<Utc>) -> DateTime<chrono_tz::Tz> {
        instant.with_timezone(&self.policy.time_zone)
    }

    /// When a day begins in the site's time zone; where its midnight was skipped, in the next hour that was
    /// not.
    pub(crate) fn start_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let hours = (0..24).filter_map(|hour| day.and_hms_opt(hour, 0, 0));
        let mut instants = hours.filter_map(|time| time.and_local_timezone(self.policy.time_zone).earliest());
        instants.next().map_or_else(|| self.clock.now(), |start| start.to_utc())
    }

    /// When a day of a stay begins: at the check-in hour in the site's time zone; where that hour was skipped, with the
    /// next one that was not.
    pub(crate) fn begin_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let hours = (self.policy.booking.check_in_hour..24).filter_map(|hour| day.and_hms_opt(hour, 0, 0));
        let mut instants = hours.filter_map(|time| time.and_local_timezone(self.policy.time_zone).earliest());
        instants.next().map_or_else(|| self.start_of(day), |begin| begin.to_utc())
    }

    /// Until when an order is to be paid that waits for it from now on.
    pub(crate) fn payment_deadline(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + chrono::TimeDelta::minutes(self.policy.payment.pay_minutes.into())
    }

    /// The same for what is no part of a request's effect.
    pub(crate) fn without_claim(&self) -> Self {
        Self { claim: None, ..self.clone() }
    }

    /// What an earlier request under the same idempotency key came to, where it committed its effect and
    /// never answered. A use case asks before it checks what may hold no longer.
    ///
    /// # Errors
    /// [`AppError::Internal`] for a result of another use case.
    pub(crate) fn earlier<T: Kept>(&self) -> Result<Option<T>, AppError> {
        self.claim.as_ref().map_or(Ok(None), |claim| claim.earlier())
    }

    /// So many random bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.randomness.fill(&mut bytes);
        bytes
    }
}
