//! Events.

use minsu_domain::AttemptNumber;
use minsu_ports::{Notice, NoticeRefused, NoticeState, RawNotice};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::wire::{CURRENCY, Refund, Session};
use crate::{failure::id, stamped::check};

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

/// Reads an event; none for one of a kind that says nothing of payments here, or of somebody else's use of the account.
pub(super) fn read(notice: &RawNotice, secrets: &[SecretString]) -> Result<Option<Notice>, NoticeRefused> {
    check(notice, "stripe-signature", secrets)?;
    let event: Event = serde_json::from_slice(&notice.body).map_err(|_| NoticeRefused::Malformed)?;
    let event_id = id(Some(event.id)).ok_or(NoticeRefused::Malformed)?;
    let Some(object) = event.data.object else { return Ok(None) };
    if event.r#type.starts_with("checkout.session.") {
        let session = serde_json::from_value(object).map_err(|_| NoticeRefused::Malformed)?;
        return payment(event_id, &session);
    }
    match event.r#type.as_str() {
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            let found = serde_json::from_value(object).map_err(|_| NoticeRefused::Malformed)?;
            refund(event_id, &found)
        }
        _ => Ok(None),
    }
}

fn payment(id: String, session: &Session) -> Result<Option<Notice>, NoticeRefused> {
    let Some(number) = session.client_reference_id.as_deref().and_then(AttemptNumber::parse) else { return Ok(None) };
    if !session.is_in_yuan() {
        return Err(NoticeRefused::Foreign);
    }
    let state = NoticeState::Payment(session.state().ok_or(NoticeRefused::Malformed)?);
    let reference = crate::failure::id(Some(session.id.clone()));
    Ok(Some(Notice { id, number, reference, state }))
}

fn refund(id: String, refund: &Refund) -> Result<Option<Notice>, NoticeRefused> {
    let Some((number, attempt)) = refund.number().zip(refund.attempt()) else { return Ok(None) };
    if refund.currency.as_deref().is_some_and(|currency| currency != CURRENCY) {
        return Err(NoticeRefused::Foreign);
    }
    let state = refund.state().ok_or(NoticeRefused::Malformed)?;
    Ok(Some(Notice { id, number: attempt, reference: None, state: NoticeState::Refund(number, state) }))
}
