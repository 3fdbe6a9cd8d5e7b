//! The v1 dialect at `/api/v1.0`: documents 002 and 004, and the order calls that the pages of
//! this dialect use.
//!
//! # Adding a call
//! 1. A handler in the file of its subject with its [`Call`](minsu_web::openapi::call::Call) beside it,
//!    and its DTOs in `dto.rs`.
//! 2. A line in [`routes`].
//! 3. A row in the table of `crates/api/tests/`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

pub mod account;
pub mod account_dto;
pub mod codes;
mod cursor_text;
pub mod dto;
pub mod envelope;
mod filter_texts;
pub mod house_dto;
pub mod houses;
pub mod orders;
pub mod payments;
mod search_params;
pub mod sms_path;
pub mod spellings;
pub mod users;

use std::sync::Arc;

use minsu_web::dialect::{Dialect, Failures};
use minsu_web::openapi::call::Described;

use minsu_web::routes::Routes;

/// Where the dialect is mounted.
pub const PREFIX: &str = "/api/v1.0";

/// The dialect, to be registered.
pub fn dialect() -> Dialect {
    Dialect {
        name: "v1",
        prefix: PREFIX,
        about: "Documents 002 and 004, and the orders of the pages of this dialect.",
        failures: Failures::Errno(&envelope::V1, Described::of::<envelope::Failure>()),
        routes: Arc::new(routes),
    }
}

/// The same for a site that takes payments: with the calls by which its pages pay.
pub fn dialect_with_payments() -> Dialect {
    Dialect { routes: Arc::new(routes_with_payments), ..dialect() }
}

/// Every call of the dialect, those about payments included.
pub fn routes_with_payments() -> Routes {
    routes()
        .on(&payments::PAY, payments::pay)
        .on(&payments::RETURNED, payments::returned)
        .on(&payments::PUT_RETURNED, payments::returned)
}

/// Every call of the dialect that a site without payments has. Behind the path of a document stand the spellings of the younger pages.
pub fn routes() -> Routes {
    Routes::default()
        .on(&codes::IMAGE_CODE, codes::image_code)
        .on(&codes::IMAGE_CODE_AUDIO, codes::image_code_audio)
        .on(&codes::SMS_CODE, codes::sms_code)
        .on(&users::REGISTER, users::register)
        .on(&users::LOG_IN, users::log_in)
        .on(&users::SESSION, users::session)
        .on(&users::LOG_OUT, users::log_out)
        .on(&users::PROFILE, users::profile)
        .on(&account::DELETE, account::delete)
        .on(&account::EXPORT, account::export)
        .on(&account::SESSIONS, account::sessions)
        .on(&account::END_SESSION, account::end_session)
        .on(&account::CHANGE_PASSWORD, account::change_password)
        .on(&account::RESET_PASSWORD, account::reset_password)
        .on(&account::CHANGE_MOBILE, account::change_mobile)
        .on(&users::SET_AVATAR, users::set_avatar)
        .on(&users::RENAME, users::rename)
        .on(&users::IDENTITY, users::identity)
        .on(&users::VERIFY_IDENTITY, users::verify_identity)
        .on(&houses::MINE, houses::mine)
        .on(&orders::MINE, orders::mine)
        .on(&houses::AREAS, houses::areas)
        .on(&houses::SEARCH, houses::search)
        .on(&houses::FACILITIES, houses::facilities)
        .on(&houses::PUBLISH, houses::publish)
        .on(&houses::INDEX, houses::index)
        .on(&houses::DETAIL, houses::detail)
        .on(&houses::ADD_PICTURE, houses::add_picture)
        .on(&orders::PLACE, orders::place)
        .on(&orders::DECIDE, orders::decide)
        .on(&orders::COMMENT, orders::comment)
}
