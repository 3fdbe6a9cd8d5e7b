//! What a landlord calls a calendar of another site, or a link that is given to one.

use crate::{
    Field, Invalid,
    text::{Kind, checked, stored},
};

/// One line of 1 to 64 characters without `<` and `>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarName(String);

impl CalendarName {
    /// The most characters.
    pub const MAX_CHARS: usize = 64;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::CalendarName`].
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, Self::MAX_CHARS, Kind::Line, Field::CalendarName).map(Self)
    }

    /// A name that was checked when it was stored.
    ///
    /// # Errors
    /// [`Field::CalendarName`].
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        stored(text, Self::MAX_CHARS, Field::CalendarName).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(CalendarName::new("  Airbnb 二楼 ").unwrap().as_str(), "Airbnb 二楼");
        for bad in ["", "  ", "a\nb", "<b>", &"x".repeat(65)] {
            assert_eq!(CalendarName::new(bad).unwrap_err().field, Field::CalendarName, "{bad:?}");
        }
        assert!(CalendarName::stored("Airbnb").is_ok());
    }
}
