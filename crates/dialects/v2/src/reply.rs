//! Answers: JSON with the status and the headers that they need.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use serde::Serialize;

/// JSON with a status and headers.
pub(crate) struct Reply<T> {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: T,
}

impl<T> Reply<T> {
    /// 200.
    pub(crate) fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body }
    }

    /// 202: it was accepted, and is done later.
    pub(crate) fn accepted(body: T) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::ok(body) }
    }

    /// 201, and where it is what was made: a path below the prefix of the dialect.
    pub(crate) fn created(path: &str, body: T) -> Self {
        Self::ok(body).at(path)
    }

    /// The same as 201, and where it is what was made.
    pub(crate) fn at(mut self, path: &str) -> Self {
        let location = HeaderValue::try_from(format!("{}{path}", crate::names::PREFIX));
        self.headers.extend(location.into_iter().map(|location| (header::LOCATION, location)));
        Self { status: StatusCode::CREATED, ..self }
    }

    /// The same with another status.
    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// With one more header.
    pub(crate) fn with(mut self, header: (HeaderName, HeaderValue)) -> Self {
        self.headers.push(header);
        self
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for header in self.headers {
            response.insert_header(header);
        }
        response.json(self.body)
    }
}

/// 204.
pub(crate) fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
