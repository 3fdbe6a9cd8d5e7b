//! The HTTP dialects. Each owns its paths, its field names and its envelope, and nothing else:
//! a handler takes the request apart, calls a use case and wraps the result.

pub mod classic;
pub mod house_body;
pub mod present;
pub mod v1;

use actix_web::HttpRequest;
use bytes::Bytes;

use crate::http::errno::Errno;

/// A dialect, where the documents make the same failure look different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Documents 002 and 004.
    V1,
    /// Documents 000, 001 and 003.
    Classic,
}

/// The envelope that a dialect puts around its failures.
pub trait Envelope: Sync {
    /// Whose envelope it is.
    fn dialect(&self) -> Dialect;

    /// The JSON of a failed request.
    fn failure(&self, request: &HttpRequest, errno: Errno, sentence: &'static str) -> Bytes;
}

/// Where the dialects are mounted. The longer prefix stands first: `/api/v1.0` lies below `/api`.
const MOUNTED: [(&str, &dyn Envelope); 2] =
    [(v1::PREFIX, &v1::envelope::V1), (classic::PREFIX, &classic::envelope::Classic)];

/// The envelope of the dialect that owns a path; `None` for a path outside of all.
pub fn owner(path: &str) -> Option<&'static dyn Envelope> {
    let owns = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    MOUNTED.into_iter().find_map(|(prefix, envelope)| owns(prefix).then_some(envelope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_owner_that_routes_it() {
        for (path, expected) in [
            ("/api/v1.0/houses", Some(Dialect::V1)),
            ("/api/v1.0", Some(Dialect::V1)),
            ("/api/v1.00/houses", Some(Dialect::Classic)),
            ("/api/house/list", Some(Dialect::Classic)),
            ("/api", Some(Dialect::Classic)),
            ("/apidocs", None),
            ("/healthz", None),
            ("", None),
        ] {
            assert_eq!(owner(path).map(Envelope::dialect), expected, "{path}");
        }
    }
}
