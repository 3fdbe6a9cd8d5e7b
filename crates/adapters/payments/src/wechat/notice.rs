//! Notices.

use std::sync::Arc;

use minsu_domain::{AttemptNumber, RefundNumber};
use minsu_ports::{Notice, NoticeRefused, NoticeState, RawNotice};
use serde::Deserialize;

use super::{
    resource::{Opener, Resource},
    verify::Keys,
    wire::{RefundNotice, Transaction, refund_state},
};
use crate::failure::id;

/// Reads what is for this merchant and this application.
pub(super) struct Reader {
    pub(super) keys: Arc<Keys>,
    pub(super) opener: Opener,
    pub(super) app_id: String,
    pub(super) merchant_id: String,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    event_type: String,
    resource: Resource,
}

impl Reader {
    pub(super) fn read(&self, notice: &RawNotice) -> Result<Option<Notice>, NoticeRefused> {
        self.keys.check(|name| notice.header(name), &notice.body, notice.received_at)?;
        let event: Event = serde_json::from_slice(&notice.body).map_err(|_| NoticeRefused::Malformed)?;
        let event_id = id(Some(event.id)).ok_or(NoticeRefused::Malformed)?;
        let content = self.opener.open(&event.resource).ok_or(NoticeRefused::Malformed)?;
        match event.event_type.split_once('.') {
            Some(("TRANSACTION", _)) => self.payment(event_id, &content).map(Some),
            Some(("REFUND", _)) => self.refund(event_id, &content),
            _ => Ok(None),
        }
    }

    fn payment(&self, id: String, content: &[u8]) -> Result<Notice, NoticeRefused> {
        let paid: Transaction = serde_json::from_slice(content).map_err(|_| NoticeRefused::Malformed)?;
        if !self.is_ours(&paid) {
            return Err(NoticeRefused::Foreign);
        }
        let number = paid.out_trade_no.as_deref().ok_or(NoticeRefused::Malformed)?;
        let number = AttemptNumber::parse(number).ok_or(NoticeRefused::Foreign)?;
        let state = NoticeState::Payment(paid.state().ok_or(NoticeRefused::Malformed)?);
        Ok(Notice { id, number, state })
    }

    /// None for a refund that was made by hand at the provider: it has no number of ours.
    fn refund(&self, id: String, content: &[u8]) -> Result<Option<Notice>, NoticeRefused> {
        let refund: RefundNotice = serde_json::from_slice(content).map_err(|_| NoticeRefused::Malformed)?;
        if refund.mchid.as_deref() != Some(&self.merchant_id) {
            return Err(NoticeRefused::Foreign);
        }
        let number = AttemptNumber::parse(&refund.out_trade_no).ok_or(NoticeRefused::Foreign)?;
        let Some(refund_number) = RefundNumber::parse(&refund.out_refund_no) else { return Ok(None) };
        let state = refund_state(&refund.refund_status, refund.refund_id).ok_or(NoticeRefused::Malformed)?;
        Ok(Some(Notice { id, number, state: NoticeState::Refund(refund_number, state) }))
    }

    /// Whether an order is of this merchant and this application, in yuan.
    pub(super) fn is_ours(&self, order: &Transaction) -> bool {
        order.mchid.as_deref() == Some(&self.merchant_id)
            && order.appid.as_deref() == Some(&self.app_id)
            && order.is_in_yuan()
    }
}
