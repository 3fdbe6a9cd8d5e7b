//! Shortcuts to cached pages: a target that led to a page before leads to it again, without router, parser and
//! handler, which were most of the work of such an answer.
//!
//! Nothing is decided here. A page is answered only while the page cache has it in memory, so it is as current
//! as from its handler; every other request goes to its handler. A target that is requested only once is not
//! remembered.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    dev::{Extensions, ServiceRequest, ServiceResponse},
    http::Method,
};
use chrono::NaiveDate;
use foldhash::quality::RandomState;
use minsu_ports::Entry;

use super::{
    body::has_body,
    login::{self, Viewer},
    pages::{Audience, PublicPage, Shown, Wrap},
    routes::RouteTemplate,
    state::State,
};

/// The most targets that are remembered; one more, and all are forgotten. Visitors choose how they
/// spell a target.
const TARGETS: usize = 1024;
/// The longest target that is remembered, in bytes.
const LONGEST: usize = 128;

/// The targets of one worker that led to pages.
#[derive(Default)]
pub struct Shortcuts(RefCell<HashMap<Box<str>, Shortcut, RandomState>>);

/// The pages of a target: users with a session may read from another copy of the database than visitors without
/// one, and have pages of their own.
struct Shortcut {
    strangers: Option<Shown>,
    members: Option<Shown>,
    /// The site's date when a target with dates was asked for; on another day it leads elsewhere.
    day: Option<NaiveDate>,
    /// The route by which its answers are counted.
    route: Rc<Extensions>,
}

impl Shortcut {
    fn of(&self, request: &HttpRequest, state: &State) -> Option<Shown> {
        match self.strangers {
            Some(shown @ Shown { to: Audience::Public, .. }) => Some(shown),
            _ if login::says_who(request, &state.http) => self.members,
            strangers => strangers,
        }
    }

    fn note(&mut self, shown: Shown) {
        let noted = match shown.to {
            Audience::Public | Audience::Unknown | Audience::Strangers(_) => &mut self.strangers,
            Audience::Members(_) => &mut self.members,
        };
        // A target without a body has one page of each sort for ever, or for the day, so an entry stays right.
        noted.get_or_insert(shown);
    }
}

/// The result of a shortcut.
pub enum End {
    /// A complete answer.
    Answer(HttpResponse),
    /// A page that becomes an answer when the viewer is known.
    Page(Entry, Wrap),
}

impl Shortcuts {
    /// The page of the request's target, if the target is known and the page in memory; the request then counts
    /// as one of its route.
    pub fn take(&self, request: &mut ServiceRequest, state: &State) -> Option<End> {
        let (Shown { key, to }, route) = {
            let known = self.0.borrow();
            let shortcut = known.get(target(request.request())?)?;
            if shortcut.day.is_some_and(|day| day != state.app.today()) {
                return None;
            }
            (shortcut.of(request.request(), state)?, Rc::clone(&shortcut.route))
        };
        let page = state.pages.peek(key.entry())?;
        request.add_data_container(route);
        let request = request.request();
        Some(match to {
            Audience::Public | Audience::Unknown => End::Answer(PublicPage::from(page).respond_to(request)),
            Audience::Strangers(wrap) => End::Answer(wrap(Viewer(None), &page.body).respond_to(request)),
            Audience::Members(wrap) => End::Page(page, wrap),
        })
    }

    /// Remembers the page that answered a request of this day, in the site's time zone.
    pub fn note<B>(&self, response: &ServiceResponse<B>, day: NaiveDate) {
        let Some(shown) = response.response().extensions().get::<Shown>().copied() else { return };
        let Some(target) = target(response.request()) else { return };
        let day = shown.key.is_dated().then_some(day);
        let mut known = self.0.borrow_mut();
        if let Some(shortcut) = known.get_mut(target).filter(|shortcut| shortcut.day == day) {
            return shortcut.note(shown);
        }
        if known.len() >= TARGETS {
            known.clear();
        }
        let mut route = Extensions::new();
        route.insert(RouteTemplate::of(response.request()));
        let mut shortcut = Shortcut { strangers: None, members: None, day, route: Rc::new(route) };
        shortcut.note(shown);
        known.insert(target.into(), shortcut);
    }
}

/// The target of a GET, as it is spelled. `None` for one with a body: some lists take their parameters from
/// there too.
fn target(request: &HttpRequest) -> Option<&str> {
    let target = request.uri().path_and_query()?.as_str();
    (request.method() == Method::GET && target.len() <= LONGEST && !has_body(request)).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_keys::PageKey;
    use actix_web::{http::header, test::TestRequest};

    fn note(shortcuts: &Shortcuts, request: TestRequest) {
        let mut response = HttpResponse::Ok().finish();
        response.extensions_mut().insert(Shown { key: PageKey::areas("test").unwrap(), to: Audience::Public });
        shortcuts.note(&request.to_srv_request().into_response(response), NaiveDate::MIN);
    }

    #[test]
    fn targets_without_end_take_no_memory_without_end() {
        let shortcuts = Shortcuts::default();
        for number in 0..3 * TARGETS {
            note(&shortcuts, TestRequest::with_uri(&format!("/api/v1.0/areas?{number}")));
            assert!(shortcuts.0.borrow().len() <= TARGETS);
        }
        note(&shortcuts, TestRequest::with_uri(&format!("/{}", "x".repeat(LONGEST))));
        note(&shortcuts, TestRequest::post().uri("/posted"));
        note(&shortcuts, TestRequest::with_uri("/sized").insert_header((header::CONTENT_LENGTH, 5)));
        note(&shortcuts, TestRequest::with_uri("/chunked").insert_header((header::TRANSFER_ENCODING, "chunked")));
        assert!(shortcuts.0.borrow().keys().all(|target| target.starts_with("/api")));
    }

    #[test]
    fn answers_that_are_no_pages_leave_nothing() {
        let shortcuts = Shortcuts::default();
        shortcuts.note(&TestRequest::default().to_srv_response(HttpResponse::Ok().finish()), NaiveDate::MIN);
        assert!(shortcuts.0.borrow().is_empty());
    }
}
