//! The payment provider.

use std::sync::Arc;

use chrono::TimeDelta;
use minsu_domain::PaymentProviderKind;
use minsu_ports::{Clock, Store as _, StoreError};
use minsu_settings::{PaymentAdapter, Settings};
use minsu_system::SystemClock;

use super::finding::{Finding, told, with_causes};
use crate::wiring;

/// From so much on the clocks are told apart: half of what providers let pass.
const CLOCKS: TimeDelta = TimeDelta::seconds(150);

/// What is open at another provider than the one of the settings: it can be neither asked about nor paid back.
pub(super) async fn former_providers(settings: &Settings) -> Finding {
    let store = wiring::store(settings).await.map_err(|error| with_causes(&error))?;
    let open = async { store.read_own().await?.payments().backlog().await };
    let open = open.await.map_err(|error: StoreError| with_causes(&error))?;
    let configured = settings.payment.url.adapter();
    let others: Vec<_> = open.iter().filter(|backlog| adapter_of(backlog.provider) != configured).collect();
    if others.is_empty() {
        return Ok("nothing is open at another provider".to_owned());
    }
    let open = others.iter().map(|backlog| {
        let (name, attempts, refunds) = (backlog.provider.name(), backlog.attempts, backlog.refunds);
        format!("{attempts} attempts and {refunds} refunds are open at {name}")
    });
    let open: Vec<_> = open.collect();
    Err(format!("{}; set payment.url back until `minsu doctor` finds none", open.join(", ")))
}

const fn adapter_of(provider: PaymentProviderKind) -> PaymentAdapter {
    match provider {
        PaymentProviderKind::Alipay => PaymentAdapter::Alipay,
        PaymentProviderKind::WechatPay => PaymentAdapter::WechatPay,
        PaymentProviderKind::Stripe => PaymentAdapter::Stripe,
        PaymentProviderKind::Sandbox => PaymentAdapter::Sandbox,
    }
}

/// Asks the provider about something that cannot be: whether it takes our keys, whether we take its, and what time it
/// has. No payment is touched.
pub(super) async fn provider(settings: &Settings) -> Finding {
    let (good, remedy) = match settings.payment.url.adapter() {
        PaymentAdapter::None => return Ok("none: the site takes no payments".to_owned()),
        PaymentAdapter::Sandbox => {
            ("keeps its payments in the data folder", "let the server write into its data folder")
        }
        PaymentAdapter::Alipay => {
            ("takes the keys of both sides", "mend [payment]: app_id, private_key and public_keys")
        }
        PaymentAdapter::WechatPay => (
            "takes the merchant's key; its own and that of notices are tried by a payment only",
            "mend [payment]: merchant_id, serial and private_key",
        ),
        PaymentAdapter::Stripe => {
            ("takes the key; the secrets of notices are tried by a payment only", "mend [payment]: secret_key")
        }
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let provider = match wiring::payments(settings, clock.clone()) {
        Ok(wiring::Payments { provider: Some(provider), .. }) => provider,
        Ok(_) => return Ok(good.to_owned()),
        Err(error) => return told(Err(error), remedy),
    };
    match provider.probe(clock.now()).await {
        Ok(ahead) if ahead.abs() >= CLOCKS => {
            let (seconds, way) =
                (ahead.num_seconds().abs(), if ahead < TimeDelta::zero() { "ahead" } else { "behind" });
            Err(format!("the clock of this machine is {seconds} seconds {way}; set it by NTP"))
        }
        probed => told(probed.map(|_| good.to_owned()), remedy),
    }
}
