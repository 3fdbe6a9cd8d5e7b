//! The classic dialect at `/api`: documents 000 and 003 (errno) and 001 (errcode) at once.
//! Requests take the names of both, answers are supersets of both.
//!
//! # Adding a call
//! 1. A handler in the file of its subject with its [`Call`](minsu_web::openapi::call::Call) beside it,
//!    and its DTOs in `dto.rs`.
//! 2. A line in [`routes`].
//! 3. A row in the table of `crates/api/tests/`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

pub mod codes;
pub mod dto;
pub mod envelope;
pub mod house_dto;
pub mod houses;
pub mod list_params;
mod options;
pub mod orders;
pub mod spellings;
pub mod users;

pub use options::{ClassicData, Options};

use std::sync::Arc;

use actix_web::web;
use minsu_web::dialect::{Dialect, Failures};
use minsu_web::openapi::call::Described;

use minsu_web::routes::Routes;

/// Where the dialect is mounted.
pub const PREFIX: &str = "/api";

/// The dialect, to be registered.
pub fn dialect(options: Options) -> Dialect {
    let routes = move || routes().with(web::Data::new(options));
    Dialect {
        name: "classic",
        prefix: PREFIX,
        about: "Documents 000 and 003 (`errno`) and 001 (`errcode`), at once.",
        failures: Failures::Errno(&envelope::Classic, Described::of::<envelope::Failure>()),
        routes: Arc::new(routes),
    }
}

/// Every call of the dialect. Two stand also at the URLs that document 001 misprints.
pub fn routes() -> Routes {
    Routes::default()
        .on(&codes::IMAGE_CODE, codes::image_code)
        .on(&codes::PIC_CODE, codes::pic_code)
        .on(&codes::SMS_CODE, codes::sms_code)
        .on(&users::REGISTER, users::register)
        .on(&users::LOG_IN, users::log_in)
        .on(&users::CHECK_LOGIN, users::check_login)
        .on(&users::LOG_OUT, users::log_out)
        .on(&users::PROFILE, users::profile)
        .on(&users::SET_AVATAR, users::set_avatar)
        .on(&users::RENAME, users::rename)
        .on(&users::IDENTITY, users::identity)
        .on(&users::VERIFY_IDENTITY, users::verify_identity)
        .on(&houses::AREAS, houses::areas)
        .on(&houses::MINE, houses::mine)
        .on(&houses::DETAIL, houses::detail)
        .on(&houses::PUBLISH, houses::publish)
        .on(&houses::ADD_PICTURE, houses::add_picture)
        .on(&houses::INDEX, houses::index)
        .on(&houses::LIST, houses::list)
        .on(&houses::LIST_BY_POST, houses::list)
        .on(&houses::CACHED_LIST, houses::cached_list)
        .on(&houses::CACHED_LIST_BY_POST, houses::cached_list)
        .on(&orders::PLACE, orders::place)
        .on(&orders::MINE, orders::mine)
        .on(&orders::ACCEPT, orders::accept)
        .on(&orders::REJECT, orders::reject)
        .on(&orders::COMMENT, orders::comment)
}
