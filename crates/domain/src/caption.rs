//! What a landlord writes below a picture.

use crate::{
    Field, Invalid,
    text::{Kind, checked, stored},
};

/// One line of 1 to 200 characters without `<` and `>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption(String);

impl Caption {
    /// The most characters.
    pub const MAX_CHARS: usize = 200;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::Caption`].
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, Self::MAX_CHARS, Kind::Line, Field::Caption).map(Self)
    }

    /// A caption that was checked when it was stored.
    ///
    /// # Errors
    /// [`Field::Caption`].
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        stored(text, Self::MAX_CHARS, Field::Caption).map(Self)
    }

    /// The caption as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_is_one_line_without_markup() {
        assert_eq!(Caption::new(" 院子 🏮 ").unwrap().as_str(), "院子 🏮");
        assert_eq!(Caption::new(&"院".repeat(200)).unwrap().as_str().chars().count(), 200);
        for wrong in ["", "  ", "a\nb", "<b>", &"院".repeat(201)] {
            assert_eq!(Caption::new(wrong).unwrap_err().field, Field::Caption, "{wrong}");
        }
    }
}
