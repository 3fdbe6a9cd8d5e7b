//! Who the merchant is.

/// The application.
pub(super) const APP_ID: &str = "2021000000000001";
/// The seller.
pub(super) const SELLER_ID: &str = "2088000000000001";
