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
};

/// One call of a dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    /// Its method.
    pub method: Method,
    /// Its path below the dialect's prefix, with placeholders in braces.
    pub path: &'static str,
    /// Whether it changes state, and so must not come from another site.
    pub changes_state: bool,
}

/// The path of a resource with its placeholders, by which requests are counted. It is kept beside
/// the resource: actix would find it out by matching the path once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RouteTemplate {
    scope: &'static str,
    path: &'static str,
}

impl RouteTemplate {
    /// Of what no resource answered.
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

/// A way to what is only read: GET, and HEAD for who wants to know whether it is there. The server
/// leaves the body of a HEAD away.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// The calls of a dialect.
#[derive(Default)]
pub struct Routes {
    infos: Vec<RouteInfo>,
    resources: Vec<(&'static str, Vec<(Method, Route)>)>,
}

impl Routes {
    /// A call that only reads.
    pub fn get<F, Args>(self, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(Method::GET, path, false, handler)
    }

    /// A GET that changes state all the same, because a document says so.
    pub fn get_that_changes<F, Args>(self, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(Method::GET, path, true, handler)
    }

    /// A POST.
    pub fn post<F, Args>(self, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(Method::POST, path, true, handler)
    }

    /// A PUT.
    pub fn put<F, Args>(self, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(Method::PUT, path, true, handler)
    }

    /// A DELETE.
    pub fn delete<F, Args>(self, path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(Method::DELETE, path, true, handler)
    }

    fn add<F, Args>(mut self, method: Method, path: &'static str, changes_state: bool, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let mut route =
            if method == Method::GET && !changes_state { read() } else { web::method(method.clone()) }.to(handler);
        if changes_state {
            route = route.wrap(from_fn(refuse_cross_site));
        }
        match self.resources.iter_mut().find(|(known, _)| *known == path) {
            Some((_, routes)) => routes.push((method.clone(), route)),
            None => self.resources.push((path, vec![(method.clone(), route)])),
        }
        self.infos.push(RouteInfo { method, path, changes_state });
        self
    }

    /// The table.
    pub fn infos(&self) -> &[RouteInfo] {
        &self.infos
    }

    /// A scope with the calls, and with the answers to unknown paths and methods. Paths without a
    /// placeholder stand first: they are found by comparing bytes, the others by regular
    /// expressions, which every path behind them would have to be held against. Of either sort those
    /// that are read stand first: most requests read.
    pub fn register(self, prefix: &'static str) -> Scope {
        let Self { infos, mut resources } = self;
        let is_read = |path: &str| infos.iter().any(|info| info.path == path && !info.changes_state);
        resources.sort_by_key(|(path, _)| (path.contains('{'), !is_read(path)));
        let mut scope = web::scope(prefix);
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

/// The answer to a path that nobody serves.
pub async fn unknown_path(_: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(RequestFault::UnknownPath.into())
}
