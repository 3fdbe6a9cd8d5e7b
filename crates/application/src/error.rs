//! The errors of the use cases: one enum for each aggregate, under a thin top with the
//! failures of the infrastructure.

use std::time::Duration;

use chrono::NaiveDate;
use minsu_domain::{BookingRefused, Invalid, OrderId, TransitionRefused};
use minsu_ports::{
    CacheError, CaptchaError as PainterError, HashError, ObjectError, PictureError as ProcessorError, SealError,
    SmsError, SpeechError, StoreError,
};
use thiserror::Error;

use crate::{
    calendar_error::CalendarError, listing_error::ListingError, payment_error::PaymentFailed, quoted::Quoted,
    webhook_error::WebhookError,
};

/// The error of a use case. The HTTP crates map each variant once to a code and a
/// fixed sentence; causes go to the log only.
#[derive(Debug, Error)]
pub enum AppError {
    /// A value that breaks a rule of the domain.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// About sessions and logins.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// About a captcha answer.
    #[error(transparent)]
    Captcha(#[from] CaptchaError),
    /// About an SMS code.
    #[error(transparent)]
    SmsCode(#[from] SmsCodeError),
    /// About an account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// About a listing.
    #[error(transparent)]
    Listing(#[from] ListingError),
    /// About an order.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// About a payment.
    #[error(transparent)]
    Payment(#[from] PaymentFailed),
    /// About a calendar of another site, or a link to one of this site.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// About events.
    #[error(transparent)]
    Event(#[from] EventError),
    /// About a quota.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// About an uploaded picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// About a personal token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// About a webhook.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// About an idempotency key.
    #[error(transparent)]
    Idempotency(#[from] IdempotencyError),
    /// More often than the site's limits allow.
    #[error("too often; the next time in {0:?}")]
    TooOften(Duration),
    /// Too much of this kind of work is waiting already.
    #[error("too busy: {0}")]
    Busy(&'static str),
    /// The database cannot be reached, or gave up between transactions again and again.
    #[error("store not available")]
    StoreUnavailable(#[source] StoreError),
    /// The cache cannot be reached.
    #[error("cache not available")]
    CacheUnavailable(#[from] CacheError),
    /// A defect.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Events.
#[derive(Debug, Error)]
pub enum EventError {
    /// Events behind the position were deleted already.
    #[error("the events behind this one are deleted")]
    Deleted,
}

/// Sessions and logins.
#[derive(Debug, Error)]
pub enum SessionError {
    /// No login.
    #[error("not logged in")]
    NotLoggedIn,
    /// No such mobile, or not its password; which of the two is not told.
    #[error("wrong mobile or password")]
    WrongCredentials,
    /// No such session of this person.
    #[error("no such session")]
    NotFound,
    /// The password has to be given again first.
    #[error("the session is not confirmed")]
    ConfirmationNeeded,
}

/// Captcha answers.
#[derive(Debug, Error)]
pub enum CaptchaError {
    /// The captcha is too old, was answered already, or never was.
    #[error("captcha expired")]
    Expired,
    /// The captcha was spoken as often as one is; waiting does not help, another captcha does.
    #[error("captcha spoken too often")]
    Spoken,
    /// The site speaks no captchas.
    #[error("captchas are not spoken here")]
    NotSpoken,
    /// Not what the captcha says.
    #[error("captcha answered wrongly")]
    Wrong,
}

/// SMS codes.
#[derive(Debug, Error)]
pub enum SmsCodeError {
    /// The SMS code is too old, used, burnt, or never was.
    #[error("sms code expired")]
    Expired,
    /// Not the SMS code.
    #[error("wrong sms code")]
    Wrong,
    /// The SMS service failed.
    #[error("sms not sent")]
    NotSent(#[source] SmsError),
}

/// Accounts: registration, profile, password, real name.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The mobile has a user already.
    #[error("mobile already registered")]
    MobileRegistered,
    /// Another account has the name.
    #[error("user name taken")]
    NameTaken,
    /// Not the person's password.
    #[error("wrong password")]
    WrongPassword,
    /// Orders of the account that are not over.
    #[error("{} orders are open", .0.len())]
    OrdersOpen(Vec<OrderId>),
    /// The user behind a session is gone.
    #[error("no such user")]
    NotFound,
    /// Real-name data is written once.
    #[error("real name already verified")]
    IdentityAlreadyVerified,
    /// As many accounts as may have the identity number have it.
    #[error("identity number in use")]
    IdentityInUse,
    /// From this address the password of a verified account is reset only with the end of the identity number.
    #[error("the end of the identity number is needed")]
    IdentityProofNeeded,
    /// Not the end of the identity number.
    #[error("wrong end of the identity number")]
    IdentityProofWrong,
    /// The new mobile is the one that the account has.
    #[error("the mobile is the same")]
    SameMobile,
    /// Publishing needs a verified real name.
    #[error("real name not verified")]
    IdentityNotVerified,
    /// The profile was changed since the person read it.
    #[error("the profile was changed meanwhile")]
    VersionStale,
}

/// Orders.
#[derive(Debug, Error)]
pub enum OrderError {
    /// The stay cannot be booked, whether or not its days are free.
    #[error(transparent)]
    BookingRefused(#[from] BookingRefused),
    /// Other orders have these days of the stay.
    #[error("{} days of the stay are taken", .0.len())]
    DaysTaken(Vec<NaiveDate>),
    /// No such order.
    #[error("no such order")]
    NotFound,
    /// A calendar of another site has a stay on days of the order.
    #[error("the order conflicts with a stay at another site")]
    ConflictOpen(Vec<NaiveDate>),
    /// The user is not the party that may do this, or the state does not allow it.
    #[error(transparent)]
    TransitionRefused(#[from] TransitionRefused),
    /// The stay costs something else than the guest was told.
    #[error("the price has changed")]
    PriceChanged(Box<Quoted>),
    /// The token of a quote is no longer valid, or none of this site.
    #[error("the quote has expired")]
    QuoteExpired,
    /// The token of a quote is for another listing, other days or another number of guests.
    #[error("the quote is for something else")]
    QuoteMismatch,
}

/// Quotas: how much one person may have or do. A time is the one after which the request may be tried again.
#[derive(Debug, Error)]
pub enum QuotaError {
    /// The landlord has as many houses as a landlord may have.
    #[error("as many houses as a landlord may have")]
    Houses,
    /// The house has as many pictures as a house may have.
    #[error("as many pictures as a house may have")]
    Pictures,
    /// The pictures of the landlord's houses take as many bytes as they may.
    #[error("as many bytes of pictures as a landlord may have")]
    PictureBytes,
    /// The landlord has published as many houses today as a landlord may.
    #[error("as many houses published as on a day")]
    PublicationsToday(Duration),
    /// The guest has placed as many orders today as a guest may.
    #[error("as many orders placed as on a day")]
    OrdersToday(Duration),
    /// The guest has too many orders that wait for an answer; after this time one of them is over, unless
    /// its landlord answers before.
    #[error("too many orders wait for an answer; one of them ends in {0:?}")]
    WaitingOrders(Duration),
    /// The guest's orders that wait for an answer have too many days; without a time the stay alone has too
    /// many.
    #[error("orders of too many days wait for an answer")]
    WaitingDays(Option<Duration>),
}

/// Personal tokens.
#[derive(Debug, Error)]
pub enum TokenError {
    /// No such token of this person.
    #[error("no such token")]
    NotFound,
    /// The person has as many tokens as a person may have.
    #[error("too many tokens")]
    TooMany,
    /// Only a login session may do this.
    #[error("not with a token")]
    SessionNeeded,
    /// The token lacks the scope.
    #[error("the token lacks the scope")]
    ScopeMissing,
}

/// Idempotency keys.
#[derive(Debug, Error)]
pub enum IdempotencyError {
    /// Another request holds the key now, because this one took longer than its lease; nothing was done.
    #[error("the idempotency key was taken over by another request")]
    TakenOver,
}

/// Uploaded pictures.
#[derive(Debug, Error)]
pub enum PictureError {
    /// Not a picture that the site takes.
    #[error("not a picture")]
    NotAPicture,
    /// A picture of which a visible part is missing.
    #[error("picture incomplete")]
    Incomplete,
    /// A picture of too many pixels.
    #[error("picture too large")]
    TooLarge,
    /// The object store failed.
    #[error("picture not stored")]
    NotStored(#[source] ObjectError),
}

impl From<BookingRefused> for AppError {
    fn from(refused: BookingRefused) -> Self {
        OrderError::from(refused).into()
    }
}

impl From<TransitionRefused> for AppError {
    fn from(refused: TransitionRefused) -> Self {
        OrderError::from(refused).into()
    }
}

impl From<StoreError> for AppError {
    /// A duplicate means something else in each use case and is mapped there; one that reaches this
    /// conversion was not expected by its use case.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Conflict(_) => Self::StoreUnavailable(error),
            StoreError::Duplicate(_) | StoreError::DaysTaken(_) | StoreError::Backend(_) => {
                Self::Internal(Box::new(error))
            }
        }
    }
}

impl From<HashError> for AppError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy("hashing passwords"),
            HashError::Unusable => Self::Internal(Box::new(error)),
        }
    }
}

impl From<ProcessorError> for AppError {
    fn from(error: ProcessorError) -> Self {
        match error {
            ProcessorError::NotAPicture => PictureError::NotAPicture.into(),
            ProcessorError::Incomplete => PictureError::Incomplete.into(),
            ProcessorError::TooLarge => PictureError::TooLarge.into(),
            ProcessorError::Busy => Self::Busy("processing pictures"),
            ProcessorError::Encoding => Self::Internal(Box::new(error)),
        }
    }
}

impl From<PainterError> for AppError {
    fn from(error: PainterError) -> Self {
        match error {
            PainterError::Busy => Self::Busy("drawing captchas"),
            PainterError::Encoding => Self::Internal(Box::new(error)),
        }
    }
}

impl From<SpeechError> for AppError {
    fn from(error: SpeechError) -> Self {
        match error {
            SpeechError::Busy => Self::Busy("speaking captchas"),
            SpeechError::Unspeakable => Self::Internal(Box::new(error)),
        }
    }
}

impl From<SealError> for AppError {
    fn from(error: SealError) -> Self {
        Self::Internal(Box::new(error))
    }
}
