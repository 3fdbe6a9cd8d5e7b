//! The options of the HTTP side.

use std::time::Duration;

use actix_web::{HttpRequest, web};
use ipnet::IpNet;

/// The header in which proxies name the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, which nearly all proxies write.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardedHeader {
    /// Its name, as it travels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

/// The options of the HTTP side, from the settings of the site.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Business errors carry semantic statuses.
    pub business_status: bool,
    /// Name of the session cookie.
    pub session_cookie: String,
    /// The name that it had before, under which a browser may still send one.
    pub former_session_cookie: Option<String>,
    /// The cookie travels over TLS only.
    pub secure_cookies: bool,
    /// Origins of front ends on other hosts, as browsers send them (`https://www.example.com`).
    pub allowed_origins: Vec<String>,
    /// Proxies whose report about the client's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they name it.
    pub forwarded_header: ForwardedHeader,
    /// The largest JSON body in bytes.
    pub json_limit: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// How long a client may take without receiving what was sent to it.
    pub write_timeout: Duration,
    /// The largest upload in bytes.
    pub upload_limit: usize,
    /// Whether `/docs` and `/openapi.json` are served.
    pub docs: bool,
}

impl HttpOptions {
    /// The options behind a request.
    pub fn of(request: &HttpRequest) -> Option<&web::Data<Self>> {
        request.app_data::<web::Data<Self>>()
    }
}
