//! What a person calls a personal token.

use crate::{
    Field, Invalid,
    text::{Kind, checked, stored},
};

/// One line of 1 to 64 characters without `<` and `>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(String);

impl TokenName {
    /// The most characters.
    pub const MAX_CHARS: usize = 64;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::TokenName`].
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, Self::MAX_CHARS, Kind::Line, Field::TokenName).map(Self)
    }

    /// A name that was checked when it was stored.
    ///
    /// # Errors
    /// [`Field::TokenName`].
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        stored(text, Self::MAX_CHARS, Field::TokenName).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
