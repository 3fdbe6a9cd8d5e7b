//! What was paid for an order, and what goes back of it.

use minsu_application::{App, payments::Payment};
use minsu_domain::{PaymentMethod, PaymentRefund, RefundProgress, RefundReason};
use minsu_web::{language::Language, present};

use crate::{format, language::say};

/// A payment that the provider confirmed.
pub struct Paid {
    pub amount: String,
    pub at: String,
    pub way: &'static str,
    /// The provider's number of it.
    pub transaction: String,
    /// The site's number of it.
    pub number: String,
    pub refunds: Vec<Back>,
}

/// What goes back of a payment.
pub struct Back {
    pub amount: String,
    /// When it was decided.
    pub at: String,
    pub reason: &'static str,
    pub state: &'static str,
    /// The class of the label of its state.
    pub class: &'static str,
}

/// The confirmed ones among these payments.
pub fn paid(app: &App, language: Language, payments: Vec<Payment>) -> Vec<Paid> {
    let confirmed = |payment: Payment| {
        let Payment { attempt, refunds, .. } = payment;
        attempt.received.map(|received| Paid {
            amount: format::money(received.amount),
            at: present::date_time(app, received.at),
            way: way(language, attempt.method),
            transaction: received.transaction,
            number: attempt.number.as_str().to_owned(),
            refunds: refunds.into_iter().map(|refund| back(app, language, &refund)).collect(),
        })
    };
    payments.into_iter().filter_map(confirmed).collect()
}

fn back(app: &App, language: Language, refund: &PaymentRefund) -> Back {
    let (state, class) = match refund.progress {
        RefundProgress::Asked | RefundProgress::Pending => (say(language, "退款处理中", "On its way"), "waiting"),
        RefundProgress::Done => (say(language, "已退款", "Paid back"), "good"),
        RefundProgress::Failed => (say(language, "退款未成功，请联系平台", "Failed; please contact the site"), "bad"),
    };
    Back {
        amount: format::money(refund.amount),
        at: present::date_time(app, refund.created_at),
        reason: match refund.reason {
            RefundReason::Canceled => say(language, "订单取消", "the order was cancelled"),
            RefundReason::Late => say(language, "到账时订单已结束", "paid after the order had ended"),
            RefundReason::PaidTwice => say(language, "重复支付", "paid twice"),
            RefundReason::WrongAmount => say(language, "金额不符", "paid another amount"),
            RefundReason::Site => say(language, "平台退款", "given back by the site"),
        },
        state,
        class,
    }
}

/// The name of a way to pay.
pub const fn way(language: Language, method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::AlipayPage => say(language, "支付宝（电脑网页）", "Alipay on this computer"),
        PaymentMethod::AlipayWap => say(language, "支付宝（手机网页）", "Alipay on this telephone"),
        PaymentMethod::AlipayQr => say(language, "支付宝扫码", "Alipay by scanning a code"),
        PaymentMethod::WechatQr => say(language, "微信扫码支付", "WeChat Pay by scanning a code"),
        PaymentMethod::WechatH5 => say(language, "微信支付（手机浏览器）", "WeChat Pay on this telephone"),
        PaymentMethod::StripeCheckout => say(language, "银行卡（Stripe）", "Card (Stripe)"),
        PaymentMethod::Sandbox => say(language, "沙箱（测试，不收款）", "Sandbox (a test, no money moves)"),
    }
}
