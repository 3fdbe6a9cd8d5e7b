//! The settings of a site.
//!
//! A TOML file (`--config`), over it environment variables: the key `listen` of the section
//! `[server]` is `MINSU_SERVER__LISTEN`, the keys at the top of the file are `MINSU_PROFILE` and
//! `MINSU_DATA_DIR`. A variable that is empty counts as not set, lists are written with commas.
//! A secret `x` may also stand in a file of its own, which the key `x_file` names.
//!
//! Two steps stop a bad start, each with all its findings at once: [`Settings::load`] takes no key
//! that it does not know and no value that cannot be right; [`Settings::check`] holds the values
//! against each other and against the profile before the site is served.
//!
//! # Adding a key
//! 1. A field in the file of its section, with a doc comment that says the rule and the unit, its
//!    default, and its range as a `validate` attribute. A secret is a [`Secret`], and beside it
//!    is `<name>_file: Option<PathBuf>`, which works without further code.
//! 2. `cargo test -p minsu-settings reference` writes `reference.toml` anew.
//! 3. A rule that needs more than the key itself goes to `check.rs`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod booking;
mod cache;
mod captcha;
mod check;
mod classic;
mod database;
mod identity;
mod ip_net;
mod jobs;
mod keys;
mod limits;
mod list;
mod load;
mod log;
mod messages;
mod metrics;
mod objects;
mod outbound;
mod passwords;
mod payment;
mod permits;
mod pictures;
mod problem;
mod quotas;
#[cfg(test)]
mod reference_test;
mod retention;
mod search;
mod secret;
mod server;
mod service_url;
mod session;
mod site;
mod sms;
mod testing;
mod traces;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use validator::Validate;

pub use booking::{BookingSettings, CountedIn};
pub use cache::{CacheAdapter, CacheSettings};
pub use captcha::{CaptchaSettings, CaptchaVoice};
pub use classic::{ClassicData, ClassicSettings};
pub use database::{DatabaseEngine, DatabasePooler, DatabaseSettings};
pub use identity::{IdentityKeyError, IdentitySettings, dev_seal_key};
pub use ip_net::{IpNet, IpNetError};
pub use jobs::JobsSettings;
pub use limits::LimitsSettings;
pub use load::Sources;
pub use log::{LogFormat, LogSettings};
pub use messages::MessagesSettings;
pub use metrics::MetricsSettings;
pub use objects::{ObjectsAdapter, ObjectsSettings};
pub use outbound::OutboundSettings;
pub use passwords::PasswordsSettings;
pub use payment::{PaymentAdapter, PaymentSettings};
pub use pictures::PicturesSettings;
pub use problem::{Origin, Problem, Problems, SettingsError};
pub use quotas::QuotasSettings;
pub use retention::RetentionSettings;
pub use search::SearchSettings;
pub use secret::Secret;
pub use server::{ForwardedHeader, ServerSettings};
pub use service_url::{Scheme, ServiceUrl, ServiceUrlError};
pub use session::SessionSettings;
pub use site::SiteSettings;
pub use sms::{SmsAdapter, SmsSettings};
pub use testing::TestingSettings;
pub use traces::TracesSettings;

/// Every key with its rule and its default, as a settings file: `minsu config --reference`.
pub const REFERENCE: &str = include_str!("reference.toml");

/// What the site is run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Development on one machine: captchas and codes can be read in a file.
    Dev,
    /// Production.
    Prod,
}

/// All settings of a site.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `prod`, or `dev` for development on this machine alone: dev writes captchas and SMS codes to
    /// a file and listens on loopback only.
    pub profile: Profile,
    /// Folder of everything that the site keeps on this machine.
    pub data_dir: PathBuf,
    #[validate(nested)]
    pub server: ServerSettings,
    #[validate(nested)]
    pub database: DatabaseSettings,
    #[validate(nested)]
    pub cache: CacheSettings,
    #[validate(nested)]
    pub objects: ObjectsSettings,
    #[validate(nested)]
    pub sms: SmsSettings,
    #[validate(nested)]
    pub messages: MessagesSettings,
    #[validate(nested)]
    pub payment: PaymentSettings,
    #[validate(nested)]
    pub metrics: MetricsSettings,
    #[validate(nested)]
    pub traces: TracesSettings,
    #[validate(nested)]
    pub site: SiteSettings,
    #[validate(nested)]
    pub booking: BookingSettings,
    #[validate(nested)]
    pub search: SearchSettings,
    #[validate(nested)]
    pub classic: ClassicSettings,
    #[validate(nested)]
    pub passwords: PasswordsSettings,
    #[validate(nested)]
    pub pictures: PicturesSettings,
    #[validate(nested)]
    pub captcha: CaptchaSettings,
    #[validate(nested)]
    pub session: SessionSettings,
    #[validate(nested)]
    pub identity: IdentitySettings,
    #[validate(nested)]
    pub limits: LimitsSettings,
    #[validate(nested)]
    pub quotas: QuotasSettings,
    #[validate(nested)]
    pub jobs: JobsSettings,
    #[validate(nested)]
    pub outbound: OutboundSettings,
    #[validate(nested)]
    pub retention: RetentionSettings,
    #[validate(nested)]
    pub testing: TestingSettings,
    #[validate(nested)]
    pub log: LogSettings,
}

impl Default for Settings {
    /// The defaults of profile prod with the data directory `data`.
    fn default() -> Self {
        Self {
            profile: Profile::Prod,
            data_dir: PathBuf::from("data"),
            server: ServerSettings::default(),
            database: DatabaseSettings::default(),
            cache: CacheSettings::default(),
            objects: ObjectsSettings::default(),
            sms: SmsSettings::default(),
            messages: MessagesSettings::default(),
            payment: PaymentSettings::default(),
            metrics: MetricsSettings::default(),
            traces: TracesSettings::default(),
            site: SiteSettings::default(),
            booking: BookingSettings::default(),
            search: SearchSettings::default(),
            classic: ClassicSettings::default(),
            passwords: PasswordsSettings::default(),
            pictures: PicturesSettings::default(),
            captcha: CaptchaSettings::default(),
            session: SessionSettings::default(),
            identity: IdentitySettings::default(),
            limits: LimitsSettings::default(),
            quotas: QuotasSettings::default(),
            jobs: JobsSettings::default(),
            outbound: OutboundSettings::default(),
            retention: RetentionSettings::default(),
            testing: TestingSettings::default(),
            log: LogSettings::default(),
        }
    }
}

impl Settings {
    /// The defaults of a profile: some of them follow the profile or the data directory.
    pub fn defaults(profile: Profile, data_dir: &Path) -> Self {
        let mut settings = Self { profile, data_dir: data_dir.to_owned(), ..Self::default() };
        settings.server.secure_cookies = profile == Profile::Prod;
        settings.passwords.refuse_common = profile == Profile::Prod;
        if profile == Profile::Dev {
            settings.limits = LimitsSettings::for_development();
            settings.quotas = QuotasSettings::for_development();
            settings.messages = MessagesSettings::for_development();
            settings.captcha.audio = true;
            settings.identity.accounts_per_number = 0;
        }
        settings.database.url = ServiceUrl::sqlite(&data_dir.join("minsu.sqlite3"));
        settings
    }

    /// The folder of stored pictures, where [`ObjectsAdapter::File`] keeps them.
    pub fn media_dir(&self) -> PathBuf {
        self.objects.folder(&self.data_dir)
    }

    /// The file that profile dev writes SMS codes and captcha answers to.
    pub fn dev_outbox(&self) -> PathBuf {
        self.data_dir.join("dev-outbox.jsonl")
    }

    /// The settings in force as a settings file, secrets masked.
    ///
    /// # Errors
    /// When a value cannot be written as TOML, such as a path that is not UTF-8.
    pub fn redacted(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_defaults_follow_profile_and_data_directory() {
        let dev = Settings::defaults(Profile::Dev, Path::new("/srv/100%?"));
        assert!(!dev.server.secure_cookies && !dev.passwords.refuse_common);
        assert_eq!(dev.database.url.expose(), "sqlite:///srv/100%25%3F/minsu.sqlite3");
        assert_eq!(dev.media_dir(), Path::new("/srv/100%?/media"));
        let prod = Settings::defaults(Profile::Prod, Path::new("data"));
        assert!(prod.server.secure_cookies && prod.passwords.refuse_common);
        assert_eq!(prod.redacted().unwrap(), Settings::default().redacted().unwrap());
    }

    #[test]
    fn redacted_settings_hold_no_secret_and_read_back() {
        let mut settings = Settings::default();
        settings.database.url = "postgres://minsu:geheim1@h/d".parse().unwrap();
        settings.database.replica_url = Some("postgres://minsu:geheim2@r/d".parse().unwrap());
        settings.cache.url = "redis://:geheim3@h".parse().unwrap();
        settings.objects.access_key = Some("geheim4".into());
        settings.objects.secret_key = Some("geheim5".into());
        settings.objects.proxy_url = Some("http://a:geheim6@h".into());
        settings.sms.auth_token = Some("geheim7".into());
        settings.sms.access_key_secret = Some("geheim8".into());
        settings.sms.proxy_url = Some("http://a:geheim9@h".into());
        settings.identity.keys = vec!["a:geheim0".into()];
        settings.payment.private_key = Some("geheima".into());
        settings.payment.api_key = Some("geheimb".into());
        settings.payment.secret_key = Some("geheimc".into());
        settings.payment.webhook_secrets = vec!["geheimd".into(), "geheime".into()];
        settings.payment.proxy_url = Some("http://a:geheimf@h".into());
        settings.traces.headers = Some("authorization=geheim".into());
        let text = settings.redacted().unwrap();
        assert!(!text.contains("geheim") && !format!("{settings:?}").contains("geheim"), "{text}");
        assert_eq!(text.matches("******").count(), 17, "{text}");
        let back: Settings = toml::from_str(&text).unwrap();
        assert_eq!(back.redacted().unwrap(), text);
    }
}
