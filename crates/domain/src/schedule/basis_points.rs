//! Shares in hundredths of a percent.

use crate::{Field, Invalid, Money};

/// A share from 0 to 10,000 basis points; 10,000 is the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const MAX: i64 = 10_000;

    /// Takes a number of basis points.
    ///
    /// # Errors
    /// The field, below 0 and above [`Self::MAX`].
    pub fn new(number: i64, field: Field) -> Result<Self, Invalid> {
        match u16::try_from(number) {
            Ok(points) if i64::from(points) <= Self::MAX => Ok(Self(points)),
            _ => Err(Invalid::range(field)),
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// This share of an amount, half a 分 rounded up.
    #[must_use]
    pub fn of(self, amount: Money) -> Money {
        // `Money::MAX` times 10,000 is below `i64::MAX`, and a share is at most the amount.
        let share = (amount.fen() * i64::from(self.0) + Self::MAX / 2) / Self::MAX;
        Money::from_fen(share).unwrap_or(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_is_rounded_up_and_the_whole_is_the_amount() {
        let share = |points, fen| {
            BasisPoints::new(points, Field::WeeklyDiscount).unwrap().of(Money::from_fen(fen).unwrap()).fen()
        };
        assert_eq!(
            (share(5000, 1), share(4999, 1), share(1000, 308_882), share(2500, 607_972)),
            (1, 0, 30_888, 151_993)
        );
        assert_eq!((share(0, 999), share(10_000, Money::MAX.fen())), (0, Money::MAX.fen()));
        for bad in [-1, 10_001, i64::MAX] {
            assert_eq!(BasisPoints::new(bad, Field::WeeklyDiscount), Err(Invalid::range(Field::WeeklyDiscount)));
        }
    }
}
