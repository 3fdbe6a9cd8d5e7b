//! The v1 dialect at `/api/v1.0`: documents 002 and 004, and the order calls that the pages of
//! this dialect use.
//!
//! # Adding a call
//! 1. A handler in the file of its subject, with its DTOs in `dto.rs` and a `#[utoipa::path]`.
//! 2. A line in [`routes`] and one in [`Documentation`].
//! 3. A row in the table of `crates/api/tests/`.

pub mod account;
pub mod account_dto;
pub mod codes;
pub mod dto;
pub mod envelope;
pub mod houses;
pub mod orders;
mod search_params;
pub mod sms_path;
pub mod users;

use utoipa::OpenApi;

use crate::http::routes::Routes;

/// Where the dialect is mounted.
pub const PREFIX: &str = "/api/v1.0";

/// Every call of the dialect.
pub fn routes() -> Routes {
    Routes::default()
        .get("/imagecode/{id}", codes::image_code)
        .get("/imagecode/{id}/audio", codes::image_code_audio)
        .get_that_changes("/smscode/{spec:.*}", codes::sms_code)
        .post("/users", users::register)
        .post("/sessions", users::log_in)
        .get("/session", users::session)
        .delete("/session", users::log_out)
        .get("/user", users::profile)
        .delete("/user", account::delete)
        .get("/user/export", account::export)
        .get("/user/sessions", account::sessions)
        .delete("/user/sessions/{id}", account::end_session)
        .put("/user/password", account::change_password)
        .post("/user/password/reset", account::reset_password)
        .post("/user/avatar", users::set_avatar)
        .put("/user/name", users::rename)
        .get("/user/auth", users::identity)
        .post("/user/auth", users::verify_identity)
        .get("/user/houses", houses::mine)
        .get("/user/orders", orders::mine)
        .get("/areas", houses::areas)
        .get("/houses", houses::search)
        .post("/houses", houses::publish)
        .get("/houses/index", houses::index)
        .get("/houses/{id}", houses::detail)
        .post("/houses/{id}/images", houses::add_picture)
        .post("/orders", orders::place)
        .put("/orders/{id}/status", orders::decide)
        .put("/orders/{id}/comment", orders::comment)
}

/// The dialect's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(
    codes::image_code,
    codes::image_code_audio,
    codes::sms_code,
    users::register,
    users::log_in,
    users::session,
    users::log_out,
    users::profile,
    account::delete,
    account::export,
    account::sessions,
    account::end_session,
    account::change_password,
    account::reset_password,
    users::set_avatar,
    users::rename,
    users::identity,
    users::verify_identity,
    houses::mine,
    orders::mine,
    houses::areas,
    houses::search,
    houses::publish,
    houses::index,
    houses::detail,
    houses::add_picture,
    orders::place,
    orders::decide,
    orders::comment,
))]
pub struct Documentation;
