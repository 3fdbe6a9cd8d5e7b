//! `docs/errors.md`: the table of codes, and what each failure answers.

use std::{collections::BTreeSet, fmt::Write};

use minsu_api::{
    dialect::Dialect,
    http::{
        api_error::{ApiError, RequestFault, Verdict},
        errno::Errno,
    },
};
use minsu_application::AppError;
use minsu_domain::{BookingRefused, Field, Invalid, Rule, TransitionRefused};
use minsu_ports::{CacheError, ObjectError, SmsError, StoreError};

use super::{compare, enums::variants, generated};

const INTRODUCTION: &str = "
A call answers a code and a fixed sentence, `errmsg`. Branch on the code; show the sentence. No
sentence ever contains what the client sent.

v1 (`/api/v1.0`) has the code in `errno`, always a string. Classic (`/api`) has it twice: `errno` is
the number `0` on success and a string on failure, `errcode` is always a string.

A refusal by the rules of the business has status 200, as the old pages expect. With the setting
`server.business_status = true` it has the status of the last column instead, or 429 where a limit
refuses. Whatever a limit refuses carries `Retry-After` in seconds. What is no business answer has
the status that the second table shows, whatever the setting.
";

/// Every failure there is, but for the fields of [`Invalid`], which have a table of their own.
fn failures() -> Vec<ApiError> {
    let cause = || "the cause goes to the log".into();
    let booking = [
        BookingRefused::OwnHouse,
        BookingRefused::InThePast,
        BookingRefused::TooFarAhead,
        BookingRefused::Length,
        BookingRefused::Amount,
    ];
    let transition = [TransitionRefused::WrongParty, TransitionRefused::WrongState];
    let app = [
        AppError::NotLoggedIn,
        AppError::WrongCredentials,
        AppError::CaptchaExpired,
        AppError::CaptchaWrong,
        AppError::SmsCodeExpired,
        AppError::SmsCodeWrong,
        AppError::MobileRegistered,
        AppError::UserNameTaken,
        AppError::PasswordWrong,
        AppError::SessionNotFound,
        AppError::OrdersOpen,
        AppError::UserNotFound,
        AppError::IdentityAlreadyVerified,
        AppError::IdentityNotVerified,
        AppError::UnknownArea,
        AppError::UnknownFacility,
        AppError::HouseNotFound,
        AppError::NotYourHouse,
        AppError::DaysTaken,
        AppError::OrderNotFound,
        AppError::NotAPicture,
        AppError::PictureTooLarge,
        AppError::SmsFailed(SmsError::Failed(cause())),
        AppError::UploadFailed(ObjectError::Failed(cause())),
        AppError::TooOften(std::time::Duration::ZERO),
        AppError::TooManyWaitingOrders,
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
    ];
    let mut failures = vec![ApiError::NoSession];
    failures.extend(app.map(ApiError::App));
    failures.extend(booking.map(|refused| ApiError::App(refused.into())));
    failures.extend(transition.map(|refused| ApiError::App(refused.into())));
    failures.extend(request.map(ApiError::Request));
    failures
}

const FIELDS: [Field; 28] = [
    Field::Id,
    Field::Mobile,
    Field::UserName,
    Field::Password,
    Field::RealName,
    Field::IdentityNumber,
    Field::Money,
    Field::Day,
    Field::Stay,
    Field::Title,
    Field::Address,
    Field::Price,
    Field::Deposit,
    Field::RoomCount,
    Field::Acreage,
    Field::Unit,
    Field::Capacity,
    Field::Beds,
    Field::MinDays,
    Field::MaxDays,
    Field::Facility,
    Field::Comment,
    Field::RejectReason,
    Field::DateRange,
    Field::Page,
    Field::Words,
    Field::Cursor,
    Field::PictureKey,
];

/// The enums whose variants are failures, and the variants that only wrap another one.
const ENUMS: [(&str, &str, &[&str]); 5] = [
    ("ApiError", "crates/api/src/http/api_error.rs", &["App", "Request"]),
    ("AppError", "crates/application/src/error.rs", &["Invalid", "BookingRefused", "TransitionRefused"]),
    ("BookingRefused", "crates/domain/src/booking.rs", &[]),
    ("TransitionRefused", "crates/domain/src/order.rs", &[]),
    ("RequestFault", "crates/api/src/http/api_error.rs", &[]),
];

/// `AppError::DaysTaken`: the innermost enum and its variant.
fn name(failure: &ApiError) -> String {
    let variant = |value: &dyn std::fmt::Debug| {
        let text = format!("{value:?}");
        text.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned()
    };
    match failure {
        ApiError::App(AppError::BookingRefused(refused)) => format!("BookingRefused::{}", variant(refused)),
        ApiError::App(AppError::TransitionRefused(refused)) => format!("TransitionRefused::{}", variant(refused)),
        ApiError::App(error) => format!("AppError::{}", variant(error)),
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
    failures.sort_by_key(|failure| failure.verdict(Dialect::V1).errno.code());
    for failure in &failures {
        let (v1, classic) = (failure.verdict(Dialect::V1), failure.verdict(Dialect::Classic));
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
    for field in FIELDS {
        let sentence = ApiError::from(Invalid::range(field)).verdict(Dialect::V1).sentence;
        writeln!(page, "| {field:?} | {sentence} |").unwrap();
    }
    let common = Invalid { field: Field::Password, rule: Rule::Common };
    let sentence = ApiError::from(common).verdict(Dialect::V1).sentence;
    writeln!(page, "| Password, on the list of common ones | {sentence} |").unwrap();
    page
}

fn cell(verdict: Verdict) -> String {
    format!("{} {}", verdict.errno.code(), verdict.sentence)
}

#[test]
fn the_page_is_what_the_mapping_says() {
    compare("docs/errors.md", &rendered());
}

#[test]
fn no_failure_and_no_field_is_left_out() {
    let listed: BTreeSet<_> = failures().iter().map(name).collect();
    let documented: BTreeSet<_> = documented().into_iter().map(|(name, _)| name).collect();
    assert_eq!(listed, documented, "add the failure to `failures`");
    let fields: Vec<_> = FIELDS.iter().map(|field| format!("{field:?}")).collect();
    let known = variants("crates/domain/src/invalid.rs", "Field").into_iter().map(|variant| variant.name);
    assert_eq!(fields, known.collect::<Vec<_>>(), "add the field to `FIELDS`");
}
