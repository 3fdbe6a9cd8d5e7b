//! The section `[sms]`.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{Scheme, Secret, ServiceUrl};

/// The SMS adapters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsAdapter {
    /// A file on this machine that a developer reads.
    Outbox,
    /// Yuntongxun (Cloopen).
    Yuntongxun,
    /// Aliyun.
    Aliyun,
}

impl Scheme for SmsAdapter {
    const ALL: &'static [(&'static str, Self)] =
        &[("outbox", Self::Outbox), ("yuntongxun", Self::Yuntongxun), ("aliyun", Self::Aliyun)];

    fn is_local(self) -> bool {
        self == Self::Outbox
    }
}

/// How codes get to telephones.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct SmsSettings {
    /// `outbox:` (profile dev only), `yuntongxun://` or `aliyun://`.
    pub url: ServiceUrl<SmsAdapter>,
    /// Base URL of the service, where it is not the service's usual one.
    pub endpoint: Option<String>,
    /// Yuntongxun: the account.
    pub account_sid: Option<String>,
    /// Yuntongxun: the account's token.
    pub auth_token: Option<Secret>,
    /// File that holds the account's token.
    pub auth_token_file: Option<PathBuf>,
    /// Yuntongxun: the application.
    pub app_id: Option<String>,
    /// Yuntongxun: the template, with the code and its minutes as data.
    pub template_id: Option<String>,
    /// Aliyun: the id of the access key.
    pub access_key_id: Option<String>,
    /// Aliyun: the secret of the access key.
    pub access_key_secret: Option<Secret>,
    /// File that holds the secret of the access key.
    pub access_key_secret_file: Option<PathBuf>,
    /// Aliyun: the signature in front of the message.
    pub sign_name: Option<String>,
    /// Aliyun: the template, with `code` as its parameter.
    pub template_code: Option<String>,
    /// HTTP proxy on the way to the service. None by default.
    pub proxy_url: Option<Secret>,
    /// File that holds the URL of the proxy.
    pub proxy_url_file: Option<PathBuf>,
    /// Longest wait for the service, in milliseconds.
    #[validate(range(min = 1, max = 60_000))]
    pub deadline_ms: u64,
}

impl SmsSettings {
    /// Longest wait for the service.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}

impl Default for SmsSettings {
    fn default() -> Self {
        Self {
            url: ServiceUrl::new("outbox", SmsAdapter::Outbox, ""),
            endpoint: None,
            account_sid: None,
            auth_token: None,
            auth_token_file: None,
            app_id: None,
            template_id: None,
            access_key_id: None,
            access_key_secret: None,
            access_key_secret_file: None,
            sign_name: None,
            template_code: None,
            proxy_url: None,
            proxy_url_file: None,
            deadline_ms: 6000,
        }
    }
}
