//! The pages of a site that takes payments: paying an order, its receipt, and the sandbox's page.

pub mod pay;
mod qr;
pub mod receipt;
pub mod sandbox;
pub mod summary;
