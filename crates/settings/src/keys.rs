//! The keys that there are, asked from the settings structs themselves.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use super::{
    BookingSettings, CacheSettings, CaptchaSettings, ClassicSettings, DatabaseSettings, IdentitySettings, JobsSettings,
    LimitsSettings, LogSettings, MessagesSettings, MetricsSettings, ObjectsSettings, OutboundSettings,
    PasswordsSettings, PaymentSettings, PicturesSettings, QuotasSettings, RetentionSettings, SearchSettings,
    ServerSettings, SessionSettings, Settings, SiteSettings, SmsSettings, TestingSettings, TracesSettings,
};

/// What the names of environment variables begin with.
pub(super) const VARIABLE_PREFIX: &str = "MINSU_";

/// Variables of the tests, which are no settings.
pub(super) const TEST_PREFIX: &str = "MINSU_TEST_";

/// A key: `section.name`, or a name alone at the top of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) section: Option<&'static str>,
    pub(super) name: &'static str,
}

impl Key {
    /// The environment variable of the key.
    pub(super) fn variable(self) -> String {
        let section = self.section.map_or(String::new(), |section| format!("{}__", section.to_uppercase()));
        format!("{VARIABLE_PREFIX}{section}{}", self.name.to_uppercase())
    }

    /// The key whose value is in the file that this one names: `sms.auth_token` for
    /// `sms.auth_token_file`.
    pub(super) fn read_from_file(self) -> Option<Self> {
        let name = self.name.strip_suffix("_file")?;
        Some(Self { name, ..self })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.section {
            Some(section) => write!(f, "{section}.{}", self.name),
            None => f.write_str(self.name),
        }
    }
}

/// The sections and the names of their keys.
pub(super) fn sections() -> [(&'static str, &'static [&'static str]); 25] {
    [
        ("server", fields_of::<ServerSettings>()),
        ("database", fields_of::<DatabaseSettings>()),
        ("cache", fields_of::<CacheSettings>()),
        ("objects", fields_of::<ObjectsSettings>()),
        ("sms", fields_of::<SmsSettings>()),
        ("messages", fields_of::<MessagesSettings>()),
        ("payment", fields_of::<PaymentSettings>()),
        ("metrics", fields_of::<MetricsSettings>()),
        ("traces", fields_of::<TracesSettings>()),
        ("site", fields_of::<SiteSettings>()),
        ("booking", fields_of::<BookingSettings>()),
        ("search", fields_of::<SearchSettings>()),
        ("classic", fields_of::<ClassicSettings>()),
        ("passwords", fields_of::<PasswordsSettings>()),
        ("pictures", fields_of::<PicturesSettings>()),
        ("captcha", fields_of::<CaptchaSettings>()),
        ("session", fields_of::<SessionSettings>()),
        ("identity", fields_of::<IdentitySettings>()),
        ("limits", fields_of::<LimitsSettings>()),
        ("quotas", fields_of::<QuotasSettings>()),
        ("jobs", fields_of::<JobsSettings>()),
        ("outbound", fields_of::<OutboundSettings>()),
        ("retention", fields_of::<RetentionSettings>()),
        ("testing", fields_of::<TestingSettings>()),
        ("log", fields_of::<LogSettings>()),
    ]
}

/// Every key.
pub(super) fn all() -> Vec<Key> {
    let sections = sections();
    let is_section = |name: &&&str| sections.iter().any(|(section, _)| section == *name);
    let top = fields_of::<Settings>().iter().filter(|name| !is_section(name)).map(|name| Key { section: None, name });
    let inner =
        sections.iter().flat_map(|(section, names)| names.iter().map(|name| Key { section: Some(section), name }));
    top.chain(inner).collect()
}

/// The key that is written so.
pub(super) fn find(path: &str) -> Option<Key> {
    all().into_iter().find(|key| key.to_string() == path)
}

/// The names that the derived `Deserialize` of a struct knows.
fn fields_of<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    match T::deserialize(FieldProbe) {
        Err(Fields(fields)) => fields,
        Ok(_) => &[],
    }
}

/// A deserializer that is asked for a struct and answers with the names it was asked for.
struct FieldProbe;

/// The answer of the probe, which serde wants to be an error.
#[derive(Debug, thiserror::Error)]
#[error("the fields are {0:?}")]
struct Fields(&'static [&'static str]);

impl de::Error for Fields {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }
}

impl<'de> Deserializer<'de> for FieldProbe {
    type Error = Fields;

    fn deserialize_any<V: de::Visitor<'de>>(self, _: V) -> Result<V::Value, Fields> {
        Err(Fields(&[]))
    }

    fn deserialize_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fields> {
        Err(Fields(fields))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_settings_is_a_key_or_a_listed_section() {
        let top: Vec<_> = all().into_iter().filter(|key| key.section.is_none()).map(|key| key.name).collect();
        assert_eq!(top, ["profile", "data_dir"]);
        for (section, names) in sections() {
            assert!(fields_of::<Settings>().contains(&section), "{section}");
            assert!(!names.is_empty(), "{section}");
        }
    }

    #[test]
    fn variables_are_named_after_their_keys() {
        let names: Vec<_> = all().into_iter().map(|key| (key.to_string(), key.variable())).collect();
        for (key, variable) in [
            ("profile", "MINSU_PROFILE"),
            ("data_dir", "MINSU_DATA_DIR"),
            ("server.listen", "MINSU_SERVER__LISTEN"),
            ("sms.auth_token_file", "MINSU_SMS__AUTH_TOKEN_FILE"),
        ] {
            assert!(names.contains(&(key.to_owned(), variable.to_owned())), "{key}");
        }
        assert!(names.iter().all(|(_, variable)| !variable.starts_with(TEST_PREFIX)));
    }

    #[test]
    fn a_key_of_a_file_names_the_key_it_fills() {
        let keys = all();
        for key in &keys {
            if let Some(filled) = key.read_from_file() {
                assert!(keys.contains(&filled), "{key}");
            }
        }
        assert!(keys.iter().filter(|key| key.read_from_file().is_some()).count() >= 8);
    }
}
