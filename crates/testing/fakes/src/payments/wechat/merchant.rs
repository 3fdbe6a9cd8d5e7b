//! Who the merchant is, and the service's public key.

/// The application.
pub(super) const APP_ID: &str = "wx0000000000000001";
/// The merchant.
pub(super) const MERCHANT_ID: &str = "1900000001";
/// The serial number of the merchant's certificate.
pub(super) const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
/// The id of the service's public key.
pub(super) const KEY_ID: &str = "PUB_KEY_ID_0114232134912410000000000000";
