//! Texts about an order: the guest's comment, the reason of a rejection or a cancellation.

use crate::{
    Field, Invalid,
    text::{Kind, checked},
};

/// The guest's comment after the stay: 1 to 1,000 characters, line breaks allowed, without HTML tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    /// The most characters.
    pub const MAX_CHARS: usize = 1000;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::Comment`] for an empty or too long text, for control characters and for HTML tags.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, Self::MAX_CHARS, Kind::Lines, Field::Comment).map(Self)
    }

    /// The comment as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The reason of a rejection or a cancellation: one line of 1 to 500 characters without `<` and `>`; line breaks
/// become blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReason(String);

impl OrderReason {
    /// The most characters.
    pub const MAX_CHARS: usize = 500;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::RejectReason`] for an empty or too long text, for markup and for control characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, Self::MAX_CHARS, Kind::FoldedLine, Field::RejectReason).map(Self)
    }

    /// The reason as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_bounds_and_keep_emoji_and_line_breaks() {
        assert_eq!(Comment::new(" 很好 🏠\n再来 ").unwrap().as_str(), "很好 🏠\n再来");
        assert!(Comment::new(" \n").is_err());
        assert!(Comment::new(&"好".repeat(1001)).is_err());
        assert!(OrderReason::new(&"好".repeat(501)).is_err());
        assert_eq!(OrderReason::new("已满\n明天再来").unwrap().as_str(), "已满 明天再来");
        assert!(OrderReason::new("<b>已满</b>").is_err());
        assert!(Comment::new("3 < 4").is_ok());
        assert!(Comment::new("<img src=x onerror=f()>").is_err());
    }
}
