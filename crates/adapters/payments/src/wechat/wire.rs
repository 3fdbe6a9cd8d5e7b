//! The bodies of calls, answers and notices.

use minsu_domain::Money;
use minsu_ports::{ProviderState, Receipt, RefundState};
use serde::{Deserialize, Serialize};

use crate::failure::id;

/// The currency of every amount.
pub(super) const CURRENCY: &str = "CNY";

#[derive(Serialize)]
pub(super) struct NewOrder<'a> {
    pub(super) appid: &'a str,
    pub(super) mchid: &'a str,
    pub(super) description: &'a str,
    pub(super) out_trade_no: &'a str,
    pub(super) time_expire: String,
    pub(super) notify_url: &'a str,
    pub(super) amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scene_info: Option<SceneInfo<'a>>,
}

/// Amounts in 分.
#[derive(Serialize)]
pub(super) struct Amount {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refund: Option<i64>,
    pub(super) total: i64,
    pub(super) currency: &'static str,
}

#[derive(Serialize)]
pub(super) struct SceneInfo<'a> {
    payer_client_ip: &'a str,
    h5_info: H5Info,
}

#[derive(Serialize)]
struct H5Info {
    r#type: &'static str,
}

impl<'a> SceneInfo<'a> {
    /// The browser of a telephone at this address.
    pub(super) fn wap(address: &'a str) -> Self {
        Self { payer_client_ip: address, h5_info: H5Info { r#type: "Wap" } }
    }
}

#[derive(Serialize)]
pub(super) struct Close<'a> {
    pub(super) mchid: &'a str,
}

#[derive(Serialize)]
pub(super) struct NewRefund<'a> {
    pub(super) out_trade_no: &'a str,
    pub(super) out_refund_no: &'a str,
    pub(super) amount: Amount,
}

#[derive(Deserialize)]
pub(super) struct Ordered {
    pub(super) code_url: Option<String>,
    pub(super) h5_url: Option<String>,
}

/// An order, in an answer or in a notice.
#[derive(Deserialize)]
pub(super) struct Transaction {
    pub(super) appid: Option<String>,
    pub(super) mchid: Option<String>,
    pub(super) out_trade_no: Option<String>,
    pub(super) transaction_id: Option<String>,
    pub(super) trade_state: String,
    pub(super) amount: Option<PaidAmount>,
}

#[derive(Deserialize)]
pub(super) struct PaidAmount {
    pub(super) total: i64,
    pub(super) currency: Option<String>,
}

impl Transaction {
    /// Whether its amount is in yuan, where it has one.
    pub(super) fn is_in_yuan(&self) -> bool {
        let currency = self.amount.as_ref().and_then(|amount| amount.currency.as_deref());
        currency.is_none_or(|currency| currency == CURRENCY)
    }

    /// What it says; none where it lacks something.
    pub(super) fn state(&self) -> Option<ProviderState> {
        Some(match self.trade_state.as_str() {
            // An order that was paid back, in part or wholly, was paid.
            "SUCCESS" | "REFUND" => {
                let amount = Money::from_fen(self.amount.as_ref()?.total).ok()?;
                let number = id(self.transaction_id.clone()).or_else(|| self.out_trade_no.clone())?;
                ProviderState::Paid(Receipt { amount, transaction: number, refunded: Money::ZERO })
            }
            "NOTPAY" | "USERPAYING" | "PAYERROR" => ProviderState::Open,
            "CLOSED" | "REVOKED" => ProviderState::Closed,
            _ => return None,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct RefundAnswer {
    pub(super) out_refund_no: String,
    pub(super) refund_id: Option<String>,
    pub(super) status: String,
    pub(super) amount: RefundedAmount,
}

#[derive(Deserialize)]
pub(super) struct RefundedAmount {
    pub(super) refund: i64,
}

/// The opened part of a notice about a refund.
#[derive(Deserialize)]
pub(super) struct RefundNotice {
    pub(super) mchid: Option<String>,
    pub(super) out_trade_no: String,
    pub(super) out_refund_no: String,
    pub(super) refund_id: Option<String>,
    pub(super) refund_status: String,
}

/// What the status of a refund means. `ABNORMAL` ends in the hands of the merchant: no call carries it out.
pub(super) fn refund_state(status: &str, refund_id: Option<String>) -> Option<RefundState> {
    Some(match status {
        "SUCCESS" => RefundState::Done,
        "PROCESSING" => RefundState::Pending(id(refund_id)),
        "CLOSED" | "ABNORMAL" => RefundState::Failed(status.to_owned()),
        _ => return None,
    })
}
