//! Fetching calendars from addresses that strangers name.

use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use minsu_http::{OutboundClient, OutboundError, OutboundOptions, SetupError};
use minsu_ports::{CheckedAddress, FeedAddressError, FeedAnswer, FeedFetcher, FeedRequest, FetchFailed};
use reqwest::{
    StatusCode,
    header::{
        ACCEPT, DATE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
        RETRY_AFTER,
    },
};
use url::Url;

/// The scheme under which calendars are linked for programs that subscribe to them.
const WEBCAL: &str = "webcal://";

/// Fetches calendars by HTTP, with the rules for addresses of [`minsu_http::OutboundRules`].
#[derive(Debug, Clone)]
pub struct HttpFeedFetcher {
    client: OutboundClient,
}

impl HttpFeedFetcher {
    /// Makes the adapter.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: OutboundOptions) -> Result<Self, SetupError> {
        Ok(Self { client: OutboundClient::new(options)? })
    }
}

#[async_trait]
impl FeedFetcher for HttpFeedFetcher {
    async fn check(&self, url: &str) -> Result<CheckedAddress, FeedAddressError> {
        let url = parsed(url).ok_or(FeedAddressError::NotAUrl)?;
        let host = url.host_str().ok_or(FeedAddressError::NotAUrl)?.to_owned();
        match self.client.check(&url).await {
            Ok(()) => Ok(CheckedAddress { url: url.into(), host }),
            Err(OutboundError::Url) => Err(FeedAddressError::NotAUrl),
            Err(error) if error.is_refusal() => Err(FeedAddressError::Refused),
            Err(_) => Err(FeedAddressError::UnknownHost),
        }
    }

    async fn fetch(&self, request: &FeedRequest) -> Result<FeedAnswer, FetchFailed> {
        let failed = |error: OutboundError| FetchFailed { code: error.code().to_owned(), retry_after: None };
        let url = parsed(&request.url).ok_or_else(|| failed(OutboundError::Url))?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/calendar, */*;q=0.1"));
        for (name, value) in [(IF_NONE_MATCH, &request.etag), (IF_MODIFIED_SINCE, &request.last_modified)] {
            // One that is no header any more is left out: the answer then has content.
            let value = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok());
            headers.extend(value.map(|value| (name, value)));
        }
        let answer = self.client.get(&url, &headers).await.map_err(failed)?;
        match answer.status {
            StatusCode::OK => Ok(FeedAnswer::Content {
                etag: text(&answer.headers, &ETAG),
                last_modified: text(&answer.headers, &LAST_MODIFIED),
                body: answer.body,
            }),
            StatusCode::NOT_MODIFIED => Ok(FeedAnswer::Unchanged),
            status => Err(FetchFailed {
                code: format!("http_{}", status.as_u16()),
                retry_after: retry_after(&answer.headers),
            }),
        }
    }
}

fn parsed(text: &str) -> Option<Url> {
    let begins = text.get(..WEBCAL.len()).is_some_and(|start| start.eq_ignore_ascii_case(WEBCAL));
    let mut url = if begins {
        Url::parse(&format!("https://{}", text.get(WEBCAL.len()..)?)).ok()?
    } else {
        Url::parse(text).ok()?
    };
    url.set_fragment(None);
    Some(url)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Seconds, or a date, which is held against that of the answer.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = asked.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok();
    let (asked, now) = (date(&asked)?, date(&text(headers, &DATE)?)?);
    (asked - now).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_are_read_by_https() {
        let read = |text| parsed(text).map(String::from);
        assert_eq!(read("webcal://a.example/c.ics?s=1#x").as_deref(), Some("https://a.example/c.ics?s=1"));
        assert_eq!(read("WebCal://a.example/").as_deref(), Some("https://a.example/"));
        assert_eq!(read("http://a.example/c").as_deref(), Some("http://a.example/c"));
        for bad in ["", "calendar", "https://", "webcal://"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_until_a_date() {
        let after = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
            headers.insert(DATE, HeaderValue::from_static("Sat, 28 Nov 2026 08:00:00 GMT"));
            retry_after(&headers).map(|wait| wait.as_secs())
        };
        assert_eq!(after("120"), Some(120));
        assert_eq!(after("Sat, 28 Nov 2026 09:00:00 GMT"), Some(3600));
        assert_eq!((after("Sat, 28 Nov 2026 07:00:00 GMT"), after("soon"), after("-1")), (None, None, None));
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
