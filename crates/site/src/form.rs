//! Forms that change something: read only together with the check of their token.

use actix_multipart::Multipart;
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::CONTENT_TYPE, web::Data};
use futures_util::future::LocalBoxFuture;
use minsu_application::{AppError, sessions::SessionToken};
use minsu_domain::Principal;
use minsu_web::{
    api_error::{ApiError, RequestFault},
    body::Body,
    login::CurrentSession,
    state::State,
    upload::Upload,
};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::csrf;

/// The fields of a form.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(bytes: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// Fields that are known, as a form shows them.
    pub fn known(fields: Vec<(&str, String)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The fields of a query.
    pub fn of_query(request: &HttpRequest) -> Self {
        Self::parse(request.query_string().as_bytes())
    }

    /// The text of a field; empty where it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.filled(name).unwrap_or_default()
    }

    /// The text of a field that is filled in.
    pub fn filled(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// The fields as a value; those named in `lists` are lists, of which a form without an entry sends nothing.
    ///
    /// # Errors
    /// [`RequestFault::WrongFields`].
    pub fn read<T: DeserializeOwned>(&self, lists: &[&str]) -> Result<T, ApiError> {
        let single = self.0.iter().filter(|(name, _)| !lists.contains(&name.as_str()));
        let single = single.map(|(name, value)| (name.clone(), value.trim().into()));
        let listed = lists.iter().map(|name| ((*name).to_owned(), self.all(name).collect()));
        let fields: serde_json::Map<String, Value> = single.chain(listed).collect();
        serde_json::from_value(fields.into()).map_err(|_| RequestFault::WrongFields.into())
    }

    /// The texts of a field that is sent several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A form of a visitor who need not be logged in.
pub struct VisitorForm(pub Fields);

impl FromRequest for VisitorForm {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), Body::from_request(request, payload));
        Box::pin(async move { Ok(Self(checked(&request, body.await?)?)) })
    }
}

/// A form of a visitor who is logged in: the login is looked at first.
pub struct MemberForm {
    /// Who sent it.
    pub viewer: Principal,
    /// By this session.
    pub token: SessionToken,
    /// What it says.
    pub fields: Fields,
}

impl FromRequest for MemberForm {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let session = CurrentSession::from_request(request, payload);
        let (request, body) = (request.clone(), Body::from_request(request, payload));
        Box::pin(async move {
            let CurrentSession { principal, token } = session.await?;
            Ok(Self { viewer: principal, token, fields: checked(&request, body.await?)? })
        })
    }
}

/// Reads a form with a file.
///
/// # Errors
/// Those of [`Upload::receive`], and [`RequestFault::CrossSite`] for a wrong token.
pub async fn upload(
    state: &Data<State>,
    request: &HttpRequest,
    viewer: Principal,
    multipart: Multipart,
) -> Result<Upload, ApiError> {
    let upload = Upload::receive(state, viewer, multipart).await?;
    csrf::check(request, state, upload.field(csrf::FIELD))?;
    Ok(upload)
}

fn checked(request: &HttpRequest, Body(bytes): Body) -> Result<Fields, ApiError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(RequestFault::UnsupportedMediaType.into());
    }
    let state: &Data<State> = State::of(request).ok_or_else(|| AppError::Internal("no state in the server".into()))?;
    let fields = Fields::parse(&bytes);
    csrf::check(request, state, fields.filled(csrf::FIELD))?;
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn fields_are_read_by_their_names() {
        let fields = Fields::parse("a=1&b=&c=%E6%B0%91+x&a=2".as_bytes());
        assert_eq!((fields.get("a"), fields.get("b"), fields.get("c"), fields.get("d")), ("1", "", "民 x", ""));
        assert_eq!(fields.filled("b"), None);
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        let read: BTreeMap<String, Value> = fields.read(&["a", "e"]).unwrap();
        let expected = [("a", json!(["1", "2"])), ("b", json!("")), ("c", json!("民 x")), ("e", json!([]))];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value)).into());
        assert!(fields.read::<BTreeMap<String, u8>>(&[]).is_err());
    }
}
