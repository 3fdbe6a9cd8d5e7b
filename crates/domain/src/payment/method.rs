//! The ways to pay.

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

impl PaymentMethod {
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
