//! The adapters that call third-party services.

use std::sync::Arc;

use minsu_http::HttpOptions;
use minsu_objects::{Addressing, QiniuObjects, QiniuOptions, QiniuRegion, S3Objects, S3Options};
use minsu_ports::Clock;
use minsu_sms::{AliyunOptions, AliyunSms, Yuntongxun, YuntongxunOptions};

use super::error::WiringError;
use minsu_settings::{ObjectsSettings, Secret, SmsSettings};

/// Qiniu by its own protocol; without a region the one of East China.
pub(super) fn qiniu(settings: &ObjectsSettings, clock: Arc<dyn Clock>) -> Result<QiniuObjects, WiringError> {
    let region = match settings.region.as_deref() {
        None => QiniuRegion::Z0,
        Some(name) => QiniuRegion::from_name(name).ok_or(WiringError::Missing("a known objects.region"))?,
    };
    let options = QiniuOptions {
        bucket: text(settings.bucket(), "objects.bucket")?,
        access_key: exposed(&settings.access_key, "objects.access_key")?,
        secret_key: exposed(&settings.secret_key, "objects.secret_key")?.into(),
        upload_url: settings.endpoint.clone().unwrap_or_else(|| region.upload_url().to_owned()),
        resource_url: settings.manage_endpoint.clone().unwrap_or_else(|| QiniuOptions::RESOURCE_URL.to_owned()),
        list_url: settings.list_endpoint.clone().unwrap_or_else(|| QiniuOptions::LIST_URL.to_owned()),
        public_base: settings.public_base.clone(),
    };
    QiniuObjects::new(options, &http(settings.deadline(), &settings.proxy_url), clock).map_err(WiringError::Objects)
}

/// Anything that speaks S3.
pub(super) fn s3(settings: &ObjectsSettings) -> Result<S3Objects, WiringError> {
    let options = S3Options {
        endpoint: text(settings.endpoint.as_deref(), "objects.endpoint")?,
        addressing: if settings.virtual_host { Addressing::VirtualHost } else { Addressing::Path },
        region: text(settings.region.as_deref(), "objects.region")?,
        bucket: text(settings.bucket(), "objects.bucket")?,
        access_key: exposed(&settings.access_key, "objects.access_key")?,
        secret_key: exposed(&settings.secret_key, "objects.secret_key")?.into(),
        public_base: settings.public_base.clone(),
    };
    S3Objects::new(options, &http(settings.deadline(), &settings.proxy_url)).map_err(WiringError::Objects)
}

/// Yuntongxun (Cloopen).
pub(super) fn yuntongxun(settings: &SmsSettings, clock: Arc<dyn Clock>) -> Result<Yuntongxun, WiringError> {
    let options = YuntongxunOptions {
        base_url: settings.endpoint.clone().unwrap_or_else(|| YuntongxunOptions::BASE_URL.to_owned()),
        account_sid: text(settings.account_sid.as_deref(), "sms.account_sid")?,
        auth_token: exposed(&settings.auth_token, "sms.auth_token")?.into(),
        app_id: text(settings.app_id.as_deref(), "sms.app_id")?,
        template_id: text(settings.template_id.as_deref(), "sms.template_id")?,
    };
    Yuntongxun::new(options, &http(settings.deadline(), &settings.proxy_url), clock).map_err(WiringError::Sms)
}

/// Aliyun.
pub(super) fn aliyun(settings: &SmsSettings, clock: Arc<dyn Clock>) -> Result<AliyunSms, WiringError> {
    let options = AliyunOptions {
        endpoint: settings.endpoint.clone().unwrap_or_else(|| AliyunOptions::ENDPOINT.to_owned()),
        access_key_id: text(settings.access_key_id.as_deref(), "sms.access_key_id")?,
        access_key_secret: exposed(&settings.access_key_secret, "sms.access_key_secret")?.into(),
        sign_name: text(settings.sign_name.as_deref(), "sms.sign_name")?,
        template_code: text(settings.template_code.as_deref(), "sms.template_code")?,
    };
    AliyunSms::new(options, &http(settings.deadline(), &settings.proxy_url), clock).map_err(WiringError::Sms)
}

pub(super) fn http(deadline: std::time::Duration, proxy: &Option<Secret>) -> HttpOptions {
    HttpOptions { deadline, proxy: proxy.as_ref().map(|proxy| proxy.expose().into()), ..HttpOptions::default() }
}

pub(super) fn text(value: Option<&str>, key: &'static str) -> Result<String, WiringError> {
    value.map(str::to_owned).ok_or(WiringError::Missing(key))
}

pub(super) fn exposed(secret: &Option<Secret>, key: &'static str) -> Result<String, WiringError> {
    text(secret.as_ref().map(Secret::expose), key)
}
