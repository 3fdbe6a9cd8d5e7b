//! Money in 分 (a hundredth of a yuan), never in floating point.

use crate::{Field, Invalid};

/// An amount of money in 分, from 0 to [`Money::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// 90 billion yuan: larger than any sum here, and still an exact integer in JavaScript.
    pub const MAX: Self = Self(9_000_000_000_000);

    /// Takes an amount in 分.
    ///
    /// # Errors
    /// [`Field::Money`] below 0 and above [`Money::MAX`].
    pub const fn from_fen(fen: i64) -> Result<Self, Invalid> {
        if fen < 0 || fen > Self::MAX.0 { Err(Invalid::range(Field::Money)) } else { Ok(Self(fen)) }
    }

    /// Parses an amount in 元: digits, optionally a point and one or two more digits. No sign, no
    /// exponent, no separators, nothing around it. `"19.99"` is exactly 1,999 分.
    ///
    /// # Errors
    /// [`Field::Money`] for any other text and for amounts above [`Money::MAX`].
    pub fn from_yuan_text(text: &str) -> Result<Self, Invalid> {
        let malformed = Invalid::format(Field::Money);
        if text.len() > 24 {
            return Err(Invalid::range(Field::Money));
        }
        let (yuan, decimals) = match text.split_once('.') {
            Some((yuan, decimals)) if matches!(decimals.len(), 1 | 2) => (yuan, decimals),
            Some(_) => return Err(malformed),
            None => (text, ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if yuan.is_empty() || !digits(yuan) || !digits(decimals) {
            return Err(malformed);
        }
        let mut fen: i64 = 0;
        for digit in yuan.bytes().chain(decimals.bytes()).chain(std::iter::repeat_n(b'0', 2 - decimals.len())) {
            fen = fen
                .checked_mul(10)
                .and_then(|fen| fen.checked_add(i64::from(digit - b'0')))
                .ok_or(Invalid::range(Field::Money))?;
        }
        Self::from_fen(fen)
    }

    /// The amount in 分.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// The amount in 元 with two decimals, as [`Self::from_yuan_text`] reads it.
    pub fn to_yuan_text(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }

    /// The amount for so many days.
    ///
    /// # Errors
    /// [`Field::Money`] above [`Money::MAX`].
    pub fn times(self, days: u32) -> Result<Self, Invalid> {
        self.0.checked_mul(i64::from(days)).ok_or(Invalid::range(Field::Money)).and_then(Self::from_fen)
    }
}

/// An amount of money in 分 that may be taken off: from -[`Money::MAX`] to [`Money::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignedMoney(i64);

impl SignedMoney {
    /// Takes an amount in 分.
    ///
    /// # Errors
    /// [`Field::Money`] beyond [`Money::MAX`] in either direction.
    pub const fn from_fen(fen: i64) -> Result<Self, Invalid> {
        if fen < -Money::MAX.0 || fen > Money::MAX.0 { Err(Invalid::range(Field::Money)) } else { Ok(Self(fen)) }
    }

    /// An amount that is taken off.
    pub const fn less(amount: Money) -> Self {
        Self(-amount.0)
    }

    /// The amount in 分.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// So many times the amount.
    ///
    /// # Errors
    /// [`Field::Money`] beyond [`Money::MAX`] in either direction.
    pub fn times(self, quantity: u32) -> Result<Self, Invalid> {
        self.0.checked_mul(i64::from(quantity)).ok_or(Invalid::range(Field::Money)).and_then(Self::from_fen)
    }
}

impl From<Money> for SignedMoney {
    fn from(amount: Money) -> Self {
        Self(amount.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_reads_back_from_its_text() {
        for fen in [0, 1, 10, 99, 100, 1_999, 10_000_000_000, Money::MAX.fen()] {
            let amount = Money::from_fen(fen).unwrap();
            assert_eq!(Money::from_yuan_text(&amount.to_yuan_text()), Ok(amount));
        }
    }

    #[test]
    fn two_decimals_are_exact() {
        let fen = |text| Money::from_yuan_text(text).map(Money::fen);
        assert_eq!(fen("19.99"), Ok(1999));
        assert_eq!(fen("0.01"), Ok(1));
        assert_eq!(fen("100"), Ok(10_000));
        assert_eq!(fen("100.5"), Ok(10_050));
        assert_eq!(fen("007.10"), Ok(710));
        assert_eq!(fen("0"), Ok(0));
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in
            ["", ".", "1.", ".5", "1.234", "-1", "+1", "1e3", "1,000", " 1", "1 ", "١", "NaN", "1.2.3", "0x10", "1.é"]
        {
            assert_eq!(Money::from_yuan_text(bad), Err(Invalid::format(Field::Money)), "{bad:?}");
        }
        assert_eq!(Money::from_yuan_text("99999999999999"), Err(Invalid::range(Field::Money)));
        assert_eq!(Money::from_yuan_text(&"9".repeat(1000)), Err(Invalid::range(Field::Money)));
        assert_eq!(Money::from_fen(-1), Err(Invalid::range(Field::Money)));
    }

    proptest! {
        #[test]
        fn what_is_printed_with_two_decimals_reads_back(fen in 0..=Money::MAX.fen()) {
            let text = format!("{}.{:02}", fen / 100, fen % 100);
            prop_assert_eq!(Money::from_yuan_text(&text).map(Money::fen), Ok(fen));
        }

        #[test]
        fn a_product_is_the_repeated_sum_or_refused(fen in 0..=Money::MAX.fen(), days in 0u32..400) {
            let sum = i128::from(fen) * i128::from(days);
            match Money(fen).times(days) {
                Ok(product) => prop_assert_eq!(i128::from(product.fen()), sum),
                Err(_) => prop_assert!(sum > i128::from(Money::MAX.fen())),
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            let _ = Money::from_yuan_text(&text);
        }
    }
}
