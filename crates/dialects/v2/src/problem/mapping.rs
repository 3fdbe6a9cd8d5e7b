//! Which problem a failure is, and what its answer has beside: the one mapping.

use std::time::Duration;

use chrono::NaiveDate;
use minsu_application::{
    AccountError, AppError, CalendarError, CaptchaError, EventError, IdempotencyError, ListingError, OrderError,
    PaymentFailed, PictureError, QuotaError, SessionError, SmsCodeError, TokenError, WebhookError, orders::Quoted,
};
use minsu_domain::{BookingRefused, Field, Invalid, OrderId, TransitionRefused};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    native_fault::{FieldFault, FieldRule, NativeFault},
};

use super::Problem;

/// How long a client is told to wait for a busy server or a failed backend.
const A_MOMENT: Duration = Duration::from_secs(1);

/// A problem with all that its answer tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The problem.
    pub problem: Problem,
    /// The fields at fault.
    pub errors: Vec<FieldFault>,
    /// The rule that refuses a stay.
    pub rule: Option<&'static str>,
    /// What a stay costs now.
    pub quote: Option<Box<Quoted>>,
    /// The days that are taken.
    pub days: Vec<NaiveDate>,
    /// The orders that stand in the way.
    pub orders: Vec<OrderId>,
    /// How long to wait.
    pub retry_after: Option<Duration>,
}

impl Told {
    const fn of(problem: Problem) -> Self {
        Self {
            problem,
            errors: Vec::new(),
            rule: None,
            quote: None,
            days: Vec::new(),
            orders: Vec::new(),
            retry_after: None,
        }
    }

    fn at(pointer: &str, rule: FieldRule) -> Self {
        let errors = vec![FieldFault { pointer: pointer.to_owned(), rule }];
        Self { errors, ..Self::of(Problem::InvalidFields) }
    }

    fn after(problem: Problem, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..Self::of(problem) }
    }

    fn by_rule(rule: &'static str) -> Self {
        Self { rule: Some(rule), ..Self::of(Problem::StayNotAllowed) }
    }
}

impl From<&ApiError> for Told {
    fn from(error: &ApiError) -> Self {
        match error {
            ApiError::App(error) => of_app(error),
            ApiError::NoSession => Self::of(Problem::NotLoggedIn),
            ApiError::Request(fault) => of_request(fault),
            ApiError::Native(fault) => of_native(fault),
        }
    }
}

fn of_app(error: &AppError) -> Told {
    match error {
        AppError::Invalid(invalid) => Told::at(&pointer(invalid.field), (*invalid).into()),
        AppError::Session(error) => Told::of(match error {
            SessionError::NotLoggedIn => Problem::NotLoggedIn,
            SessionError::WrongCredentials => Problem::WrongCredentials,
            SessionError::NotFound => Problem::NotFound,
            SessionError::ConfirmationNeeded => Problem::ConfirmationNeeded,
        }),
        AppError::Captcha(error) => Told::of(match error {
            CaptchaError::Expired | CaptchaError::Wrong => Problem::CaptchaWrong,
            CaptchaError::Spoken => Problem::LimitReached,
            CaptchaError::NotSpoken => Problem::NotFound,
        }),
        AppError::SmsCode(error) => Told::of(match error {
            SmsCodeError::Expired | SmsCodeError::Wrong => Problem::SmsCodeWrong,
            SmsCodeError::NotSent(_) => Problem::ProviderFailed,
        }),
        AppError::Account(error) => of_account(error),
        AppError::Listing(error) => of_listing(error),
        AppError::Order(error) => of_order(error),
        AppError::Calendar(error) => of_calendar(error),
        AppError::Event(EventError::Deleted) => Told::of(Problem::Expired),
        AppError::Picture(error) => Told::of(match error {
            PictureError::NotAPicture | PictureError::Incomplete | PictureError::TooLarge => Problem::PictureUnreadable,
            PictureError::NotStored(_) => Problem::ProviderFailed,
        }),
        AppError::Payment(error) => match error {
            PaymentFailed::NotFound => Told::of(Problem::NotFound),
            PaymentFailed::NotOffered => Told::at("/method", FieldRule::NotFound),
            PaymentFailed::TooMuch => Told::at("/amount", FieldRule::Range),
            PaymentFailed::Provider(_) => Told::of(Problem::ProviderFailed),
        },
        AppError::Quota(error) => of_quota(error),
        AppError::Token(error) => Told::of(match error {
            TokenError::NotFound => Problem::NotFound,
            TokenError::TooMany => Problem::LimitReached,
            TokenError::SessionNeeded => Problem::Forbidden,
            TokenError::ScopeMissing => Problem::ScopeMissing,
        }),
        AppError::Webhook(error) => Told::of(match error {
            WebhookError::NotFound => Problem::NotFound,
            WebhookError::TooMany => Problem::LimitReached,
            WebhookError::AddressRefused => Problem::AddressRefused,
            WebhookError::VersionStale => Problem::VersionStale,
            WebhookError::Waiting => Problem::WrongState,
        }),
        AppError::Idempotency(IdempotencyError::TakenOver) => Told::after(Problem::InProgress, A_MOMENT),
        AppError::TooOften(wait) => Told::after(Problem::RateLimited, *wait),
        AppError::Busy(_) => Told::after(Problem::Overloaded, A_MOMENT),
        AppError::StoreUnavailable(_) | AppError::CacheUnavailable(_) => Told::after(Problem::Unavailable, A_MOMENT),
        AppError::Internal(_) => Told::of(Problem::InternalError),
    }
}

fn of_listing(error: &ListingError) -> Told {
    Told::of(match error {
        ListingError::UnknownArea => return Told::at("/area_id", FieldRule::NotFound),
        ListingError::UnknownFacility => return Told::at("/facilities", FieldRule::NotFound),
        ListingError::DaysHeldByOrders(held) => {
            let (days, orders) = (held.days.clone(), held.orders.clone());
            return Told { days, orders, ..Told::of(Problem::DaysHeldByOrders) };
        }
        ListingError::PicturesMismatch => return Told::at("/pictures", FieldRule::Mismatch),
        ListingError::OrdersOpen(orders) => {
            return Told { orders: orders.clone(), ..Told::of(Problem::OpenOrders) };
        }
        ListingError::NotFound | ListingError::NoSuchPicture => Problem::NotFound,
        ListingError::NotOwner => Problem::Forbidden,
        ListingError::PictureNeeded => Problem::PictureNeeded,
        ListingError::WrongState | ListingError::LastPicture => Problem::WrongState,
        ListingError::VersionStale => Problem::VersionStale,
    })
}

fn of_calendar(error: &CalendarError) -> Told {
    Told::of(match error {
        CalendarError::NoSuchFeed | CalendarError::NoSuchExport => Problem::NotFound,
        CalendarError::TooManyFeeds | CalendarError::TooManyExports => Problem::LimitReached,
        CalendarError::AddressRefused => Problem::AddressRefused,
        CalendarError::UnknownHost => return Told::at("/url", FieldRule::NotFound),
        CalendarError::VersionStale => Problem::VersionStale,
        CalendarError::Paused => Problem::WrongState,
    })
}

fn of_account(error: &AccountError) -> Told {
    Told::of(match error {
        AccountError::MobileRegistered => Problem::MobileTaken,
        AccountError::NameTaken => Problem::NameTaken,
        AccountError::WrongPassword => Problem::WrongCredentials,
        AccountError::OrdersOpen(orders) => {
            return Told { orders: orders.clone(), ..Told::of(Problem::OpenOrders) };
        }
        AccountError::NotFound => Problem::NotFound,
        AccountError::IdentityAlreadyVerified => Problem::AlreadyVerified,
        AccountError::IdentityNotVerified => Problem::IdentityNeeded,
        AccountError::IdentityInUse => Problem::LimitReached,
        AccountError::VersionStale => Problem::VersionStale,
        AccountError::IdentityProofNeeded | AccountError::IdentityProofWrong => {
            return Told::at("/id_last4", FieldRule::Mismatch);
        }
        AccountError::SameMobile => return Told::at("/mobile", FieldRule::Mismatch),
    })
}

fn of_order(error: &OrderError) -> Told {
    match error {
        OrderError::BookingRefused(refused) => match refused {
            BookingRefused::OwnHouse => Told::of(Problem::OwnListing),
            BookingRefused::InThePast => Told::by_rule("past"),
            BookingRefused::TooFarAhead => Told::by_rule("too_far_ahead"),
            BookingRefused::TooManyGuests => Told::by_rule("guests"),
            BookingRefused::Notice => Told::by_rule("notice_days"),
            BookingRefused::BeyondWindow => Told::by_rule("window_days"),
            BookingRefused::TooShort => Told::by_rule("min_days"),
            BookingRefused::TooLong => Told::by_rule("max_days"),
            BookingRefused::NoArrival => Told::by_rule("arrival_days"),
            BookingRefused::NoDeparture => Told::by_rule("departure_days"),
            BookingRefused::Amount => Told::by_rule("amount"),
        },
        OrderError::DaysTaken(days) => Told { days: days.clone(), ..Told::of(Problem::DaysTaken) },
        OrderError::NotFound => Told::of(Problem::NotFound),
        OrderError::ConflictOpen(days) => Told { days: days.clone(), ..Told::of(Problem::ConflictOpen) },
        OrderError::TransitionRefused(refused) => Told::of(match refused {
            TransitionRefused::WrongParty => Problem::Forbidden,
            TransitionRefused::WrongState
            | TransitionRefused::Expired
            | TransitionRefused::StayOver
            | TransitionRefused::StayNotBegun => Problem::WrongState,
        }),
        OrderError::QuoteExpired => Told::of(Problem::Expired),
        OrderError::QuoteMismatch => Told::at("/quote_token", FieldRule::Mismatch),
        OrderError::PriceChanged(quote) => Told { quote: Some(quote.clone()), ..Told::of(Problem::PriceChanged) },
    }
}

/// Waiting helps against the quotas of a day and of orders that wait, and against no other.
fn of_quota(error: &QuotaError) -> Told {
    match error {
        QuotaError::Houses | QuotaError::Pictures | QuotaError::PictureBytes | QuotaError::WaitingDays(None) => {
            Told::of(Problem::LimitReached)
        }
        QuotaError::PublicationsToday(wait)
        | QuotaError::OrdersToday(wait)
        | QuotaError::WaitingOrders(wait)
        | QuotaError::WaitingDays(Some(wait)) => Told::after(Problem::QuotaReached, *wait),
    }
}

fn of_request(fault: &RequestFault) -> Told {
    match fault {
        RequestFault::UnknownPath => Told::of(Problem::NotFound),
        RequestFault::MethodNotAllowed => Told::of(Problem::MethodNotAllowed),
        RequestFault::MalformedBody | RequestFault::MalformedHead => Told::of(Problem::Malformed),
        RequestFault::UnsupportedMediaType => Told::of(Problem::UnsupportedMediaType),
        RequestFault::BodyTooLarge => Told::of(Problem::TooLarge),
        RequestFault::WrongFields => Told::at("", FieldRule::Format),
        RequestFault::CrossSite => Told::of(Problem::CrossSite),
        RequestFault::TooManyRequests(wait) => Told::after(Problem::RateLimited, *wait),
        RequestFault::TimedOut => Told::of(Problem::RequestTimeout),
        RequestFault::HeadTooLarge => Told::of(Problem::HeadTooLarge),
    }
}

fn of_native(fault: &NativeFault) -> Told {
    match fault {
        NativeFault::InvalidFields(errors) => Told { errors: errors.clone(), ..Told::of(Problem::InvalidFields) },
        NativeFault::VersionMissing => Told::of(Problem::VersionMissing),
        NativeFault::VersionStale => Told::of(Problem::VersionStale),
        NativeFault::IdempotencyKeyReused => Told::of(Problem::IdempotencyKeyReused),
        NativeFault::InProgress(wait) => Told::after(Problem::InProgress, *wait),
        NativeFault::TokenInvalid => Told::of(Problem::TokenInvalid),
        NativeFault::TooManyGuests => Told::by_rule("guests"),
        NativeFault::IdempotencyKeyMissing => Told::of(Problem::IdempotencyKeyMissing),
    }
}

/// Where the native API has a field of the domain, for what a use case finds out about it: under the field's own name,
/// but for those that it calls otherwise.
pub(crate) fn pointer(field: Field) -> String {
    let name = match field {
        Field::UserName | Field::TokenName | Field::CalendarName => "name",
        Field::IdentityNumber => "id_number",
        Field::Money => "price",
        Field::Day => "start",
        Field::Stay | Field::DateRange => "end",
        Field::Listing => return String::new(),
        Field::Facility => "facilities",
        Field::Comment => "text",
        Field::RejectReason => "reason",
        Field::Page => "limit",
        Field::Words => "q",
        Field::Cursor => "after",
        Field::PictureKey => "picture",
        Field::TokenScopes => "scopes",
        Field::TokenExpiry => "expires_at",
        Field::IdempotencyKey => "Idempotency-Key",
        Field::Version => "If-Match",
        named => return format!("/{}", snake_case(&format!("{named:?}"))),
    };
    format!("/{name}")
}

/// `RoomCount` as `room_count`.
fn snake_case(name: &str) -> String {
    name.char_indices().fold(String::new(), |mut snake, (place, letter)| {
        if letter.is_ascii_uppercase() && place > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
        snake
    })
}

impl From<Invalid> for Told {
    fn from(invalid: Invalid) -> Self {
        Self::at(&pointer(invalid.field), invalid.into())
    }
}
