//! Every way in which a use case can fail.

use std::time::Duration;

use minsu_domain::{BookingRefused, Invalid, TransitionRefused};
use minsu_ports::{
    CacheError, CaptchaError, HashError, ObjectError, PageError, PictureError, SealError, SmsError, SpeechError,
    StoreError,
};
use thiserror::Error;

/// Why a use case did not do what it was asked. The api crate maps each variant once to a code
/// and a fixed sentence; causes go to the log only.
#[derive(Debug, Error)]
pub enum AppError {
    /// A value that cannot be.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Nobody is logged in.
    #[error("not logged in")]
    NotLoggedIn,
    /// No such mobile, or not its password; which of the two is not told.
    #[error("wrong mobile or password")]
    WrongCredentials,
    /// The captcha is too old, was answered already, or never was.
    #[error("captcha expired")]
    CaptchaExpired,
    /// Not what the captcha says.
    #[error("captcha answered wrongly")]
    CaptchaWrong,
    /// The SMS code is too old, used, burnt, or never was.
    #[error("sms code expired")]
    SmsCodeExpired,
    /// Not the SMS code.
    #[error("wrong sms code")]
    SmsCodeWrong,
    /// The mobile has a user already.
    #[error("mobile already registered")]
    MobileRegistered,
    /// Somebody else has the name.
    #[error("user name taken")]
    UserNameTaken,
    /// Not the person's password.
    #[error("wrong password")]
    PasswordWrong,
    /// No such session of this person.
    #[error("no such session")]
    SessionNotFound,
    /// The account has orders that are not over.
    #[error("orders are still open")]
    OrdersOpen,
    /// The user behind a session is gone.
    #[error("no such user")]
    UserNotFound,
    /// Real-name data is written once.
    #[error("real name already verified")]
    IdentityAlreadyVerified,
    /// Publishing needs a verified real name.
    #[error("real name not verified")]
    IdentityNotVerified,
    /// No such district.
    #[error("no such area")]
    UnknownArea,
    /// No such facility.
    #[error("no such facility")]
    UnknownFacility,
    /// No such house.
    #[error("no such house")]
    HouseNotFound,
    /// Somebody else's house.
    #[error("not the landlord of this house")]
    NotYourHouse,
    /// The stay cannot be booked, whoever else wants it.
    #[error(transparent)]
    BookingRefused(#[from] BookingRefused),
    /// Somebody else has one of the days.
    #[error("a day of the stay is taken")]
    DaysTaken,
    /// No such order.
    #[error("no such order")]
    OrderNotFound,
    /// Not this party, or not in this state.
    #[error(transparent)]
    TransitionRefused(#[from] TransitionRefused),
    /// Not a picture that the site takes.
    #[error("not a picture")]
    NotAPicture,
    /// A picture of too many pixels.
    #[error("picture too large")]
    PictureTooLarge,
    /// The SMS service failed.
    #[error("sms not sent")]
    SmsFailed(#[source] SmsError),
    /// The object store failed.
    #[error("picture not stored")]
    UploadFailed(#[source] ObjectError),
    /// More often than the site's limits allow.
    #[error("too often; the next time in {0:?}")]
    TooOften(Duration),
    /// The guest has too many orders that wait for an answer.
    #[error("too many orders wait for an answer")]
    TooManyWaitingOrders,
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

impl From<StoreError> for AppError {
    /// A duplicate means something else in each use case and is translated there; one that comes
    /// this far was not expected by its use case.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Conflict(_) => Self::StoreUnavailable(error),
            StoreError::Duplicate(_) | StoreError::Backend(_) => Self::Internal(Box::new(error)),
        }
    }
}

impl From<PageError<AppError>> for AppError {
    /// A page takes long where the database is slow.
    fn from(error: PageError<AppError>) -> Self {
        match error {
            PageError::Render(error) => error,
            PageError::Busy => Self::StoreUnavailable(StoreError::Unavailable("a page takes too long to make".into())),
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

impl From<PictureError> for AppError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::NotAPicture => Self::NotAPicture,
            PictureError::TooLarge => Self::PictureTooLarge,
            PictureError::Busy => Self::Busy("processing pictures"),
            PictureError::Encoding => Self::Internal(Box::new(error)),
        }
    }
}

impl From<CaptchaError> for AppError {
    fn from(error: CaptchaError) -> Self {
        match error {
            CaptchaError::Busy => Self::Busy("drawing captchas"),
            CaptchaError::Encoding => Self::Internal(Box::new(error)),
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
