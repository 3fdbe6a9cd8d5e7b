//! The section `[server]`.

use std::{net::SocketAddr, time::Duration};

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::{IpNet, list};

/// The header in which proxies name the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// What nearly all proxies write.
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// How the site is reached over HTTP.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// Address and port to listen on. Profile dev refuses an address that is not loopback.
    pub listen: SocketAddr,
    /// Worker threads; 0 means one per core.
    #[validate(range(max = 1024))]
    pub workers: usize,
    /// Proxies in front of the site, as addresses or ranges such as `10.0.0.0/8`. Only what they
    /// say about the client's address is believed.
    #[serde(deserialize_with = "list::read")]
    pub trusted_proxies: Vec<IpNet>,
    /// The header that these proxies write: `x-forwarded-for` or `forwarded`. The other one is not
    /// read, because it may come from the client.
    pub forwarded_header: ForwardedHeader,
    /// Whether the session cookie travels over TLS only. Profile dev: false.
    pub secure_cookies: bool,
    /// Whether business errors carry statuses such as 401 and 409 instead of 200. Old pages need
    /// false.
    pub business_status: bool,
    /// Whether the description of the API is served, at `/openapi.json` and as a page at `/docs`.
    pub docs: bool,
    /// Origins of front ends on other hosts, such as `https://www.example.com`.
    #[serde(deserialize_with = "list::read")]
    #[validate(custom(function = "are_origins"))]
    pub allowed_origins: Vec<String>,
    /// Seconds that requests in flight may take after SIGTERM.
    #[validate(range(min = 1, max = 3600))]
    pub shutdown_timeout_seconds: u64,
    /// Seconds that a connection without a request stays open: longer than a proxy in front keeps
    /// it, so that the proxy never sends a request on a connection that is just being closed.
    #[validate(range(min = 1, max = 3600))]
    pub keep_alive_seconds: u64,
    /// Seconds that a client may take to send the head of a request.
    #[validate(range(min = 1, max = 600))]
    pub request_timeout_seconds: u64,
    /// Seconds that a client may take to send the body of a request.
    #[validate(range(min = 1, max = 3600))]
    pub body_timeout_seconds: u64,
    /// Largest JSON body in bytes.
    #[validate(range(min = 1024, max = 10_485_760))]
    pub json_limit_bytes: usize,
    /// Largest upload in bytes.
    #[validate(range(min = 1024, max = 104_857_600))]
    pub upload_limit_bytes: usize,
    /// Bytes of uploads that the process holds in memory at a time, over all clients; an upload that does not fit
    /// is told to come again.
    #[validate(range(min = 1024, max = 10_000_000_000_usize))]
    pub upload_budget_bytes: usize,
    /// Seconds that a client may take without receiving what was sent to it.
    #[validate(range(min = 1, max = 3600))]
    pub write_timeout_seconds: u64,
}

impl ServerSettings {
    /// How long requests in flight may take after SIGTERM.
    pub fn shutdown_timeout(&self) -> Duration {
        Duration::from_secs(self.shutdown_timeout_seconds)
    }

    /// How long a connection without a request stays open.
    pub fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_seconds)
    }

    /// How long a client may take without receiving what was sent to it.
    pub fn write_timeout(&self) -> Duration {
        Duration::from_secs(self.write_timeout_seconds)
    }

    /// How long a client may take to send the head of a request.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            workers: 0,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::XForwardedFor,
            secure_cookies: true,
            business_status: false,
            docs: true,
            allowed_origins: Vec::new(),
            shutdown_timeout_seconds: 30,
            keep_alive_seconds: 75,
            request_timeout_seconds: 10,
            body_timeout_seconds: 60,
            json_limit_bytes: 65_536,
            upload_limit_bytes: 10 * 1024 * 1024,
            upload_budget_bytes: 40 * 1024 * 1024,
            write_timeout_seconds: 60,
        }
    }
}

/// An origin as browsers send it: scheme, host and a port that is not the scheme's own.
fn are_origins(origins: &[String]) -> Result<(), ValidationError> {
    let is_origin = |text: &String| url::Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == *text);
    if origins.iter().all(is_origin) {
        Ok(())
    } else {
        Err(ValidationError::new("origins")
            .with_message("must be origins as browsers send them, such as https://www.example.com".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_taken_as_browsers_send_them() {
        for (origin, fine) in [
            ("https://www.example.com", true),
            ("http://localhost:3000", true),
            ("https://www.example.com/", false),
            ("https://www.example.com:443", false),
            ("https://WWW.example.com", false),
            ("www.example.com", false),
            ("null", false),
            ("*", false),
        ] {
            assert_eq!(are_origins(&[origin.to_owned()]).is_ok(), fine, "{origin}");
        }
    }
}
