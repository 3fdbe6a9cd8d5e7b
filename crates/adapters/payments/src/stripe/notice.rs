//! Events.

use minsu_domain::AttemptNumber;
use minsu_ports::{Notice, NoticeRefused, NoticeState, ProviderState, RawNotice};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::wire::{CURRENCY, Refund, Session};
use crate::{failure::id, timestamped_hmac::check};

#[derive(Deserialize)]
struct Event {
    id: String,
    r#type: String,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
struct Data {
    object: Option<Value>,
}

/// Reads an event; none for one of a kind that says nothing of payments here, or of another application that uses the account.
pub(super) fn read(notice: &RawNotice, secrets: &[SecretString]) -> Result<Option<Notice>, NoticeRefused> {
    check(notice, "stripe-signature", secrets)?;
    let event: Event = serde_json::from_slice(&notice.body).map_err(|_| NoticeRefused::Malformed)?;
    let event_id = id(Some(event.id)).ok_or(NoticeRefused::Malformed)?;
    let Some(object) = event.data.object else { return Ok(None) };
    if let Some(what) = event.r#type.strip_prefix("checkout.session.") {
        let session = serde_json::from_value(object).map_err(|_| NoticeRefused::Malformed)?;
        return payment(event_id, &session, what == "async_payment_failed");
    }
    match event.r#type.as_str() {
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            let found = serde_json::from_value(object).map_err(|_| NoticeRefused::Malformed)?;
            refund(event_id, &found)
        }
        _ => Ok(None),
    }
}

/// A slow method that failed leaves a complete session, to which the payer cannot go back.
fn payment(id: String, session: &Session, in_vain: bool) -> Result<Option<Notice>, NoticeRefused> {
    let Some(number) = session.client_reference_id.as_deref().and_then(AttemptNumber::parse) else { return Ok(None) };
    if !session.is_in_yuan() {
        return Err(NoticeRefused::Foreign);
    }
    let state = match session.state().ok_or(NoticeRefused::Malformed)? {
        ProviderState::Open if in_vain => ProviderState::Closed,
        state => state,
    };
    let state = NoticeState::Payment(state);
    Ok(Some(Notice { id, number, state }))
}

fn refund(id: String, refund: &Refund) -> Result<Option<Notice>, NoticeRefused> {
    let Some((number, attempt)) = refund.number().zip(refund.attempt()) else { return Ok(None) };
    if refund.currency.as_deref().is_some_and(|currency| currency != CURRENCY) {
        return Err(NoticeRefused::Foreign);
    }
    let state = refund.state().ok_or(NoticeRefused::Malformed)?;
    Ok(Some(Notice { id, number: attempt, state: NoticeState::Refund(number, state) }))
}
