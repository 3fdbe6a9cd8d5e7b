//! A dialect's list of calls: registered with actix and kept as a table, so that tests, the API
//! document and the guards all read the same truth.

use std::fmt::{Display, Formatter};

use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, Route, Scope,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    guard,
    http::{Method, header},
    middleware::{Next, from_fn},
    web,
};

use super::{
    api_error::{ApiError, RequestFault},
    cross_site,
    openapi::call::Call,
};

/// The path of a resource with its placeholders, by which requests are counted. It is kept beside
/// the resource: actix would find it out by matching the path once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RouteTemplate {
    scope: &'static str,
    path: &'static str,
}

impl RouteTemplate {
    /// Of requests that no resource answered.
    const UNKNOWN: Self = Self { scope: "", path: "unknown" };

    /// The template of a resource below a scope.
    pub const fn new(scope: &'static str, path: &'static str) -> Self {
        Self { scope, path }
    }

    /// The template of the resource that answered.
    pub fn of(request: &HttpRequest) -> Self {
        request.app_data().copied().unwrap_or(Self::UNKNOWN)
    }

    /// Whether answers have a code of the API.
    pub fn is_of_the_api(self) -> bool {
        !self.scope.is_empty()
    }
}

impl Display for RouteTemplate {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.scope)?;
        f.write_str(self.path)
    }
}

/// A resource outside of the dialects, which can be read.
pub fn resource<F, Args>(path: &'static str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path).app_data(RouteTemplate::new("", path)).route(read().to(handler))
}

/// The route of a call that only reads: GET and HEAD. The server omits the body of a HEAD.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// The middleware of a call: the guard of a dialect around its route.
pub type Guard = fn(&Call, Route) -> Route;

/// The calls of a dialect.
pub struct Routes {
    guard: Guard,
    calls: Vec<Call>,
    pages: Vec<(Method, &'static str)>,
    resources: Vec<(&'static str, Vec<(Method, Route)>)>,
    data: Vec<Box<dyn FnOnce(Scope) -> Scope>>,
}

impl Default for Routes {
    /// Refuses what changes state to pages of other sites.
    fn default() -> Self {
        Self::guarded_by(|call, route| if call.changes_state { route.wrap(from_fn(refuse_cross_site)) } else { route })
    }
}

impl Routes {
    /// No calls yet; this guard wraps each of them.
    pub fn guarded_by(guard: Guard) -> Self {
        Self { guard, calls: Vec::new(), pages: Vec::new(), resources: Vec::new(), data: Vec::new() }
    }

    /// A call at all its paths, behind the guard.
    pub fn on<F, Args>(mut self, call: &Call, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        for path in call.paths() {
            let method = call.verb.method();
            let is_read = method == Method::GET && !call.changes_state;
            let route = if is_read { read() } else { web::method(method.clone()) };
            let route = (self.guard)(call, route.to(handler.clone()));
            match self.resources.iter_mut().find(|(known, _)| *known == path) {
                Some((_, routes)) => routes.push((method, route)),
                None => self.resources.push((path, vec![(method, route)])),
            }
        }
        self.calls.push(*call);
        self
    }

    /// A page for people, which no document describes: a GET shows it, and a POST, which other sites cannot send,
    /// changes something.
    #[must_use]
    pub fn page<F, Args>(mut self, method: Method, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = match method {
            Method::GET => read().to(handler),
            _ => web::method(method.clone()).to(handler).wrap(from_fn(refuse_cross_site)),
        };
        match self.resources.iter_mut().find(|(known, _)| *known == path) {
            Some((_, routes)) => routes.push((method.clone(), route)),
            None => self.resources.push((path, vec![(method.clone(), route)])),
        }
        self.pages.push((method, path));
        self
    }

    /// Method and path of each page.
    pub fn pages(&self) -> &[(Method, &'static str)] {
        &self.pages
    }

    /// Data that handlers extract by its type.
    #[must_use]
    pub fn with<T: 'static>(mut self, data: T) -> Self {
        self.data.push(Box::new(|scope| scope.app_data(data)));
        self
    }

    /// The table.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// A scope with the calls, and with the answers to unknown paths and methods. Paths without a
    /// placeholder stand first: they are found by comparing bytes, the others by regular
    /// expressions, which every path behind them would have to be held against. Of either sort those
    /// that are read stand first: most requests read.
    pub fn register(self, prefix: &'static str) -> Scope {
        let Self { guard: _, calls, pages, mut resources, data } = self;
        let is_read = |path: &str| {
            calls.iter().any(|call| !call.changes_state && call.paths().any(|known| known == path))
                || pages.iter().any(|(method, known)| *method == Method::GET && *known == path)
        };
        resources.sort_by_key(|(path, _)| (path.contains('{'), !is_read(path)));
        let mut scope = data.into_iter().fold(web::scope(prefix), |scope, with| with(scope));
        for (path, routes) in resources {
            let mut allowed: Vec<_> = routes.iter().map(|(method, _)| method.as_str()).collect();
            if is_read(path) {
                allowed.push("HEAD");
            }
            let allow = allowed.join(", ");
            let mut resource = web::resource(path).app_data(RouteTemplate::new(prefix, path));
            for (_, route) in routes {
                resource = resource.route(route);
            }
            scope = scope.service(resource.default_service(web::to(move || method_not_allowed(allow.clone()))));
        }
        scope.default_service(web::to(unknown_path))
    }
}

/// Answers instead of failing: an error that leaves a middleware has no request any more, and so
/// no dialect that could render it.
async fn refuse_cross_site(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match cross_site::check(request.request()) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => Ok(request.error_response(error).map_into_right_body()),
    }
}

async fn method_not_allowed(allow: String) -> HttpResponse {
    let mut response = HttpResponse::from_error(ApiError::from(RequestFault::MethodNotAllowed));
    if let Ok(allow) = header::HeaderValue::from_str(&allow) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// The answer to a path that no call has.
pub async fn unknown_path(_: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(RequestFault::UnknownPath.into())
}
