//! The section `[payment]`.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use url::Url;
use validator::{Validate, ValidationError};

use super::{Scheme, Secret, ServiceUrl, list};

/// The adapters of payment providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentAdapter {
    /// The site takes no payments.
    None,
    /// A page of the site that plays the provider.
    Sandbox,
    /// Alipay.
    Alipay,
    /// WeChat Pay, version 3.
    WechatPay,
    /// Stripe Checkout.
    Stripe,
}

impl Scheme for PaymentAdapter {
    const ALL: &'static [(&'static str, Self)] = &[
        ("none", Self::None),
        ("sandbox", Self::Sandbox),
        ("alipay", Self::Alipay),
        ("wechatpay", Self::WechatPay),
        ("stripe", Self::Stripe),
    ];

    /// Each is a scheme alone: what belongs to it has keys of its own.
    fn is_local(self) -> bool {
        true
    }
}

/// How guests pay.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct PaymentSettings {
    /// `none:`, `sandbox:` (profile dev only: a page of the site on which one clicks what becomes of a payment),
    /// `alipay:`, `wechatpay:` or `stripe:`.
    pub url: ServiceUrl<PaymentAdapter>,
    /// URL of the site as browsers and the provider reach it, such as `https://www.example.com`: notices go to
    /// `/api/v2/payments/notices/` and the provider's name there. Profile dev takes the address that it listens on.
    #[validate(custom(function = "is_site"))]
    pub site_url: Option<String>,
    /// Minutes that a guest has to pay an order.
    #[validate(range(min = 5, max = 1440))]
    pub pay_minutes: u32,
    /// Part of every paid stay that the site keeps, in basis points: 1000 are 10 %.
    #[validate(range(max = 10_000))]
    pub commission: u32,
    /// Base URL of the provider, where it is not the provider's usual one: `https://openapi.alipay.com`,
    /// `https://api.mch.weixin.qq.com`, `https://api.stripe.com/v1`.
    pub endpoint: Option<String>,
    /// Alipay: the application. WeChat Pay: the official account or the mini program, `wx…`.
    pub app_id: Option<String>,
    /// Alipay: the seller's user id, `2088…`.
    pub seller_id: Option<String>,
    /// WeChat Pay: the merchant's number.
    pub merchant_id: Option<String>,
    /// WeChat Pay: the serial number of the merchant's certificate.
    pub serial: Option<String>,
    /// Alipay, WeChat Pay: the merchant's private key, PKCS#8 or PKCS#1, as bare Base64 or as PEM.
    pub private_key: Option<Secret>,
    /// File that holds the private key.
    pub private_key_file: Option<PathBuf>,
    /// The provider's public keys, as bare Base64, both while one is changed. Alipay: the keys. WeChat Pay:
    /// `serial:key`, with `PUB_KEY_ID_…` as the serial of a public key, or that of a platform certificate.
    #[serde(deserialize_with = "list::read")]
    pub public_keys: Vec<String>,
    /// WeChat Pay: the key of notices (APIv3 key), 32 characters.
    pub api_key: Option<Secret>,
    /// File that holds the key of notices.
    pub api_key_file: Option<PathBuf>,
    /// Stripe: the secret or restricted key, `sk_…` or `rk_…`.
    pub secret_key: Option<Secret>,
    /// File that holds the secret key.
    pub secret_key_file: Option<PathBuf>,
    /// Secrets that notices are signed with, all of them while one is replaced. Stripe: `whsec_…`. Sandbox: any text;
    /// it makes one in the data directory when there is none.
    #[serde(deserialize_with = "list::read")]
    pub webhook_secrets: Vec<Secret>,
    /// File that holds these secrets, one a line.
    pub webhook_secrets_file: Option<PathBuf>,
    /// HTTP proxy on the way to the provider. None by default.
    pub proxy_url: Option<Secret>,
    /// File that holds the URL of the proxy.
    pub proxy_url_file: Option<PathBuf>,
    /// Longest wait for the provider, in milliseconds.
    #[validate(range(min = 1, max = 60_000))]
    pub deadline_ms: u64,
}

impl PaymentSettings {
    /// Longest wait for the provider.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }

    /// Whether orders are paid here.
    pub fn is_on(&self) -> bool {
        self.url.adapter() != PaymentAdapter::None
    }

    /// Whether the site can be reached by https, as providers demand it for notices.
    pub(super) fn has_public_url(&self) -> bool {
        self.site_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

impl Default for PaymentSettings {
    fn default() -> Self {
        Self {
            url: ServiceUrl::new("none", PaymentAdapter::None, ""),
            site_url: None,
            pay_minutes: 30,
            commission: 0,
            endpoint: None,
            app_id: None,
            seller_id: None,
            merchant_id: None,
            serial: None,
            private_key: None,
            private_key_file: None,
            public_keys: Vec::new(),
            api_key: None,
            api_key_file: None,
            secret_key: None,
            secret_key_file: None,
            webhook_secrets: Vec::new(),
            webhook_secrets_file: None,
            proxy_url: None,
            proxy_url_file: None,
            deadline_ms: 6000,
        }
    }
}

/// The URL of a host, without a path: paths of the site follow it.
fn is_site(text: &str) -> Result<(), ValidationError> {
    let fine = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if fine && !text.ends_with('/') {
        return Ok(());
    }
    Err(ValidationError::new("site")
        .with_message("must be a URL such as https://www.example.com, without a path".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_alone_chooses_the_provider() {
        for (text, adapter) in [
            ("none:", PaymentAdapter::None),
            ("sandbox:", PaymentAdapter::Sandbox),
            ("alipay:", PaymentAdapter::Alipay),
            ("alipay://", PaymentAdapter::Alipay),
            ("wechatpay:", PaymentAdapter::WechatPay),
            ("stripe:", PaymentAdapter::Stripe),
        ] {
            let url: ServiceUrl<PaymentAdapter> = text.parse().unwrap();
            assert_eq!(url.adapter(), adapter, "{text}");
        }
        assert!("paypal:".parse::<ServiceUrl<PaymentAdapter>>().is_err());
    }

    #[test]
    fn a_site_is_a_host_alone() {
        for (text, fine) in [
            ("https://www.example.com", true),
            ("http://127.0.0.1:8080", true),
            ("https://www.example.com/", false),
            ("https://www.example.com/below", false),
            ("https://a:b@www.example.com", false),
            ("www.example.com", false),
            ("ftp://www.example.com", false),
        ] {
            assert_eq!(is_site(text).is_ok(), fine, "{text}");
        }
    }
}
