//! Listings of a bucket, page by page.

use std::{mem, sync::Arc};

use async_trait::async_trait;
use chrono::DateTime;
use minsu_domain::PictureKey;
use minsu_http::HttpClient;
use minsu_ports::{Clock, LISTED_AT_ONCE, ListedObject, ObjectError, ObjectListing};
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;
use url::Url;

use super::{
    error::{self, QiniuError},
    retry::twice,
    sign::Signer,
};

/// The most bytes of a page: a thousand entries of some hundred bytes.
const MAX_PAGE: usize = 4 << 20;

/// A page as Qiniu prints it.
#[derive(Deserialize)]
struct Page {
    /// Where the next page begins; absent or empty after the last one.
    #[serde(default)]
    marker: String,
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    key: String,
    /// In units of 100 nanoseconds since 1970.
    put_time: i64,
}

/// Where a listing goes on.
enum Position {
    Start,
    Behind(String),
    End,
}

/// The listing of the objects below a prefix.
pub(super) struct QiniuListing {
    pub(super) http: HttpClient,
    pub(super) signer: Arc<Signer>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) list: Url,
    pub(super) bucket: String,
    prefix: String,
    position: Position,
}

impl QiniuListing {
    pub(super) fn new(
        http: HttpClient,
        signer: Arc<Signer>,
        clock: Arc<dyn Clock>,
        list: Url,
        bucket: String,
        folder: &PictureKey,
    ) -> Self {
        Self { http, signer, clock, list, bucket, prefix: format!("{}/", folder.as_str()), position: Position::Start }
    }

    async fn page(&self, marker: &str, limit: u32) -> Result<Page, QiniuError> {
        let mut url = self.list.clone();
        url.set_path("/list");
        url.query_pairs_mut()
            .append_pair("bucket", &self.bucket)
            .append_pair("marker", marker)
            .append_pair("limit", &limit.clamp(1, LISTED_AT_ONCE).to_string())
            .append_pair("prefix", &self.prefix);
        let signed = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let request = self.http.client().get(url).header(AUTHORIZATION, self.signer.qbox(&signed));
        let answer = self.http.answer(request, MAX_PAGE).await?;
        error::good(&answer)?;
        let page: Page = serde_json::from_slice(&answer.body).map_err(QiniuError::Unreadable)?;
        if !marker.is_empty() && page.marker == marker { Err(QiniuError::SamePage) } else { Ok(page) }
    }
}

/// `None` for what is no key of the site.
fn listed(item: Item) -> Option<ListedObject> {
    let key = PictureKey::new(&item.key).ok()?;
    let modified_at = DateTime::from_timestamp_micros(item.put_time / 10)?;
    Some(ListedObject { key, modified_at })
}

#[async_trait]
impl ObjectListing for QiniuListing {
    async fn next(&mut self, limit: u32) -> Result<Vec<ListedObject>, ObjectError> {
        loop {
            // After a failure the listing has ended.
            let marker = match mem::replace(&mut self.position, Position::End) {
                Position::Start => String::new(),
                Position::Behind(marker) => marker,
                Position::End => return Ok(Vec::new()),
            };
            let this = &*self;
            let Page { marker, items } = twice(&this.http, &*this.clock, || this.page(&marker, limit)).await?;
            if !marker.is_empty() {
                self.position = Position::Behind(marker);
            }
            let page: Vec<_> = items.into_iter().filter_map(listed).collect();
            if !page.is_empty() {
                return Ok(page);
            }
        }
    }
}
