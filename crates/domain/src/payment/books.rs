//! The books of one order: its payments, its refunds and its part of the ledger have to agree.

use std::collections::{BTreeMap, BTreeSet};

use super::{Attempt, LedgerAccount, PaymentRefund, RefundProgress, RefundReason, Transfer};
use crate::{Money, OrderId, OrderStatus};

/// Everything that is written down about the money of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBooks {
    /// The order.
    pub order: OrderId,
    /// Its state.
    pub status: OrderStatus,
    /// Its price.
    pub due: Money,
    /// Every attempt to pay it.
    pub attempts: Vec<Attempt>,
    /// Every refund.
    pub refunds: Vec<PaymentRefund>,
    /// Its transfers in the ledger.
    pub transfers: Vec<Transfer>,
}

/// A contradiction in the books.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum BooksFault {
    /// The entries of a transfer do not sum to zero.
    #[error("the transfer {0} does not sum to zero")]
    Unbalanced(String),
    /// A payment or a refund has no transfer of its amount.
    #[error("the transfer {0} is missing or has another amount")]
    NotPosted(String),
    /// A transfer is of nothing that happened.
    #[error("the transfer {0} is of nothing that happened")]
    Unfounded(String),
    /// More than one attempt can be paid.
    #[error("more than one attempt can be paid")]
    TwoLive,
    /// The state of the order and its payments contradict each other.
    #[error("the state of the order does not fit its payments")]
    WrongStatus,
    /// The refunds of a payment are more than it.
    #[error("more is paid back than was received")]
    RefundedTooMuch,
    /// The guest's money that is held is not what it has to be, in 分.
    #[error("{held} fen are held instead of {expected}")]
    Held {
        /// What is held.
        held: i64,
        /// What has to be.
        expected: i64,
    },
}

impl OrderBooks {
    /// Every contradiction; none in sound books.
    pub fn faults(&self) -> Vec<BooksFault> {
        let mut faults = BTreeSet::new();
        self.check_transfers(&mut faults);
        self.check_attempts(&mut faults);
        self.check_held(&mut faults);
        faults.into_iter().collect()
    }

    /// What is held of the guest's money, in 分.
    pub fn held(&self) -> i64 {
        -self.transfers.iter().map(|transfer| transfer.on(LedgerAccount::GuestHeld)).sum::<i64>()
    }

    /// What the order was paid by and is not to be paid back, in 分.
    fn kept(&self) -> i64 {
        let paying = self.attempts.iter().filter_map(|attempt| Some((attempt.id, attempt.received.as_ref()?)));
        let paying = paying.filter(|(_, received)| received.pays_order);
        paying.map(|(id, received)| received.amount.fen() - self.refunds_of(id, RefundReason::Canceled)).sum()
    }

    fn refunds_of(&self, payment: crate::PaymentId, reason: RefundReason) -> i64 {
        let refunds = self.refunds.iter().filter(|refund| refund.payment == payment && refund.reason == reason);
        refunds.map(|refund| refund.amount.fen()).sum()
    }

    fn check_transfers(&self, faults: &mut BTreeSet<BooksFault>) {
        let mut posted: BTreeMap<&str, &Transfer> = BTreeMap::new();
        for transfer in &self.transfers {
            if transfer.sum() != 0 {
                faults.insert(BooksFault::Unbalanced(transfer.key.clone()));
            }
            if posted.insert(&transfer.key, transfer).is_some() {
                faults.insert(BooksFault::Unfounded(transfer.key.clone()));
            }
        }
        let mut expected: Vec<Transfer> = Vec::new();
        for attempt in &self.attempts {
            if let Some(received) = &attempt.received {
                expected.push(Transfer::received(&attempt.number, attempt.order, received.amount));
            }
        }
        for refund in self.refunds.iter().filter(|refund| refund.progress == RefundProgress::Done) {
            expected.push(Transfer::refunded(&refund.number, refund.order, refund.amount, refund.reason));
        }
        for transfer in expected {
            let found = posted.remove(transfer.key.as_str());
            let agrees =
                LedgerAccount::ALL.iter().all(|account| found.map_or(0, |it| it.on(*account)) == transfer.on(*account));
            if !agrees {
                faults.insert(BooksFault::NotPosted(transfer.key));
            }
        }
        let earned = Transfer::earned_key(self.order);
        let ended = matches!(self.status, OrderStatus::WaitComment | OrderStatus::Complete | OrderStatus::Canceled);
        let due = if ended { self.kept() } else { 0 };
        if posted.remove(earned.as_str()).map_or(0, |transfer| transfer.on(LedgerAccount::GuestHeld)) != due {
            faults.insert(BooksFault::NotPosted(earned));
        }
        faults.extend(posted.into_keys().map(|key| BooksFault::Unfounded(key.to_owned())));
    }

    fn check_attempts(&self, faults: &mut BTreeSet<BooksFault>) {
        if self.attempts.iter().filter(|attempt| attempt.state.is_live()).count() > 1 {
            faults.insert(BooksFault::TwoLive);
        }
        let paying = self.attempts.iter().filter_map(|attempt| attempt.received.as_ref());
        let paying: Vec<_> = paying.filter(|received| received.pays_order).map(|received| received.amount).collect();
        let fits = match self.status {
            OrderStatus::Paid => paying == [self.due],
            // Without a payment where the site took none then.
            OrderStatus::WaitComment | OrderStatus::Complete | OrderStatus::Canceled => {
                paying.is_empty() || paying == [self.due]
            }
            OrderStatus::WaitAccept | OrderStatus::WaitPayment | OrderStatus::Rejected => paying.is_empty(),
        };
        if !fits {
            faults.insert(BooksFault::WrongStatus);
        }
        for attempt in &self.attempts {
            let received = attempt.received.as_ref().map_or(0, |received| received.amount.fen());
            let refunds = self.refunds.iter().filter(|refund| refund.payment == attempt.id);
            if refunds.map(|refund| refund.amount.fen()).sum::<i64>() > received {
                faults.insert(BooksFault::RefundedTooMuch);
            }
        }
    }

    /// Held is what the order was paid by until the stay is over, and what is to be paid back and is not yet.
    fn check_held(&self, faults: &mut BTreeSet<BooksFault>) {
        let open = self.refunds.iter().filter(|refund| refund.progress != RefundProgress::Done);
        let open: i64 = open.filter(|refund| refund.reason != RefundReason::Site).map(|it| it.amount.fen()).sum();
        let expected = open + if self.status == OrderStatus::Paid { self.kept() } else { 0 };
        if self.held() != expected {
            faults.insert(BooksFault::Held { held: self.held(), expected });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AttemptState, BasisPoints, PaymentId, Received, RefundId, RefundNumber, payment::attempt::tests::attempt,
    };
    use chrono::DateTime;

    fn money(fen: i64) -> Money {
        Money::from_fen(fen).unwrap()
    }

    /// A paid order of 100 分, with its attempt.
    fn paid() -> OrderBooks {
        let mut attempt = attempt(100);
        attempt.state = AttemptState::Paid;
        attempt.received = Some(Received {
            amount: money(100),
            transaction: "t".to_owned(),
            at: DateTime::UNIX_EPOCH,
            pays_order: true,
        });
        let transfers = vec![Transfer::received(&attempt.number, attempt.order, money(100))];
        let (order, due) = (attempt.order, money(100));
        OrderBooks { order, status: OrderStatus::Paid, due, attempts: vec![attempt], refunds: vec![], transfers }
    }

    fn refund(amount: i64, progress: RefundProgress) -> PaymentRefund {
        PaymentRefund {
            id: RefundId::new(1).unwrap(),
            number: RefundNumber::from_random([3; RefundNumber::BYTES]),
            payment: PaymentId::new(1).unwrap(),
            order: OrderId::new(3).unwrap(),
            amount: money(amount),
            reason: RefundReason::Canceled,
            progress,
            reference: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    /// Canceled: 60 分 go back and 40 are kept.
    fn canceled(progress: RefundProgress) -> OrderBooks {
        let mut books = paid();
        books.status = OrderStatus::Canceled;
        books.transfers.push(Transfer::earned(books.order, money(40), BasisPoints::ZERO));
        let refund = refund(60, progress);
        if progress == RefundProgress::Done {
            books.transfers.push(Transfer::refunded(&refund.number, books.order, refund.amount, refund.reason));
        }
        books.refunds.push(refund);
        books
    }

    #[test]
    fn sound_books_have_no_faults() {
        assert_eq!(paid().faults(), []);
        for progress in RefundProgress::ALL {
            assert_eq!(canceled(progress).faults(), [], "{progress:?}");
        }
        let mut stayed = paid();
        stayed.status = OrderStatus::WaitComment;
        stayed.transfers.push(Transfer::earned(stayed.order, money(100), BasisPoints::ZERO));
        assert_eq!(stayed.faults(), []);
    }

    #[test]
    fn every_contradiction_is_found() {
        let fault = |change: fn(&mut OrderBooks), begin: OrderBooks| {
            let mut books = begin;
            change(&mut books);
            !books.faults().is_empty()
        };
        // Not posted, posted twice, of nothing, of another amount, not in balance.
        assert!(fault(|books| books.transfers.clear(), paid()));
        assert!(fault(|books| books.transfers.push(books.transfers[0].clone()), paid()));
        assert!(fault(|books| books.transfers[0].key.push('x'), paid()));
        assert!(fault(
            |books| books.transfers[0] = Transfer::received(&books.attempts[0].number, books.order, money(99)),
            paid()
        ));
        assert!(fault(|books| books.transfers[0].entries.truncate(1), paid()));
        // The state of the order.
        assert!(fault(|books| books.status = OrderStatus::WaitPayment, paid()));
        assert!(fault(|books| books.status = OrderStatus::WaitComment, paid()));
        assert!(fault(|books| books.attempts.clear(), paid()));
        assert!(fault(|books| books.due = money(101), paid()));
        // A refund that is too large, done without a transfer, or posted without being done.
        assert!(fault(|books| books.refunds.push(refund(101, RefundProgress::Asked)), paid()));
        assert!(fault(|books| books.refunds[0].progress = RefundProgress::Done, canceled(RefundProgress::Asked)));
        assert!(fault(|books| books.refunds[0].progress = RefundProgress::Asked, canceled(RefundProgress::Done)));
        assert!(fault(|books| books.transfers.truncate(2), canceled(RefundProgress::Done)));
        // Two attempts that can be paid.
        assert!(fault(|books| books.attempts.extend([attempt(100), attempt(100)]), paid()));
    }
}
