//! The secret of a link.

use minsu_ports::{Export, LinkHash};

use crate::digest::sha256;

const BYTES: usize = 32;

/// 256 random bits, in hexadecimal digits. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkSecret(String);

impl LinkSecret {
    pub(super) fn from_random(bytes: [u8; BYTES]) -> Self {
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Takes what stands in a path; `None` for anything that is no secret, so that it costs no look-up.
    pub fn parse(text: &str) -> Option<Self> {
        let is_right = text.len() == 2 * BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_right.then(|| Self(text.to_owned()))
    }

    /// The path of the calendar, to be shown once.
    pub fn path(&self) -> String {
        format!("/ical/{}.ics", self.0)
    }

    pub(super) fn hash(&self) -> LinkHash {
        LinkHash(sha256(self.0.as_bytes()))
    }
}

/// A link and its secret, which is not kept.
#[derive(Debug, Clone)]
pub struct CreatedExport {
    /// The link.
    pub export: Export,
    /// Its secret, to be shown once.
    pub secret: LinkSecret,
}

impl std::fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_stands_in_its_path_and_nowhere_else() {
        let secret = LinkSecret::from_random([0xab; 32]);
        assert_eq!(secret.path(), format!("/ical/{}.ics", "ab".repeat(32)));
        assert_eq!(LinkSecret::parse(&"ab".repeat(32)), Some(secret.clone()));
        for bad in ["", "ab", &"AB".repeat(32), &"ag".repeat(32), &"ab".repeat(33)] {
            assert_eq!(LinkSecret::parse(bad), None, "{bad}");
        }
        assert_eq!(format!("{secret:?}"), "LinkSecret(…)");
        assert_ne!(secret.hash(), LinkSecret::from_random([0xac; 32]).hash());
    }
}
