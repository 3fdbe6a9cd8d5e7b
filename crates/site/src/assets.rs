//! Style, scripts and icon: part of the binary, under names that change with their content.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header, web};
use minsu_web::api_error::{ApiError, RequestFault};
use sha2::{Digest, Sha256};

use crate::headers;

/// A file and the path that it is served at.
pub struct Asset {
    path: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    /// Its path.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn new(name: &str, ending: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let hash: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self { path: format!("/assets/{name}-{hash}.{ending}"), kind, bytes }
    }
}

fn script(name: &str, bytes: &'static [u8]) -> Asset {
    Asset::new(name, "js", "text/javascript; charset=utf-8", bytes)
}

/// The stylesheet.
pub static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("site", "css", "text/css; charset=utf-8", include_bytes!("../assets/site.css")));
/// What is more comfortable with scripts; every page works without.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| script("site", include_bytes!("../assets/site.js")));
/// The picker of days.
pub static CALENDAR: LazyLock<Asset> = LazyLock::new(|| script("calendar", include_bytes!("../assets/calendar.js")));
/// Choosing days in a landlord's calendar.
pub static PLAN: LazyLock<Asset> = LazyLock::new(|| script("plan", include_bytes!("../assets/plan.js")));
/// The proof of work of sites that demand one with each message.
pub static PROOF: LazyLock<Asset> = LazyLock::new(|| script("proof", include_bytes!("../assets/proof.js")));
/// The worker in which it is computed.
pub static PROOF_WORKER: LazyLock<Asset> =
    LazyLock::new(|| script("proof-worker", include_bytes!("../assets/proof-worker.js")));
/// Waiting for a payment.
pub static WAITING: LazyLock<Asset> = LazyLock::new(|| script("waiting", include_bytes!("../assets/waiting.js")));
/// The icon of the site.
pub static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../assets/icon.svg")));

/// `GET /assets/{file}`: a name names one content for ever, so that browsers may keep it.
pub async fn asset(file: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let path = format!("/assets/{file}");
    let all = [&*STYLE, &*SCRIPT, &*CALENDAR, &*PLAN, &*PROOF, &*PROOF_WORKER, &*WAITING, &*ICON];
    let asset = all.into_iter().find(|asset| asset.path == path);
    let asset = asset.ok_or(RequestFault::UnknownPath)?;
    let mut response = HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .content_type(asset.kind)
        .body(asset.bytes);
    headers::protect(&mut response, "default-src 'none'; frame-ancestors 'none'");
    Ok(response)
}
