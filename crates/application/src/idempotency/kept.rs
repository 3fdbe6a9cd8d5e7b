//! Results of transactions as the row of a key keeps them.

use minsu_domain::{ExportId, FeedId, HouseId, OrderId, PaymentId, PictureKey, RefundId, TokenId, UserId, WebhookId};

/// The result of a transaction, kept as a number and made again from it.
pub(crate) trait Kept: Sized {
    /// The number to keep.
    fn keep(&self) -> i64;

    /// The result that was kept; `None` for a number that was not.
    fn of(kept: i64) -> Option<Self>;
}

impl Kept for () {
    fn keep(&self) -> i64 {
        0
    }

    fn of(_: i64) -> Option<Self> {
        Some(())
    }
}

impl Kept for bool {
    fn keep(&self) -> i64 {
        (*self).into()
    }

    fn of(kept: i64) -> Option<Self> {
        Some(kept != 0)
    }
}

impl Kept for u64 {
    fn keep(&self) -> i64 {
        (*self).cast_signed()
    }

    fn of(kept: i64) -> Option<Self> {
        Some(kept.cast_unsigned())
    }
}

/// Pictures to remove from the object store. Those of an earlier run are noted as orphaned, and
/// `minsu prune` removes them.
impl Kept for Vec<PictureKey> {
    fn keep(&self) -> i64 {
        0
    }

    fn of(_: i64) -> Option<Self> {
        Some(Self::new())
    }
}

macro_rules! ids {
    ($($id:ident),+) => {
        $(impl Kept for $id {
            fn keep(&self) -> i64 {
                self.get()
            }

            fn of(kept: i64) -> Option<Self> {
                Self::new(kept).ok()
            }
        })+
    };
}

ids!(ExportId, FeedId, HouseId, OrderId, PaymentId, RefundId, TokenId, UserId, WebhookId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_made_again() {
        let order = OrderId::new(7).unwrap();
        assert_eq!(OrderId::of(order.keep()), Some(order));
        assert_eq!(OrderId::of(0), None);
        assert_eq!((bool::of(true.keep()), bool::of(false.keep())), (Some(true), Some(false)));
        assert_eq!(u64::of(u64::MAX.keep()), Some(u64::MAX));
    }
}
