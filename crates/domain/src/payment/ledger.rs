//! The double-entry ledger. An amount above zero is a debit: what others owe the site, or what the site paid; one
//! below zero is a credit: what the site owes. All accounts together are always zero.

use super::{AttemptNumber, RefundNumber, RefundReason};
use crate::{BasisPoints, Money, OrderId, SignedMoney};

/// An account of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LedgerAccount {
    /// Money that the provider received and did not pay back.
    ProviderClearing,
    /// Money of guests whose stay is still to come, or that goes back to them.
    GuestHeld,
    /// What landlords have earned.
    LandlordPayable,
    /// What the site has earned.
    PlatformFee,
    /// What the site paid back at its own cost.
    Lost,
}

impl LedgerAccount {
    /// Every account.
    pub const ALL: [Self; 5] =
        [Self::ProviderClearing, Self::GuestHeld, Self::LandlordPayable, Self::PlatformFee, Self::Lost];

    /// Its name in the store and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProviderClearing => "provider_clearing",
            Self::GuestHeld => "guest_held",
            Self::LandlordPayable => "landlord_payable",
            Self::PlatformFee => "platform_fee",
            Self::Lost => "lost",
        }
    }

    /// The account of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account| account.name() == name)
    }
}

/// Money that moves between accounts. Its entries sum to zero, and its key makes it happen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// What it is of; no two have the same. At most 40 characters.
    pub key: String,
    /// The order that it is about.
    pub order: OrderId,
    /// The amounts, each account once.
    pub entries: Vec<(LedgerAccount, SignedMoney)>,
}

impl Transfer {
    /// The key of a received payment.
    pub fn received_key(number: &AttemptNumber) -> String {
        format!("paid:{}", number.as_str())
    }

    /// The key of a confirmed refund.
    pub fn refunded_key(number: &RefundNumber) -> String {
        format!("refunded:{}", number.as_str())
    }

    /// The key of what a landlord earned by an order: once, by the stay or by what a cancellation kept.
    pub fn earned_key(order: OrderId) -> String {
        format!("earned:{order}")
    }

    /// A payment arrived.
    pub fn received(number: &AttemptNumber, order: OrderId, amount: Money) -> Self {
        Self::between(
            Self::received_key(number),
            order,
            vec![
                (LedgerAccount::ProviderClearing, amount.into()),
                (LedgerAccount::GuestHeld, SignedMoney::less(amount)),
            ],
        )
    }

    /// A refund was carried out: of the guest's money, or at the site's cost.
    pub fn refunded(number: &RefundNumber, order: OrderId, amount: Money, reason: RefundReason) -> Self {
        let from = if reason == RefundReason::Site { LedgerAccount::Lost } else { LedgerAccount::GuestHeld };
        let back = SignedMoney::less(amount);
        Self::between(
            Self::refunded_key(number),
            order,
            vec![(LedgerAccount::ProviderClearing, back), (from, amount.into())],
        )
    }

    /// The landlord earned an amount, of which the site keeps its commission: rounded once, half a 分 up, for the
    /// site; the landlord has the exact rest.
    pub fn earned(order: OrderId, amount: Money, commission: BasisPoints) -> Self {
        let fee = commission.of(amount);
        let rest = Money::from_fen(amount.fen() - fee.fen()).unwrap_or(Money::ZERO);
        Self::between(
            Self::earned_key(order),
            order,
            vec![
                (LedgerAccount::GuestHeld, amount.into()),
                (LedgerAccount::LandlordPayable, SignedMoney::less(rest)),
                (LedgerAccount::PlatformFee, SignedMoney::less(fee)),
            ],
        )
    }

    fn between(key: String, order: OrderId, mut entries: Vec<(LedgerAccount, SignedMoney)>) -> Self {
        entries.retain(|(_, amount)| amount.fen() != 0);
        Self { key, order, entries }
    }

    /// The sum of its entries, in 分: zero.
    pub fn sum(&self) -> i64 {
        self.entries.iter().map(|(_, amount)| amount.fen()).sum()
    }

    /// What it moves on an account, in 分.
    pub fn on(&self, account: LedgerAccount) -> i64 {
        self.entries.iter().filter(|(entry, _)| *entry == account).map(|(_, amount)| amount.fen()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;
    use proptest::prelude::*;

    proptest! {
        /// Every transfer sums to zero, at any amount and commission; fee and rest are the amount.
        #[test]
        fn every_transfer_sums_to_zero(fen in 0i64..=Money::MAX.fen(), points in 0i64..=10_000) {
            let (order, amount) = (OrderId::new(3).unwrap(), Money::from_fen(fen).unwrap());
            let commission = BasisPoints::new(points, Field::Money).unwrap();
            let attempt = AttemptNumber::from_random([1; AttemptNumber::BYTES]);
            let refund = RefundNumber::from_random([2; RefundNumber::BYTES]);
            let earned = Transfer::earned(order, amount, commission);
            prop_assert_eq!(earned.on(LedgerAccount::LandlordPayable) + earned.on(LedgerAccount::PlatformFee), -fen);
            // Within half a 分 of the exact share.
            let exact = fen as i128 * i128::from(points);
            let fee = -i128::from(earned.on(LedgerAccount::PlatformFee)) * 10_000;
            prop_assert!(fee - exact <= 5_000 && exact - fee < 5_000, "{} {}", fee, exact);
            let mut transfers = vec![earned, Transfer::received(&attempt, order, amount)];
            transfers.extend(RefundReason::ALL.map(|reason| Transfer::refunded(&refund, order, amount, reason)));
            for transfer in transfers {
                prop_assert_eq!(transfer.sum(), 0);
                prop_assert!(transfer.key.len() <= 40);
                prop_assert_eq!(transfer.entries.is_empty(), fen == 0);
            }
        }
    }

    #[test]
    fn accounts_have_names_of_their_own() {
        for account in LedgerAccount::ALL {
            assert_eq!(LedgerAccount::of_name(account.name()), Some(account));
        }
        assert_eq!(LedgerAccount::of_name("pocket"), None);
    }
}
