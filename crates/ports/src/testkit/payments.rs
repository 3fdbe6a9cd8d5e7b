//! The contract of [`crate::PaymentProvider`]. Every function takes a provider that knows no attempt with the numbers
//! that it uses: each uses its own.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::{AttemptNumber, Money, RefundNumber};

use crate::{
    NoticeRefused, NoticeState, PaymentAttempt, PaymentError, PaymentProvider, PaymentRequest, ProviderState,
    RawNotice, Receipt, RefundRequest, RefundState, StartedPayment,
};

/// The provider and the payer, as the other end of the calls.
#[async_trait]
pub trait OtherSide: Sync {
    /// The time there and here.
    fn now(&self) -> DateTime<Utc>;

    /// Lets time pass.
    fn forward(&self, by: TimeDelta);

    /// The guest opens what the attempt gave.
    async fn open(&self, started: &StartedPayment);

    /// The guest pays what was opened. False where the provider takes no money any more.
    async fn pay(&self, number: &AttemptNumber) -> bool;

    /// What becomes of the refunds that were accepted so far: the money is with the payer.
    async fn settle_refunds(&self);

    /// The messages since the last call of this, in the order in which they were made.
    async fn notices(&self) -> Vec<RawNotice>;
}

/// The number of an attempt.
pub fn number(digit: u8) -> AttemptNumber {
    AttemptNumber::from_random([digit; AttemptNumber::BYTES])
}

/// The number of a refund.
pub fn refund_number(digit: u8) -> RefundNumber {
    RefundNumber::from_random([digit; RefundNumber::BYTES])
}

/// An amount in 分.
pub fn money(fen: i64) -> Money {
    match Money::from_fen(fen) {
        Ok(money) => money,
        Err(error) => panic!("{fen}: {error}"),
    }
}

/// An attempt by the provider's usual method, payable for half an hour.
pub fn request(provider: &dyn PaymentProvider, other: &dyn OtherSide, digit: u8, fen: i64) -> PaymentRequest {
    PaymentRequest {
        number: number(digit),
        method: provider.methods()[0],
        amount: money(fen),
        subject: "小院 “A” 1晚".to_owned(),
        expires_at: other.now() + TimeDelta::minutes(30),
        created_at: other.now(),
        return_url: "https://minsu.example/orders/1?from=pay".to_owned(),
        payer_address: Some("203.0.113.7".to_owned()),
    }
}

/// The attempt that a request started.
pub fn attempt(request: &PaymentRequest, started: &StartedPayment) -> PaymentAttempt {
    PaymentAttempt { number: request.number.clone(), reference: started.reference.clone(), amount: request.amount }
}

fn well<T>(result: Result<T, PaymentError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error:?}"),
    }
}

/// Starts and opens an attempt.
async fn opened(provider: &dyn PaymentProvider, other: &dyn OtherSide, digit: u8, fen: i64) -> PaymentAttempt {
    let request = request(provider, other, digit, fen);
    let started = well(provider.start(&request).await);
    other.open(&started).await;
    attempt(&request, &started)
}

/// Starts, opens and pays an attempt.
pub async fn paid(
    provider: &dyn PaymentProvider,
    other: &dyn OtherSide,
    digit: u8,
    fen: i64,
) -> (PaymentAttempt, Receipt) {
    let attempt = opened(provider, other, digit, fen).await;
    assert!(other.pay(&attempt.number).await);
    match well(provider.query(&attempt).await) {
        ProviderState::Paid(receipt) => (attempt, receipt),
        state => panic!("{state:?}"),
    }
}

/// A refund of a paid attempt.
pub fn refund(other: &dyn OtherSide, paid: &(PaymentAttempt, Receipt), digit: u8, fen: i64) -> RefundRequest {
    RefundRequest {
        attempt: paid.0.clone(),
        received: paid.1.amount,
        transaction: paid.1.transaction.clone(),
        number: refund_number(digit),
        amount: money(fen),
        created_at: other.now(),
        reference: None,
    }
}

/// Refunds, and asks until it is done.
async fn refunded(provider: &dyn PaymentProvider, other: &dyn OtherSide, mut refund: RefundRequest) {
    let state = well(provider.refund(&refund).await);
    other.settle_refunds().await;
    match state {
        RefundState::Done => {}
        RefundState::Pending(reference) => {
            refund.reference = reference;
            other.forward(TimeDelta::seconds(15));
            assert_eq!(well(provider.query_refund(&refund).await), RefundState::Done);
        }
        state => panic!("{state:?}"),
    }
    assert_eq!(well(provider.query_refund(&refund).await), RefundState::Done);
}

/// Every method is of the provider, and an attempt starts by each.
pub async fn every_method_starts(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    assert!(!provider.methods().is_empty());
    for (digit, method) in (1..).zip(provider.methods()) {
        assert_eq!(method.provider(), provider.kind());
        let request = PaymentRequest { method, ..request(provider, other, digit, 100) };
        let started = well(provider.start(&request).await);
        other.open(&started).await;
        let state = well(provider.query(&attempt(&request, &started)).await);
        assert_eq!(state, ProviderState::Open, "{method:?}");
    }
}

/// A repeated start is the same attempt.
pub async fn a_repeated_start_starts_no_second_attempt(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    let request = request(provider, other, 1, 19_999);
    let first = well(provider.start(&request).await);
    assert_eq!(well(provider.start(&request).await), first);
    other.open(&first).await;
    assert_eq!(well(provider.start(&request).await), first);
    assert!(other.pay(&request.number).await);
    assert!(!other.pay(&request.number).await);
}

/// An attempt is unknown, then open, then paid, with its amount to the 分.
pub async fn a_payment_is_told_to_the_fen(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    let never = PaymentAttempt { number: number(9), reference: None, amount: money(1) };
    assert_eq!(well(provider.query(&never).await), ProviderState::NotFound);
    for (digit, fen) in [(1, 1), (2, 19_999), (3, 100), (4, 10_010)] {
        let attempt = opened(provider, other, digit, fen).await;
        assert_eq!(well(provider.query(&attempt).await), ProviderState::Open, "{fen}");
        assert!(other.pay(&attempt.number).await);
        match well(provider.query(&attempt).await) {
            ProviderState::Paid(receipt) => {
                assert_eq!((receipt.amount, receipt.refunded), (money(fen), Money::ZERO));
                assert!(!receipt.transaction.is_empty() && receipt.transaction.len() <= 255);
            }
            state => panic!("{fen}: {state:?}"),
        }
    }
}

/// Once an attempt is closed nothing can be paid, and a paid one cannot be closed.
pub async fn a_closed_attempt_takes_no_money(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    let attempt = opened(provider, other, 1, 100).await;
    well(provider.close(&attempt).await);
    assert_eq!(well(provider.query(&attempt).await), ProviderState::Closed);
    assert!(!other.pay(&attempt.number).await);
    let (attempt, receipt) = paid(provider, other, 2, 100).await;
    let error = provider.close(&attempt).await.err();
    assert!(matches!(error, Some(PaymentError::Refused(_))), "{error:?}");
    assert_eq!(well(provider.query(&attempt).await), ProviderState::Paid(receipt));
}

/// Nothing is paid after the attempt has expired.
pub async fn an_expired_attempt_takes_no_money(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    let attempt = opened(provider, other, 1, 100).await;
    other.forward(TimeDelta::minutes(36));
    assert!(!other.pay(&attempt.number).await);
    assert_eq!(well(provider.query(&attempt).await), ProviderState::Closed);
}

/// A refund is carried out once for its number, in parts, and never beyond what was paid.
pub async fn refunds_are_carried_out_once(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    let payment = paid(provider, other, 1, 19_999).await;
    let first = refund(other, &payment, 1, 1);
    assert_eq!(well(provider.query_refund(&first).await), RefundState::NotFound);
    refunded(provider, other, first.clone()).await;
    other.forward(TimeDelta::minutes(2));
    refunded(provider, other, first.clone()).await;
    other.forward(TimeDelta::minutes(2));
    // What is left after one 分, and no more than that: the first one counted once.
    let error = provider.refund(&refund(other, &payment, 2, 19_999)).await.err();
    assert!(matches!(error, Some(PaymentError::Refused(_))), "{error:?}");
    let error = provider.refund(&RefundRequest { amount: money(2), ..first }).await.err();
    assert!(matches!(error, Some(PaymentError::Refused(_))), "{error:?}");
    refunded(provider, other, refund(other, &payment, 3, 19_998)).await;
    other.forward(TimeDelta::minutes(2));
    assert!(provider.refund(&refund(other, &payment, 4, 1)).await.is_err());
    // A paid attempt stays one.
    assert!(matches!(well(provider.query(&payment.0).await), ProviderState::Paid(_)));
}

/// A message tells of the payment; a repeated one has the same id; a changed one and one without its signature are not
/// believed.
pub async fn messages_are_believed_when_they_are_signed(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    let (attempt, receipt) = paid(provider, other, 1, 19_999).await;
    let notices = other.notices().await;
    let notice = match notices.last() {
        Some(notice) => notice.clone(),
        None => panic!("no message came"),
    };
    let read = match provider.read_notice(&notice) {
        Ok(Some(read)) => read,
        other => panic!("{other:?}"),
    };
    assert_eq!(read.number, attempt.number);
    assert_eq!(read.state, NoticeState::Payment(ProviderState::Paid(receipt)));
    assert!(!read.id.is_empty() && read.id.len() <= 255);
    assert_eq!(provider.read_notice(&notice), Ok(Some(read)));
    for at in 0..notice.body.len() {
        let mut changed = notice.clone();
        changed.body[at] ^= 0x20;
        // What does not change the meaning may pass, such as the case of a digit in an escape.
        if let Ok(found) = provider.read_notice(&changed) {
            assert_eq!(Ok(found), provider.read_notice(&notice), "byte {at}");
        }
    }
    let bare = RawNotice { headers: Vec::new(), body: b"{}".to_vec(), received_at: notice.received_at };
    assert!(matches!(provider.read_notice(&bare), Err(NoticeRefused::Signature | NoticeRefused::Malformed)));
    let yes = provider.answer_notice(true);
    assert!(matches!(yes.status, 200 | 204), "{yes:?}");
    let no = provider.answer_notice(false);
    assert!(no.status >= 400 && no.body != "success", "{no:?}");
}

/// The bill of a day has what was paid and paid back on it, and nothing else.
pub async fn the_bill_has_everything(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    let payment = paid(provider, other, 1, 19_999).await;
    opened(provider, other, 2, 300).await;
    refunded(provider, other, refund(other, &payment, 1, 1)).await;
    let day = other.now();
    other.forward(TimeDelta::days(2));
    // The calendars of the providers are UTC and UTC+8.
    let mut found = Vec::new();
    for hours in [0, 8] {
        found = well(provider.bill((day + TimeDelta::hours(hours)).date_naive()).await);
        if !found.is_empty() {
            break;
        }
    }
    let mut shown: Vec<_> =
        found.iter().map(|entry| (entry.number.clone(), entry.refund.clone(), entry.amount)).collect();
    shown.sort();
    let number = Some(payment.0.number.clone());
    let back = Some(refund_number(1).as_str().to_owned());
    assert_eq!(shown, [(number.clone(), None, money(19_999)), (number, back, money(1))]);
    assert!(well(provider.bill((day - TimeDelta::days(9)).date_naive()).await).is_empty());
}

/// The probe tells that keys are taken, and how far the other clock is ahead.
pub async fn a_probe_changes_nothing(provider: &dyn PaymentProvider, other: &dyn OtherSide) {
    let ahead = well(provider.probe(other.now()).await);
    assert!(ahead.abs() <= TimeDelta::seconds(2), "{ahead}");
    assert!(other.notices().await.is_empty());
}

/// The return page's query names the attempt, and nothing else does.
pub fn only_a_number_returns(provider: &dyn PaymentProvider) {
    let query = format!("out_trade_no={}&total_amount=199.99&trade_status=TRADE_SUCCESS", number(5).as_str());
    assert_eq!(provider.returned(&query), Some(number(5)));
    for bad in ["", "out_trade_no=1", "trade_no=1", "%", "out_trade_no=%zz", &format!("{query}&{query}")] {
        assert_eq!(provider.returned(bad), None, "{bad}");
    }
}
