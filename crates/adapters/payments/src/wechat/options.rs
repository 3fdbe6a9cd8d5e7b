//! The settings of a WeChat Pay merchant.

use secrecy::SecretString;

/// A merchant and the keys between it and WeChat Pay.
#[derive(Debug, Clone)]
pub struct WechatOptions {
    /// The service: [`WechatOptions::ENDPOINT`].
    pub endpoint: String,
    /// The official account or the mini program that is bound to the merchant.
    pub app_id: String,
    /// The merchant's number.
    pub merchant_id: String,
    /// The serial number of the merchant's certificate.
    pub serial: String,
    /// The private key of that certificate.
    pub private_key: SecretString,
    /// The key of notices (APIv3 key): 32 ASCII characters.
    pub api_key: SecretString,
    /// The keys of WeChat Pay as `serial:key`: a public key with its id `PUB_KEY_ID_…`, a platform certificate with
    /// its serial number; during a switch both.
    pub public_keys: Vec<String>,
    /// Where WeChat Pay sends its notices: https, without a query.
    pub notify_url: String,
}

impl WechatOptions {
    /// WeChat Pay.
    pub const ENDPOINT: &'static str = "https://api.mch.weixin.qq.com";
}
