//! A call as it is registered and documented: a constant beside its handler.

mod native;
mod verb;

use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        path::{Parameter, ParameterIn},
    },
};

use crate::api_error::ApiError;

pub use native::Native;
pub use verb::Verb;

/// A type and the types that it is made of, as the document shows them.
#[derive(Debug, Clone, Copy)]
pub struct Described {
    name: fn() -> String,
    schema: fn() -> RefOr<Schema>,
    parts: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Described {
    /// A type that derives `ToSchema`.
    pub const fn of<T: ToSchema>() -> Self {
        Self { name: name_of::<T>, schema: <T as PartialSchema>::schema, parts: T::schemas }
    }

    /// The name of its schema.
    pub fn name(&self) -> String {
        (self.name)()
    }

    /// Its schema and those of its parts, by their names.
    pub fn schemas(&self) -> Vec<(String, RefOr<Schema>)> {
        let mut all = Vec::new();
        (self.parts)(&mut all);
        all.push((self.name(), (self.schema)()));
        all
    }
}

/// `Reply<Vec<AreaData>>` is called `Reply_Vec_AreaData`.
fn name_of<T>() -> String {
    let text = std::any::type_name::<T>();
    let parts = text.split(['<', '>', ',', ' ']).filter(|part| !part.is_empty());
    parts.filter_map(|part| part.rsplit("::").next()).collect::<Vec<_>>().join("_")
}

/// A parameter in the path, or a part of a form.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// What it means; empty: what its schema says of it.
    pub says: &'static str,
    /// Which values it takes.
    pub schema: fn() -> RefOr<Schema>,
}

impl Input {
    /// A field with a meaning of its own, or with that of its schema.
    pub const fn new(name: &'static str, says: &'static str, schema: fn() -> RefOr<Schema>) -> Self {
        Self { name, says, schema }
    }
}

/// What a call reads of a body.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// Nothing.
    Nothing,
    /// JSON.
    Json(Described),
    /// JSON or a form, or nothing.
    Optional(Described),
    /// A form with a file.
    Upload(&'static [Input]),
}

/// What a call answers when it succeeds.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// JSON.
    Json(Described),
    /// Bytes of this type.
    Bytes(&'static str),
    /// No content.
    Nothing,
}

/// Whether a call needs a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// No login is needed.
    NotNeeded,
    /// Without a login it answers that the user is not logged in.
    Needed,
    /// It is the question for the session itself, which has a refusal of its own.
    Asked,
}

/// Another path of a call.
#[derive(Debug, Clone, Copy)]
pub struct Alias {
    /// The path below the dialect's prefix.
    pub path: &'static str,
    /// What is said of it alone.
    pub says: Option<&'static str>,
    /// The form that it takes, where it is another one.
    pub form: Option<&'static [Input]>,
}

impl Alias {
    /// The same call at another path.
    pub const fn at(path: &'static str) -> Self {
        Self { path, says: None, form: None }
    }

    /// The same with another form.
    #[must_use]
    pub const fn taking(self, says: &'static str, form: &'static [Input]) -> Self {
        Self { says: Some(says), form: Some(form), ..self }
    }
}

/// Which calls take what an answer names: tools follow these from call to call.
#[derive(Debug, Clone, Copy)]
pub struct Links {
    /// Its place in the answer.
    pub pointer: &'static str,
    /// The calls, by their ids, and the parameter of each.
    pub to: &'static [(&'static str, &'static str)],
}

/// The description of a call.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Its method.
    pub verb: Verb,
    /// Its path below the dialect's prefix, with placeholders in braces, as it is routed.
    pub path: &'static str,
    /// The path as it is documented, where the route is a pattern.
    pub documented_as: Option<&'static str>,
    /// Further paths.
    pub aliases: &'static [Alias],
    /// Whether it changes state, and so must not come from another site.
    pub changes_state: bool,
    /// Its name among the calls of the dialect.
    pub id: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What it does, in Markdown.
    pub says: &'static str,
    /// The login that it needs.
    pub login: Login,
    /// The parameter in its path.
    pub path_parameter: Option<Input>,
    /// The parameters in its query.
    pub query: fn() -> Vec<Parameter>,
    /// What it reads of a body.
    pub body: Body,
    /// What it answers.
    pub answer: Answer,
    /// What it refuses, beyond what every call of its kind does (see [`crate::openapi::refusals`]).
    pub refuses: fn() -> Vec<ApiError>,
    /// Whether its answer has an `ETag`.
    pub has_tag: bool,
    /// The calls that take what it answers.
    pub links: Option<Links>,
    /// What pages send along and the call does not read.
    pub not_read: &'static [(&'static str, &'static str)],
    /// What the native API says beside.
    pub native: Native,
}

impl Call {
    const fn new(verb: Verb, path: &'static str, id: &'static str, answer: Answer, summary: &'static str) -> Self {
        Self {
            verb,
            path,
            documented_as: None,
            aliases: &[],
            changes_state: !matches!(verb, Verb::Get),
            id,
            summary,
            says: "",
            login: Login::NotNeeded,
            path_parameter: None,
            query: Vec::new,
            body: Body::Nothing,
            answer,
            refuses: Vec::new,
            has_tag: false,
            links: None,
            not_read: &[],
            native: Native::of(verb),
        }
    }

    /// A call that only reads, and answers JSON of a type.
    pub const fn get<T: ToSchema>(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Get, path, id, Answer::Json(Described::of::<T>()), summary)
    }

    /// A call that only reads, and answers bytes of a media type.
    pub const fn get_bytes(path: &'static str, id: &'static str, kind: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Get, path, id, Answer::Bytes(kind), summary)
    }

    /// A POST that answers JSON of a type.
    pub const fn post<T: ToSchema>(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Post, path, id, Answer::Json(Described::of::<T>()), summary)
    }

    /// A PUT that answers JSON of a type.
    pub const fn put<T: ToSchema>(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Put, path, id, Answer::Json(Described::of::<T>()), summary)
    }

    /// A DELETE that answers JSON of a type.
    pub const fn delete<T: ToSchema>(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(Verb::Delete, path, id, Answer::Json(Described::of::<T>()), summary)
    }

    /// What it does, in Markdown.
    #[must_use]
    pub const fn says(self, says: &'static str) -> Self {
        Self { says, ..self }
    }

    /// A GET that changes state all the same, because a document says so.
    #[must_use]
    pub const fn that_changes(self) -> Self {
        Self { changes_state: true, ..self }
    }

    /// The path as it is documented, where the route is a pattern.
    #[must_use]
    pub const fn documented_as(self, path: &'static str) -> Self {
        Self { documented_as: Some(path), ..self }
    }

    /// Further paths of the call.
    #[must_use]
    pub const fn also(self, aliases: &'static [Alias]) -> Self {
        Self { aliases, ..self }
    }

    /// The caller must be logged in.
    #[must_use]
    pub const fn needs_login(self) -> Self {
        Self { login: Login::Needed, ..self }
    }

    /// The caller asks for their own session.
    #[must_use]
    pub const fn asks_for_session(self) -> Self {
        Self { login: Login::Asked, ..self }
    }

    /// The parameter in the path.
    #[must_use]
    pub const fn with_path(self, parameter: Input) -> Self {
        Self { path_parameter: Some(parameter), ..self }
    }

    /// The parameters in the query.
    #[must_use]
    pub const fn with_query<P: IntoParams>(self) -> Self {
        Self { query: || P::into_params(|| Some(ParameterIn::Query)), ..self }
    }

    /// A JSON body.
    #[must_use]
    pub const fn with_json<T: ToSchema>(self) -> Self {
        Self { body: Body::Json(Described::of::<T>()), ..self }
    }

    /// A JSON body, a form, or none.
    #[must_use]
    pub const fn with_optional_body<T: ToSchema>(self) -> Self {
        Self { body: Body::Optional(Described::of::<T>()), ..self }
    }

    /// A form with a file.
    #[must_use]
    pub const fn with_upload(self, form: &'static [Input]) -> Self {
        Self { body: Body::Upload(form), ..self }
    }

    /// What it refuses of its own.
    #[must_use]
    pub const fn refuses(self, refuses: fn() -> Vec<ApiError>) -> Self {
        Self { refuses, ..self }
    }

    /// Its answer has an `ETag`.
    #[must_use]
    pub const fn has_tag(self) -> Self {
        Self { has_tag: true, ..self }
    }

    /// The calls that take the value at `pointer` of its answer.
    #[must_use]
    pub const fn leads(self, pointer: &'static str, to: &'static [(&'static str, &'static str)]) -> Self {
        Self { links: Some(Links { pointer, to }), ..self }
    }

    /// What pages send along and the call does not read.
    #[must_use]
    pub const fn does_not_read(self, names: &'static [(&'static str, &'static str)]) -> Self {
        Self { not_read: names, ..self }
    }

    /// Every path of the call, its own first.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.path).chain(self.aliases.iter().map(|alias| alias.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generic_type_is_called_after_all_its_parts() {
        assert_eq!(name_of::<String>(), "String");
        assert_eq!(name_of::<Vec<Option<i64>>>(), "Vec_Option_i64");
    }
}
