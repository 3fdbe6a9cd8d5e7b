//! Dialects as this crate knows them: values that are registered at the start.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::Method};
use bytes::Bytes;
use uuid::Uuid;

use crate::{api_error::ApiError, errno::Errno, openapi::call::Described, routes::Routes, verdict::Verdict};

/// The envelope that a dialect puts around its failures.
pub trait Envelope: Send + Sync {
    /// What a failure answers: as everywhere, unless the dialect's documents say otherwise.
    fn verdict(&self, error: &ApiError) -> Verdict {
        error.verdict()
    }

    /// The JSON of a failed request to a path.
    fn failure(&self, method: &Method, path: &str, errno: Errno, sentence: &'static str) -> Bytes;
}

/// A failed request.
pub struct Failed<'a> {
    /// The request.
    pub request: &'a HttpRequest,
    /// Why it failed.
    pub error: &'a ApiError,
    /// The id under which the client and the log know it.
    pub id: Uuid,
}

/// A dialect whose failures are problem details (RFC 9457): with the status, the headers and the
/// language that fit the request.
pub trait Problems: Send + Sync {
    /// The whole answer to a failed request.
    fn answer(&self, failed: &Failed<'_>) -> HttpResponse;

    /// Media type and body of the answer to a request of which too little could be read, in the site's language.
    fn without_request(&self, error: &ApiError, id: Uuid) -> (&'static str, Bytes);
}

/// How a dialect tells its failures.
#[derive(Clone, Copy)]
pub enum Failures {
    /// By a code in an envelope; the second part is how the documentation shows it.
    Errno(&'static dyn Envelope, Described),
    /// By problem details. Such a dialect has an OpenAPI document of its own.
    Problems(&'static dyn Problems),
}

/// A dialect: the paths below a prefix, and how their failures are told.
#[derive(Clone)]
pub struct Dialect {
    /// Its name in logs and in the documentation.
    pub name: &'static str,
    /// Where it is mounted.
    pub prefix: &'static str,
    /// What it is, in the documentation.
    pub about: &'static str,
    /// How its failures are told.
    pub failures: Failures,
    /// Makes its calls, once for each worker.
    pub routes: Arc<dyn Fn() -> Routes + Send + Sync>,
}

/// The dialects of a site.
#[derive(Clone)]
pub struct Dialects {
    /// The longest prefix first: `/api/v1.0` lies below `/api`.
    mounted: Vec<Dialect>,
    elsewhere: Failures,
    site: Option<Site>,
}

/// Pages for people, at the paths that no dialect owns.
#[derive(Clone)]
pub struct Site {
    /// How their failures are told.
    pub failures: Failures,
    /// Whether a path is one of theirs.
    pub owns: fn(&str) -> bool,
    /// Makes the pages, once for each worker.
    pub routes: Arc<dyn Fn() -> Routes + Send + Sync>,
}

impl Dialects {
    /// These dialects; `elsewhere` is how failures are told at a path that none of them owns.
    pub fn new(mut mounted: Vec<Dialect>, elsewhere: Failures) -> Self {
        mounted.sort_by_key(|dialect| std::cmp::Reverse(dialect.prefix.len()));
        Self { mounted, elsewhere, site: None }
    }

    /// The same with a site for people.
    #[must_use]
    pub fn with_site(self, site: Site) -> Self {
        Self { site: Some(site), ..self }
    }

    /// The pages of the site, where there is one.
    pub fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }

    /// The dialects in the order in which scopes have to be registered: the first that matches is taken.
    pub fn iter(&self) -> impl Iterator<Item = &Dialect> {
        self.mounted.iter()
    }

    /// The dialect that owns a path; `None` for a path outside of all.
    pub fn owner(&self, path: &str) -> Option<&Dialect> {
        let owns =
            |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.mounted.iter().find(|dialect| owns(dialect.prefix))
    }

    /// How failures are told at a path: by the dialect that owns it; elsewhere as pages, where the site has the path
    /// or a person asks for a page, or else in the envelope of the paths that no dialect owns.
    pub fn failures(&self, path: &str, asks_for_a_page: impl FnOnce() -> bool) -> Failures {
        if let Some(owner) = self.owner(path) {
            return owner.failures;
        }
        let site = self.site.as_ref().filter(|site| (site.owns)(path) || asks_for_a_page());
        site.map_or(self.elsewhere, |site| site.failures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain;

    impl Envelope for Plain {
        fn failure(&self, _: &Method, _: &str, errno: Errno, _: &'static str) -> Bytes {
            Bytes::from(errno.code())
        }
    }

    fn plain() -> Failures {
        Failures::Errno(&Plain, Described::of::<String>())
    }

    fn dialect(name: &'static str, prefix: &'static str) -> Dialect {
        Dialect { name, prefix, about: "", failures: plain(), routes: Arc::new(Routes::default) }
    }

    #[test]
    fn a_path_belongs_to_the_longest_prefix_above_it() {
        let dialects = Dialects::new(vec![dialect("short", "/api"), dialect("long", "/api/v1.0")], plain());
        for (path, expected) in [
            ("/api/v1.0/houses", Some("long")),
            ("/api/v1.0", Some("long")),
            ("/api/v1.00/houses", Some("short")),
            ("/api/house/list", Some("short")),
            ("/api", Some("short")),
            ("/apidocs", None),
            ("/healthz", None),
            ("", None),
        ] {
            assert_eq!(dialects.owner(path).map(|owner| owner.name), expected, "{path}");
        }
        let order: Vec<_> = dialects.iter().map(|dialect| dialect.name).collect();
        assert_eq!(order, ["long", "short"]);
    }
}
