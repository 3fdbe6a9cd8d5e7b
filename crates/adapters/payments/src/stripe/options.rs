//! The settings of a Stripe account.

use secrecy::SecretString;

/// An account and the secrets between it and Stripe.
#[derive(Debug, Clone)]
pub struct StripeOptions {
    /// The interface, with its version: [`StripeOptions::ENDPOINT`].
    pub endpoint: String,
    /// The secret key, or a restricted one for Checkout sessions, refunds, charges, payment intents and the
    /// balance.
    pub secret_key: SecretString,
    /// The secrets of the webhook endpoint, `whsec_…` as a whole; while one is replaced both.
    pub webhook_secrets: Vec<SecretString>,
}

impl StripeOptions {
    /// Stripe.
    pub const ENDPOINT: &'static str = "https://api.stripe.com/v1";
}
