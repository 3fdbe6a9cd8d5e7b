//! Keys of stored pictures.

use crate::{Field, Invalid};

/// The key of a stored picture: chosen by the server from the picture's content, never from a
/// name that a client sent. Small letters, digits, `/`, `_`, `-` and `.`, at most 100 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PictureKey(String);

impl PictureKey {
    /// The most bytes of a key.
    pub const MAX_BYTES: usize = 100;

    /// Checks a key, also one that comes out of a URL: no empty segment, none that starts with a
    /// point, so that no key leads out of its folder.
    ///
    /// # Errors
    /// [`Field::PictureKey`].
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let segment = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && segment.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.'))
        };
        if text.len() <= Self::MAX_BYTES && text.split('/').all(segment) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::format(Field::PictureKey))
        }
    }

    /// The key of the small variant for lists: `-small` before the ending.
    pub fn small(&self) -> Self {
        match self.0.rsplit_once('.') {
            Some((stem, ending)) if !ending.contains('/') => Self(format!("{stem}-small.{ending}")),
            _ => Self(format!("{}-small", self.0)),
        }
    }

    /// The key of the picture of which this is the small variant; `None` for other keys.
    pub fn large(&self) -> Option<Self> {
        let (stem, ending) = self.0.rsplit_once('.').filter(|(_, ending)| !ending.contains('/'))?;
        let stem = stem.strip_suffix("-small").filter(|stem| !stem.is_empty() && !stem.ends_with('/'))?;
        Some(Self(format!("{stem}.{ending}")))
    }

    /// The folder that it is in; `None` for a key without one.
    pub fn folder(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(folder, _)| Self(folder.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leads_out_of_its_folder() {
        assert!(PictureKey::new("houses/ab/0123.jpg").is_ok());
        for bad in ["", "/etc/passwd", "a//b", "../a", "a/../b", "a/.b", "A.jpg", "a\\b", "a b", "a/", "%2e", "a\0"] {
            assert!(PictureKey::new(bad).is_err(), "{bad:?}");
        }
        assert!(PictureKey::new(&"a".repeat(101)).is_err());
    }

    #[test]
    fn the_small_variant_is_named_after_the_large_one() {
        assert_eq!(PictureKey::new("houses/ab/01.jpg").unwrap().small().as_str(), "houses/ab/01-small.jpg");
        assert_eq!(PictureKey::new("a.b/01").unwrap().small().as_str(), "a.b/01-small");
    }

    #[test]
    fn the_large_variant_is_found_by_the_small_one() {
        let large = |text: &str| PictureKey::new(text).unwrap().large().map(|key| key.as_str().to_owned());
        assert_eq!(large("houses/7/01-small.jpg").as_deref(), Some("houses/7/01.jpg"));
        for key in ["houses/7/01.jpg", "houses/7/-small.jpg", "a-small.b/01", "-small.jpg", "houses/small.jpg"] {
            assert_eq!(large(key), None, "{key}");
        }
    }

    #[test]
    fn a_folder_is_what_lies_before_the_last_slash() {
        let folder = |text: &str| PictureKey::new(text).unwrap().folder().map(|key| key.as_str().to_owned());
        assert_eq!(folder("houses/7/01.jpg").as_deref(), Some("houses/7"));
        assert_eq!(folder("01.jpg"), None);
    }
}
