//! The short way to a ready page: a target that led to a page before leads to it again, without
//! router, parser and handler, which were most of the work of such an answer.
//!
//! Nothing is decided here. A page is given only while the page cache has it at hand, so it is as
//! current as on the long way; whatever else a request may need goes the long way. What is asked for
//! once only is not remembered.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    dev::{Extensions, ServiceRequest, ServiceResponse},
    http::Method,
};
use foldhash::quality::RandomState;
use minsu_ports::{Page, PageKey};

use super::{
    body::has_body,
    login::{self, Viewer},
    pages::{PublicPage, Wrap},
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

/// Where a target leads: members may read from another copy of the database than strangers, and have
/// pages of their own.
struct Shortcut {
    strangers: Option<Shown>,
    members: Option<Shown>,
    /// The route that it stands for: answers are counted by it.
    route: Rc<Extensions>,
}

impl Shortcut {
    fn of(&self, request: &HttpRequest, state: &State) -> Option<Shown> {
        match self.strangers {
            Some(shown @ Shown { to: Audience::Everybody, .. }) => Some(shown),
            _ if login::sends_session(request, &state.http) => self.members,
            strangers => strangers,
        }
    }

    fn note(&mut self, shown: Shown) {
        let noted = match shown.to {
            Audience::Everybody | Audience::Strangers(_) => &mut self.strangers,
            Audience::Members(_) => &mut self.members,
        };
        // A target without a body has one page of each sort for ever, so what is known stays right.
        noted.get_or_insert(shown);
    }
}

/// Which page was answered, as a response tells it.
#[derive(Clone, Copy)]
pub struct Shown {
    /// Its name.
    pub key: PageKey,
    /// Who gets it so.
    pub to: Audience,
}

/// Who gets a page in the same form.
#[derive(Clone, Copy)]
pub enum Audience {
    /// Whoever asks, as it is.
    Everybody,
    /// Who has no session, with nobody around it.
    Strangers(Wrap),
    /// Who has one, with who they are around it.
    Members(Wrap),
}

/// Where the short way ends.
pub enum End {
    /// In an answer.
    Answer(HttpResponse),
    /// In a page that an answer is made of when it is known who asks.
    Page(Page, Wrap),
}

impl Shortcuts {
    /// The page that the request asks for, if it is known and at hand; the request then counts as one
    /// of its route.
    pub fn take(&self, request: &mut ServiceRequest, state: &State) -> Option<End> {
        let (Shown { key, to }, route) = {
            let known = self.0.borrow();
            let shortcut = known.get(target(request.request())?)?;
            (shortcut.of(request.request(), state)?, Rc::clone(&shortcut.route))
        };
        let page = state.app.pages.at_hand(&key)?;
        request.add_data_container(route);
        let request = request.request();
        Some(match to {
            Audience::Everybody => End::Answer(PublicPage::from(page).respond_to(request)),
            Audience::Strangers(wrap) => End::Answer(wrap(Viewer(None), &page.body).respond_to(request)),
            Audience::Members(wrap) => End::Page(page, wrap),
        })
    }

    /// Remembers what was answered.
    pub fn note<B>(&self, response: &ServiceResponse<B>) {
        let Some(shown) = response.response().extensions().get::<Shown>().copied() else { return };
        let Some(target) = target(response.request()) else { return };
        let mut known = self.0.borrow_mut();
        if let Some(shortcut) = known.get_mut(target) {
            return shortcut.note(shown);
        }
        if known.len() >= TARGETS {
            known.clear();
        }
        let mut route = Extensions::new();
        route.insert(RouteTemplate::of(response.request()));
        let mut shortcut = Shortcut { strangers: None, members: None, route: Rc::new(route) };
        shortcut.note(shown);
        known.insert(target.into(), shortcut);
    }
}

/// What a GET asks for, as it is spelled. One with a body may ask for something else: some lists take
/// their parameters from there too.
fn target(request: &HttpRequest) -> Option<&str> {
    let target = request.uri().path_and_query()?.as_str();
    (request.method() == Method::GET && target.len() <= LONGEST && !has_body(request)).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{http::header, test::TestRequest};

    fn note(shortcuts: &Shortcuts, request: TestRequest) {
        let mut response = HttpResponse::Ok().finish();
        response.extensions_mut().insert(Shown { key: PageKey::areas("test"), to: Audience::Everybody });
        shortcuts.note(&request.to_srv_request().into_response(response));
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
        shortcuts.note(&TestRequest::default().to_srv_response(HttpResponse::Ok().finish()));
        assert!(shortcuts.0.borrow().is_empty());
    }
}
