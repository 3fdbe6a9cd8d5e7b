//! The public address of an object.

use minsu_domain::PictureKey;

/// What stands before every key, its last slash included.
#[derive(Debug, Clone)]
pub(crate) struct PublicBase(String);

impl PublicBase {
    /// Takes a path (`/media`) or a URL (`https://pictures.example.com`), with or without a slash
    /// at its end.
    pub(crate) fn new(base: &str) -> Self {
        Self(format!("{}/", base.trim_end_matches('/')))
    }

    /// Keys are made of characters that a URL shows as they are.
    pub(crate) fn of(&self, key: &PictureKey) -> String {
        format!("{}{}", self.0, key.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_stands_between_base_and_key() {
        let key = PictureKey::new("a/b.jpg").unwrap();
        for base in ["/media", "/media/", "/media//"] {
            assert_eq!(PublicBase::new(base).of(&key), "/media/a/b.jpg");
        }
        assert_eq!(PublicBase::new("https://p.example.com").of(&key), "https://p.example.com/a/b.jpg");
    }
}
