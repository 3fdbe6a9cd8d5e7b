//! What every handler may ask for.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, web};
use minsu_application::App;
use minsu_metrics::Metrics;

use super::request_limiter::RequestLimiter;
use crate::{
    dialect::classic::ClassicData,
    settings::{ForwardedHeader, IpNet},
};

/// What HTTP needs to know of the settings.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Business errors carry semantic statuses.
    pub business_status: bool,
    /// Name of the session cookie.
    pub session_cookie: String,
    /// The cookie travels over TLS only.
    pub secure_cookies: bool,
    /// Origins of front ends on other hosts, as browsers send them (`https://www.example.com`).
    pub allowed_origins: Vec<String>,
    /// Whose word about the client's address counts.
    pub trusted_proxies: Vec<IpNet>,
    /// In which header they give it.
    pub forwarded_header: ForwardedHeader,
    /// The largest JSON body in bytes.
    pub json_limit: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// The largest upload in bytes.
    pub upload_limit: usize,
    /// Whether `/docs` and `/openapi.json` are served.
    pub docs: bool,
    /// Which shape two classic answers have.
    pub classic_data: ClassicData,
}

/// The application and the HTTP settings, shared by all workers.
pub struct State {
    /// The use cases' ports and policy.
    pub app: App,
    /// HTTP's own settings.
    pub http: HttpSettings,
    /// Who counts requests.
    pub metrics: Arc<Metrics>,
    /// The limit of requests for each address.
    pub limiter: RequestLimiter,
}

impl State {
    /// The state behind a request.
    pub fn of(request: &HttpRequest) -> Option<&web::Data<Self>> {
        request.app_data::<web::Data<Self>>()
    }
}
