//! The numbers of payment attempts and refunds.

/// Crockford's digits: no letter that reads like another.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random digits behind the prefix: 130 bits.
const RANDOM_DIGITS: usize = 26;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// How many random bytes make a number.
            pub const BYTES: usize = RANDOM_DIGITS;

            /// Makes a number of unpredictable bytes, of which each gives five bits.
            pub fn from_random(bytes: [u8; Self::BYTES]) -> Self {
                let digits = bytes.iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)]));
                Self($prefix.chars().chain(digits).collect())
            }

            /// Reads a number; none for anything that [`Self::from_random`] cannot make.
            pub fn parse(text: &str) -> Option<Self> {
                let digits = text.strip_prefix($prefix)?;
                let sound = digits.len() == RANDOM_DIGITS && digits.bytes().all(|byte| DIGITS.contains(&byte));
                sound.then(|| Self(text.to_owned()))
            }

            /// The number as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

number! {
    /// The number under which a provider knows an attempt to pay an order: 28 characters `[0-9A-Z]`, `MP` and 26
    /// random digits. It is never the id of the order, and no attempt has that of another.
    AttemptNumber, "MP"
}

number! {
    /// The number under which a provider knows a refund: 28 characters `[0-9A-Z]`, `MR` and 26 random digits. A
    /// repeated call with the same number is the same refund.
    RefundNumber, "MR"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_back_and_no_other_text_does() {
        let number = AttemptNumber::from_random([255; AttemptNumber::BYTES]);
        assert_eq!(number.as_str(), "MPZZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(AttemptNumber::parse(number.as_str()), Some(number.clone()));
        let refund = RefundNumber::from_random([0; RefundNumber::BYTES]);
        assert_eq!(refund.as_str(), "MR00000000000000000000000000");
        for other in [refund.as_str(), "", "MP", "MPZ", "mpzzzzzzzzzzzzzzzzzzzzzzzzzz", "MPZZZZZZZZZZZZZZZZZZZZZZZZZU"]
        {
            assert_eq!(AttemptNumber::parse(other), None, "{other}");
        }
    }
}
