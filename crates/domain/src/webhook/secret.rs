//! The key that signs what a webhook is sent.

/// Random bytes that the site and the receiver share. `Debug` does not print them.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// How many bytes a secret has at least and at most.
    pub const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

    /// Takes bytes; none for too few or too many.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        Self::BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The bytes, to sign with.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_enough_and_not_printed() {
        assert_eq!((WebhookSecret::new([7; 23]), WebhookSecret::new([7; 65])), (None, None));
        let secret = WebhookSecret::new([7; 32]).unwrap();
        assert_eq!(secret.reveal(), [7; 32]);
        assert!(!format!("{secret:?}").contains('7'));
    }
}
