//! From settings to the options of the HTTP side, and the list of dialects.

use std::time::Duration;

use minsu_dialect_classic::ClassicData;
use minsu_settings::{self as settings, Settings};
use minsu_web::{
    dialect::{Dialect, Dialects},
    options::{ForwardedHeader, HttpOptions},
};

use super::payments::Payments;

/// The options of the HTTP side.
pub(super) fn options(settings: &Settings) -> HttpOptions {
    let server = &settings.server;
    let (session_cookie, former_session_cookie) = session_cookies(&settings.session, server.secure_cookies);
    HttpOptions {
        business_status: server.business_status,
        session_cookie,
        former_session_cookie,
        secure_cookies: server.secure_cookies,
        allowed_origins: server.allowed_origins.clone(),
        trusted_proxies: server.trusted_proxies.iter().map(|range| range.0).collect(),
        forwarded_header: match server.forwarded_header {
            settings::ForwardedHeader::XForwardedFor => ForwardedHeader::XForwardedFor,
            settings::ForwardedHeader::Forwarded => ForwardedHeader::Forwarded,
        },
        body_timeout: Duration::from_secs(server.body_timeout_seconds),
        write_timeout: server.write_timeout(),
        json_limit: server.json_limit_bytes,
        upload_limit: server.upload_limit_bytes,
        docs: server.docs,
    }
}

/// The name of the session cookie, and the one that it had before.
fn session_cookies(session: &settings::SessionSettings, is_secure: bool) -> (String, Option<String>) {
    let name = session.cookie.clone();
    if !is_secure || name.starts_with("__") {
        return (name, None);
    }
    (format!("__Host-{name}"), session.read_former_cookie.then_some(name))
}

/// The dialects of a site with these settings.
pub(super) fn dialects(settings: &Settings, payments: &Payments) -> Dialects {
    let data = match settings.classic.data {
        settings::ClassicData::Documented => ClassicData::Documented,
        settings::ClassicData::Pages => ClassicData::Pages,
    };
    let options = minsu_dialect_classic::Options { data };
    let dialects = if settings.payment.is_on() { registered_with_payments(options) } else { registered(options) };
    if settings.site.pages { with_pages(dialects, payments) } else { dialects }
}

/// The call of the native API that gives a person their own data.
const EXPORT: &str = "/api/v2/me/export";

/// These dialects with the pages for people, those of payments among them where the site takes any.
pub fn with_pages(dialects: Dialects, payments: &Payments) -> Dialects {
    let payments = match payments {
        Payments { sandbox: Some(sandbox), .. } => minsu_site::Payments::Sandbox(sandbox.clone()),
        Payments { provider: Some(_), .. } => minsu_site::Payments::Provider,
        Payments { .. } => minsu_site::Payments::None,
    };
    dialects.with_site(minsu_site::site(EXPORT, payments))
}

/// Every dialect of a site that takes no payments. Failures outside of all of them are told as those of v1.
pub fn registered(classic: minsu_dialect_classic::Options) -> Dialects {
    registered_with(minsu_dialect_v1::dialect(), classic)
}

/// Every dialect of a site that takes payments.
pub fn registered_with_payments(classic: minsu_dialect_classic::Options) -> Dialects {
    registered_with(minsu_dialect_v1::dialect_with_payments(), classic)
}

fn registered_with(v1: Dialect, classic: minsu_dialect_classic::Options) -> Dialects {
    let elsewhere = v1.failures;
    Dialects::new(vec![v1, minsu_dialect_classic::dialect(classic), minsu_dialect_v2::dialect()], elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secure_cookie_belongs_to_this_host_alone() {
        let named = |cookie: &str, is_secure, read_former_cookie| {
            let session = settings::SessionSettings {
                cookie: cookie.into(),
                read_former_cookie,
                ..settings::SessionSettings::default()
            };
            session_cookies(&session, is_secure)
        };
        let (host, plain) = ("__Host-a".to_owned(), "a".to_owned());
        assert_eq!(named("a", true, true), (host.clone(), Some(plain.clone())));
        assert_eq!(named("a", true, false), (host.clone(), None));
        assert_eq!(named("a", false, true), (plain, None));
        assert_eq!(named("__Host-a", true, true), (host, None));
    }
}
