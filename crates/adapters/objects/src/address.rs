//! The public address of an object.

use minsu_domain::PictureKey;

/// The prefix of every key, its last slash included.
#[derive(Debug, Clone)]
pub(crate) struct PublicBase(String);

impl PublicBase {
    /// Takes a path (`/media`) or a URL (`https://pictures.example.com`), with or without a slash
    /// at its end.
    pub(crate) fn new(base: &str) -> Self {
        Self(format!("{}/", base.trim_end_matches('/')))
    }

    /// The address of an object; keys consist of characters that a URL contains unencoded.
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
