//! The site in the browser: HTML pages made on the server over the same use cases as the API, complete without
//! scripts, in Chinese and English.
//!
//! # Adding a page
//! 1. A handler in the file of its subject, with a struct that derives `askama::Template`, and its template in
//!    `templates/`. A form that changes something is read by `form::VisitorForm` or `form::MemberForm`, which
//!    check its token, and answered by `answer::answer`: a redirect (`local::redirect`), or its page again.
//! 2. A line in [`routes`]; a new first segment of a path also in [`SEGMENTS`].
//! 3. A row in the table of `crates/api/tests/api/site/`, the page in `fixtures/browser/site.mjs`, and its walk by
//!    keyboard in `fixtures/browser/keyboard.mjs`; pages of payments in `payments.mjs` and `pay-keyboard.mjs` there.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod account;
mod answer;
mod assets;
mod book;
mod calendar;
mod cancel;
mod cards;
mod codes;
mod cookie;
mod csrf;
mod done;
mod error_page;
mod fault;
mod form;
mod format;
mod frame;
mod free_days;
mod guest_orders;
mod headers;
mod home;
mod host;
mod house_rules;
mod language;
mod listing;
mod local;
mod login;
mod names;
mod occupant_fields;
mod occupants;
mod order;
mod order_list;
mod payments;
mod price;
mod profile;
mod reference;
mod reset;
mod search;
mod search_form;
mod sign_up;

use std::sync::Arc;

use actix_web::http::Method;
use minsu_ports::PaymentSandbox;
use minsu_web::{
    dialect::{Failures, Site},
    routes::Routes,
};

/// The first segments of the paths of the site.
pub const SEGMENTS: [&str; 13] = [
    "",
    "assets",
    "captcha",
    "host",
    "houses",
    "language",
    "login",
    "logout",
    "me",
    "orders",
    "reset",
    "sandbox-payment",
    "signup",
];

/// Whether orders are paid at the site.
#[derive(Clone)]
pub enum Payments {
    /// They are not, and there are no pages of it.
    None,
    /// By a provider, which has its own pages.
    Provider,
    /// By the sandbox, whose page is one of the site.
    Sandbox(Arc<dyn PaymentSandbox>),
}

/// The site, to be registered. `export` is the path of the call that gives a person their own data.
pub fn site(export: &'static str, payments: Payments) -> Site {
    Site {
        failures: Failures::Problems(&error_page::Pages),
        owns,
        routes: Arc::new(move || {
            let routes = routes().with(account::ExportPath(export));
            match &payments {
                Payments::None => routes,
                Payments::Provider => with_payments(routes),
                Payments::Sandbox(sandbox) => {
                    with_sandbox(with_payments(routes)).with(payments::sandbox::Sandbox(sandbox.clone()))
                }
            }
        }),
    }
}

/// Whether a path is one of the site's.
fn owns(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|path| SEGMENTS.contains(&path.split('/').next().unwrap_or_default()))
}

/// Every page of a site that takes no payments.
pub fn routes() -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    let routes = Routes::default()
        .page(get.clone(), "/", home::home)
        .page(get.clone(), "/houses", search::search)
        .page(get.clone(), "/houses/{id}", listing::listing)
        .page(get.clone(), "/houses/{id}/book", book::look)
        .page(post.clone(), "/houses/{id}/book", book::book)
        .page(get.clone(), "/assets/{file}", assets::asset)
        .page(get.clone(), "/language", language::switch)
        .page(get.clone(), "/captcha/{file}", codes::captcha)
        .page(get.clone(), "/signup", codes::look)
        .page(post.clone(), "/signup", codes::send)
        .page(get.clone(), "/signup/code", codes::look_at_code)
        .page(post.clone(), "/signup/code", sign_up::sign_up)
        .page(get.clone(), "/login", login::look)
        .page(post.clone(), "/login", login::log_in)
        .page(post.clone(), "/logout", login::log_out)
        .page(get.clone(), "/reset", codes::look)
        .page(post.clone(), "/reset", codes::send)
        .page(get.clone(), "/reset/code", codes::look_at_code)
        .page(post.clone(), "/reset/code", reset::reset);
    with_webhooks(of_members(routes, &get, &post), &get, &post)
}

/// The pages of webhooks.
fn with_webhooks(routes: Routes, get: &Method, post: &Method) -> Routes {
    routes
        .page(get.clone(), "/host/webhooks", host::webhooks::list)
        .page(post.clone(), "/host/webhooks", host::webhooks::create)
        .page(get.clone(), "/host/webhooks/{id}", host::webhooks::look)
        .page(post.clone(), "/host/webhooks/{id}/test", host::webhooks::test)
        .page(post.clone(), "/host/webhooks/{id}/state", host::webhooks::turn)
        .page(post.clone(), "/host/webhooks/{id}/secret", host::webhooks::renew)
        .page(post.clone(), "/host/webhooks/{id}/delete", host::webhooks::delete)
        .page(post.clone(), "/host/webhooks/{id}/deliveries/{delivery}/redeliver", host::webhooks::redeliver)
}

/// The pages that need a login.
fn of_members(routes: Routes, get: &Method, post: &Method) -> Routes {
    routes
        .page(get.clone(), "/orders", guest_orders::list)
        .page(get.clone(), "/orders/{id}/cancel", cancel::look)
        .page(post.clone(), "/orders/{id}/cancel", cancel::cancel)
        .page(get.clone(), "/orders/{id}", order::look)
        .page(post.clone(), "/orders/{id}/comment", guest_orders::comment)
        .page(get.clone(), "/orders/{id}/occupants", occupants::look)
        .page(post.clone(), "/orders/{id}/occupants", occupants::name)
        .page(post.clone(), "/orders/{id}/occupants/confirm", occupants::confirm)
        .page(get.clone(), "/orders/{id}/occupants.csv", occupants::report)
        .page(get.clone(), "/host", host::houses::list)
        .page(get.clone(), "/host/new", host::publish::look)
        .page(post.clone(), "/host/new", host::publish::draft)
        .page(get.clone(), "/host/houses/{id}", host::house::look)
        .page(get.clone(), "/host/houses/{id}/calendar", host::calendar::look)
        .page(post.clone(), "/host/houses/{id}/calendar", host::calendar::change)
        .page(get.clone(), "/host/houses/{id}/rules", host::rules::look)
        .page(post.clone(), "/host/houses/{id}/rules", host::rules::change)
        .page(post.clone(), "/host/houses/{id}/seasons", host::seasons::put)
        .page(post.clone(), "/host/houses/{id}/seasons/delete", host::seasons::delete)
        .page(get.clone(), "/host/houses/{id}/feeds", host::feeds::look)
        .page(post.clone(), "/host/houses/{id}/feeds", host::feeds::connect)
        .page(post.clone(), "/host/houses/{id}/feeds/{feed}", host::feeds::act)
        .page(post.clone(), "/host/houses/{id}/links", host::feeds::make_link)
        .page(post.clone(), "/host/houses/{id}/links/{link}", host::feeds::change_link)
        .page(get.clone(), "/host/houses/{id}/edit", host::edit::look)
        .page(post.clone(), "/host/houses/{id}/edit", host::edit::edit)
        .page(post.clone(), "/host/houses/{id}/pictures", host::pictures::add)
        .page(post.clone(), "/host/houses/{id}/pictures/order", host::pictures::arrange)
        .page(post.clone(), "/host/houses/{id}/pictures/{picture}/delete", host::pictures::delete)
        .page(post.clone(), "/host/houses/{id}/publish", host::states::publish)
        .page(post.clone(), "/host/houses/{id}/unlist", host::states::unlist)
        .page(get.clone(), "/host/houses/{id}/delete", host::states::ask_delete)
        .page(post.clone(), "/host/houses/{id}/delete", host::states::delete)
        .page(get.clone(), "/host/orders", host::orders::list)
        .page(post.clone(), "/host/orders/{id}/accept", host::orders::accept)
        .page(post.clone(), "/host/orders/{id}/reject", host::orders::reject)
        .page(post.clone(), "/me/notifications", profile::choose_messages)
        .page(get.clone(), "/me", profile::look)
        .page(post.clone(), "/me/name", profile::rename)
        .page(post.clone(), "/me/avatar", profile::set_avatar)
        .page(post.clone(), "/me/identity", profile::verify)
        .page(post.clone(), "/me/password", profile::change_password)
        .page(get.clone(), "/me/sessions", account::sessions)
        .page(post.clone(), "/me/sessions/{id}/end", account::end_session)
        .page(get.clone(), "/me/export", account::ask_export)
        .page(post.clone(), "/me/export", account::export)
        .page(get.clone(), "/me/delete", account::ask_delete)
        .page(post.clone(), "/me/delete", account::delete)
}

/// The same with the pages of payments.
pub fn with_payments(routes: Routes) -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    routes
        .page(get.clone(), "/orders/{id}/pay", payments::pay::look)
        .page(post, "/orders/{id}/pay", payments::pay::start)
        .page(get.clone(), "/orders/{id}/receipt", payments::receipt::look)
        .page(get.clone(), "/host/statement", host::statement::look)
        .page(get, "/host/statement.csv", host::statement::file)
}

/// The same with the page of the sandbox.
pub fn with_sandbox(routes: Routes) -> Routes {
    routes.page(Method::GET, "/sandbox-payment/{token}", payments::sandbox::look).page(
        Method::POST,
        "/sandbox-payment/{token}",
        payments::sandbox::press,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_owned() {
        let routes = with_sandbox(with_payments(routes()));
        assert!(routes.pages().len() > 40);
        for (method, path) in routes.pages() {
            assert!(owns(path), "{method} {path}");
        }
        for segment in SEGMENTS {
            let path = format!("/{segment}");
            let is_used = |(_, known): &(Method, &str)| *known == path || known.starts_with(&format!("{path}/"));
            assert!(routes.pages().iter().any(is_used), "{segment}");
        }
        for foreign in ["/api", "/healthz", "/media/a.jpg", "houses", "/housesx"] {
            assert!(!owns(foreign), "{foreign}");
        }
    }
}
