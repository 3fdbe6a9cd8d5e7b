//! `docs/errors.md`: the table of codes, and what each failure answers.

use std::{collections::BTreeSet, fmt::Write};

use minsu_application::{
    AccountError, AppError, CalendarError, CaptchaError, EventError, HeldDays, IdempotencyError, ListingError,
    OrderError, PaymentFailed, PictureError, QuotaError, SessionError, SmsCodeError, TokenError, WebhookError,
    orders::Quoted,
};
use minsu_dialect_classic::envelope::Classic;
use minsu_dialect_v1::envelope::V1;
use minsu_dialect_v2::problem::{
    Problem,
    answer::{RULES, said},
};
use minsu_domain::{BookingRefused, Field, Invalid, Money, Quote, Rule, Stay, StayRule, TransitionRefused};
use minsu_ports::{CacheError, ObjectError, PaymentError, SmsError, StoreError};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    dialect::Envelope,
    errno::Errno,
    verdict::Verdict,
};

use super::{compare, enums::variants, generated};

const INTRODUCTION: &str = "
A call answers a code and a fixed sentence, `errmsg`. Branch on the code; show the sentence. No
sentence ever contains what the client sent.

v1 (`/api/v1.0`) has the code in `errno`, always a string. Classic (`/api`) has it twice: `errno` is
the number `0` on success and a string on failure, `errcode` is always a string.

A refusal by the rules of the business has status 200, as the old pages expect. With the setting
`server.business_status = true` it has the status of the last column instead, or 429 where a limit
refuses. Whatever a limit refuses for a time carries `Retry-After` in seconds. What is no business answer has
the status that the second table shows, whatever the setting.
";

/// Every failure there is, but for the fields of [`Invalid`], which have a table of their own.
fn failures() -> Vec<ApiError> {
    let cause = || "the cause goes to the log".into();
    let booking = [
        BookingRefused::OwnHouse,
        BookingRefused::InThePast,
        BookingRefused::TooFarAhead,
        BookingRefused::TooManyGuests,
        BookingRefused::Notice,
        BookingRefused::BeyondWindow,
        BookingRefused::TooShort,
        BookingRefused::TooLong,
        BookingRefused::NoArrival,
        BookingRefused::NoDeparture,
        BookingRefused::Amount,
    ];
    let transition = [
        TransitionRefused::WrongParty,
        TransitionRefused::WrongState,
        TransitionRefused::Expired,
        TransitionRefused::StayOver,
        TransitionRefused::StayNotBegun,
    ];
    let app = [
        SessionError::NotLoggedIn.into(),
        SessionError::WrongCredentials.into(),
        CaptchaError::Expired.into(),
        CaptchaError::Spoken.into(),
        CaptchaError::Wrong.into(),
        SmsCodeError::Expired.into(),
        SmsCodeError::Wrong.into(),
        AccountError::MobileRegistered.into(),
        AccountError::NameTaken.into(),
        AccountError::WrongPassword.into(),
        SessionError::NotFound.into(),
        SessionError::ConfirmationNeeded.into(),
        AccountError::OrdersOpen(Vec::new()).into(),
        AccountError::NotFound.into(),
        AccountError::IdentityAlreadyVerified.into(),
        AccountError::IdentityNotVerified.into(),
        AccountError::VersionStale.into(),
        AccountError::IdentityInUse.into(),
        AccountError::IdentityProofNeeded.into(),
        AccountError::IdentityProofWrong.into(),
        AccountError::SameMobile.into(),
        CaptchaError::NotSpoken.into(),
        ListingError::UnknownArea.into(),
        ListingError::UnknownFacility.into(),
        ListingError::NotFound.into(),
        ListingError::NotOwner.into(),
        ListingError::PictureNeeded.into(),
        ListingError::LastPicture.into(),
        ListingError::NoSuchPicture.into(),
        ListingError::PicturesMismatch.into(),
        ListingError::OrdersOpen(Vec::new()).into(),
        ListingError::WrongState.into(),
        ListingError::VersionStale.into(),
        ListingError::DaysHeldByOrders(HeldDays { days: vec![], orders: vec![] }).into(),
        OrderError::DaysTaken(vec![]).into(),
        OrderError::NotFound.into(),
        OrderError::ConflictOpen(vec![]).into(),
        CalendarError::NoSuchFeed.into(),
        CalendarError::NoSuchExport.into(),
        CalendarError::TooManyFeeds.into(),
        CalendarError::TooManyExports.into(),
        CalendarError::AddressRefused.into(),
        CalendarError::UnknownHost.into(),
        CalendarError::VersionStale.into(),
        CalendarError::Paused.into(),
        WebhookError::NotFound.into(),
        WebhookError::TooMany.into(),
        WebhookError::AddressRefused.into(),
        WebhookError::VersionStale.into(),
        WebhookError::Waiting.into(),
        PictureError::NotAPicture.into(),
        PictureError::Incomplete.into(),
        PictureError::TooLarge.into(),
        SmsCodeError::NotSent(SmsError::Failed(cause())).into(),
        PictureError::NotStored(ObjectError::Failed(cause())).into(),
        AppError::TooOften(std::time::Duration::ZERO),
        OrderError::PriceChanged(Box::new(quote())).into(),
        PaymentFailed::NotFound.into(),
        PaymentFailed::NotOffered.into(),
        PaymentFailed::TooMuch.into(),
        PaymentFailed::Provider(PaymentError::Refused(String::new())).into(),
        OrderError::QuoteExpired.into(),
        OrderError::QuoteMismatch.into(),
        EventError::Deleted.into(),
        TokenError::NotFound.into(),
        TokenError::TooMany.into(),
        TokenError::SessionNeeded.into(),
        TokenError::ScopeMissing.into(),
        IdempotencyError::TakenOver.into(),
        QuotaError::Houses.into(),
        QuotaError::Pictures.into(),
        QuotaError::PictureBytes.into(),
        QuotaError::PublicationsToday(std::time::Duration::ZERO).into(),
        QuotaError::OrdersToday(std::time::Duration::ZERO).into(),
        QuotaError::WaitingOrders(std::time::Duration::ZERO).into(),
        QuotaError::WaitingDays(None).into(),
        AppError::Busy("drawing captchas"),
        AppError::StoreUnavailable(StoreError::Unavailable(cause())),
        AppError::CacheUnavailable(CacheError::Unavailable(cause())),
        AppError::Internal(cause()),
    ];
    let request = [
        RequestFault::UnknownPath,
        RequestFault::MethodNotAllowed,
        RequestFault::MalformedBody,
        RequestFault::UnsupportedMediaType,
        RequestFault::BodyTooLarge,
        RequestFault::WrongFields,
        RequestFault::CrossSite,
        RequestFault::TooManyRequests(std::time::Duration::ZERO),
        RequestFault::TimedOut,
        RequestFault::MalformedHead,
        RequestFault::HeadTooLarge,
    ];
    let mut failures = vec![ApiError::NoSession];
    failures.extend(app.map(ApiError::App));
    failures.extend(booking.map(|refused| ApiError::App(refused.into())));
    failures.extend(transition.map(|refused| ApiError::App(refused.into())));
    failures.extend(request.map(ApiError::Request));
    failures
}

/// Any price.
fn quote() -> Quoted {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
    let quote = Quote::at_one_price(&Stay::new(day, day, StayRule::Days).unwrap(), Money::ZERO).unwrap();
    Quoted { quote, deposit: Money::ZERO, valid_until: chrono::DateTime::UNIX_EPOCH, token: String::new() }
}

/// Where the failures of the use cases stand.
const ERRORS: &str = "crates/application/src/error.rs";

/// The enums whose variants are failures, and the variants that only wrap another one.
const ENUMS: [(&str, &str, &[&str]); 17] = [
    ("ApiError", "crates/web/src/api_error.rs", &["App", "Request", "Native"]),
    (
        "AppError",
        ERRORS,
        &[
            "Invalid",
            "Session",
            "Captcha",
            "SmsCode",
            "Account",
            "Listing",
            "Order",
            "Quota",
            "Token",
            "Idempotency",
            "Picture",
            "Calendar",
            "Webhook",
        ],
    ),
    ("SessionError", ERRORS, &[]),
    ("CaptchaError", ERRORS, &[]),
    ("SmsCodeError", ERRORS, &[]),
    ("AccountError", ERRORS, &[]),
    ("ListingError", "crates/application/src/listing_error.rs", &[]),
    ("CalendarError", "crates/application/src/calendar_error.rs", &[]),
    ("WebhookError", "crates/application/src/webhook_error.rs", &[]),
    ("QuotaError", ERRORS, &[]),
    ("TokenError", ERRORS, &[]),
    ("IdempotencyError", ERRORS, &[]),
    ("OrderError", ERRORS, &["BookingRefused", "TransitionRefused"]),
    ("PictureError", ERRORS, &[]),
    ("BookingRefused", "crates/domain/src/booking.rs", &[]),
    ("TransitionRefused", "crates/domain/src/order.rs", &[]),
    ("RequestFault", "crates/web/src/request_fault.rs", &[]),
];

/// `OrderError::DaysTaken`: the innermost enum and its variant.
fn name(failure: &ApiError) -> String {
    let variant = |value: &dyn std::fmt::Debug| {
        let text = format!("{value:?}");
        text.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned()
    };
    match failure {
        ApiError::App(error) => match error {
            AppError::Session(error) => format!("SessionError::{}", variant(error)),
            AppError::Captcha(error) => format!("CaptchaError::{}", variant(error)),
            AppError::SmsCode(error) => format!("SmsCodeError::{}", variant(error)),
            AppError::Account(error) => format!("AccountError::{}", variant(error)),
            AppError::Listing(error) => format!("ListingError::{}", variant(error)),
            AppError::Calendar(error) => format!("CalendarError::{}", variant(error)),
            AppError::Webhook(error) => format!("WebhookError::{}", variant(error)),
            AppError::Quota(error) => format!("QuotaError::{}", variant(error)),
            AppError::Token(error) => format!("TokenError::{}", variant(error)),
            AppError::Idempotency(error) => format!("IdempotencyError::{}", variant(error)),
            AppError::Order(OrderError::BookingRefused(refused)) => format!("BookingRefused::{}", variant(refused)),
            AppError::Order(OrderError::TransitionRefused(refused)) => {
                format!("TransitionRefused::{}", variant(refused))
            }
            AppError::Order(error) => format!("OrderError::{}", variant(error)),
            AppError::Picture(error) => format!("PictureError::{}", variant(error)),
            error => format!("AppError::{}", variant(error)),
        },
        ApiError::Request(fault) => format!("RequestFault::{}", variant(fault)),
        other => format!("ApiError::{}", variant(other)),
    }
}

/// Every variant of [`ENUMS`] that is a failure itself, with what its doc comment says.
fn documented() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (name, file, wrappers) in ENUMS {
        let own = variants(file, name).into_iter().filter(|variant| !wrappers.contains(&variant.name.as_str()));
        all.extend(own.map(|variant| (format!("{name}::{}", variant.name), variant.says)));
    }
    all
}

fn rendered() -> String {
    let mut page = format!("# Errors\n\n{}{INTRODUCTION}", generated("docs::errors"));
    page.push_str("\n## Codes\n\n| code | name | meaning | status on request |\n|---|---|---|---|\n");
    for errno in Errno::ALL {
        let (code, name, meaning) = (errno.code(), errno.name(), errno.meaning());
        writeln!(page, "| {code} | {name} | {meaning} | {} |", errno.semantic_status().as_u16()).unwrap();
    }

    page.push_str(
        "\n## Failures\n\nBy the code of v1. A cell is empty where classic answers the same.\n\n\
         | code | sentence | classic | status | when |\n|---|---|---|---|---|\n",
    );
    let documented = documented();
    let mut failures = failures();
    failures.sort_by_key(|failure| V1.verdict(failure).errno.code());
    for failure in &failures {
        let (v1, classic) = (V1.verdict(failure), Classic.verdict(failure));
        let name = name(failure);
        let says = &documented.iter().find(|(known, _)| *known == name).unwrap().1;
        let of_classic = if classic == v1 { String::new() } else { cell(classic) };
        let status = v1.status.map_or(200, |status| status.as_u16());
        writeln!(page, "| {} | {} | {of_classic} | {status} | {says} |", v1.errno.code(), v1.sentence).unwrap();
    }

    page.push_str(
        "\n## Values that cannot be\n\nCode 4103 in every dialect; the sentence names the field, never the value.\n\n\
         | field | sentence |\n|---|---|\n",
    );
    for &field in Field::ALL {
        let sentence = V1.verdict(&Invalid::range(field).into()).sentence;
        writeln!(page, "| {field:?} | {sentence} |").unwrap();
    }
    for (rule, says) in [(Rule::Common, "on the list of common ones"), (Rule::HasMobile, "with the mobile in it")] {
        let sentence = V1.verdict(&Invalid { field: Field::Password, rule }.into()).sentence;
        writeln!(page, "| Password, {says} | {sentence} |").unwrap();
    }
    problems(&mut page);
    page
}

/// The table of the native API.
fn problems(page: &mut String) {
    page.push_str(
        "\n## Problems of the native API\n\n`/api/v2` answers problem details (RFC 9457): `code` is stable, `title` \
         in the language of `Accept-Language`. The page of each is `/problems/{code}`.\n\n\
         | status | code | 中文 | English | what happened |\n|---|---|---|---|---|\n",
    );
    for problem in Problem::ALL {
        let row = problem.row();
        let (chinese, english, says) = (row.chinese, row.english, row.explanation);
        writeln!(page, "| {} | `{}` | {chinese} | {english} | {says} |", row.status, row.code).unwrap();
    }
    page.push_str("\nWhat can be wrong with a field (`errors` of `invalid_fields`):\n\n| code | 中文 | English |\n|---|---|---|\n");
    for rule in RULES {
        let (code, chinese, english) = said(rule);
        writeln!(page, "| `{code}` | {chinese} | {english} |").unwrap();
    }
}

fn cell(verdict: Verdict) -> String {
    format!("{} {}", verdict.errno.code(), verdict.sentence)
}

#[test]
fn the_page_is_what_the_mapping_says() {
    compare("docs/errors.md", &rendered());
}

#[test]
fn no_failure_is_left_out() {
    let listed: BTreeSet<_> = failures().iter().map(name).collect();
    let documented: BTreeSet<_> = documented().into_iter().map(|(name, _)| name).collect();
    assert_eq!(listed, documented, "add the failure to `failures`");
}
