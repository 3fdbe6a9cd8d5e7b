//! The key by which a client makes a changing call safe to repeat.

use crate::{Field, Invalid};

/// What a client sends as `Idempotency-Key`: 1 to 255 visible ASCII characters, a random UUID for
/// example. The site keeps a digest of it only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The most characters.
    pub const MAX_CHARS: usize = 255;

    /// Takes a key as it was sent.
    ///
    /// # Errors
    /// [`Field::IdempotencyKey`] for an empty or too long text and for anything but visible ASCII.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > Self::MAX_CHARS {
            return Err(Invalid::range(Field::IdempotencyKey));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Invalid::format(Field::IdempotencyKey));
        }
        Ok(Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rule;

    #[test]
    fn a_key_is_visible_ascii_of_a_bounded_length() {
        for fine in ["a", "8e03978e-40d5-43e8-bc93-6894a57f9324", "\"quoted\"", &"k".repeat(255)] {
            assert_eq!(IdempotencyKey::new(fine).unwrap().as_str(), fine);
        }
        for (bad, rule) in [
            ("", Rule::Range),
            (&*"k".repeat(256), Rule::Range),
            ("a b", Rule::Format),
            ("a\n", Rule::Format),
            ("\u{7f}", Rule::Format),
            ("é", Rule::Format),
        ] {
            let refused = IdempotencyKey::new(bad).unwrap_err();
            assert_eq!((refused.field, refused.rule), (Field::IdempotencyKey, rule), "{bad:?}");
        }
    }
}
