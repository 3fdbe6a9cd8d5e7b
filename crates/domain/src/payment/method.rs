//! The ways to pay.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// A provider of payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentProviderKind {
    /// 支付宝.
    Alipay,
    /// 微信支付.
    WechatPay,
    /// Stripe.
    Stripe,
    /// A page of the site itself, for development.
    Sandbox,
}

/// The way in which a guest pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentMethod {
    /// Alipay's page on a desktop.
    AlipayPage,
    /// Alipay's page on a telephone.
    AlipayWap,
    /// A code that the Alipay app scans.
    AlipayQr,
    /// A code that WeChat scans.
    WechatQr,
    /// WeChat Pay from the browser of a telephone.
    WechatH5,
    /// Stripe's page.
    StripeCheckout,
    /// The sandbox's page.
    Sandbox,
}

impl PaymentProviderKind {
    /// Every provider.
    pub const ALL: [Self; 4] = [Self::Alipay, Self::WechatPay, Self::Stripe, Self::Sandbox];

    /// Its name in addresses, in the store and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alipay => "alipay",
            Self::WechatPay => "wechatpay",
            Self::Stripe => "stripe",
            Self::Sandbox => "sandbox",
        }
    }

    /// The shortest time that an attempt is open. Stripe's is 30 minutes from when Stripe gets it, by Stripe's clock.
    pub const fn shortest_life(self) -> TimeDelta {
        match self {
            Self::Stripe => TimeDelta::minutes(35),
            Self::Alipay | Self::WechatPay | Self::Sandbox => TimeDelta::minutes(2),
        }
    }

    /// How far its calendar is ahead of UTC.
    pub const fn ahead_of_utc(self) -> TimeDelta {
        match self {
            Self::Stripe => TimeDelta::zero(),
            Self::Alipay | Self::WechatPay | Self::Sandbox => TimeDelta::hours(8),
        }
    }

    /// When a day of its calendar begins.
    pub fn begin_of(self, day: NaiveDate) -> DateTime<Utc> {
        day.and_time(NaiveTime::MIN).and_utc() - self.ahead_of_utc()
    }

    /// The provider of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl PaymentMethod {
    /// Every method.
    pub const ALL: [Self; 7] = [
        Self::AlipayPage,
        Self::AlipayWap,
        Self::AlipayQr,
        Self::WechatQr,
        Self::WechatH5,
        Self::StripeCheckout,
        Self::Sandbox,
    ];

    /// Its name in answers and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AlipayPage => "alipay_page",
            Self::AlipayWap => "alipay_wap",
            Self::AlipayQr => "alipay_qr",
            Self::WechatQr => "wechat_qr",
            Self::WechatH5 => "wechat_h5",
            Self::StripeCheckout => "stripe_checkout",
            Self::Sandbox => "sandbox",
        }
    }

    /// The method of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// The provider that offers it.
    pub const fn provider(self) -> PaymentProviderKind {
        match self {
            Self::AlipayPage | Self::AlipayWap | Self::AlipayQr => PaymentProviderKind::Alipay,
            Self::WechatQr | Self::WechatH5 => PaymentProviderKind::WechatPay,
            Self::StripeCheckout => PaymentProviderKind::Stripe,
            Self::Sandbox => PaymentProviderKind::Sandbox,
        }
    }
}
