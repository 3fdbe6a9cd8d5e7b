//! Payment providers. Each plays its own part and knows the merchant's public key; the payer is a call of the test.

mod alipay;
mod date;
mod delivery;
mod keys;
mod stripe;
mod wechat;

pub use alipay::Alipay;
pub use delivery::{Answers, Outgoing};
pub use stripe::Stripe;
pub use wechat::WechatPay;
