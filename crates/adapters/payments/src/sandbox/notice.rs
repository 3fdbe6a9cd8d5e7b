//! The sandbox's notices.

use chrono::{DateTime, Utc};
use minsu_domain::{AttemptNumber, Money};
use minsu_ports::{Notice, NoticeRefused, NoticeState, ProviderState, RawNotice, Receipt};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::record::Record;
use crate::{
    failure::id,
    timestamped_hmac::{check, signed_at},
};

const HEADER: &str = "minsu-signature";
const CURRENCY: &str = "CNY";

/// A notice. Amounts are in 分.
#[derive(Serialize, Deserialize)]
struct Body {
    id: String,
    number: String,
    state: State,
    amount: i64,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<String>,
    #[serde(default)]
    refunded: i64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Paid,
    Closed,
}

/// The body of the notice after a record's last line.
pub(super) fn body(number: &AttemptNumber, record: &Record, now: DateTime<Utc>) -> Vec<u8> {
    let (state, transaction) = match record.state(number, now) {
        ProviderState::Paid(receipt) => (State::Paid, Some(receipt.transaction)),
        ProviderState::Closed => (State::Closed, None),
        ProviderState::Open | ProviderState::NotFound => (State::Open, None),
    };
    let body = Body {
        id: format!("{}-{}", number.as_str(), record.length),
        number: number.as_str().to_owned(),
        state,
        amount: record.made.as_ref().map_or(0, |made| made.amount),
        currency: CURRENCY.to_owned(),
        transaction,
        refunded: record.refunded(),
    };
    // Plain fields: this cannot fail, and an empty notice would be refused.
    serde_json::to_vec(&body).unwrap_or_default()
}

/// A signed notice, as it would come in.
pub(super) fn signed(secret: &SecretString, body: Vec<u8>, now: DateTime<Utc>) -> RawNotice {
    let signature = signed_at(secret, &body, now);
    let headers = vec![("content-type".to_owned(), "application/json".to_owned()), (HEADER.to_owned(), signature)];
    RawNotice { headers, body, received_at: now }
}

/// Reads a notice.
pub(super) fn read(notice: &RawNotice, secret: &SecretString) -> Result<Notice, NoticeRefused> {
    check(notice, HEADER, std::slice::from_ref(secret))?;
    let malformed = NoticeRefused::Malformed;
    let body: Body = serde_json::from_slice(&notice.body).map_err(|_| malformed)?;
    if body.currency != CURRENCY {
        return Err(NoticeRefused::Foreign);
    }
    let number = AttemptNumber::parse(&body.number).ok_or(NoticeRefused::Foreign)?;
    let state = match body.state {
        State::Open => ProviderState::Open,
        State::Closed => ProviderState::Closed,
        State::Paid => ProviderState::Paid(Receipt {
            amount: Money::from_fen(body.amount).map_err(|_| malformed)?,
            transaction: id(body.transaction).ok_or(malformed)?,
            refunded: Money::from_fen(body.refunded).map_err(|_| malformed)?,
        }),
    };
    let id = id(Some(body.id)).ok_or(malformed)?;
    Ok(Notice { id, number, state: NoticeState::Payment(state) })
}
