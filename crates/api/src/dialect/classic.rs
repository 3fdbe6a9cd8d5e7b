//! The classic dialect at `/api`: documents 000 and 003 (errno) and 001 (errcode) at once.
//! Requests take the names of both, answers are supersets of both.
//!
//! # Adding a call
//! 1. A handler in the file of its subject, with its DTOs in `dto.rs` and a `#[utoipa::path]`.
//! 2. A line in [`routes`] and one in [`Documentation`].
//! 3. A row in the table of `crates/api/tests/`.

pub mod codes;
pub mod dto;
pub mod envelope;
pub mod houses;
pub mod list_params;
pub mod orders;
pub mod users;

use serde::Deserialize;
use utoipa::OpenApi;

use crate::http::routes::Routes;

/// Where the dialect is mounted.
pub const PREFIX: &str = "/api";

/// Which shape `data` has in `check_login` and `profile/avatar`, the two answers in which the
/// documents and the pages published for them differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassicData {
    /// As the documents print it: the name; `{pic_url, user_id}`.
    #[default]
    Documented,
    /// As the pages read it: `{name}`; the URL.
    Pages,
}

/// Every call of the dialect, the URLs that document 001 misprints included.
pub fn routes() -> Routes {
    Routes::default()
        .get("/imagecode", codes::image_code)
        .get("/piccode", codes::pic_code)
        .post("/smscode", codes::sms_code)
        .post("/register", users::register)
        .post("/login", users::log_in)
        .get("/check_login", users::check_login)
        .get_that_changes("/logout", users::log_out)
        .get("/profile", users::profile)
        .post("/profile/avatar", users::set_avatar)
        .post("/profile/name", users::rename)
        .get("/profile/auth", users::identity)
        .post("/profile/auth", users::verify_identity)
        .get("/house/area", houses::areas)
        .get("/house/my", houses::mine)
        .get("/house/info", houses::detail)
        .post("/house/info", houses::publish)
        .post("/house/image", houses::add_picture)
        .get("/house/index", houses::index)
        .get("/house/list", houses::list)
        .post("/house/list", houses::list)
        .get("/house/list2", houses::cached_list)
        .post("/house/list2", houses::cached_list)
        .post("/order", orders::place)
        .post("/order/list2", orders::place)
        .get("/order/my", orders::mine)
        .post("/order/accept", orders::accept)
        .post("/order/reject", orders::reject)
        .post("/house/reject", orders::reject)
        .post("/order/comment", orders::comment)
}

/// The dialect's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(
    codes::image_code,
    codes::pic_code,
    codes::sms_code,
    users::register,
    users::log_in,
    users::check_login,
    users::log_out,
    users::profile,
    users::set_avatar,
    users::rename,
    users::identity,
    users::verify_identity,
    houses::areas,
    houses::mine,
    houses::detail,
    houses::publish,
    houses::add_picture,
    houses::index,
    houses::list,
    houses::cached_list,
    orders::place,
    orders::mine,
    orders::accept,
    orders::reject,
    orders::comment,
))]
pub struct Documentation;
