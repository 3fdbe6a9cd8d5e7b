//! Faults of a request that only the native API tells apart.

use std::time::Duration;

use minsu_domain::{Invalid, Rule};
use thiserror::Error;

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldRule {
    /// It is demanded and absent.
    Required,
    /// The call has no such field.
    Unknown,
    /// It is there several times.
    Repeated,
    /// JSON of another type.
    Type,
    /// Not of the form that the field has.
    Format,
    /// Too short, too long, too small or too large.
    Range,
    /// On the list of common passwords.
    Common,
    /// The check digit does not fit.
    CheckDigit,
    /// Nothing with this id exists.
    NotFound,
    /// It does not fit another field, or was not given by this site.
    Mismatch,
}

impl From<Rule> for FieldRule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Format => Self::Format,
            Rule::Range => Self::Range,
            Rule::Common => Self::Common,
            Rule::HasMobile => Self::Mismatch,
            Rule::CheckDigit => Self::CheckDigit,
        }
    }
}

impl From<Invalid> for FieldRule {
    fn from(invalid: Invalid) -> Self {
        invalid.rule.into()
    }
}

/// A field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Its place in the body, as a JSON pointer (RFC 6901); a parameter of the query stands at the
    /// pointer of its name.
    pub pointer: String,
    /// What is wrong.
    pub rule: FieldRule,
}

impl FieldFault {
    /// A fault at a field of the outermost object.
    pub fn at(name: &str, rule: FieldRule) -> Self {
        Self { pointer: format!("/{}", name.replace('~', "~0").replace('/', "~1")), rule }
    }
}

/// Why the native API refuses a request before a use case sees it.
#[derive(Debug, Error)]
pub enum NativeFault {
    /// Fields that cannot be, all of them.
    #[error("{} invalid fields", .0.len())]
    InvalidFields(Vec<FieldFault>),
    /// The call edits something and the request has no `If-Match`.
    #[error("no version in the request")]
    VersionMissing,
    /// The request's `If-Match` names another version than the current one.
    #[error("the version in the request is not the current one")]
    VersionStale,
    /// The call demands an `Idempotency-Key`.
    #[error("no idempotency key in the request")]
    IdempotencyKeyMissing,
    /// The key belongs to another request.
    #[error("the idempotency key belongs to another request")]
    IdempotencyKeyReused,
    /// Another request under the key is running; how long to wait.
    #[error("another request under the idempotency key is running")]
    InProgress(Duration),
    /// No valid personal token.
    #[error("no such token, or an expired one")]
    TokenInvalid,
    /// More guests than the listing takes.
    #[error("more guests than the listing takes")]
    TooManyGuests,
}
