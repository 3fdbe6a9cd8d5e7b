//! The native API at `/api/v2`, for new front ends, apps and integrations: statuses that mean what they
//! say, problem details (RFC 9457), cursors, versions.
//!
//! # Adding a call
//! 1. A handler in the file of its subject with its [`Call`](minsu_web::openapi::call::Call) beside it.
//!    A body is read field by field (`fields`) and shown by a struct of [`bodies`].
//! 2. A line in [`routes`].
//! 3. A row in the table of `crates/api/tests/`.
//!
//! A new problem is a row of the table in [`problem`].

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod account;
mod acting;
pub mod bodies;
mod calendar;
mod cancellation;
mod codes;
mod cursor;
mod date_range;
pub mod dto;
mod events;
mod exports;
pub mod feed_dto;
mod feeds;
mod fields;
mod guard;
pub mod language;
mod listing_body;
mod listing_changes;
pub mod listing_dto;
mod listing_states;
mod listings;
mod me;
mod names;
mod notifications;
mod occupant_list;
pub mod occupants;
mod openapi;
pub mod order_dto;
mod order_states;
mod orders;
mod own_listings;
pub mod payment_dto;
mod payments;
mod picture_dto;
mod pictures;
pub mod problem;
mod query;
mod quotes;
mod repeats;
mod reply;
mod rules;
pub mod rules_dto;
mod schedule;
pub mod schedule_dto;
mod search_params;
mod sessions;
pub mod site;
mod tokens;
pub mod values;
mod version;
pub mod webhook_dto;
mod webhook_states;
mod webhooks;

use std::sync::{Arc, LazyLock};

use minsu_web::{
    dialect::{Dialect, Failures},
    routes::Routes,
};

pub use names::PREFIX;

/// The OpenAPI document as text, made when it is first asked for.
pub static OPENAPI: LazyLock<String> = LazyLock::new(|| match document() {
    Ok(document) => format!("{document:#}\n"),
    Err(error) => {
        tracing::error!(%error, "the OpenAPI document of the native API cannot be written");
        String::new()
    }
});

/// The OpenAPI document.
///
/// # Errors
/// For a schema that cannot be written as JSON: a defect.
pub fn document() -> Result<serde_json::Value, serde_json::Error> {
    openapi::value(routes().calls())
}

/// The dialect, to be registered.
pub fn dialect() -> Dialect {
    Dialect {
        name: "v2",
        prefix: PREFIX,
        about: "The native API, for new front ends, apps and integrations.",
        failures: Failures::Problems(&problem::answer::Native),
        routes: Arc::new(routes),
    }
}

/// Every call of the dialect.
pub fn routes() -> Routes {
    let routes = Routes::guarded_by(guard::guard)
        .with(openapi::Document(|| OPENAPI.as_str()))
        .on(&openapi::DOCUMENT, openapi::document)
        .on(&site::SITE, site::site)
        .on(&codes::CAPTCHA, codes::captcha)
        .on(&codes::IMAGE, codes::image)
        .on(&codes::AUDIO, codes::audio)
        .on(&codes::SMS_CODE, codes::sms_code)
        .on(&sessions::SIGN_UP, sessions::sign_up)
        .on(&sessions::LOG_IN, sessions::log_in)
        .on(&sessions::SESSION, sessions::session)
        .on(&sessions::LOG_OUT, sessions::log_out)
        .on(&sessions::RESET, sessions::reset)
        .on(&sessions::SESSIONS, sessions::list)
        .on(&sessions::END, sessions::end)
        .on(&me::ME, me::me)
        .on(&me::PATCH, me::patch)
        .on(&me::AVATAR, me::avatar)
        .on(&me::IDENTITY, me::identity)
        .on(&me::VERIFY, me::verify)
        .on(&notifications::NOTIFICATIONS, notifications::notifications)
        .on(&notifications::PUT, notifications::put)
        .on(&tokens::CONFIRM, tokens::confirm)
        .on(&tokens::LIST, tokens::list)
        .on(&tokens::CREATE, tokens::create)
        .on(&tokens::REVOKE, tokens::revoke)
        .on(&account::PASSWORD, account::password)
        .on(&account::DELETE, account::delete)
        .on(&account::EXPORT, account::export)
        .on(&listings::SEARCH, listings::search)
        .on(&listings::LISTING, listings::listing)
        .on(&own_listings::MINE, own_listings::mine)
        .on(&own_listings::CREATE, own_listings::create)
        .on(&listing_changes::PATCH, listing_changes::patch)
        .on(&listing_changes::DELETE, listing_changes::delete)
        .on(&own_listings::PUBLISH, own_listings::publish)
        .on(&own_listings::UNLIST, own_listings::unlist)
        .on(&pictures::ADD, pictures::add)
        .on(&pictures::ARRANGE, pictures::arrange)
        .on(&pictures::DELETE, pictures::delete)
        .on(&rules::RULES, rules::rules)
        .on(&rules::PUT_RULES, rules::put_rules)
        .on(&rules::SEASONS, rules::seasons)
        .on(&rules::PUT_SEASONS, rules::put_seasons)
        .on(&schedule::SCHEDULE, schedule::schedule)
        .on(&schedule::PUT_SCHEDULE, schedule::put_schedule)
        .on(&calendar::CALENDAR, calendar::calendar)
        .on(&quotes::QUOTE, quotes::quote);
    integration(about_orders(about_calendars(routes)))
}

/// The calls about calendars of other sites, and links to those of this one.
fn about_calendars(routes: Routes) -> Routes {
    routes
        .on(&feeds::FEEDS, feeds::list)
        .on(&feeds::GET, feeds::feed)
        .on(&feeds::CONNECT, feeds::connect)
        .on(&feeds::CHANGE, feeds::change)
        .on(&feeds::DISCONNECT, feeds::disconnect)
        .on(&feeds::SYNC, feeds::sync)
        .on(&feeds::RELEASE, feeds::release)
        .on(&exports::EXPORTS, exports::list)
        .on(&exports::CREATE, exports::create)
        .on(&exports::RENEW, exports::renew)
        .on(&exports::DELETE, exports::delete)
}

/// The calls about orders and their payments.
fn about_orders(routes: Routes) -> Routes {
    routes
        .on(&orders::ORDERS, orders::list)
        .on(&orders::ORDER, orders::order)
        .on(&orders::PLACE, orders::place)
        .on(&orders::ACCEPT, orders::accept)
        .on(&orders::REJECT, orders::reject)
        .on(&cancellation::CANCEL, cancellation::cancel)
        .on(&cancellation::PREVIEW, cancellation::preview)
        .on(&occupants::OCCUPANTS, occupants::occupants)
        .on(&occupants::PUT, occupants::put)
        .on(&occupants::REPORT, occupants::report)
        .on(&orders::REVIEW, orders::review)
        .on(&payments::PAY, payments::pay)
        .on(&payments::PAYMENT, payments::payment)
        .on(&payments::NOTICE, payments::notice)
}

/// The calls by which other software hears of what happens.
fn integration(routes: Routes) -> Routes {
    routes
        .on(&events::EVENTS, events::events)
        .on(&webhooks::LIST_CALL, webhooks::list)
        .on(&webhooks::CREATE, webhooks::create)
        .on(&webhooks::WEBHOOK, webhooks::webhook)
        .on(&webhooks::PATCH, webhooks::patch)
        .on(&webhooks::DELETE, webhooks::delete)
        .on(&webhooks::SECRET, webhooks::secret)
        .on(&webhooks::TEST, webhooks::test)
        .on(&webhooks::DELIVERIES, webhooks::deliveries)
        .on(&webhooks::REDELIVER, webhooks::redeliver)
}
