//! Cursors: where a list goes on, as an opaque text that a client cannot make up.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use minsu_application::App;

/// Bytes of a signature in a cursor: enough against guessing, and short.
const SIGNED: usize = 16;
/// The longest cursor that is read, in bytes.
const LONGEST: usize = 256;

/// Makes a cursor of a list. A cursor of one list is none of another.
pub(crate) fn sealed(app: &App, list: &'static str, place: &str) -> String {
    let signature = app.signer.sign(list, place.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode([&signature[..SIGNED], place.as_bytes()].concat())
}

/// The place that a cursor of this list names; nothing for a text that is none.
pub(crate) fn opened(app: &App, list: &'static str, cursor: &str) -> Option<String> {
    if cursor.len() > LONGEST {
        return None;
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (signature, place) = bytes.split_at_checked(SIGNED)?;
    if !app.signer.verify(list, place, signature) {
        return None;
    }
    String::from_utf8(place.to_vec()).ok()
}
