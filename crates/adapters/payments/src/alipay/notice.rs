//! Alipay's notices.

use std::collections::BTreeMap;

use minsu_domain::{AttemptNumber, Money};
use minsu_ports::{Notice, NoticeRefused, NoticeState, ProviderState, RawNotice, Receipt};

use super::{charset::Charset, text::signed_text};
use crate::{failure::id, form::parameters, rsa::RsaPublicKey};

/// Reads a notice: signed by one of Alipay's keys, for this application and this seller.
pub(super) fn read(
    notice: &RawNotice,
    keys: &[RsaPublicKey],
    app_id: &str,
    seller_id: &str,
) -> Result<Notice, NoticeRefused> {
    let pairs = parameters(&notice.body).ok_or(NoticeRefused::Malformed)?;
    let count = pairs.len();
    let raw: BTreeMap<Vec<u8>, Vec<u8>> = pairs.into_iter().collect();
    if raw.len() != count {
        return Err(NoticeRefused::Malformed);
    }
    let fields = Fields::new(&raw).ok_or(NoticeRefused::Malformed)?;
    if !is_signed(&raw, &fields, keys) {
        return Err(NoticeRefused::Signature);
    }
    if fields.get("app_id") != Some(app_id) || fields.get("seller_id") != Some(seller_id) {
        return Err(NoticeRefused::Foreign);
    }
    let number = fields.get("out_trade_no").ok_or(NoticeRefused::Malformed)?;
    let number = AttemptNumber::parse(number).ok_or(NoticeRefused::Foreign)?;
    let id = id(fields.get("notify_id").map(str::to_owned)).ok_or(NoticeRefused::Malformed)?;
    let state = NoticeState::Payment(fields.state(&number).ok_or(NoticeRefused::Malformed)?);
    Ok(Notice { id, number, state })
}

/// The parameters as text.
struct Fields(BTreeMap<String, String>);

impl Fields {
    /// None where a parameter is not of the charset that the notice names.
    fn new(raw: &BTreeMap<Vec<u8>, Vec<u8>>) -> Option<Self> {
        let named = match raw.get(&b"charset"[..]) {
            Some(name) => Some(str::from_utf8(name).ok()?),
            None => None,
        };
        let charset = Charset::named(named)?;
        let decoded = raw.iter().map(|(name, value)| Some((charset.decode(name)?, charset.decode(value)?)));
        decoded.collect::<Option<_>>().map(Self)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn money(&self, name: &str) -> Option<Money> {
        Money::from_yuan_text(self.get(name)?).ok()
    }

    /// A closed trade was paid before if it was paid back.
    fn state(&self, number: &AttemptNumber) -> Option<ProviderState> {
        let amount = self.money("total_amount")?;
        let refunded = match self.get("refund_fee").filter(|text| !text.is_empty()) {
            Some(_) => self.money("refund_fee")?,
            None => Money::ZERO,
        };
        let was_paid = refunded > Money::ZERO || self.get("gmt_payment").is_some_and(|time| !time.is_empty());
        let transaction = id(self.get("trade_no").map(str::to_owned)).unwrap_or_else(|| number.as_str().to_owned());
        Some(match self.get("trade_status")? {
            "WAIT_BUYER_PAY" => ProviderState::Open,
            "TRADE_SUCCESS" | "TRADE_FINISHED" => ProviderState::Paid(Receipt { amount, transaction, refunded }),
            "TRADE_CLOSED" if was_paid => ProviderState::Paid(Receipt { amount, transaction, refunded: amount }),
            "TRADE_CLOSED" => ProviderState::Closed,
            _ => return None,
        })
    }
}

/// Alipay signs the parameters as they are, in the charset of the notice or, as some of its systems do, in UTF-8; and
/// without the empty ones or, as some do, with them.
fn is_signed(raw: &BTreeMap<Vec<u8>, Vec<u8>>, fields: &Fields, keys: &[RsaPublicKey]) -> bool {
    if raw.get(&b"sign_type"[..]).is_some_and(|kind| kind != b"RSA2") {
        return false;
    }
    let Some(sign) = fields.get("sign") else { return false };
    let is_content = |name: &[u8]| name != b"sign" && name != b"sign_type";
    let raw: Vec<_> = raw.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    let texts = fields.0.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    [raw, texts].into_iter().any(|mut parameters| {
        parameters.retain(|(name, _)| is_content(name));
        [false, true].into_iter().any(|with_empty| {
            let text = signed_text(parameters.clone(), with_empty);
            keys.iter().any(|key| key.verifies(&text, sign))
        })
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use url::form_urlencoded::Serializer;

    use super::*;
    use crate::rsa::tests::{digest_of_signature, public_key, signer};

    const APP: &str = "2021000000000001";
    const SELLER: &str = "2088000000000001";
    const NUMBER: &str = "MP00000000000000000000000000";
    const VECTOR: [(&str, &str); 9] = [
        ("version", "1.0"),
        ("app_id", APP),
        ("charset", "utf-8"),
        ("fund_bill_list", r#"[{"amount":"199.99"}]"#),
        ("notify_id", "n1"),
        ("out_trade_no", "MS01A1"),
        ("seller_id", SELLER),
        ("subject", "小 院+"),
        ("total_amount", "199.99"),
    ];

    fn body(changes: &[(&str, &str)], sign: Option<&str>) -> Vec<u8> {
        let mut fields: BTreeMap<&str, &str> = VECTOR.into_iter().chain([("trade_status", "TRADE_SUCCESS")]).collect();
        fields.extend(changes.iter().copied());
        let text = signed_text(fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect(), false);
        let made = signer().sign(&text);
        let mut form = Serializer::new(String::new());
        form.extend_pairs(&fields).append_pair("sign_type", "RSA2").append_pair("sign", sign.unwrap_or(&made));
        form.finish().into_bytes()
    }

    fn read_body(body: Vec<u8>) -> Result<Notice, NoticeRefused> {
        let notice = RawNotice { headers: Vec::new(), body, received_at: DateTime::default() };
        read(&notice, &[public_key()], APP, SELLER)
    }

    fn state_of(changes: &[(&str, &str)]) -> Result<ProviderState, NoticeRefused> {
        let changes = [&[("out_trade_no", NUMBER), ("trade_no", "T1")], changes].concat();
        read_body(body(&changes, None)).map(|notice| match notice.state {
            NoticeState::Payment(state) => state,
            NoticeState::Refund(..) => panic!("{notice:?}"),
        })
    }

    fn paid(refunded: i64) -> ProviderState {
        let money = |fen| Money::from_fen(fen).unwrap();
        ProviderState::Paid(Receipt { amount: money(19_999), transaction: "T1".into(), refunded: money(refunded) })
    }

    #[test]
    fn the_text_is_that_of_the_published_vector() {
        let fields = VECTOR.into_iter().chain([("trade_status", "TRADE_SUCCESS"), ("passback_params", "")]);
        let fields: Vec<_> = fields.collect();
        let text = signed_text(fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect(), false);
        let expected = "546a9aa3f809e4dd7b85753dde270756434f6469e5179d87c648a39200eef62f";
        assert_eq!(digest_of_signature(&text), expected);
        // Its number is not one of ours, which is looked at after its signature.
        assert_eq!(read_body(body(&[], None)), Err(NoticeRefused::Foreign));
        assert_eq!(read_body(body(&[], Some("AAAA"))), Err(NoticeRefused::Signature));
    }

    #[test]
    fn each_status_is_read() {
        assert_eq!(state_of(&[]), Ok(paid(0)));
        assert_eq!(state_of(&[("trade_status", "TRADE_FINISHED")]), Ok(paid(0)));
        assert_eq!(state_of(&[("refund_fee", "50.5")]), Ok(paid(5_050)));
        assert_eq!(state_of(&[("trade_status", "TRADE_CLOSED"), ("refund_fee", "199.99")]), Ok(paid(19_999)));
        let closed = [("trade_status", "TRADE_CLOSED"), ("gmt_payment", "2026-11-26 20:00:00")];
        assert_eq!(state_of(&closed), Ok(paid(19_999)));
        assert_eq!(state_of(&closed[..1]), Ok(ProviderState::Closed));
        assert_eq!(state_of(&[("trade_status", "WAIT_BUYER_PAY")]), Ok(ProviderState::Open));
        assert_eq!(state_of(&[("trade_status", "TRADE_ODD")]), Err(NoticeRefused::Malformed));
        assert_eq!(state_of(&[("total_amount", "199.999")]), Err(NoticeRefused::Malformed));
        assert_eq!(state_of(&[("notify_id", "")]), Err(NoticeRefused::Malformed));
    }

    #[test]
    fn other_merchants_and_other_keys_are_told_apart() {
        assert_eq!(state_of(&[("app_id", "2021000000000002")]), Err(NoticeRefused::Foreign));
        assert_eq!(state_of(&[("seller_id", "2088000000000002")]), Err(NoticeRefused::Foreign));
        let mut changed = body(&[("out_trade_no", NUMBER)], None);
        let at = changed.windows(6).position(|part| part == b"199.99").unwrap();
        changed[at] = b'2';
        assert_eq!(read_body(changed), Err(NoticeRefused::Signature));
        let twice = [body(&[("out_trade_no", NUMBER)], None), b"&app_id=x".to_vec()].concat();
        assert_eq!(read_body(twice), Err(NoticeRefused::Malformed));
    }

    #[test]
    fn empty_parameters_may_be_signed_or_not() {
        let fields: BTreeMap<_, _> = VECTOR
            .into_iter()
            .chain([("trade_status", "TRADE_SUCCESS"), ("out_trade_no", NUMBER), ("trade_no", "T1"), ("empty", "")])
            .collect();
        for with_empty in [false, true] {
            let bytes = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
            let sign = signer().sign(&signed_text(bytes, with_empty));
            let form = Serializer::new(String::new()).extend_pairs(&fields).append_pair("sign", &sign).finish();
            assert!(read_body(form.into_bytes()).is_ok(), "{with_empty}");
        }
    }

    #[test]
    fn a_notice_in_gbk_is_read() {
        let gbk = encoding_rs::GBK;
        let mut fields: BTreeMap<&str, &str> = VECTOR.into_iter().collect();
        fields.extend([("trade_status", "TRADE_SUCCESS"), ("out_trade_no", NUMBER), ("charset", "GBK")]);
        let encoded: Vec<_> = fields.iter().map(|(name, value)| (name.as_bytes(), gbk.encode(value).0)).collect();
        let text = signed_text(encoded.iter().map(|(name, value)| (*name, &value[..])).collect(), false);
        let sign = signer().sign(&text);
        let escaped = |bytes: &[u8]| bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let mut pairs: Vec<_> =
            encoded.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        pairs.push(format!("sign={}", escaped(sign.as_bytes())));
        assert!(read_body(pairs.join("&").into_bytes()).is_ok());
    }
}
