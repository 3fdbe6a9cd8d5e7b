//! A provider in memory: it refuses what a real one refuses, loses answers, and sends its messages late, twice and in
//! any order.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use minsu_domain::{AttemptNumber, Money, PaymentMethod, PaymentProviderKind, RefundNumber};
use minsu_ports::{
    BillEntry, Clock as _, Notice, NoticeAnswer, NoticeRefused, NoticeState, PaymentAction, PaymentAttempt,
    PaymentError, PaymentProvider, PaymentRequest, ProviderState, RawNotice, Receipt, RefundRequest, RefundState,
    StartedPayment,
};

use super::interleaving::{Rng, WalkClock, pause};

/// An attempt by the provider's books.
#[derive(Debug, Clone)]
pub(super) struct Trade {
    request: PaymentRequest,
    pub(super) paid: Option<Money>,
    pub(super) closed: bool,
    /// By their numbers; `true` when carried out.
    pub(super) refunds: BTreeMap<RefundNumber, (Money, bool)>,
}

impl Trade {
    fn refunded(&self) -> i64 {
        self.refunds.values().map(|(amount, _)| amount.fen()).sum()
    }

    fn state(&self) -> ProviderState {
        match self.paid {
            Some(amount) => {
                let refunded = Money::from_fen(self.refunded()).unwrap();
                ProviderState::Paid(Receipt { amount, transaction: "t".to_owned(), refunded })
            }
            None if self.closed => ProviderState::Closed,
            None => ProviderState::Open,
        }
    }
}

#[derive(Default)]
pub(super) struct Books {
    pub(super) trades: BTreeMap<AttemptNumber, Trade>,
    /// Messages that may be delivered, as often as it pleases the network.
    pub(super) notices: Vec<Notice>,
    /// Whether it always answers.
    pub(super) reliable: bool,
}

#[derive(Clone)]
pub(super) struct WalkProvider {
    books: Arc<Mutex<Books>>,
    rng: Rng,
    clock: WalkClock,
}

impl WalkProvider {
    pub(super) fn new(rng: Rng, clock: WalkClock) -> Self {
        Self { books: Arc::default(), rng, clock }
    }

    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// A payer pays an open trade: as a rule what was asked for.
    pub(super) fn pay(&self, number: &AttemptNumber) {
        let now = self.clock.now();
        let wrong = self.rng.once_in(20);
        let mut books = self.books();
        let Some(trade) = books.trades.get_mut(number) else { return };
        // Its clock may be behind ours by a minute.
        if trade.paid.is_some() || trade.closed || now >= trade.request.expires_at + TimeDelta::minutes(1) {
            return;
        }
        let asked = trade.request.amount;
        let paid = if wrong { Money::from_fen(asked.fen() - 1).unwrap() } else { asked };
        trade.paid = Some(paid);
        let state = NoticeState::Payment(trade.state());
        books.note(number, state);
    }

    /// A call that the network delays, and loses on the way there or back.
    async fn over_the_network<T>(
        &self,
        call: impl FnOnce(&mut Books) -> Result<T, PaymentError>,
    ) -> Result<T, PaymentError> {
        let fate = if self.books().reliable { 9 } else { self.rng.below(10) };
        pause().await;
        if fate == 0 {
            return Err(PaymentError::Unknown("no connection".into()));
        }
        let answer = call(&mut self.books());
        pause().await;
        if fate == 1 { Err(PaymentError::Unknown("no answer".into())) } else { answer }
    }
}

impl Books {
    fn note(&mut self, number: &AttemptNumber, state: NoticeState) {
        let id = format!("n{}", self.notices.len());
        self.notices.push(Notice { id, number: number.clone(), state });
    }
}

#[async_trait]
impl PaymentProvider for WalkProvider {
    fn kind(&self) -> PaymentProviderKind {
        PaymentProviderKind::Alipay
    }

    fn methods(&self) -> Vec<PaymentMethod> {
        vec![PaymentMethod::AlipayPage, PaymentMethod::AlipayQr]
    }

    async fn start(&self, request: &PaymentRequest) -> Result<StartedPayment, PaymentError> {
        // A number is refused always or never.
        let refuses = request.number.as_str().ends_with('7');
        self.over_the_network(|books| {
            if let Some(trade) = books.trades.get(&request.number) {
                assert_eq!(trade.request, *request, "the same number with other fields");
            } else if refuses {
                return Err(PaymentError::Refused("INVALID".to_owned()));
            } else {
                let (paid, refunds) = (None, BTreeMap::new());
                let trade = Trade { request: request.clone(), paid, closed: false, refunds };
                books.trades.insert(request.number.clone(), trade);
            }
            // A code that ends long before the attempt.
            let ends_at = Some(self.clock.now() + TimeDelta::minutes(3));
            Ok(StartedPayment { action: PaymentAction::Qr("q".to_owned()), reference: None, ends_at })
        })
        .await
    }

    async fn query(&self, attempt: &PaymentAttempt) -> Result<ProviderState, PaymentError> {
        let trade = |books: &mut Books| books.trades.get(&attempt.number).map(Trade::state);
        self.over_the_network(|books| Ok(trade(books).unwrap_or(ProviderState::NotFound))).await
    }

    async fn close(&self, attempt: &PaymentAttempt) -> Result<(), PaymentError> {
        self.over_the_network(|books| match books.trades.get_mut(&attempt.number) {
            None => Err(PaymentError::Refused("NOT_EXIST".to_owned())),
            Some(trade) if trade.paid.is_some() => Err(PaymentError::Refused("PAID".to_owned())),
            Some(trade) => {
                trade.closed = true;
                books.note(&attempt.number, NoticeState::Payment(ProviderState::Closed));
                Ok(())
            }
        })
        .await
    }

    async fn refund(&self, refund: &RefundRequest) -> Result<RefundState, PaymentError> {
        let rng = if self.books().reliable { 9 } else { self.rng.below(10) };
        self.over_the_network(|books| {
            let trade = books.trades.get_mut(&refund.attempt.number).unwrap();
            let paid = trade.paid.unwrap();
            if let Some((amount, done)) = trade.refunds.get(&refund.number) {
                assert_eq!(*amount, refund.amount, "the same number with another amount");
                return Ok(if *done { RefundState::Done } else { RefundState::Pending(None) });
            }
            assert!(trade.refunded() + refund.amount.fen() <= paid.fen(), "more than was paid");
            match rng {
                0 => return Err(PaymentError::Later("NOT_ENOUGH".to_owned())),
                1 => return Err(PaymentError::Refused("FINISHED".to_owned())),
                _ => {}
            }
            let done = rng > 5;
            trade.refunds.insert(refund.number.clone(), (refund.amount, done));
            books.note(&refund.attempt.number, NoticeState::Refund(refund.number.clone(), RefundState::Done));
            Ok(if done { RefundState::Done } else { RefundState::Pending(None) })
        })
        .await
    }

    async fn query_refund(&self, refund: &RefundRequest) -> Result<RefundState, PaymentError> {
        self.over_the_network(|books| {
            let trade = books.trades.get_mut(&refund.attempt.number).unwrap();
            Ok(match trade.refunds.get_mut(&refund.number) {
                None => RefundState::NotFound,
                Some((_, done)) => {
                    *done = true;
                    RefundState::Done
                }
            })
        })
        .await
    }

    /// The body is the place of a message, or a forged one.
    fn read_notice(&self, notice: &RawNotice) -> Result<Option<Notice>, NoticeRefused> {
        let place: usize = str::from_utf8(&notice.body).unwrap().parse().map_err(|_| NoticeRefused::Signature)?;
        let mut books = self.books();
        let notice = books.notices[place].clone();
        // A refund is announced when it is carried out.
        if let NoticeState::Refund(number, RefundState::Done) = &notice.state
            && let Some((_, done)) =
                books.trades.get_mut(&notice.number).and_then(|trade| trade.refunds.get_mut(number))
        {
            *done = true;
        }
        Ok(Some(notice))
    }

    fn answer_notice(&self, accepted: bool) -> NoticeAnswer {
        NoticeAnswer { status: if accepted { 200 } else { 500 }, media_type: None, body: String::new() }
    }

    fn returned(&self, query: &str) -> Option<AttemptNumber> {
        AttemptNumber::parse(query)
    }

    async fn bill(&self, _: NaiveDate) -> Result<Vec<BillEntry>, PaymentError> {
        unreachable!("not walked")
    }

    async fn probe(&self, _: DateTime<Utc>) -> Result<TimeDelta, PaymentError> {
        unreachable!("not walked")
    }
}
