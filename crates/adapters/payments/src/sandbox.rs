//! The sandbox: a provider that is a page of the site.

mod folder;
mod notice;
mod record;
mod token;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use minsu_domain::{AttemptNumber, PaymentMethod, PaymentProviderKind};
use minsu_http::{SettingError, SetupError, host_url, secret};
use minsu_ports::{
    BillEntry, Clock, Notice, NoticeAnswer, NoticeRefused, PaymentAction, PaymentAttempt, PaymentError,
    PaymentProvider, PaymentRequest, PaymentSandbox, ProviderState, RawNotice, RefundRequest, RefundState,
    SandboxButton, SandboxPayment, SandboxReply, StartedPayment,
};
use secrecy::SecretString;
use tokio::task::spawn_blocking;

use self::{
    folder::Folder,
    record::{Entry, Made, Record},
    token::Tokens,
};
use crate::{
    china::china,
    failure::Failure,
    form::{returned, with_number},
};

/// Where the sandbox keeps its state, and where its page is.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// The folder of its payments.
    pub folder: PathBuf,
    /// The secret of the notices' signatures. Without one the sandbox makes one in its folder.
    pub secret: Option<SecretString>,
    /// The site as browsers reach it: the page is `/sandbox-payment/{token}` there.
    pub site_url: String,
}

/// Takes no money: a page of the site asks whether to pay, fail or close, and answers with notices that are signed
/// like a provider's.
///
/// Its state is a folder with a file for each attempt, to which lines are added under the file's lock. A provider
/// remembers what it did whatever becomes of the site, and tells it when it is asked; so what was clicked must be
/// there after a `kill -9` of the site and in every process on the same data folder, and must not share the site's
/// database, with whose transactions it would succeed and fail together.
pub struct Sandbox {
    folder: Arc<Folder>,
    tokens: Tokens,
    secret: SecretString,
    site_url: String,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sandbox(…)")
    }
}

impl Sandbox {
    /// A sandbox on a folder, which is made with the first payment. The clock dates what happens.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: SandboxOptions, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let site_url = host_url("site_url", &options.site_url)?.as_str().trim_end_matches('/').to_owned();
        let folder = Folder::new(options.folder);
        let secret = match options.secret {
            Some(given) => secret("secret", given)?,
            None => folder.secret().map_err(|_| SettingError::Value("secret"))?,
        };
        Ok(Self { folder: Arc::new(folder), tokens: Tokens::new(&secret), secret, site_url, clock })
    }

    /// Reads an attempt, decides, and adds a line: no other process does anything to the attempt meanwhile.
    async fn change<T: Send + 'static>(
        &self,
        number: &AttemptNumber,
        decide: impl Fn(&Record, DateTime<Utc>) -> Result<(Option<Entry>, T), Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (folder, number, now) = (self.folder.clone(), number.clone(), self.clock.now());
        let work = move || folder.change(&number, |record| decide(record, now));
        spawn_blocking(work).await.map_err(|error| Failure::Folder(error.into()))?
    }

    async fn page(&self, request: &PaymentRequest) -> Result<StartedPayment, Failure> {
        if request.method != PaymentMethod::Sandbox {
            return Err(Failure::Refused("method".to_owned()));
        }
        let made = Made::of(request);
        self.change(&request.number, move |record, _| match &record.made {
            Some(earlier) if *earlier == made => Ok((None, ())),
            Some(_) => Err(Failure::Refused("number_used".to_owned())),
            None => Ok((Some(Entry::Made(made.clone())), ())),
        })
        .await?;
        let url = format!("{}/sandbox-payment/{}", self.site_url, self.tokens.token(&request.number));
        Ok(StartedPayment { action: PaymentAction::Redirect(url), reference: None, ends_at: None })
    }

    async fn pay_back(&self, refund: &RefundRequest) -> Result<RefundState, Failure> {
        let (number, amount) = (refund.number.as_str().to_owned(), refund.amount.fen());
        self.change(&refund.attempt.number, move |record, now| {
            let refused = |code: &str| Err(Failure::Refused(code.to_owned()));
            let Some(paid) = record.paid_amount() else { return refused("not_paid") };
            match record.refunds.get(&number) {
                Some(earlier) if *earlier == amount => Ok((None, RefundState::Done)),
                Some(_) => refused("number_used"),
                None if amount <= 0 || record.refunded() + amount > paid => refused("over_total"),
                None => Ok((
                    Some(Entry::Refunded { at: now.timestamp(), number: number.clone(), amount }),
                    RefundState::Done,
                )),
            }
        })
        .await
    }

    async fn click(&self, number: &AttemptNumber, button: SandboxButton) -> Result<SandboxReply, Failure> {
        let attempt = number.clone();
        let (body, return_url) = self
            .change(number, move |record, now| {
                let Some(made) = &record.made else { return Err(Failure::Refused("not_found".to_owned())) };
                if let Some(code) = record.is_over(now) {
                    return Err(Failure::Refused(code.to_owned()));
                }
                let at = now.timestamp();
                let entry = match button {
                    SandboxButton::Pay => Entry::Paid { at },
                    SandboxButton::Fail => Entry::Failed { at },
                    SandboxButton::Close => Entry::Closed { at },
                };
                let (after, return_url) = (record.with(entry.clone()), made.return_url.clone());
                Ok((Some(entry), (notice::body(&attempt, &after, now), return_url)))
            })
            .await?;
        let notice = notice::signed(&self.secret, body, self.clock.now());
        Ok(SandboxReply { notice, return_url: with_number(&return_url, number) })
    }
}

#[async_trait]
impl PaymentProvider for Sandbox {
    fn kind(&self) -> PaymentProviderKind {
        PaymentProviderKind::Sandbox
    }

    fn methods(&self) -> Vec<PaymentMethod> {
        vec![PaymentMethod::Sandbox]
    }

    async fn start(&self, request: &PaymentRequest) -> Result<StartedPayment, PaymentError> {
        Ok(self.page(request).await?)
    }

    async fn query(&self, attempt: &PaymentAttempt) -> Result<ProviderState, PaymentError> {
        let number = attempt.number.clone();
        Ok(self.change(&attempt.number, move |record, now| Ok((None, record.state(&number, now)))).await?)
    }

    async fn close(&self, attempt: &PaymentAttempt) -> Result<(), PaymentError> {
        let close = |record: &Record, now: DateTime<Utc>| match record.is_over(now) {
            _ if record.made.is_none() => Err(Failure::Refused("not_found".to_owned())),
            Some("paid") => Err(Failure::Refused("paid".to_owned())),
            Some(_) => Ok((None, ())),
            None => Ok((Some(Entry::Closed { at: now.timestamp() }), ())),
        };
        Ok(self.change(&attempt.number, close).await?)
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<RefundState, PaymentError> {
        Ok(self.pay_back(refund).await?)
    }

    async fn query_refund(&self, refund: &RefundRequest) -> Result<RefundState, PaymentError> {
        let (number, amount) = (refund.number.as_str().to_owned(), refund.amount.fen());
        let find = move |record: &Record, _| match record.refunds.get(&number) {
            Some(found) if *found == amount => Ok((None, RefundState::Done)),
            Some(_) => Err(Failure::Misplaced),
            None => Ok((None, RefundState::NotFound)),
        };
        Ok(self.change(&refund.attempt.number, find).await?)
    }

    fn read_notice(&self, notice: &RawNotice) -> Result<Option<Notice>, NoticeRefused> {
        notice::read(notice, &self.secret).map(Some)
    }

    fn answer_notice(&self, accepted: bool) -> NoticeAnswer {
        NoticeAnswer { status: if accepted { 204 } else { 400 }, media_type: None, body: String::new() }
    }

    fn returned(&self, query: &str) -> Option<AttemptNumber> {
        returned(query)
    }

    async fn bill(&self, day: NaiveDate) -> Result<Vec<BillEntry>, PaymentError> {
        let folder = self.folder.clone();
        let is_of_day = move |at: i64| DateTime::from_timestamp(at, 0).is_some_and(|at| china(at).date_naive() == day);
        let read = spawn_blocking(move || folder.bill(is_of_day)).await;
        Ok(read.map_err(|error| Failure::Folder(error.into()))?.map_err(Failure::Folder)?)
    }

    // Whether the folder can be written. Its clock is ours.
    async fn probe(&self, _now: DateTime<Utc>) -> Result<TimeDelta, PaymentError> {
        let folder = self.folder.clone();
        let tried = spawn_blocking(move || folder.make()).await.map_err(|error| Failure::Folder(error.into()))?;
        tried.map_err(Failure::Folder)?;
        Ok(TimeDelta::zero())
    }
}

#[async_trait]
impl PaymentSandbox for Sandbox {
    async fn shown(&self, token: &str) -> Result<Option<SandboxPayment>, PaymentError> {
        let Some(number) = self.tokens.read(token) else { return Ok(None) };
        let wanted = number.clone();
        let show = move |record: &Record, now| Ok((None, record.shown(&wanted, now)));
        Ok(self.change(&number, show).await?)
    }

    async fn press(&self, token: &str, button: SandboxButton) -> Result<Option<SandboxReply>, PaymentError> {
        match self.tokens.read(token) {
            Some(number) => Ok(Some(self.click(&number, button).await?)),
            None => Ok(None),
        }
    }
}
