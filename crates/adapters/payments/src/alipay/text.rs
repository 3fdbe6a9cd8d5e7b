//! The text that a signature is over, and Alipay's texts of times.

use chrono::{DateTime, Utc};

use crate::china::china;

/// Parameters as they are signed: sorted by name, `name=value` joined by `&`, nothing encoded. Empty ones stay out
/// unless they are asked for.
pub(super) fn signed_text(mut parameters: Vec<(&[u8], &[u8])>, with_empty: bool) -> Vec<u8> {
    parameters.retain(|(_, value)| with_empty || !value.is_empty());
    parameters.sort_unstable();
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| [*name, value].join(&b'=')).collect();
    pairs.join(&b'&')
}

/// `yyyy-MM-dd HH:mm:ss` in UTC+8.
pub(super) fn time(instant: DateTime<Utc>) -> String {
    china(instant).format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsa::tests::digest_of_signature;

    #[test]
    fn a_request_is_signed_as_the_published_vector() {
        let order = r#"{"out_trade_no":"MS01A1","total_amount":"199.99","subject":"小院","product_code":"QUICK_WAP_WAY","time_expire":"2026-11-26 20:30:00"}"#;
        let instant = DateTime::from_timestamp(1_795_694_400, 0).unwrap();
        assert_eq!(time(instant), "2026-11-26 20:00:00");
        let parameters = [
            ("version", "1.0"),
            ("app_id", "2021000000000001"),
            ("method", "alipay.trade.wap.pay"),
            ("format", "JSON"),
            ("charset", "utf-8"),
            ("sign_type", "RSA2"),
            ("timestamp", "2026-11-26 20:00:00"),
            ("notify_url", "https://minsu.example/n/alipay"),
            ("return_url", "https://minsu.example/payComplete.html"),
            ("biz_content", order),
            ("app_auth_token", ""),
        ];
        let parameters = parameters.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let text = signed_text(parameters, false);
        assert_eq!(
            String::from_utf8(text.clone()).unwrap(),
            format!(
                "app_id=2021000000000001&biz_content={order}&charset=utf-8&format=JSON&method=alipay.trade.wap.pay\
                 &notify_url=https://minsu.example/n/alipay&return_url=https://minsu.example/payComplete.html\
                 &sign_type=RSA2&timestamp=2026-11-26 20:00:00&version=1.0"
            )
        );
        let expected = "59578846e3effe0221febc7cfcd7564ea996a1f3512be87ad73cfecd4086b079";
        assert_eq!(digest_of_signature(&text), expected);
    }
}
