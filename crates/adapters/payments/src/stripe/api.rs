//! Calls with the account's key. Answers have no signature: TLS stands for them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use minsu_http::{Answer, HttpClient, PAUSE};
use minsu_ports::Clock;
use reqwest::{Method, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use url::{Url, form_urlencoded::Serializer};

use crate::{
    failure::{Failure, MAX_ANSWER, code, read},
    probe,
};

/// The version of the interface that the fields here are of.
const VERSION: &str = "2024-06-20";
/// The code of an object that Stripe does not know.
pub(super) const MISSING: &str = "resource_missing";
/// Refusals by their code that may pass.
const LATER: [&str; 3] = ["balance_insufficient", "insufficient_funds", "lock_timeout"];

/// The interface as one account calls it.
pub(super) struct Api {
    pub(super) http: HttpClient,
    pub(super) base: Url,
    pub(super) secret_key: SecretString,
    pub(super) clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct Refusal {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    code: Option<String>,
    r#type: Option<String>,
}

impl Api {
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, Failure> {
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        read(&good(self.twice(url, Method::GET, String::new(), None).await?)?)
    }

    /// A call that is carried out once under its key, however often it comes.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: Option<&str>,
    ) -> Result<T, Failure> {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        read(&good(self.twice(self.url(path), Method::POST, body, key).await?)?)
    }

    /// What is answered, and the time of Stripe, where it tells it.
    pub(super) async fn dated_get<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<(Option<DateTime<Utc>>, Result<T, Failure>), Failure> {
        let answer = self.twice(self.url(path), Method::GET, String::new(), None).await?;
        Ok((probe::date(&answer), good(answer).and_then(|answer| read(&answer))))
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let path = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    async fn twice(&self, url: Url, method: Method, body: String, key: Option<&str>) -> Result<Answer, Failure> {
        let work = || async {
            let mut request = self.http.client().request(method.clone(), url.clone());
            request = request.bearer_auth(self.secret_key.expose_secret()).header("Stripe-Version", VERSION);
            if let Some(key) = key {
                request = request.header("Idempotency-Key", key);
            }
            if method == Method::POST {
                request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.clone());
            }
            Ok(self.http.answer(request, MAX_ANSWER).await?)
        };
        self.http.twice("stripe", self.clock.sleep(PAUSE), Failure::is_unsent, work).await
    }
}

fn good(answer: Answer) -> Result<Answer, Failure> {
    let status = answer.status.as_u16();
    if status == 200 {
        return Ok(answer);
    }
    let refusal: Refusal = read(&answer)?;
    let told = code(&refusal.error.code.or(refusal.error.r#type).unwrap_or_default());
    Err(match status {
        // 401 and 403: our key, not the call. 404 without that code: a wrong address, or not Stripe at all.
        401 | 403 | 409 | 429 => Failure::Later(told),
        404 if told != MISSING => Failure::Later(told),
        400..500 if LATER.contains(&told.as_str()) => Failure::Later(told),
        400..500 => Failure::Refused(told),
        _ => Failure::Undecided(told),
    })
}
