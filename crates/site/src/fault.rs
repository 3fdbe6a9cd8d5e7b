//! What a refusal says to a person, and whether the form that was refused is shown again.

use actix_web::http::StatusCode;
use minsu_application::{
    AccountError, AppError, CalendarError, CaptchaError, EventError, ListingError, OrderError, PaymentFailed,
    PictureError, QuotaError, SessionError, SmsCodeError, WebhookError,
};
use minsu_domain::{BookingRefused, TransitionRefused};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    field_sentences,
    language::Language,
    native_fault::NativeFault,
};

/// The status of an answer to a failed request.
pub fn status(error: &ApiError) -> StatusCode {
    let verdict = error.verdict();
    match error {
        ApiError::Request(RequestFault::CrossSite) => StatusCode::FORBIDDEN,
        _ => verdict.status.or(verdict.semantic).unwrap_or_else(|| verdict.errno.semantic_status()),
    }
}

/// Why a request was refused.
pub fn sentence(error: &ApiError, language: Language) -> &'static str {
    match (language, error) {
        (Language::Chinese, ApiError::Native(NativeFault::TooManyGuests)) => "入住人数超过房屋可住人数",
        (Language::Chinese, ApiError::Request(RequestFault::CrossSite)) => "表单已过期，或来自其他网站，请返回重试",
        (Language::Chinese, _) => error.verdict().sentence,
        (Language::English, ApiError::App(error)) => of_app(error),
        (Language::English, ApiError::NoSession) => "You are not logged in.",
        (Language::English, ApiError::Request(fault)) => of_request(fault),
        (Language::English, ApiError::Native(NativeFault::TooManyGuests)) => "The house does not take so many guests.",
        (Language::English, ApiError::Native(_)) => "The request is not right.",
    }
}

/// A refusal to be shown above the form, so that it can be mended; anything else is a page of its own.
///
/// # Errors
/// The error itself, where the form cannot help.
pub fn above_the_form(error: ApiError, language: Language) -> Result<&'static str, ApiError> {
    let can_be_mended = match &error {
        ApiError::App(error) => match error {
            AppError::Invalid(_)
            | AppError::Captcha(_)
            | AppError::SmsCode(_)
            | AppError::Account(_)
            | AppError::Quota(_)
            | AppError::Picture(_) => true,
            AppError::Calendar(error) => !matches!(error, CalendarError::NoSuchFeed | CalendarError::NoSuchExport),
            AppError::Webhook(error) => !matches!(error, WebhookError::NotFound),
            AppError::Payment(error) => !matches!(error, PaymentFailed::NotFound),
            AppError::Session(error) => matches!(error, SessionError::WrongCredentials),
            AppError::Listing(error) => !matches!(error, ListingError::NotFound | ListingError::NotOwner),
            AppError::Order(error) => {
                !matches!(error, OrderError::NotFound | OrderError::TransitionRefused(TransitionRefused::WrongParty))
            }
            AppError::Event(_)
            | AppError::Token(_)
            | AppError::Idempotency(_)
            | AppError::TooOften(_)
            | AppError::Busy(_)
            | AppError::StoreUnavailable(_)
            | AppError::CacheUnavailable(_)
            | AppError::Internal(_) => false,
        },
        ApiError::Native(NativeFault::TooManyGuests) | ApiError::Request(RequestFault::WrongFields) => true,
        ApiError::NoSession | ApiError::Request(_) | ApiError::Native(_) => false,
    };
    if can_be_mended { Ok(sentence(&error, language)) } else { Err(error) }
}

const fn of_app(error: &AppError) -> &'static str {
    match error {
        AppError::Invalid(invalid) => field_sentences::in_english(*invalid),
        AppError::Session(error) => match error {
            SessionError::NotLoggedIn => "You are not logged in.",
            SessionError::WrongCredentials => "The mobile number or the password is wrong.",
            SessionError::NotFound => "There is no such session.",
            SessionError::ConfirmationNeeded => "Please give your password once more.",
        },
        AppError::Captcha(error) => match error {
            CaptchaError::Expired => "The picture is too old. Please read the new one.",
            CaptchaError::Wrong => "The characters are not those of the picture. Please read the new one.",
            CaptchaError::Spoken => "This picture was spoken often enough. Please ask for another one.",
            CaptchaError::NotSpoken => "This site does not speak its pictures.",
        },
        AppError::SmsCode(error) => match error {
            SmsCodeError::Expired => "The code is too old. Please ask for another one.",
            SmsCodeError::Wrong => "The code is wrong.",
            SmsCodeError::NotSent(_) => "The message could not be sent. Please try again later.",
        },
        AppError::Account(error) => of_account(error),
        AppError::Listing(error) => of_listing(error),
        AppError::Order(error) => of_order(error),
        AppError::Payment(error) => match error {
            PaymentFailed::NotFound => "There is no such payment.",
            PaymentFailed::NotOffered => "This site does not take payments in this way.",
            PaymentFailed::TooMuch => "More than was paid cannot be paid back.",
            PaymentFailed::Provider(_) => "The payment service does not answer. Please try again in a moment.",
        },
        AppError::Calendar(error) => of_calendar(error),
        AppError::Event(EventError::Deleted) => "These events are no longer kept.",
        AppError::Quota(error) => of_quota(error),
        AppError::Picture(error) => match error {
            PictureError::NotAPicture => "This is not a JPEG, PNG or WebP picture.",
            PictureError::Incomplete => "A part of the picture is missing.",
            PictureError::TooLarge => "The picture has too many pixels.",
            PictureError::NotStored(_) => "The picture could not be stored. Please try again later.",
        },
        AppError::Token(_) => "A token cannot do this.",
        AppError::Webhook(error) => match error {
            WebhookError::NotFound => "There is no such webhook or delivery.",
            WebhookError::TooMany => "You have as many webhooks as there can be.",
            WebhookError::AddressRefused => "The site does not call this address: it must be https at a public host.",
            WebhookError::VersionStale => "The webhook was changed meanwhile. Please look at it again.",
            WebhookError::Waiting => "This delivery is waiting already.",
        },
        AppError::Idempotency(_) => "The request is being processed.",
        AppError::TooOften(_) => "That was too often. Please wait a moment.",
        AppError::Busy(_) | AppError::StoreUnavailable(_) | AppError::CacheUnavailable(_) => {
            "The site is busy. Please try again in a moment."
        }
        AppError::Internal(_) => "Something went wrong.",
    }
}

const fn of_calendar(error: &CalendarError) -> &'static str {
    match error {
        CalendarError::NoSuchFeed => "There is no such calendar.",
        CalendarError::NoSuchExport => "There is no such link.",
        CalendarError::TooManyFeeds => "The house has as many calendars as a house may have.",
        CalendarError::TooManyExports => "The house has as many links as a house may have.",
        CalendarError::AddressRefused => "This address is not called: give one that begins with https://.",
        CalendarError::UnknownHost => "The host of this address does not exist.",
        CalendarError::VersionStale => "The calendar was changed meanwhile.",
        CalendarError::Paused => "The calendar is paused.",
    }
}

const fn of_account(error: &AccountError) -> &'static str {
    match error {
        AccountError::MobileRegistered => "This mobile number is registered. Log in, or choose a new password.",
        AccountError::NameTaken => "This name is taken.",
        AccountError::WrongPassword => "The password is wrong.",
        AccountError::OrdersOpen(_) => "Some orders are not over yet, so the account cannot be deleted.",
        AccountError::NotFound => "There is no such account.",
        AccountError::IdentityAlreadyVerified => "Your real name is written already and cannot be changed.",
        AccountError::IdentityInUse => "Another account has this identity number.",
        AccountError::IdentityProofNeeded => {
            "This account is verified: please also give the last four characters of the identity number."
        }
        AccountError::IdentityProofWrong => "The last four characters of the identity number are wrong.",
        AccountError::SameMobile => "This is the number that you have.",
        AccountError::IdentityNotVerified => "Please give your real name first.",
        AccountError::VersionStale => "The profile was changed meanwhile.",
    }
}

const fn of_listing(error: &ListingError) -> &'static str {
    match error {
        ListingError::UnknownArea => "There is no such district.",
        ListingError::UnknownFacility => "There is no such facility.",
        ListingError::NotFound => "There is no such house.",
        ListingError::PictureNeeded => "Please add a picture first.",
        ListingError::WrongState => "The state of the house does not allow this.",
        ListingError::LastPicture => "A published house keeps at least one picture.",
        ListingError::NoSuchPicture => "The house has no such picture.",
        ListingError::PicturesMismatch => "The pictures were changed meanwhile.",
        ListingError::OrdersOpen(_) => "Some orders for the house are not over yet, so it cannot be deleted.",
        ListingError::VersionStale => "The house was changed meanwhile.",
        ListingError::DaysHeldByOrders(_) => "Orders hold some of these days.",
        ListingError::NotOwner => "This house belongs to another landlord.",
    }
}

const fn of_order(error: &OrderError) -> &'static str {
    match error {
        OrderError::BookingRefused(refused) => match refused {
            BookingRefused::OwnHouse => "You cannot book your own house.",
            BookingRefused::InThePast => "The first day is in the past.",
            BookingRefused::TooFarAhead => "The stay is too far ahead.",
            BookingRefused::TooManyGuests => "The house takes fewer guests.",
            BookingRefused::Notice => "The house must be booked earlier.",
            BookingRefused::BeyondWindow => "The house cannot be booked so far ahead.",
            BookingRefused::TooShort => "The house takes longer stays on these days.",
            BookingRefused::TooLong => "The stay is too long.",
            BookingRefused::NoArrival => "No stay begins on this day.",
            BookingRefused::NoDeparture => "No stay ends on this day.",
            BookingRefused::Amount => "The amount is too large.",
        },
        OrderError::DaysTaken(_) => "Some of these days are taken.",
        OrderError::NotFound => "There is no such order.",
        OrderError::ConflictOpen(_) => {
            "Another site has a stay on these days. Open the order to accept it all the same, or reject it."
        }
        OrderError::TransitionRefused(refused) => match refused {
            TransitionRefused::WrongParty => "This order is not yours to decide.",
            TransitionRefused::WrongState => "The order has been moved on meanwhile.",
            TransitionRefused::Expired => "The order has expired.",
            TransitionRefused::StayOver => "The stay is over.",
            TransitionRefused::StayNotBegun => "The stay has not begun yet.",
        },
        OrderError::QuoteExpired | OrderError::QuoteMismatch => {
            "The price is no longer valid. Please look at it again."
        }
        OrderError::PriceChanged(_) => "The price has changed. Please look at it again.",
    }
}

const fn of_quota(error: &QuotaError) -> &'static str {
    match error {
        QuotaError::Houses => "You have as many houses as one landlord can have.",
        QuotaError::Pictures => "The house has as many pictures as it can have.",
        QuotaError::PictureBytes => "Your pictures take all the room that there is.",
        QuotaError::PublicationsToday(_) => "You have published as many houses as one can in a day.",
        QuotaError::OrdersToday(_) => "You have placed as many orders as one can in a day.",
        QuotaError::WaitingOrders(_) | QuotaError::WaitingDays(_) => {
            "Too many of your orders still wait for an answer."
        }
    }
}

const fn of_request(fault: &RequestFault) -> &'static str {
    match fault {
        RequestFault::UnknownPath => "There is no such page.",
        RequestFault::MethodNotAllowed => "The page cannot be asked for in this way.",
        RequestFault::MalformedBody | RequestFault::UnsupportedMediaType => "The form could not be read.",
        RequestFault::BodyTooLarge => "The file is too large.",
        RequestFault::WrongFields => "Something in the form is missing or not right.",
        RequestFault::CrossSite => "The form is too old, or was sent by another site. Please go back and try again.",
        RequestFault::TooManyRequests(_) => "Too many requests. Please wait a moment.",
        RequestFault::MalformedHead => "The request could not be read.",
        RequestFault::HeadTooLarge => "The address or the cookies of the request are too long.",
        RequestFault::TimedOut => "The form took too long to arrive.",
    }
}
