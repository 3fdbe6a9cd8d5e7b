//! What people write about a stay.

use crate::{
    Field, Invalid,
    text::{Lines, checked},
};

/// What the guest says after the stay: 1 to 1,000 characters, line breaks allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::Comment`] for an empty or too long text and for control characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, 1000, Lines::Many, Field::Comment).map(Self)
    }

    /// The comment as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why the landlord rejects: 1 to 500 characters, line breaks allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectReason(String);

impl RejectReason {
    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::RejectReason`] for an empty or too long text and for control characters.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, 500, Lines::Many, Field::RejectReason).map(Self)
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
        assert!(RejectReason::new(&"好".repeat(501)).is_err());
        assert!(RejectReason::new("已满").is_ok());
    }
}
