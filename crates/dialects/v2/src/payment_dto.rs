//! Payments in answers.

use minsu_application::payments::Payment;
use minsu_domain::{AttemptState, PaymentRefund, RefundProgress, RefundReason};
use minsu_ports::PaymentAction;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    dto::{CURRENCY, instant},
    values,
};

/// An attempt to pay an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentData {
    /// The id.
    #[schema(examples(21))]
    id: i64,
    /// The order.
    #[schema(examples(11))]
    order_id: i64,
    /// The state: `new` until the provider told how it is paid, `open`, then `paid` or `closed`.
    #[schema(value_type = values::PaymentState, examples("open"))]
    state: &'static str,
    /// How it is paid.
    #[schema(value_type = values::PaymentMethod, examples("wechat_qr"))]
    method: &'static str,
    /// What has to be paid, in 分.
    #[schema(examples(59_970))]
    amount: i64,
    /// The currency.
    #[schema(examples("CNY"))]
    currency: &'static str,
    /// What the payer's browser does; absent once it cannot be paid any more, and in orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    action: Option<ActionData>,
    /// When the provider takes no money for it any more.
    #[schema(examples("2026-11-26T09:00:00Z"), format = DateTime)]
    expires_at: String,
    /// When it was learnt that it is paid; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-26T08:45:00Z"), format = DateTime)]
    paid_at: Option<String>,
    /// What goes back of it.
    refunds: Vec<RefundData>,
}

/// What a browser does to pay: one of the two.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionData {
    /// It opens this URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("https://openapi.alipay.com/gateway.do?…"))]
    redirect: Option<String>,
    /// It shows this text as a QR code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("weixin://wxpay/bizpayurl?pr=…"))]
    qr: Option<String>,
}

/// A refund.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundData {
    /// The id.
    #[schema(examples(31))]
    id: i64,
    /// What goes back, in 分.
    #[schema(examples(59_970))]
    amount: i64,
    /// How far it is.
    #[schema(value_type = values::RefundState, examples("done"))]
    state: &'static str,
    /// Why.
    #[schema(value_type = values::RefundReason, examples("canceled"))]
    reason: &'static str,
    /// When it was made.
    #[schema(examples("2026-11-26T08:50:00Z"), format = DateTime)]
    created_at: String,
}

impl From<Payment> for PaymentData {
    fn from(payment: Payment) -> Self {
        let Payment { attempt, action, refunds } = payment;
        Self {
            id: attempt.id.get(),
            order_id: attempt.order.get(),
            state: match attempt.state {
                AttemptState::New => "new",
                AttemptState::Open => "open",
                AttemptState::Paid => "paid",
                AttemptState::Closed => "closed",
            },
            method: attempt.method.name(),
            amount: attempt.amount.fen(),
            currency: CURRENCY,
            action: action.map(|action| match action {
                PaymentAction::Redirect(url) => ActionData { redirect: Some(url), qr: None },
                PaymentAction::Qr(text) => ActionData { redirect: None, qr: Some(text) },
            }),
            expires_at: instant(attempt.expires_at),
            paid_at: attempt.received.map(|received| instant(received.at)),
            refunds: refunds.into_iter().map(RefundData::from).collect(),
        }
    }
}

impl From<PaymentRefund> for RefundData {
    fn from(refund: PaymentRefund) -> Self {
        Self {
            id: refund.id.get(),
            amount: refund.amount.fen(),
            state: match refund.progress {
                RefundProgress::Asked => "asked",
                RefundProgress::Pending => "pending",
                RefundProgress::Done => "done",
                RefundProgress::Failed => "failed",
            },
            reason: match refund.reason {
                RefundReason::Canceled => "canceled",
                RefundReason::Late => "late",
                RefundReason::PaidTwice => "paid_twice",
                RefundReason::WrongAmount => "wrong_amount",
                RefundReason::Site => "site",
            },
            created_at: instant(refund.created_at),
        }
    }
}
