//! The payment provider.

use std::sync::Arc;

use minsu_application::PaymentRules;
use minsu_domain::{BasisPoints, Field};
use minsu_payments::{Alipay, AlipayOptions, Sandbox, SandboxOptions, Stripe, StripeOptions, WechatOptions, WechatPay};
use minsu_ports::{Clock, PaymentProvider, PaymentSandbox};
use minsu_settings::{PaymentAdapter, PaymentSettings, Profile, Settings};

use super::{
    clouds::{exposed, http, text},
    error::WiringError,
};

/// What takes payments: nothing, a provider, or the sandbox, which is also what its page is made of.
#[derive(Default)]
pub struct Payments {
    /// The provider.
    pub provider: Option<Arc<dyn PaymentProvider>>,
    /// The sandbox, for its page.
    pub sandbox: Option<Arc<dyn PaymentSandbox>>,
}

impl<P: PaymentProvider + 'static> From<P> for Payments {
    fn from(provider: P) -> Self {
        Self { provider: Some(Arc::new(provider)), sandbox: None }
    }
}

/// The provider of the settings.
///
/// # Errors
/// [`WiringError`] for a setting that cannot be right.
pub fn payments(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Payments, WiringError> {
    let payment = &settings.payment;
    let http = http(payment.deadline(), &payment.proxy_url);
    let done = match payment.url.adapter() {
        PaymentAdapter::None => return Ok(Payments::default()),
        PaymentAdapter::Sandbox => {
            let sandbox = Arc::new(Sandbox::new(sandbox(settings)?, clock).map_err(WiringError::Payment)?);
            return Ok(Payments { provider: Some(sandbox.clone()), sandbox: Some(sandbox) });
        }
        PaymentAdapter::Alipay => Alipay::new(alipay(settings)?, &http, clock).map(Payments::from),
        PaymentAdapter::WechatPay => WechatPay::new(wechat(settings)?, &http, clock).map(Payments::from),
        PaymentAdapter::Stripe => Stripe::new(stripe(payment)?, &http, clock).map(Payments::from),
    };
    done.map_err(WiringError::Payment)
}

/// The rules of payments.
///
/// # Errors
/// [`WiringError`] as [`site_url`] where orders are paid here.
pub(super) fn rules(settings: &Settings) -> Result<PaymentRules, WiringError> {
    let payment = &settings.payment;
    if !payment.is_on() {
        return Ok(PaymentRules::default());
    }
    Ok(PaymentRules {
        pay_minutes: payment.pay_minutes,
        commission: BasisPoints::new(payment.commission.into(), Field::Money)
            .map_err(|_| WiringError::Missing("payment.commission"))?,
        public_url: site_url(settings)?,
    })
}

/// The site as browsers and providers reach it. In profile dev no proxy is before the server.
///
/// # Errors
/// [`WiringError::Missing`] in production without `payment.site_url`.
pub fn site_url(settings: &Settings) -> Result<String, WiringError> {
    match &settings.payment.site_url {
        Some(url) => Ok(url.clone()),
        None if settings.profile == Profile::Dev => Ok(format!("http://{}", settings.server.listen)),
        None => Err(WiringError::Missing("payment.site_url")),
    }
}

/// Where a provider sends its notices.
fn notify_url(settings: &Settings, provider: &str) -> Result<String, WiringError> {
    Ok(format!("{}/api/v2/payments/notices/{provider}", site_url(settings)?))
}

fn sandbox(settings: &Settings) -> Result<SandboxOptions, WiringError> {
    Ok(SandboxOptions {
        folder: settings.data_dir.join("sandbox-payments"),
        secret: settings.payment.webhook_secrets.first().map(|secret| secret.expose().into()),
        site_url: site_url(settings)?,
    })
}

fn alipay(settings: &Settings) -> Result<AlipayOptions, WiringError> {
    let payment = &settings.payment;
    Ok(AlipayOptions {
        endpoint: payment.endpoint.clone().unwrap_or_else(|| AlipayOptions::ENDPOINT.to_owned()),
        app_id: text(payment.app_id.as_deref(), "payment.app_id")?,
        seller_id: text(payment.seller_id.as_deref(), "payment.seller_id")?,
        private_key: exposed(&payment.private_key, "payment.private_key")?.into(),
        public_keys: payment.public_keys.clone(),
        notify_url: notify_url(settings, "alipay")?,
    })
}

fn wechat(settings: &Settings) -> Result<WechatOptions, WiringError> {
    let payment = &settings.payment;
    Ok(WechatOptions {
        endpoint: payment.endpoint.clone().unwrap_or_else(|| WechatOptions::ENDPOINT.to_owned()),
        app_id: text(payment.app_id.as_deref(), "payment.app_id")?,
        merchant_id: text(payment.merchant_id.as_deref(), "payment.merchant_id")?,
        serial: text(payment.serial.as_deref(), "payment.serial")?,
        private_key: exposed(&payment.private_key, "payment.private_key")?.into(),
        api_key: exposed(&payment.api_key, "payment.api_key")?.into(),
        public_keys: payment.public_keys.clone(),
        notify_url: notify_url(settings, "wechatpay")?,
    })
}

fn stripe(payment: &PaymentSettings) -> Result<StripeOptions, WiringError> {
    Ok(StripeOptions {
        endpoint: payment.endpoint.clone().unwrap_or_else(|| StripeOptions::ENDPOINT.to_owned()),
        secret_key: exposed(&payment.secret_key, "payment.secret_key")?.into(),
        webhook_secrets: payment.webhook_secrets.iter().map(|secret| secret.expose().into()).collect(),
    })
}
