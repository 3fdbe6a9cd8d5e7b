//! Payment providers.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use minsu_domain::{AttemptNumber, Money, PaymentMethod, PaymentProviderKind, RefundNumber};
use thiserror::Error;

/// The error of a call to a provider. No source tells a secret or the payer's data.
#[derive(Debug, Error)]
pub enum PaymentError {
    /// The provider refused the call: nothing was done. Its code. Where a provider signs no refusals (WeChat Pay, Stripe),
    /// TLS stands for the signature.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The provider refused for now (no balance, too soon, too many, a wrong key or clock): the same call may succeed
    /// later.
    #[error("the provider refused for now: {0}")]
    Later(String),
    /// No verified answer: the call may have been carried out. It is asked about, never taken as done or not done.
    #[error("it is not known what the provider did")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a provider is told to start an attempt. The same attempt always has the same fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRequest {
    /// The number of the attempt.
    pub number: AttemptNumber,
    /// How the guest wants to pay.
    pub method: PaymentMethod,
    /// What has to be paid.
    pub amount: Money,
    /// What the payer reads: one line, at most 60 characters, without `/`, `=`, `&`.
    pub subject: String,
    /// When the provider takes no money any more.
    pub expires_at: DateTime<Utc>,
    /// When the attempt was made: the time of the call, also where it is repeated.
    pub created_at: DateTime<Utc>,
    /// The page to which the provider sends the browser back: a whole URL without a parameter `method` or
    /// `out_trade_no`, which providers add.
    pub return_url: String,
    /// The payer's network address, for providers that ask for it.
    pub payer_address: Option<String>,
}

/// What the guest's browser does to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentAction {
    /// It opens this URL.
    Redirect(String),
    /// It shows this text as a QR code.
    Qr(String),
}

/// A started attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedPayment {
    /// What the guest does.
    pub action: PaymentAction,
    /// The provider's own id of the attempt, where calls about it need one; at most 255 characters.
    pub reference: Option<String>,
    /// When the guest can do that no more, where it is before the attempt expires: then the attempt is started again,
    /// with the same fields.
    pub ends_at: Option<DateTime<Utc>>,
}

/// An attempt that a provider knows or may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// Its number.
    pub number: AttemptNumber,
    /// The provider's own id, if it gave one.
    pub reference: Option<String>,
    /// What has to be paid.
    pub amount: Money,
}

/// What a provider says of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderState {
    /// It does not know the attempt. A link that was handed out can still be paid until the attempt expires.
    NotFound,
    /// It waits for the payer.
    Open,
    /// Paid.
    Paid(Receipt),
    /// Closed without a payment, for good.
    Closed,
}

/// A payment that a provider has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What was paid.
    pub amount: Money,
    /// The provider's number of the payment; at most 255 characters.
    pub transaction: String,
    /// What was paid back so far, as far as the provider tells it.
    pub refunded: Money,
}

/// What a provider is told to pay back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The paid attempt.
    pub attempt: PaymentAttempt,
    /// What was received for it, which may be another amount than was asked for.
    pub received: Money,
    /// The number of the payment by the provider.
    pub transaction: String,
    /// The number of the refund: the same number and amount are the same refund.
    pub number: RefundNumber,
    /// What is paid back.
    pub amount: Money,
    /// When the refund was made.
    pub created_at: DateTime<Utc>,
    /// The provider's own id of the refund, once it gave one.
    pub reference: Option<String>,
}

/// What a provider says of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundState {
    /// The money is with the payer or on its way.
    Done,
    /// Accepted; it is asked about later. With the provider's own id, where it gives one.
    Pending(Option<String>),
    /// The provider does not know the number: it can be called again.
    NotFound,
    /// It will never be carried out. The provider's code.
    Failed(String),
}

/// A message of a provider, as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawNotice {
    /// Headers, with names in lower case; those that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body, unchanged.
    pub body: Vec<u8>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
}

impl RawNotice {
    /// The value of a header that is there exactly once; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(header, _)| header == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }
}

/// A verified message of a provider about one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The provider's id of the message, by which a repeated one is known; at most 255 characters.
    pub id: String,
    /// The attempt.
    pub number: AttemptNumber,
    /// What it says.
    pub state: NoticeState,
}

/// What a verified message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeState {
    /// What the provider says of the attempt.
    Payment(ProviderState),
    /// What it says of a refund.
    Refund(RefundNumber, RefundState),
}

/// The reason why a message is not believed. None of them changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoticeRefused {
    /// It cannot be read.
    #[error("the notice cannot be read")]
    Malformed,
    /// The signature is missing or wrong, or of a key that is not configured.
    #[error("the signature is not the provider's")]
    Signature,
    /// It is too old or from the future.
    #[error("the notice is too old or from the future")]
    Stale,
    /// It is for another merchant, another application or another currency.
    #[error("the notice is for another merchant")]
    Foreign,
}

/// How a provider wants its message answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeAnswer {
    /// The status.
    pub status: u16,
    /// The media type; none without a body.
    pub media_type: Option<&'static str>,
    /// The body.
    pub body: String,
}

/// An entry of a provider's bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillEntry {
    /// The attempt, or none where the entry is not ours.
    pub number: Option<AttemptNumber>,
    /// The number as the provider has it.
    pub raw_number: String,
    /// The refund, for an entry that pays back.
    pub refund: Option<String>,
    /// The amount that was paid or paid back.
    pub amount: Money,
}

/// A service that takes money from guests and pays it back. The application writes and commits before every call and
/// compares and swaps after it; no transaction is open over a call. Every call has a deadline of the adapter's.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Which provider it is.
    fn kind(&self) -> PaymentProviderKind;

    /// The methods it offers, the usual one first.
    fn methods(&self) -> Vec<PaymentMethod>;

    /// Starts an attempt; repeating it with the same fields starts no second one, and tells anew how it is paid.
    ///
    /// # Errors
    /// [`PaymentError`].
    async fn start(&self, request: &PaymentRequest) -> Result<StartedPayment, PaymentError>;

    /// Asks about an attempt.
    ///
    /// # Errors
    /// [`PaymentError`].
    async fn query(&self, attempt: &PaymentAttempt) -> Result<ProviderState, PaymentError>;

    /// Asks the provider to take no money for an attempt any more. A success says nothing of money that was paid
    /// before: [`Self::query`] follows.
    ///
    /// # Errors
    /// [`PaymentError`]; an attempt that is paid is [`PaymentError::Refused`].
    async fn close(&self, attempt: &PaymentAttempt) -> Result<(), PaymentError>;

    /// Pays back; repeating it with the same number and amount pays back once.
    ///
    /// # Errors
    /// [`PaymentError`]. [`PaymentError::Refused`] is final, as [`RefundState::Failed`] is: an adapter names the codes that
    /// are, and every other refusal is [`PaymentError::Later`].
    async fn refund(&self, refund: &RefundRequest) -> Result<RefundState, PaymentError>;

    /// Asks about a refund.
    ///
    /// # Errors
    /// [`PaymentError`].
    async fn query_refund(&self, refund: &RefundRequest) -> Result<RefundState, PaymentError>;

    /// Verifies and reads a message. None for a verified one that is about no attempt or refund of ours, such as a
    /// provider's event of another kind: it is answered as taken in and changes nothing.
    ///
    /// # Errors
    /// [`NoticeRefused`].
    fn read_notice(&self, notice: &RawNotice) -> Result<Option<Notice>, NoticeRefused>;

    /// How a message is answered that was taken in, or that was not: then the provider sends it again.
    fn answer_notice(&self, accepted: bool) -> NoticeAnswer;

    /// The attempt that the query string of a return page names. Nothing of it is believed: it is a reason to ask.
    fn returned(&self, query: &str) -> Option<AttemptNumber>;

    /// Everything that the provider paid and paid back on a day of its own calendar (UTC+8; UTC for Stripe).
    ///
    /// # Errors
    /// [`PaymentError`].
    async fn bill(&self, day: NaiveDate) -> Result<Vec<BillEntry>, PaymentError>;

    /// Whether the provider accepts our keys, and how far its clock is ahead of ours.
    ///
    /// # Errors
    /// [`PaymentError`].
    async fn probe(&self, now: DateTime<Utc>) -> Result<TimeDelta, PaymentError>;
}
