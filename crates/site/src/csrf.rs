//! The token of forms: besides the checks of where a request comes from, a form that changes something carries a
//! signature of a cookie of the same browser, which no page of another site can read.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    cookies,
    state::State,
};

use crate::cookie;

/// The name of the field.
pub const FIELD: &str = "csrf";

/// The place of use of the signatures.
const PURPOSE: &str = "form of the site";

/// A token, and the cookie that a browser without one has to get with it.
pub struct Token {
    /// For the hidden field.
    pub text: String,
    /// To be set with the page.
    pub cookie: Option<Cookie<'static>>,
}

/// The token for the forms of a page.
pub fn token(request: &HttpRequest, state: &State) -> Token {
    if let Some(secret) = secret(request, state) {
        return Token { text: hex(&state.app.signer.sign(PURPOSE, &secret)), cookie: None };
    }
    let mut random = [0; 16];
    state.app.randomness.fill(&mut random);
    let value = hex(&random);
    let text = hex(&state.app.signer.sign(PURPOSE, value.as_bytes()));
    let cookie = Cookie::build(name(state), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.http.secure_cookies)
        .finish();
    Token { text, cookie: Some(cookie) }
}

/// Refuses a form whose token is not of this browser.
///
/// # Errors
/// [`RequestFault::CrossSite`].
pub fn check(request: &HttpRequest, state: &State, sent: Option<&str>) -> Result<(), ApiError> {
    let is_ours = || {
        let signature = bytes(sent?)?;
        let secret = secret(request, state)?;
        Some(state.app.signer.verify(PURPOSE, &secret, &signature))
    };
    if is_ours() == Some(true) { Ok(()) } else { Err(RequestFault::CrossSite.into()) }
}

/// The cookie that the token signs: that of the session, and before a login one of its own.
fn secret(request: &HttpRequest, state: &State) -> Option<Vec<u8>> {
    let own = name(state);
    let named = [state.http.session_cookie.as_str(), own.as_str()];
    let mut values = named.into_iter().flat_map(|name| cookies::values(request, name));
    values.find(|value| !value.is_empty()).map(<[u8]>::to_vec)
}

fn name(state: &State) -> String {
    cookie::name(state, "minsu_form")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    digits.chunks_exact(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read_back() {
        let signature: Vec<u8> = (0..32).collect();
        assert_eq!(bytes(&hex(&signature)).as_deref(), Some(signature.as_slice()));
        for bad in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }
}
