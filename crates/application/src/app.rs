//! The ports and the policy that every use case works with.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use minsu_ports::{
    Cache, CaptchaPainter, CaptchaSpeaker, Clock, DevOutbox, Events, IdentitySealer, ObjectStore, PageCache,
    PasswordHasher, PictureProcessor, Randomness, SmsSender, Store,
};

use crate::Policy;

/// The application: its ports, and what the site decided in its settings.
#[derive(Clone)]
pub struct App {
    /// What outlives the process.
    pub store: Arc<dyn Store>,
    /// What is short-lived and shared.
    pub cache: Arc<dyn Cache>,
    /// Ready pages.
    pub pages: Arc<dyn PageCache>,
    /// Text messages.
    pub sms: Arc<dyn SmsSender>,
    /// The bytes of pictures.
    pub objects: Arc<dyn ObjectStore>,
    /// From uploads to pictures.
    pub pictures: Arc<dyn PictureProcessor>,
    /// Picture captchas.
    pub captchas: Arc<dyn CaptchaPainter>,
    /// Captchas for people who do not see pictures.
    pub speaker: Arc<dyn CaptchaSpeaker>,
    /// Password hashes.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Real-name data at rest.
    pub sealer: Arc<dyn IdentitySealer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Where profile dev writes captcha answers; absent in production.
    pub dev_outbox: Option<Arc<dyn DevOutbox>>,
    /// Who counts what happens.
    pub events: Arc<dyn Events>,
    /// The site's own rules.
    pub policy: Policy,
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

    /// So many random bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.randomness.fill(&mut bytes);
        bytes
    }
}
