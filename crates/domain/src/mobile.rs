//! Mobile numbers of mainland China.

use crate::{Field, Invalid, text::fold_typed};

/// A mobile number: `1`, a digit from 3 to 9, nine more digits; ASCII only, nothing around them.
///
/// It is personal data: `Debug` prints it masked, and only [`Mobile::as_str`] returns it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Mobile(String);

impl Mobile {
    /// Takes a number exactly as sent.
    ///
    /// # Errors
    /// [`Field::Mobile`] for anything else, white space and full-width digits included.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        match text.as_bytes() {
            [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Invalid::format(Field::Mobile)),
        }
    }

    /// Takes a number as people type or paste it: white space around it is dropped, full-width digits
    /// count as digits.
    ///
    /// # Errors
    /// [`Field::Mobile`] for anything else.
    pub fn typed(text: &str) -> Result<Self, Invalid> {
        Self::new(&fold_typed(text))
    }

    /// The whole number: for its owner, the database and the SMS service only.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with its middle four digits masked, for other users and for logs.
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.0[..3], &self.0[7..])
    }
}

impl std::fmt::Debug for Mobile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_eleven_ascii_digits_that_start_right() {
        assert!(Mobile::new("13800000000").is_ok());
        assert!(Mobile::new("19912345678").is_ok());
        for bad in [
            "",
            "12800000000",
            "1380000000",
            "138000000000",
            " 13800000000",
            "13800000000\n",
            "1380000000a",
            "+8613800000000",
            "1３800000000",
            "1380000000٣",
        ] {
            assert_eq!(Mobile::new(bad), Err(Invalid::format(Field::Mobile)), "{bad:?}");
        }
    }

    #[test]
    fn a_typed_number_is_folded_first() {
        for typed in ["13800000000", " 13800000000\r\n", "１３８００００００００", "\u{202d}13800000000\u{202c}"]
        {
            assert_eq!(Mobile::typed(typed).unwrap().as_str(), "13800000000", "{typed:?}");
        }
        for bad in ["138 0000 0000", "+8613800000000", "1380000000٣", "", " "] {
            assert_eq!(Mobile::typed(bad), Err(Invalid::format(Field::Mobile)), "{bad:?}");
        }
    }

    #[test]
    fn debug_does_not_tell_the_number() {
        let mobile = Mobile::new("13812345678").unwrap();
        assert_eq!(format!("{mobile:?}"), "138****5678");
    }
}
