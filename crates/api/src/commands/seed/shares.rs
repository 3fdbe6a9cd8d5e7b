//! How many houses have what.

/// Shares of all houses, in percent.
#[derive(Debug, Clone, Copy)]
pub struct Shares {
    /// With rules, seasons and 60 dates of their own.
    pub rules: u8,
    /// With days that their landlord blocked.
    pub blocks: u8,
    /// With pictures.
    pub pictures: u8,
}
