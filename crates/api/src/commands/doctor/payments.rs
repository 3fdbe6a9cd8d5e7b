//! The payment provider.

use std::sync::Arc;

use chrono::TimeDelta;
use minsu_ports::Clock;
use minsu_settings::{PaymentAdapter, Settings};
use minsu_system::SystemClock;

use super::finding::{Finding, told};
use crate::wiring;

/// From so much on the clocks are told apart: half of what providers let pass.
const CLOCKS: TimeDelta = TimeDelta::seconds(150);

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
