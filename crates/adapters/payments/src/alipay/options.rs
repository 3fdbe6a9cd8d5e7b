//! The settings of an Alipay application.

use secrecy::SecretString;

/// An application of Alipay's open platform and the keys between it and Alipay.
#[derive(Debug, Clone)]
pub struct AlipayOptions {
    /// The gateway's host: [`AlipayOptions::ENDPOINT`], or [`AlipayOptions::SANDBOX`].
    pub endpoint: String,
    /// The application.
    pub app_id: String,
    /// The merchant's own user id, which begins with 2088.
    pub seller_id: String,
    /// The application's private key: PKCS#8 or PKCS#1, as bare Base64 or as PEM.
    pub private_key: SecretString,
    /// Alipay's public keys; during a change both the old and the new one.
    pub public_keys: Vec<String>,
    /// Where Alipay sends its notices.
    pub notify_url: String,
}

impl AlipayOptions {
    /// Alipay.
    pub const ENDPOINT: &'static str = "https://openapi.alipay.com";
    /// Alipay's own sandbox.
    pub const SANDBOX: &'static str = "https://openapi-sandbox.dl.alipaydev.com";
}
