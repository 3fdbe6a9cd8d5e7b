//! The rules between settings that are checked before a site is served.

mod payment;

use super::{
    CacheAdapter, DatabaseEngine, DatabasePooler, ObjectsAdapter, Problem, Problems, Profile, Settings, SmsAdapter,
};

/// The keys at fault and what is wrong with them.
#[derive(Default)]
struct Faults(Vec<(&'static str, String)>);

impl Faults {
    fn add_if(&mut self, wrong: bool, key: &'static str, fault: &str) {
        if wrong {
            self.0.push((key, fault.to_owned()));
        }
    }

    /// Demands the keys that an adapter cannot work without.
    fn demand<const N: usize>(&mut self, url: &str, keys: [(&'static str, bool); N]) {
        for (key, is_set) in keys {
            self.add_if(!is_set, key, &format!("is needed with {url}"));
        }
    }
}

impl Settings {
    /// Holds the settings against each other and against the profile.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn check(&self) -> Result<(), Problems> {
        let mut faults = Faults::default();
        match self.profile {
            Profile::Dev => self.check_dev(&mut faults),
            Profile::Prod => self.check_prod(&mut faults),
        }
        self.check_sms(&mut faults);
        self.check_objects(&mut faults);
        self.check_payment(&mut faults);
        if let Some(replica) = &self.database.replica_url {
            let other = replica.adapter() != self.database.url.adapter();
            faults.add_if(other, "database.replica_url", "must be of the same engine as database.url");
        }
        let pooled = self.database.pooler != DatabasePooler::None;
        faults.add_if(
            pooled && self.database.url.adapter() != DatabaseEngine::Postgres,
            "database.pooler",
            "is for PostgreSQL only",
        );
        let pages_alone = self.cache.pages_url.as_ref().is_some_and(|pages| {
            pages.adapter() != CacheAdapter::Redis || self.cache.url.adapter() != CacheAdapter::Redis
        });
        faults.add_if(pages_alone, "cache.pages_url", "is a Redis URL, and for a cache.url of Redis");
        let idle = self.cache.ca_certificates.is_some() && !self.cache.uses_tls();
        faults.add_if(
            idle,
            "cache.ca_certificates",
            "is for a cache.url of TLS: rediss://, rediss+sentinel:// or rediss+cluster://",
        );
        if let Err(error) = self.testing.stop_at() {
            faults.0.push(("testing.stop_at", error.to_owned()));
        }
        for key in self.messages.faulty() {
            let fault = "must be the id of a template and its values, out of order, listing, start and end";
            faults.0.push((key, fault.to_owned()));
        }
        if let Err(error) = self.identity.seal_keys() {
            faults.0.push(("identity.keys", error.to_string()));
        }
        if faults.0.is_empty() {
            return Ok(());
        }
        let problem = |(key, fault): (&str, String)| Problem { key: key.to_owned(), origin: None, fault };
        Err(Problems(faults.0.into_iter().map(problem).collect()))
    }

    /// In profile dev every code is readable in the data directory, so it listens on loopback only.
    fn check_dev(&self, faults: &mut Faults) {
        let loopback = self.server.listen.ip().to_canonical().is_loopback();
        faults.add_if(!loopback, "server.listen", "must be a loopback address in profile dev");
    }

    fn check_prod(&self, faults: &mut Faults) {
        let outbox = self.sms.url.adapter() == SmsAdapter::Outbox;
        faults.add_if(outbox, "sms.url", "must not be outbox: in profile prod: codes would lie in a file");
        let alone = self.cache.url.adapter() != CacheAdapter::Memory || self.cache.single_instance;
        faults.add_if(
            !alone,
            "cache.url",
            "must be shared in profile prod: set it to a Redis, or cache.single_instance to true if this process is \
             the only one",
        );
        let only_dev = "is for tests, in profile dev only";
        faults.add_if(self.testing.clock_offset_seconds != 0, "testing.clock_offset_seconds", only_dev);
        faults.add_if(self.testing.stop_at.is_some(), "testing.stop_at", only_dev);
        faults.add_if(self.outbound.allow_loopback, "outbound.allow_loopback", only_dev);
        faults.add_if(self.identity.keys.is_empty(), "identity.keys", "must hold at least one key in profile prod");
        // Front ends on other hosts put no host of their own before a path. A bucket's is checked with its
        // keys.
        let path = self.objects.url.adapter() == ObjectsAdapter::File && !self.objects.has_public_url();
        faults.add_if(
            path,
            "objects.public_base",
            "must be a URL in profile prod, such as https://www.example.com/media: the address of pictures as visitors \
             reach them",
        );
    }

    fn check_sms(&self, faults: &mut Faults) {
        let sms = &self.sms;
        match sms.url.adapter() {
            SmsAdapter::Outbox => {}
            SmsAdapter::Yuntongxun => faults.demand(
                "yuntongxun://",
                [
                    ("sms.account_sid", sms.account_sid.is_some()),
                    ("sms.auth_token", sms.auth_token.is_some()),
                    ("sms.app_id", sms.app_id.is_some()),
                    ("sms.template_id", sms.template_id.is_some()),
                ],
            ),
            SmsAdapter::Aliyun => faults.demand(
                "aliyun://",
                [
                    ("sms.access_key_id", sms.access_key_id.is_some()),
                    ("sms.access_key_secret", sms.access_key_secret.is_some()),
                    ("sms.sign_name", sms.sign_name.is_some()),
                    ("sms.template_code", sms.template_code.is_some()),
                ],
            ),
        }
    }

    fn check_objects(&self, faults: &mut Faults) {
        let objects = &self.objects;
        let is_url = objects.has_public_url();
        let url = match objects.url.adapter() {
            ObjectsAdapter::File => {
                // In profile prod `check_prod` reports a path.
                let served = is_url || objects.public_base.starts_with('/') || self.profile == Profile::Prod;
                faults.add_if(!served, "objects.public_base", "must be a path such as /media or a URL");
                return;
            }
            ObjectsAdapter::Qiniu => "qiniu://",
            ObjectsAdapter::S3 => "s3://",
        };
        faults.demand(
            url,
            [
                ("objects.bucket", objects.bucket().is_some()),
                ("objects.access_key", objects.access_key.is_some()),
                ("objects.secret_key", objects.secret_key.is_some()),
            ],
        );
        faults.add_if(!is_url, "objects.public_base", "must be the URL of the bucket's own domain");
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::*;

    const KEY: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    /// The keys at fault after a change of settings that are fine.
    pub(in crate::check) fn faults(profile: Profile, change: impl FnOnce(&mut Settings)) -> Vec<String> {
        let mut settings = Settings::defaults(profile, Path::new("data"));
        if profile == Profile::Prod {
            settings.cache.url = "redis://cache".parse().unwrap();
            settings.objects.public_base = "https://www.example.com/media".into();
            settings.identity.keys = vec![KEY.into()];
            yuntongxun(&mut settings);
        }
        settings.check().unwrap();
        change(&mut settings);
        settings
            .check()
            .err()
            .map(|problems| problems.0.into_iter().map(|problem| problem.key).collect())
            .unwrap_or_default()
    }

    fn yuntongxun(settings: &mut Settings) {
        settings.sms.url = "yuntongxun://".parse().unwrap();
        settings.sms.account_sid = Some("sid".into());
        settings.sms.auth_token = Some("token".into());
        settings.sms.app_id = Some("app".into());
        settings.sms.template_id = Some("1".into());
    }

    #[test]
    fn dev_stays_on_this_machine() {
        for (listen, fine) in [
            ("127.0.0.1:8080", true),
            ("127.9.9.9:1", true),
            ("[::1]:8080", true),
            ("[::ffff:127.0.0.1]:8080", true),
            ("0.0.0.0:8080", false),
            ("[::]:8080", false),
            ("192.168.1.2:8080", false),
        ] {
            let found = faults(Profile::Dev, |settings| settings.server.listen = listen.parse().unwrap());
            assert_eq!(found.is_empty(), fine, "{listen}");
            assert!(faults(Profile::Prod, |settings| settings.server.listen = listen.parse().unwrap()).is_empty());
        }
    }

    #[test]
    fn authorities_are_for_tls() {
        for (url, fine) in [
            ("rediss://cache", true),
            ("rediss+sentinel://cache/main", true),
            ("rediss+cluster://cache", true),
            ("redis://cache", false),
            ("redis+cluster://cache", false),
            ("redis+sentinel://cache/main", false),
        ] {
            let found = faults(Profile::Prod, |settings| {
                settings.cache.url = url.parse().unwrap();
                settings.cache.ca_certificates = Some("authority.pem".into());
            });
            assert_eq!(found.is_empty(), fine, "{url}: {found:?}");
        }
    }

    #[test]
    fn prod_refuses_what_only_development_may_do() {
        type Change = fn(&mut Settings);
        let cases: [(Change, &[&str]); 12] = [
            (|s| s.outbound.allow_loopback = true, &["outbound.allow_loopback"]),
            (|s| s.outbound.allow_http = true, &[]),
            (|s| s.testing.clock_offset_seconds = -60, &["testing.clock_offset_seconds"]),
            (|s| s.testing.stop_at = Some("batch_read:1".into()), &["testing.stop_at"]),
            (|s| s.objects.public_base = "/media".into(), &["objects.public_base"]),
            (|s| s.objects.public_base = "set-this".into(), &["objects.public_base"]),
            (|s| s.sms.url = "outbox:".parse().unwrap(), &["sms.url"]),
            (|s| s.cache.url = "memory:".parse().unwrap(), &["cache.url"]),
            (
                |s| {
                    s.cache.url = "memory:".parse().unwrap();
                    s.cache.single_instance = true;
                },
                &[],
            ),
            (|s| s.identity.keys.clear(), &["identity.keys"]),
            (|s| s.identity.keys = vec!["a:short".into()], &["identity.keys"]),
            (
                |s| *s = Settings::defaults(Profile::Prod, Path::new("data")),
                &["sms.url", "cache.url", "identity.keys", "objects.public_base"],
            ),
        ];
        for (index, (change, keys)) in cases.into_iter().enumerate() {
            assert_eq!(faults(Profile::Prod, change), keys, "case {index}");
        }
    }

    #[test]
    fn a_service_needs_its_keys_in_every_profile() {
        type Change = fn(&mut Settings);
        let cases: [(Change, &[&str]); 9] = [
            (
                |s| s.sms.url = "aliyun://".parse().unwrap(),
                &["sms.access_key_id", "sms.access_key_secret", "sms.sign_name", "sms.template_code"],
            ),
            (
                |s| {
                    yuntongxun(s);
                    s.sms.auth_token = None;
                },
                &["sms.auth_token"],
            ),
            (
                |s| {
                    s.objects.url = "qiniu://".parse().unwrap();
                    s.objects.public_base = "/media".into();
                },
                &["objects.bucket", "objects.access_key", "objects.secret_key", "objects.public_base"],
            ),
            (
                |s| {
                    s.objects.url = "s3://pictures".parse().unwrap();
                    s.objects.access_key = Some("a".into());
                    s.objects.secret_key = Some("b".into());
                    s.objects.public_base = "https://pictures.example.com".into();
                },
                &[],
            ),
            (|s| s.objects.public_base = "media".into(), &["objects.public_base"]),
            (|s| s.database.replica_url = Some("mysql://h/d".parse().unwrap()), &["database.replica_url"]),
            (|s| s.database.pooler = DatabasePooler::Session, &["database.pooler"]),
            (
                |s| {
                    s.database.url = "postgres://h/d".parse().unwrap();
                    s.database.pooler = DatabasePooler::Transaction;
                },
                &[],
            ),
            (|_| {}, &[]),
        ];
        for (index, (change, keys)) in cases.into_iter().enumerate() {
            assert_eq!(faults(Profile::Dev, change), keys, "dev, case {index}");
            assert_eq!(faults(Profile::Prod, change), keys, "prod, case {index}");
        }
    }

    #[test]
    fn the_message_names_every_key_and_no_secret() {
        let mut settings = Settings::defaults(Profile::Prod, Path::new("data"));
        settings.identity.keys = vec!["geheim".into()];
        let message = settings.check().unwrap_err().to_string();
        let lines: Vec<_> = message.lines().collect();
        assert_eq!(lines.len(), 5, "{message}");
        assert_eq!(lines[0], "the settings cannot be used");
        assert!(lines[1].starts_with("  sms.url: must not be outbox:"), "{message}");
        assert!(!message.contains("geheim"));
    }
}
