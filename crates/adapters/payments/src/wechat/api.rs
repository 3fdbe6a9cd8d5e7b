//! Signed calls and their signed answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use minsu_http::{Answer, HttpClient, PAUSE};
use minsu_ports::Clock;
use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;
use uuid::Uuid;

use super::{sign::Merchant, verify::Keys};
use crate::{
    failure::{Failure, MAX_ANSWER, code, read},
    probe,
};

/// The interface as one merchant calls it.
pub(super) struct Api {
    pub(super) http: HttpClient,
    pub(super) base: Url,
    pub(super) merchant: Merchant,
    pub(super) keys: Arc<Keys>,
    pub(super) clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

/// Refusals by their code that may pass: no balance, too soon, too many.
const LATER: [&str; 3] = ["NOT_ENOUGH", "RATELIMIT_EXCEEDED", "FREQUENCY_LIMITED"];

impl Api {
    pub(super) async fn get<T: DeserializeOwned>(&self, target: &str) -> Result<T, Failure> {
        let answer = self.twice(&self.url(target), Method::GET, String::new(), MAX_ANSWER).await?;
        read(&self.good(answer)?)
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        target: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, Failure> {
        let answer = self.twice(&self.url(target), Method::POST, json(body), MAX_ANSWER).await?;
        read(&self.good(answer)?)
    }

    /// A call whose good answer is empty.
    pub(super) async fn post_without_answer(
        &self,
        target: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<(), Failure> {
        let answer = self.twice(&self.url(target), Method::POST, json(body), MAX_ANSWER).await?;
        self.good(answer).map(drop)
    }

    /// Whether a call is taken, and the time of WeChat Pay, where it tells it.
    pub(super) async fn dated_get(
        &self,
        target: &str,
    ) -> Result<(Option<DateTime<Utc>>, Result<(), Failure>), Failure> {
        let answer = self.twice(&self.url(target), Method::GET, String::new(), MAX_ANSWER).await?;
        Ok((probe::date(&answer), self.good(answer).map(drop)))
    }

    /// A file that WeChat Pay keeps, which has no signature of its own.
    pub(super) async fn download(&self, url: &str, most: usize) -> Result<Answer, Failure> {
        let url = Url::parse(url).map_err(|_| Failure::Misplaced)?;
        // The signature of the request must reach no other host.
        if url.origin() != self.base.origin() {
            return Err(Failure::Misplaced);
        }
        let answer = self.twice(&url, Method::GET, String::new(), most).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(Failure::not_the_provider(&answer)) }
    }

    fn url(&self, target: &str) -> Url {
        let mut url = self.base.clone();
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let path = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.set_query(query);
        url
    }

    async fn twice(&self, url: &Url, method: Method, body: String, most: usize) -> Result<Answer, Failure> {
        let target = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let work = || async {
            let nonce = Uuid::new_v4().simple().to_string().to_uppercase();
            let now = self.clock.now();
            let authorization = self.merchant.authorization(method.as_str(), &target, now, &nonce, &body);
            let mut request = self.http.client().request(method.clone(), url.clone());
            request = request.header(ACCEPT, "application/json").header(AUTHORIZATION, authorization);
            if let Some(serial) = self.keys.wanted() {
                request = request.header("Wechatpay-Serial", serial);
            }
            if method == Method::POST {
                request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
            }
            Ok(self.http.answer(request, most).await?)
        };
        self.http.twice("wechatpay", self.clock.sleep(PAUSE), Failure::is_unsent, work).await
    }

    /// A good answer is signed. A refusal is not; where it is signed all the same, the signature must hold.
    fn good(&self, answer: Answer) -> Result<Answer, Failure> {
        let header = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
        let checked = self.keys.check(header, &answer.body, self.clock.now());
        let status = answer.status.as_u16();
        if (200..300).contains(&status) {
            return match checked {
                Ok(()) => Ok(answer),
                Err(_) => Err(Failure::Unsigned(status.to_string())),
            };
        }
        let refusal: Refusal = read(&answer)?;
        let told = code(&refusal.code);
        if header("wechatpay-signature").is_some() && checked.is_err() {
            return Err(Failure::Unsigned(told));
        }
        Err(match status {
            // 401: our clock or our key, not the call.
            401 | 429 => Failure::Later(told),
            400..500 if LATER.contains(&told.as_str()) => Failure::Later(told),
            400..500 => Failure::Refused(told),
            _ => Failure::Undecided(told),
        })
    }
}

/// Plain fields: this cannot fail, and an empty body would be refused.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}
