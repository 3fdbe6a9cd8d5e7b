//! What calls refuse, as the errors themselves: their codes, sentences and statuses come from the one
//! mapping. Tests hold every refusal that they see against the document.

use std::time::Duration;

use minsu_application::{AccountError, AppError, OrderError, PictureError, QuotaError, SessionError};
use minsu_domain::{BookingRefused, Field, HouseDraft, Invalid, Rule, TransitionRefused};
use minsu_ports::{CacheError, ObjectError, StoreError};

use super::call::{Body, Call, Login};
use crate::api_error::{ApiError, RequestFault};

/// Everything that a call refuses: its own, and what every call of its kind does.
pub fn of(call: &Call) -> Vec<ApiError> {
    let mut all = (call.refuses)();
    match call.login {
        Login::NotNeeded => {}
        Login::Needed => all.push(AppError::Session(SessionError::NotLoggedIn).into()),
        Login::Asked => all.push(ApiError::NoSession),
    }
    if call.changes_state {
        all.push(RequestFault::CrossSite.into());
    }
    if !matches!(call.body, Body::Nothing) {
        all.extend([
            RequestFault::WrongFields.into(),
            RequestFault::MalformedBody.into(),
            RequestFault::UnsupportedMediaType.into(),
            RequestFault::BodyTooLarge.into(),
            RequestFault::TimedOut.into(),
        ]);
    }
    all.extend([
        AppError::StoreUnavailable(StoreError::Unavailable(cause())).into(),
        AppError::CacheUnavailable(CacheError::Unavailable(cause())).into(),
        RequestFault::TooManyRequests(Duration::from_secs(1)).into(),
        AppError::Internal(cause()).into(),
    ]);
    all
}

/// Refusals of use cases.
pub fn app<const N: usize>(errors: [AppError; N]) -> Vec<ApiError> {
    errors.map(ApiError::App).into()
}

/// Refusals of values in these fields.
pub fn invalid(fields: &[Field]) -> Vec<ApiError> {
    fields.iter().map(|field| Invalid::range(*field).into()).collect()
}

/// Parameters that do not fit together, or are missing.
pub fn wrong_parameters() -> Vec<ApiError> {
    vec![RequestFault::WrongFields.into()]
}

/// Values of a search that cannot be.
pub fn search() -> Vec<ApiError> {
    [
        invalid(&[Field::Id, Field::Day, Field::DateRange, Field::Page]),
        wrong_parameters(),
        app([AppError::Busy("searching")]),
    ]
    .concat_all()
}

/// Values of a house that cannot be, of the form of the documents, which has no description.
pub fn offer() -> Vec<ApiError> {
    let fields = HouseDraft::FIELDS.iter().map(|(_, field)| *field).filter(|field| *field != Field::Description);
    let fields: Vec<_> = fields.collect();
    invalid(&fields)
}

/// A stay that the house or the site does not take.
pub fn bookings() -> Vec<ApiError> {
    app([
        BookingRefused::OwnHouse.into(),
        BookingRefused::InThePast.into(),
        BookingRefused::TooFarAhead.into(),
        BookingRefused::TooManyGuests.into(),
        BookingRefused::Notice.into(),
        BookingRefused::BeyondWindow.into(),
        BookingRefused::TooShort.into(),
        BookingRefused::TooLong.into(),
        BookingRefused::NoArrival.into(),
        BookingRefused::NoDeparture.into(),
        BookingRefused::Amount.into(),
    ])
}

/// A new password that is too short, too long, too common or the mobile.
pub fn new_password() -> Vec<ApiError> {
    let refused = [Rule::Common, Rule::HasMobile].map(|rule| Invalid { field: Field::Password, rule });
    [app(refused.map(AppError::Invalid)), invalid(&[Field::Password])].concat_all()
}

/// A password that is asked for again.
pub fn password_check() -> Vec<ApiError> {
    [
        app([AppError::Account(AccountError::WrongPassword), AppError::Busy("hashing passwords"), too_often()]),
        new_password(),
    ]
    .concat_all()
}

/// What both parties of an order can be refused.
pub fn decisions() -> Vec<ApiError> {
    app([
        AppError::Order(OrderError::NotFound),
        TransitionRefused::WrongParty.into(),
        TransitionRefused::WrongState.into(),
    ])
}

/// What can be wrong with a picture.
pub fn pictures() -> Vec<ApiError> {
    app([
        AppError::Picture(PictureError::NotAPicture),
        AppError::Picture(PictureError::TooLarge),
        AppError::Picture(PictureError::Incomplete),
        AppError::Picture(PictureError::NotStored(ObjectError::Failed(cause()))),
        AppError::Busy("processing pictures"),
    ])
}

/// The quotas of a guest who orders.
pub fn order_quotas() -> Vec<ApiError> {
    let day = Duration::from_secs(86_400);
    app([
        QuotaError::WaitingOrders(day).into(),
        QuotaError::WaitingDays(Some(day)).into(),
        QuotaError::OrdersToday(day).into(),
        AccountError::IdentityNotVerified.into(),
    ])
}

/// The quotas of a landlord who publishes.
pub fn listing_quotas() -> Vec<ApiError> {
    app([QuotaError::Houses.into(), QuotaError::PublicationsToday(Duration::from_secs(86_400)).into()])
}

/// The quotas of a landlord who adds a picture.
pub fn picture_quotas() -> Vec<ApiError> {
    app([QuotaError::Pictures.into(), QuotaError::PictureBytes.into()])
}

/// What an export of an account can be refused.
pub fn exports() -> Vec<ApiError> {
    app([AppError::Account(AccountError::NotFound), AppError::Busy("collecting exports"), too_often()])
}

/// One attempt too many.
pub fn too_often() -> AppError {
    AppError::TooOften(Duration::from_secs(60))
}

/// A placeholder for the cause of a failure: a cause goes to the log and never to a client.
pub fn cause() -> Box<dyn std::error::Error + Send + Sync> {
    "the cause goes to the log".into()
}

/// What a refusal is called in the document: by its innermost variant, behind its aggregate or before
/// its field where it has one.
pub fn name(error: &ApiError) -> String {
    let of = |value: &dyn std::fmt::Debug| {
        let text = format!("{value:?}");
        text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    };
    match error {
        ApiError::App(AppError::Invalid(Invalid { field, rule: Rule::Common })) => format!("Invalid.{field:?}.Common"),
        ApiError::App(AppError::Invalid(Invalid { field, rule: Rule::HasMobile })) => {
            format!("Invalid.{field:?}.HasMobile")
        }
        ApiError::App(AppError::Invalid(invalid)) => format!("Invalid.{:?}", invalid.field),
        ApiError::App(AppError::Order(OrderError::BookingRefused(refused))) => of(refused),
        ApiError::App(AppError::Order(OrderError::TransitionRefused(refused))) => of(refused),
        ApiError::App(AppError::Session(error)) => format!("Session.{}", of(error)),
        ApiError::App(AppError::Captcha(error)) => format!("Captcha.{}", of(error)),
        ApiError::App(AppError::SmsCode(error)) => format!("SmsCode.{}", of(error)),
        ApiError::App(AppError::Account(error)) => format!("Account.{}", of(error)),
        ApiError::App(AppError::Listing(error)) => format!("Listing.{}", of(error)),
        ApiError::App(AppError::Order(error)) => format!("Order.{}", of(error)),
        ApiError::App(AppError::Calendar(error)) => format!("Calendar.{}", of(error)),
        ApiError::App(AppError::Quota(error)) => format!("Quota.{}", of(error)),
        ApiError::App(AppError::Token(error)) => format!("Token.{}", of(error)),
        ApiError::App(AppError::Idempotency(error)) => format!("Idempotency.{}", of(error)),
        ApiError::App(AppError::Picture(error)) => format!("Picture.{}", of(error)),
        ApiError::App(error) => of(error),
        ApiError::Request(fault) => of(fault),
        ApiError::Native(fault) => of(fault),
        other => of(other),
    }
}

/// [`ApiError`] cannot be cloned, so lists of it are joined by moving.
pub trait ConcatAll {
    /// All of them in one list.
    fn concat_all(self) -> Vec<ApiError>;
}

impl<const N: usize> ConcatAll for [Vec<ApiError>; N] {
    fn concat_all(self) -> Vec<ApiError> {
        self.into_iter().flatten().collect()
    }
}
