//! The client.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{
    Client, Method, Response, StatusCode,
    header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, LOCATION},
    redirect::Policy,
};
use tokio::time::timeout;
use url::Url;

use crate::{Answer, SetupError};

use super::{
    body,
    error::OutboundError,
    reach::Reach,
    resolver::{CheckingResolver, Lookup, NameError, SystemLookup},
    rules::OutboundRules,
};

/// How many redirects are followed.
const REDIRECTS: usize = 5;

/// What a client calls, and how long it takes at most.
#[derive(Debug, Clone)]
pub struct OutboundOptions {
    /// Which URLs are called.
    pub rules: OutboundRules,
    /// The most time for a call with all its redirects, from the look-up of the name to the last byte.
    pub deadline: Duration,
    /// The most bytes of an answer, as it comes and unpacked.
    pub most: usize,
}

impl Default for OutboundOptions {
    /// `https` to the internet, 30 seconds, 5 MiB.
    fn default() -> Self {
        Self { rules: OutboundRules::default(), deadline: Duration::from_secs(30), most: 5 << 20 }
    }
}

/// A client for URLs that strangers name.
#[derive(Debug, Clone)]
pub struct OutboundClient {
    options: OutboundOptions,
    resolvers: [ReachingClient; 2],
}

/// A client with the addresses that it reaches.
#[derive(Clone)]
struct ReachingClient {
    client: Client,
    resolver: CheckingResolver,
}

impl OutboundClient {
    /// Makes a client that looks names up as the system does.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: OutboundOptions) -> Result<Self, SetupError> {
        Self::with_lookup(options, Arc::new(SystemLookup))
    }

    /// Makes a client with a look-up of its own.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn with_lookup(options: OutboundOptions, lookup: Arc<dyn Lookup>) -> Result<Self, SetupError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let wide = if options.rules.allow_loopback { Reach::GlobalOrLoopback } else { Reach::Global };
        let reaching = |reach| {
            let own = Arc::clone(&options.rules.own_addresses);
            let resolver = CheckingResolver { lookup: Arc::clone(&lookup), reach, own };
            ReachingClient::new(resolver, options.deadline)
        };
        Ok(Self { resolvers: [reaching(wide)?, reaching(Reach::Loopback)?], options })
    }

    /// Whether a URL would be called: checks it, and the addresses of its host as they are now.
    ///
    /// # Errors
    /// Those of [`OutboundError::is_refusal`], [`OutboundError::Name`], [`OutboundError::Timeout`].
    pub async fn check(&self, url: &Url) -> Result<(), OutboundError> {
        let reaching = self.reaching(url)?;
        let Some(host) = url.domain() else { return Ok(()) };
        match timeout(self.options.deadline, reaching.resolver.addresses(host)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(NameError::Refused)) => Err(OutboundError::Address),
            Ok(Err(NameError::Unknown)) => Err(OutboundError::Name),
            Err(_) => Err(OutboundError::Timeout),
        }
    }

    /// Fetches a URL. Redirects are followed, each checked like the URL itself. The body is read and unpacked where the
    /// status is 200 and is empty elsewhere: a page of any size tells less than the headers of a refusal.
    ///
    /// # Errors
    /// [`OutboundError`]; a bad status is no error.
    pub async fn get(&self, url: &Url, headers: &HeaderMap) -> Result<Answer, OutboundError> {
        let mut headers = headers.clone();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        self.in_time(async {
            let mut url = url.clone();
            for _ in 0..=REDIRECTS {
                let mut response = self.send(Method::GET, &url, &headers, Bytes::new()).await?;
                match redirect(&response, &url)? {
                    Some(next) => url = next,
                    None if response.status() == StatusCode::OK => return self.answer(&mut response).await,
                    None => return Ok(answer_of(&response, Bytes::new())),
                }
            }
            Err(OutboundError::TooManyRedirects)
        })
        .await
    }

    /// Sends a body to a URL. A redirect is an answer like any other.
    ///
    /// # Errors
    /// [`OutboundError`]; a bad status is no error.
    pub async fn post(&self, url: &Url, headers: &HeaderMap, body: Bytes) -> Result<Answer, OutboundError> {
        self.in_time(async {
            let mut response = self.send(Method::POST, url, headers, body).await?;
            self.answer(&mut response).await
        })
        .await
    }

    fn reaching(&self, url: &Url) -> Result<&ReachingClient, OutboundError> {
        let [wide, loopback] = &self.resolvers;
        Ok(if self.options.rules.reach(url)? == Reach::Loopback { loopback } else { wide })
    }

    async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Response, OutboundError> {
        let request = self.reaching(url)?.client.request(method, url.clone()).headers(headers.clone());
        let request = if body.is_empty() { request } else { request.body(body) };
        request.send().await.map_err(|error| OutboundError::of(&error))
    }

    async fn answer(&self, response: &mut Response) -> Result<Answer, OutboundError> {
        let body = body::read(response, self.options.most).await?;
        Ok(answer_of(response, body.into()))
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, OutboundError>>) -> Result<T, OutboundError> {
        timeout(self.options.deadline, work).await.unwrap_or(Err(OutboundError::Timeout))
    }
}

impl ReachingClient {
    fn new(resolver: CheckingResolver, deadline: Duration) -> Result<Self, SetupError> {
        let client = Client::builder()
            .user_agent(concat!("minsu/", env!("CARGO_PKG_VERSION")))
            .timeout(deadline)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .http1_only()
            // A connection that is kept would be used again without a look-up.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(resolver.clone()))
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self { client, resolver })
    }
}

impl std::fmt::Debug for ReachingClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReachingClient").field("reach", &self.resolver.reach).finish_non_exhaustive()
    }
}

fn answer_of(response: &Response, body: Bytes) -> Answer {
    Answer { status: response.status(), headers: response.headers().clone(), body }
}

/// Where an answer leads, if it is a redirect.
fn redirect(response: &Response, from: &Url) -> Result<Option<Url>, OutboundError> {
    let is_redirect = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !is_redirect {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let next = location.and_then(|location| from.join(location).ok());
    next.map(Some).ok_or(OutboundError::Redirect)
}
