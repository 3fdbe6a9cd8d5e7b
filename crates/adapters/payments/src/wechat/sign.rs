//! The signatures of requests.

use chrono::{DateTime, Utc};

use crate::rsa::RsaSigner;

/// The merchant that calls.
pub(super) struct Merchant {
    pub(super) id: String,
    pub(super) serial: String,
    pub(super) signer: RsaSigner,
}

impl Merchant {
    /// The header `Authorization` of a request: `target` is its path with its query.
    pub(super) fn authorization(
        &self,
        method: &str,
        target: &str,
        now: DateTime<Utc>,
        nonce: &str,
        body: &str,
    ) -> String {
        let time = now.timestamp();
        let signature = self.signer.sign(request_text(method, target, time, nonce, body).as_bytes());
        format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{}\",nonce_str=\"{nonce}\",signature=\"{signature}\",\
             timestamp=\"{time}\",serial_no=\"{}\"",
            self.id, self.serial
        )
    }
}

fn request_text(method: &str, target: &str, time: i64, nonce: &str, body: &str) -> String {
    format!("{method}\n{target}\n{time}\n{nonce}\n{body}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsa::tests::digest_of_signature;

    const TIME: i64 = 1_795_694_400;
    const NONCE: &str = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";

    #[test]
    fn requests_are_signed_as_the_published_vectors() {
        let body = r#"{"appid":"wx0000000000000001","mchid":"1900000001","description":"小院","out_trade_no":"MS01W1","notify_url":"https://minsu.example/n/wechat","amount":{"total":19999,"currency":"CNY"}}"#;
        let post = request_text("POST", "/v3/pay/transactions/native", TIME, NONCE, body);
        let expected = "0c5c3e5fa670fc0f8c7d72a073ea7239f9ee8a29de3929d11cf78895a9fd0821";
        assert_eq!(digest_of_signature(post.as_bytes()), expected);
        let target = "/v3/pay/transactions/out-trade-no/MS01W1?mchid=1900000001";
        let get = request_text("GET", target, TIME, NONCE, "");
        let expected = "bd71a6be30786e424afcfaaccba75ddddd42f2f3e44220a0545f9825f7f50d59";
        assert_eq!(digest_of_signature(get.as_bytes()), expected);
    }
}
