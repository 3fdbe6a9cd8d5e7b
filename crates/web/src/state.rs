//! The state of every handler.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use minsu_application::App;
use minsu_ports::{RenderCache, RequestMetrics, RequestTraces};

use super::{
    dialect::Dialects, options::HttpOptions, request_limiter::RequestLimiter, upload_budget::UploadBudget,
    upload_turns::UploadTurns,
};

/// The application and the options of HTTP, shared by all workers.
pub struct State {
    /// The use cases' ports and policy.
    pub app: App,
    /// Cached pages.
    pub pages: Arc<dyn RenderCache>,
    /// HTTP's own options.
    pub http: HttpOptions,
    /// The dialects that are served.
    pub dialects: Dialects,
    /// The OpenAPI document of all of them.
    pub openapi: fn() -> &'static str,
    /// Counts requests.
    pub metrics: Arc<dyn RequestMetrics>,
    /// Continues the traces of proxies.
    pub traces: Arc<dyn RequestTraces>,
    /// The limit of requests for each address.
    pub limiter: RequestLimiter,
    /// The turns of each user's uploads.
    pub uploads: UploadTurns,
    /// The bytes of all uploads in memory.
    pub upload_budget: UploadBudget,
}

impl State {
    /// The state behind a request.
    pub fn of(request: &HttpRequest) -> Option<&web::Data<Self>> {
        request.app_data::<web::Data<Self>>()
    }
}
