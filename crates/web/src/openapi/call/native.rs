//! What only calls of the native API have.

use minsu_application::standing::LimitedBy;
use minsu_domain::Scope;
use utoipa::ToSchema;

use super::{Answer, Call, Described, Input, Login, Verb};

/// What the native API says of a call and the other dialects have no word for.
#[derive(Debug, Clone, Copy)]
pub struct Native {
    /// The status of a success.
    pub status: u16,
    /// A second parameter in the path.
    pub second_in_path: Option<Input>,
    /// Whether the answer names what was made in `Location`.
    pub has_location: bool,
    /// Whether the answer sets the session cookie, or takes it away.
    pub sets_cookie: bool,
    /// Whether the request must carry an `Idempotency-Key`.
    pub key_demanded: bool,
    /// Whether the request must name the version that it changes in `If-Match`.
    pub edits: bool,
    /// The scope that a personal token needs; without one a call that needs a login takes sessions only.
    pub scope: Option<Scope>,
    /// Whether the password must have been given a short while ago.
    pub confirmed: bool,
    /// The limits of the site that count the call, beside the one of all requests.
    pub limited_by: Option<LimitedBy>,
}

impl Native {
    pub(super) const fn of(verb: Verb) -> Self {
        Self {
            status: if matches!(verb, Verb::Post) { 201 } else { 200 },
            second_in_path: None,
            has_location: false,
            sets_cookie: false,
            key_demanded: false,
            edits: false,
            scope: None,
            confirmed: false,
            limited_by: None,
        }
    }
}

impl Call {
    /// A PATCH that answers JSON of a type.
    pub const fn patch<T: ToSchema>(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Patch, path, id, Answer::Json(Described::of::<T>()), summary)
    }

    /// A call that answers 204 and no content.
    pub const fn without_content(verb: Verb, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(verb, path, id, Answer::Nothing, summary).with_status(204)
    }

    /// The status of a success of the native API.
    #[must_use]
    pub const fn with_status(self, status: u16) -> Self {
        Self { native: Native { status, ..self.native }, ..self }
    }

    /// A second parameter in the path.
    #[must_use]
    pub const fn and_path(self, parameter: Input) -> Self {
        Self { native: Native { second_in_path: Some(parameter), ..self.native }, ..self }
    }

    /// The answer names what was made in `Location`.
    #[must_use]
    pub const fn has_location(self) -> Self {
        Self { native: Native { has_location: true, ..self.native }, ..self }
    }

    /// The answer sets the session cookie, or takes it away.
    #[must_use]
    pub const fn sets_cookie(self) -> Self {
        Self { native: Native { sets_cookie: true, ..self.native }, ..self }
    }

    /// The request must carry an `Idempotency-Key`.
    #[must_use]
    pub const fn demands_key(self) -> Self {
        Self { native: Native { key_demanded: true, ..self.native }, ..self }
    }

    /// The request must name the version that it changes in `If-Match`, and the answer has an `ETag`.
    #[must_use]
    pub const fn edits(self) -> Self {
        Self { native: Native { edits: true, ..self.native }, has_tag: true, ..self }
    }

    /// The caller must be logged in, or send a personal token with this scope.
    #[must_use]
    pub const fn needs_scope(self, scope: Scope) -> Self {
        Self { native: Native { scope: Some(scope), ..self.native }, login: Login::Needed, ..self }
    }

    /// Callers who are not logged in get an answer too, and those with a session or a personal token with this scope
    /// one of their own.
    #[must_use]
    pub const fn takes_scope(self, scope: Scope) -> Self {
        Self { native: Native { scope: Some(scope), ..self.native }, ..self }
    }

    /// The caller must be logged in and have given the password a short while ago.
    #[must_use]
    pub const fn needs_confirmation(self) -> Self {
        Self { native: Native { confirmed: true, ..self.native }, login: Login::Needed, ..self }
    }

    /// A limit of the site counts the call.
    #[must_use]
    pub const fn limited_by(self, limit: LimitedBy) -> Self {
        Self { native: Native { limited_by: Some(limit), ..self.native }, ..self }
    }
}
